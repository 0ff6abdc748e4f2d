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

waiting()
{
	[ "$(rb -j show watches | jq -r '[.[] | select(.waiting).name] | join(" ")')" = "$1" ]
}

promiscuous()
{
	ip -n "$probe" -j -d link show "$1" | jq -e '.[0].promiscuity > 0' >/dev/null
}

# seen PORT: a refused connection is. In a retry, for the device may just have come.
seen()
{
	client_fails client1 "$SERVER1" "$1"
	attempt_is "$CLIENT1" "$SERVER1" "$1" refused
}

watch_add early "$SERVERS" tcp/80-90 hook mirror:span
check "a watch waits for a device that is not there" waiting early
watch_add other "$SERVERS" tcp/100 hook forward
check "the other one does not" waiting early
span_appears
check "the device is there, nobody waits" wait_until 5 waiting ""
check "its watch sees" wait_until 10 seen 80

ip -n "$probe" link set span down
ip -n "$probe" link set span name aside
check "under another name it is none of ours" wait_until 5 waiting early
check "and is left as it was" [ "$(ip -n "$probe" -j -d link show aside | jq '.[0].promiscuity')" = 0 ]
ip -n "$probe" link set aside name span
ip -n "$probe" link set span up
check "it has its name again" wait_until 5 waiting ""
check "and is seen" wait_until 10 seen 81

span_goes
check "it is deleted, the watch waits" wait_until 5 waiting early
span_appears
check "another one of that name is taken" wait_until 5 waiting ""
check "and is seen, too" wait_until 10 seen 82
check "as a mirror port" promiscuous span

detachings()
{
	dmesg | grep -c 'span.*left promiscuous mode'
}

# By an alternative name, too. A later mirror port is attached after all others were looked at.
ip -n "$probe" link property add dev span altname tap || skip "no alternative names here"
rb watch del early
watch_add early "$SERVERS" tcp/80-90 hook mirror:tap
watch_add later "$SERVERS" tcp/101 hook mirror:later
check "an alternative name is found" waiting later
before=$(detachings)
ip -n "$probe" link add later type dummy
check "another device comes" wait_until 5 waiting ""
check "the one with two names is left alone" [ "$(detachings)" = "$before" ]
check "and is seen" wait_until 10 seen 83
rb watch del later
ip -n "$probe" link del later
rb watch del early
rb watch del other
check "without a watch it is none" [ "$(ip -n "$probe" -j -d link show span | jq '.[0].promiscuity')" = 0 ]
each_family story

# many add|del FIRST LAST STEP [MIRROR]
many()
{
	in_ns probe "$PYTHON" "$(dirname "$0")/watches_many.py" "$@"
}

check "sixty-four mirror ports are waited for" many add 1 64 1 none
check_not "one more is refused" many add 65 65 1 none 2>"$TEST_TMP/err"
check "which is said" grep -q "too many mirror ports" "$TEST_TMP/err"
watch_add again "$SERVERS" tcp/80 hook mirror:none1
rb watch del w1
check_not "another watch of one keeps it" many add 65 65 1 none 2>/dev/null
rb watch del again
check "its place is free now" many add 65 65 1 none
check "all go" many del 2 65 1
span_goes
ip netns del "$probe"
check "the network works without the probe" server_starts server1 80
check "for its clients, too" client_connects client1 "$SERVER1" 80
