#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Only a RST that acknowledges the very SYN counts as refused.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

story()
{
	watch_add "rst$FAMILY" "$SERVERS" tcp/80 no-reply 240
	forges client1 <<-LINES
		tcp $CLIENT1 $SERVER1 4000 80 seq=1000
	LINES
	check "the attempt is pending" attempt_pending "$CLIENT1" "$SERVER1" 80
	forges server1 <<-LINES
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=1000
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=1002
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=0
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=4294967295
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=1001 seq=1
		tcp $SERVER1 $CLIENT1 80 4000 flags=R ack=0 seq=1001
		tcp $SERVER1 $CLIENT1 81 4000 flags=RA ack=1001
		tcp $SERVER2 $CLIENT1 80 4000 flags=RA ack=1001
	LINES
	check "wrong numbers, port and server change nothing" \
		attempt_pending "$CLIENT1" "$SERVER1" 80
	forges server1 <<-LINES
		tcp $SERVER1 $CLIENT1 80 4000 flags=RA ack=1001
	LINES
	check "the right number does" wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 refused
}

each_family story
