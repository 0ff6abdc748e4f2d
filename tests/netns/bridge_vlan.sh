#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Tagged frames on a bridge: one tag, two tags, and a bridge that filters VLANs.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_bridge

vlan_host()
{
	links "$1" <<-LINKS || skip "no VLANs in this kernel"
		link add link eth0 name eth0.10 type vlan proto $2 id 10
	LINKS
	[ -z "$3" ] || links "$1" <<<"link add link eth0.10 name $3 type vlan id 20"
	links "$1" <<<"link set eth0.10 up"
	bridge_host "$1" "${3:-eth0.10}" "$4" "$5"
}

# tagged PROTO INNER: hosts behind one tag, or two.
tagged()
{
	vlan_host client1 "$1" "$2" 192.0.2.7 2001:db8:3::7
	vlan_host server1 "$1" "$2" 192.0.2.10 2001:db8:3::10
}

untagged()
{
	links client1 <<<"link del eth0.10"
	links server1 <<<"link del eth0.10"
}

story()
{
	watch_add tagged "$SERVERS" tcp/80 hook bridge
	client_fails client1 "$SERVER1" 80
	check "IPv$FAMILY, $1: refused" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	server_starts server1 80
	check "the server returns" client_connects client1 "$SERVER1" 80
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_stops server1 80
	rb watch del tagged
}

both()
{
	use_bridge_family 4
	story "$1"
	use_bridge_family 6
	story "$1"
}

ip -n "$client1" link add link eth0 name probe type vlan id 9 || skip "no VLANs in this kernel"
tagged 802.1Q ''
both "one tag"
if ip -n "$router" link set bridge0 type bridge vlan_filtering 1; then
	on_router bridge vlan add vid 10 dev client1
	on_router bridge vlan add vid 10 dev server1
	both "one tag, filtered"
	ip -n "$router" link set bridge0 type bridge vlan_filtering 0
fi
untagged
tagged 802.1ad inner
both "two tags"
