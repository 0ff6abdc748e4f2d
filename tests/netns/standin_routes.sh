#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A service that is down is answered for whatever became of the route to it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
WATCH_LINES='standin = true recovery = {"trap"}' MORE_LINES='web { }'
daemon_conf
daemon_starts

net_of()
{
	[ "$FAMILY" = 4 ] && echo 192.0.2.0/24 || echo 2001:db8:3::/64
}

# route COMMAND...: in the router, of this family.
route()
{
	ip "-$FAMILY" -n "$router" route "$@"
}

story()
{
	local kind

	server_hangs server1
	client_tries client1 "$SERVER1" 80
	check "a server that hangs" wait_until 5 stood_in client1 "$SERVER1" 80
	for kind in blackhole unreachable prohibit; do
		route add "$kind" "$SERVER1" || fail "no $kind route"
		check "the route is $kind" stood_in client2 "$SERVER1" 80
		route del "$kind" "$SERVER1"
	done
	route del "$(net_of)" dev servers
	check "there is no route" stood_in client2 "$SERVER1" 80
	route add "$(net_of)" dev servers
	server_wakes server1
	rb recover "$SERVER1" tcp/80 >/dev/null
}

each_family story
