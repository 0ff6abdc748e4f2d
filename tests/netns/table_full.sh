#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A full table: the oldest pending gives way; when all have failed, one of the
# client that has most does, to a client that has fewer.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1
server_hangs server2

# syns FIRST_PORT LAST_PORT: an attempt each.
syns()
{
	local port

	for port in $(seq "$1" "$2"); do
		echo "tcp $CLIENT1 $SERVER1 4000 $port seq=$((1000 + port))"
	done | forges client1
}

ports_known()
{
	attempts server "$SERVER1" | cut -d ' ' -f 3 | sort -n | tr '\n' ' '
}

# decided PORT: recorded and refused by the server, or not recorded.
decided()
{
	attempt_is "$CLIENT2" "$SERVER1" "$1" refused || [ "$(stat_of refused-full)" -gt 3 ]
}

watch_add all "$SERVERS" tcp/1-1000 no-reply 240
rb limit max-attempts 4 || fail "no limit"
syns 1 4
check "four fit in" [ "$(ports_known)" = "1 2 3 4 " ]
syns 5 6
check "the oldest two gave way" [ "$(ports_known)" = "3 4 5 6 " ]
check "and were counted" [ "$(stat_of evicted)" = 2 ]
forges server1 <<-LINES
	tcp $SERVER1 $CLIENT1 3 4000 flags=RA ack=1004
	tcp $SERVER1 $CLIENT1 4 4000 flags=RA ack=1005
LINES
check "two fail" wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 4 refused
syns 7 9
check "these stay, though they are the oldest" [ "$(ports_known)" = "3 4 8 9 " ]
forges server1 <<-LINES
	tcp $SERVER1 $CLIENT1 8 4000 flags=RA ack=1009
	tcp $SERVER1 $CLIENT1 9 4000 flags=RA ack=1010
LINES
check "all have failed" wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 9 refused
syns 10 12
check "nothing gives way to the same client" [ "$(ports_known)" = "3 4 8 9 " ]
check "that was counted" [ "$(stat_of refused-full)" = 3 ]
check "evictions were not" [ "$(stat_of evicted)" = 5 ]
check "none of those had failed" [ "$(stat_of evicted-failed)" = 0 ]
for port in 20 21 22; do
	echo "tcp $CLIENT2 $SERVER1 4000 $port seq=$port" | forges client2
	echo "tcp $SERVER1 $CLIENT2 $port 4000 flags=RA ack=$((port + 1))" | forges server1
	check "attempt $port of another client is decided" wait_until 2 decided "$port"
done
check "it got as much as the first has" [ "$(attempts client "$CLIENT2" | wc -l)" = 2 ]
check "the first gave that" [ "$(attempts client "$CLIENT1" | wc -l)" = 2 ]
check "and it was counted" [ "$(stat_of evicted)" = 7 ]
check "as attempts that had failed" [ "$(stat_of evicted-failed)" = 2 ]
rb limit max-attempts 1000 || fail "no limit"
syns 10 10
check "with a higher limit there is room" attempt_pending "$CLIENT1" "$SERVER1" 10
