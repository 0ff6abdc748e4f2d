#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A namespace is deleted while packets, dumps and events pass through it.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

busy()
{
	[ "$(stat_of recorded)" -gt 0 ]
}

for round in 1 2; do
	watch_add "busy" "$SERVERS,2001:db8:3::/64" tcp/1-65535
	start client1 "$PYTHON" "$TREE/tests/flood.py" "$CLIENT1" "$SERVER1" 3
	start client2 "$PYTHON" "$TREE/tests/flood.py" 2001:db8:2::7 2001:db8:3::10 3
	start router ringback -j --kernel monitor >/dev/null
	monitor=$STARTED
	wait_until 10 busy
	rb show clients >/dev/null &
	ip netns del "$router"
	kill "$monitor"
	for place in client1 client2 server1 server2 mail; do
		ip netns del "${!place}"
	done
	wait
	echo "ok: round $round"
	setup_topology
	server_hangs server1
done
check "a new namespace works" rb show stats
