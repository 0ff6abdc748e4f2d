#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A probe on a mirror port sees both directions, and sends and changes nothing.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

#   client1 --- router --- server1
#                 | span0        copies of all that passes the port of client1
#               span             the probe: no address, no route

setup_topology
new_ns probe
WATCHER=probe
in_ns probe sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1

copy_to_span()
{
	on_router tc filter add dev client1 "$1" matchall action mirred egress mirror dev span0 ||
		skip "no tc mirred in this kernel"
}

# shellcheck disable=SC2154	# new_ns assigns the names
span_appears()
{
	links router <<-LINKS
		link add span0 type veth peer name span netns $probe
		link set span0 up
	LINKS
	ip -n "$probe" link set span up
	on_router tc qdisc add dev client1 clsact || skip "no tc mirred in this kernel"
	copy_to_span ingress
	copy_to_span egress
}

span_goes()
{
	on_router tc qdisc del dev client1 clsact
	ip -n "$router" link del span0
}

sent_by_probe()
{
	ip -n "$probe" -j -s link show span | jq '.[0].stats64.tx.packets'
}

story()
{
	watch_add "span$FAMILY" "$SERVERS" tcp/80 hook mirror:span
	client_fails client1 "$SERVER1" 80
	check "refused" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "the client's MAC address is known" \
		[ "$(attempt_field "$SERVER1" mac)" = "$(mac_of client1 eth0)" ]
	client_fails client1 "$NOBODY" 80
	check "what the router says is seen" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	server_starts server1 80
	check "the server returns, its page is whole" client_connects client1 "$SERVER1" 80
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_stops server1 80
	server_hangs server1
	client_fails client1 "$SERVER1" 80
	check "no-reply" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	server_wakes server1
	check "the probe has sent nothing" [ "$(sent_by_probe)" = 0 ]
	rb watch del "span$FAMILY"
}

check_not "a device that is not there is refused" \
	rb watch add early server "$SERVERS" port tcp/80 hook mirror:span
check "and leaves no watch" [ "$(rb -j show watches | jq length)" = 0 ]
span_appears
each_family story

use_family 4
watch_add again "$SERVERS" tcp/80 hook mirror:span
span_goes
check "the device may go, the watch stays" [ "$(rb -j show watches | jq length)" = 1 ]
span_appears
client_fails client1 "$SERVER1" 80
check "when it is there again, so is the sight" \
	wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
span_goes
ip netns del "$probe"
check "the network works without the probe" server_starts server1 80
check "for its clients, too" client_connects client1 "$SERVER1" 80
