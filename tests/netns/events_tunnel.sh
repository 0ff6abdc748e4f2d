#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Events leave as packets of a watched service, by nlmon and a tunnel; no lock is taken twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology

# What netlink tells in the router's namespace goes to server1, port 4789.
ip -n "$router" link add nlmon0 type nlmon || skip "no nlmon in this kernel"
ip -n "$router" link add vx0 type vxlan id 1 remote "$SERVER1" dstport 4789 ||
	skip "no VXLAN in this kernel"
ip -n "$router" link set vx0 up
ip -n "$router" link set nlmon0 up
on_router tc qdisc add dev nlmon0 clsact || skip "no clsact in this kernel"
on_router tc filter add dev nlmon0 egress matchall action mirred egress redirect dev vx0 ||
	skip "no tc mirred in this kernel"
udp_starts server1 "$SERVER1" 4789 deaf

# The states that the monitor told of, in that order.
told()
{
	[ "$(jq -r --argjson port "$1" 'select(.port == $port and .event != "failed").event' \
		"$TEST_TMP/monitor" | tr '\n' ' ')" = "$2" ]
}

tunnel_seen()
{
	attempts server "$SERVER1" | grep -q " 4789 "
}

watch_add tunnel "$SERVER1" udp/4789 hook local
watch_add web "$SERVERS" tcp/80-89
start router ringback -j --kernel monitor >"$TEST_TMP/monitor"
check "packets of the tunnel are recorded" wait_until 10 tunnel_seen
for port in 80 81 82; do
	client_fails client1 "$SERVER1" "$port"
	check "port $port is told down" wait_until 10 told "$port" "down "
	server_starts server1 "$port"
	check "it answers" client_connects client1 "$SERVER1" "$port"
	check "then it is told up" wait_until 10 told "$port" "down up "
done
