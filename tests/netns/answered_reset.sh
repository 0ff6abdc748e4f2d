#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server that accepts and then resets has answered; so has one whose client says
# afterwards, in an ICMP error of its own, that it was unreachable.
. "$(dirname "$0")/../lib.sh"

setup_topology

error_seen()
{
	[ "$(stat_of unmatched-icmp)" -gt "$1" ]
}

# A server that accepts, and resets at once: SO_LINGER with 0 seconds.
resets()
{
	cat >"$TEST_TMP/resets.py" <<-'PYTHON'
		import socket, struct, sys
		family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
		with socket.create_server((sys.argv[1], 81), family=family) as server:
		    while True:
		        connection, _ = server.accept()
		        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
		        connection.close()
	PYTHON
	start server1 "$PYTHON" "$TEST_TMP/resets.py" "$1"
	wait_until 5 listens server1 81 || fail "the server does not listen"
}

well()
{
	attempt_unknown "$CLIENT1" "$SERVER1" "$1" && ! service_is "$SERVER1" "$1" down
}

story()
{
	resets "$SERVER1"
	watch_add "reset$FAMILY" "$SERVERS" tcp/80,tcp/81,tcp/82 admission trouble
	client_fails client1 "$SERVER1" 81
	check "accepted and reset is no failure" well 81
	client_fails client2 "$SERVER1" 82
	check "refused is one" wait_until 5 attempt_is "$CLIENT2" "$SERVER1" 82 refused
	echo "tcp $CLIENT1 $SERVER1 4000 80 seq=1000" | forges client1
	time_passes 1
	echo "icmp $CLIENT2 $CLIENT1 qdst=$SERVER1 qsport=4000 qdport=80 qseq=1000" | forges client2
	check "the error was seen" wait_until 5 error_seen "$1"
	check "and not believed, since the server had answered" well 80
	kill "$STARTED"
	rb watch del "reset$FAMILY"
}

server_starts server1 80
story 0
use_family 6
story "$(stat_of unmatched-icmp)"
