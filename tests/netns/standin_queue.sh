#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The queue for clients on whom nothing is decided: its word counts; without a
# reader, and without the lease, they pass.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
standin_ready
server_hangs server1
watch_add web "$SERVERS" tcp/80 standin on

queue_starts()
{
	start router "$PYTHON" "$TREE/tests/standin.py" queue "$@"
	QUEUE_READER=$STARTED
	wait_until 5 queue_bound "$1" || fail "no queue"
}

queue_bound()
{
	on_router grep -q "^ *$1 " /proc/net/netfilter/nfnetlink_queue 2>/dev/null
}

queue_ends()
{
	kill "$QUEUE_READER"
	wait "$QUEUE_READER" 2>/dev/null || true
}

client_fails client1 "$SERVER1" 80
check "the service is down" wait_until 5 service_is "$SERVER1" 80 down
standin mode "$SERVER1" 80 ask || fail "no mode"
lease_held 3000 5
queue_starts 5 0x5100
check "the queue decides" asked reads_standin client1 "$SERVER1" 80 "$CLIENT1"
queue_ends
check "its reader is dead: it passes" asked client_fails client1 "$SERVER1" 80
check "other bits of the mark stay" [ "$(n_seen spoilt)" = 0 ]
queue_starts 5 hang
lease_dropped
wait_until 4 lease_over || fail "the lease remains"
check "reader and daemon hang: it passes without a question" \
	asked_not client_fails client1 "$SERVER1" 80
