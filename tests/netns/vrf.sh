#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router whose ports are in a VRF sees what any router sees, each SYN once; what
# it sends itself passes LOCAL_OUT twice, and is one packet all the same.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology
ip -n "$router" link add blue type vrf table 10 || skip "no VRF in this kernel"
links router <<-LINKS
	link set blue up
	link set client1 master blue
	link set servers master blue
	addr replace 2001:db8:1::1/64 dev client1 nodad
	addr replace 2001:db8:3::1/64 dev servers nodad
LINKS
ip -n "$router" rule add l3mdev pref 999 2>/dev/null
ip -n "$router" -6 rule add l3mdev pref 999 2>/dev/null

# own_fails SERVER: the router itself tries, through the VRF.
own_fails()
{
	! in_ns router curl -s -o "$TEST_TMP/page" --interface blue --connect-timeout 2 \
		"http://$(bracket "$1")/" || fail "$1 answered"
}

story()
{
	local proxy=$1 nowhere=$2 seen

	watch_add "vrf$FAMILY" "$SERVERS" tcp/80
	client_fails client1 "$SERVER1" 80
	check "forwarded inside the VRF: refused" \
		wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "the interface is the VRF's" [ "$(attempt_field "$SERVER1" interface)" = blue ]
	client_fails client1 "$NOBODY" 80
	check "what the router itself says: host-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	watch_add "vrf$FAMILY-nowhere" "$nowhere" tcp/80
	client_fails client1 "$nowhere" 80
	check "without a route in the VRF: net-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$nowhere" 80 net-unreachable
	# IPv6 sends a second SYN all the same.
	check "each SYN once" [ "$(attempt_field "$nowhere" attempts)" -le 2 ]
	own_fails "$NOBODY"
	check "the router's own attempt is none that is forwarded" \
		attempt_unknown "$proxy" "$NOBODY" 80
	server_starts server1 80
	check "the server returns" client_connects client1 "$SERVER1" 80
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_stops server1 80

	# LOCAL_OUT is passed twice in a VRF, on its device and on the port's.
	watch_add "vrf$FAMILY-own" "$SERVER2,$NOBODY" tcp/80 hook local admission trouble
	seen=$(stat_of syn)
	own_fails "$SERVER2"
	check "the router's own attempt, through the VRF: refused" \
		wait_until 5 attempt_is "$proxy" "$SERVER2" 80 refused
	check "it was one attempt" [ "$(attempt_field "$SERVER2" attempts)" = 1 ]
	check "and one SYN" [ "$(stat_of syn)" = $((seen + 1)) ]
	server_hangs server2
	own_fails "$SERVER2"
	server_wakes server2
	check "it has sent another again" [ "$(attempt_field "$SERVER2" attempts)" -ge 3 ]
	check "each SYN counts once" \
		[ "$(stat_of syn)" = $((seen + $(attempt_field "$SERVER2" attempts))) ]
	own_fails "$NOBODY"
	check "what is said to the router itself is about its own: host-unreachable" \
		wait_until 5 attempt_is "$proxy" "$NOBODY" 80 host-unreachable
}

story 192.0.2.1 198.18.0.1
use_family 6
story 2001:db8:3::1 2001:db8:6::10
