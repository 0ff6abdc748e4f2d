#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# One client cannot use up the table: it has a share, others keep theirs. Of IPv6
# a network of 64 bits is one client.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

story()
{
	local refused port neighbour=2001:db8:1::8

	[ "$FAMILY" = 6 ] || neighbour=198.51.100.8

	refused=$(stat_of refused-client)
	watch_add "share$FAMILY" "$SERVERS" tcp/1-1000 no-reply 240
	for port in $(seq 1 20); do
		echo "tcp $CLIENT1 $SERVER1 4000 $port"
	done | forges client1
	check "eight of twenty are recorded" n_attempts 8
	check "the others were counted" [ "$(stat_of refused-client)" = $((refused + 12)) ]
	forges client2 <<<"tcp $CLIENT2 $SERVER1 4000 80"
	check "another client is heard" attempt_pending "$CLIENT2" "$SERVER1" 80
	forges client1 <<<"tcp $neighbour $SERVER1 4000 80"
	if [ "$FAMILY" = 4 ]; then
		check "so is its neighbour" attempt_pending "$neighbour" "$SERVER1" 80
		rb forget client "$neighbour" || fail "forget"
	else
		check "another address of its /64 is the same client" \
			attempt_unknown "$neighbour" "$SERVER1" 80
	fi
	rb forget client "$CLIENT1" || fail "forget"
	forges client1 <<<"tcp $CLIENT1 $SERVER1 4000 80 seq=7"
	check "what is forgotten makes room again" attempt_pending "$CLIENT1" "$SERVER1" 80
	rb watch del "share$FAMILY"
}

rb limit max-per-client 8 || fail "no limit"
each_family story
