#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An ICMP error counts only when it quotes the very SYN.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

# error KEY=VALUE...: from server2, a stranger on the path, about the SYN to server1.
error()
{
	echo "icmp $SERVER2 $CLIENT1 qdst=$SERVER1 qsport=4000 qdport=80 qseq=1000 $*"
}

wrong_errors()
{
	error qseq=1001
	error qseq=999
	error qdport=81
	error qdst="$SERVER2"
	error qsrc="$CLIENT2"
	error qproto=17
	error type=8 code=0
}

story()
{
	watch_add "icmp$FAMILY" "$SERVERS" tcp/80 no-reply 240
	forges client1 <<-LINES
		tcp $CLIENT1 $SERVER1 4000 80 seq=1000
	LINES
	check "the attempt is pending" attempt_pending "$CLIENT1" "$SERVER1" 80
	wrong_errors | forges server2
	check "wrong quotes change nothing" attempt_pending "$CLIENT1" "$SERVER1" 80
	error | forges server2
	check "the right one does" \
		wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 host-unreachable
}

each_family story
