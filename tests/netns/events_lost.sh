#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# More events than a reader can take: it says so, and asks for what it missed.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
daemon_conf
sed -i 's|ports = .*|ports = {"tcp/1-9999"}|' "$CONF"
daemon_starts
rb limit max-per-client 4000
rb limit max-services 4000

# A SYN to each of 3000 ports on which nobody listens.
many_fail()
{
	local port

	for ((port = 1; port <= 3000; port++)); do
		echo "tcp $CLIENT1 $SERVER1 4000 $port seq=1000"
	done | forges client1
}

# Each try is another attempt, until the monitor listens.
tried=9000
monitor_runs()
{
	tried=$((tried + 1))
	client_fails client1 "$SERVER1" "$tried"
	grep -q "$tried" "$TEST_TMP/monitor"
}

# At least; the first tries are among them.
n_or_more()
{
	[ "$(rb -j show "$1" | jq length)" -ge "$2" ]
}

resynced()
{
	grep -q '"event": "resync"' "$TEST_TMP/monitor"
}

# The last one: the service of which the event came when nobody read.
seen_by_monitor()
{
	grep -q '"port": 3000,' "$TEST_TMP/monitor"
}

start router ringback -j --kernel monitor >"$TEST_TMP/monitor"
watcher=$STARTED
check "the monitor runs" wait_until 5 monitor_runs
kill -STOP "$watcher" "$(room_pid engine)"
many_fail
check "all failures are recorded" wait_until 5 n_or_more clients 3000
kill -CONT "$watcher" "$(room_pid engine)"
check "the monitor tells that it lost events" wait_until 10 resynced
check "and what it missed" wait_until 10 seen_by_monitor
check "the daemon has all outages" wait_until 60 n_or_more outages 3001
