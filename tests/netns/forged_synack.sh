#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Only a SYN+ACK that acknowledges the very SYN counts as a recovery.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

story()
{
	watch_add "synack$FAMILY" "$SERVERS" tcp/80
	forges client1 <<-LINES
		tcp $CLIENT1 $SERVER1 4000 80 seq=1000
	LINES
	check "the attempt fails" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	forges server1 <<-LINES
		tcp $SERVER1 $CLIENT1 80 4000 flags=SA ack=1000
		tcp $SERVER1 $CLIENT1 80 4000 flags=SA ack=1002
		tcp $SERVER1 $CLIENT1 80 4000 flags=SA ack=0
		tcp $SERVER1 $CLIENT1 80 4000 flags=SA ack=4294967295
		tcp $SERVER1 $CLIENT1 81 4000 flags=SA ack=1001
		tcp $SERVER2 $CLIENT1 80 4000 flags=SA ack=1001
	LINES
	check "wrong numbers, port and server change nothing" service_is "$SERVER1" 80 down
	check "the client still waits" attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	forges server1 <<-LINES
		tcp $SERVER1 $CLIENT1 80 4000 flags=SA ack=1001
	LINES
	check "the right number ends the wait" \
		wait_until 5 attempt_unknown "$CLIENT1" "$SERVER1" 80
}

each_family story
