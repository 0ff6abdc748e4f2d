#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# By default a SYN alone records nothing; the second of the same does, unless it
# comes so soon that it must be the same packet on its way through another hook.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

story()
{
	rb watch add "trouble$FAMILY" server "$SERVERS" port tcp/80 no-reply 1
	forges client1 <<-LINES
		tcp $CLIENT1 $SERVER1 4000 80 seq=1000
		tcp $CLIENT1 $SERVER1 4000 80 seq=2000 count=2
	LINES
	time_passes 2
	check "two different SYNs are not listed" attempt_unknown "$CLIENT1" "$SERVER1" 80
	for _ in first again; do
		forges client1 <<-LINES
			tcp $CLIENT1 $SERVER1 4000 80 seq=3000
		LINES
		time_passes 1
	done
	check "the retransmitted one is" \
		wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
}

each_family story
