#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The many clients of one service leave room for those of others.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1
server_hangs server2

# clients_try SERVER: twenty of them, all on client2's network.
clients_try()
{
	local i client

	for i in $(seq 20 39); do
		client=2001:db8:2::$i
		[ "$FAMILY" = 6 ] || client=203.0.113.$i
		echo "tcp $client $1 4000 80"
	done | forges client2
}

story()
{
	local refused

	refused=$(stat_of refused-service)
	watch_add "share$FAMILY" "$SERVERS" tcp/80 no-reply 240
	clients_try "$SERVER1"
	check "eight of twenty are recorded" n_attempts 8
	check "the others were counted" [ "$(stat_of refused-service)" = $((refused + 12)) ]
	forges client1 <<<"tcp $CLIENT1 $SERVER2 4000 80"
	check "another service has its own" attempt_pending "$CLIENT1" "$SERVER2" 80
	rb watch del "share$FAMILY"
}

rb limit max-per-service 8 || fail "no limit"
each_family story
