#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP that is answered leaves nothing behind; a healthy flow is no attempt. What
# nobody has asked for is no answer.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology

# unasked ADDRESS PORT CLIENT: a datagram to a client that has not asked.
unasked()
{
	in_ns server1 "$PYTHON" - "$@" <<-'PY'
		import socket, sys
		address, port, client = sys.argv[1:]
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		with socket.socket(family, socket.SOCK_DGRAM) as sock:
		    sock.bind((address, int(port)))
		    sock.sendto(b"hello", (client, 4000))
	PY
}

story()
{
	watch_add "well$FAMILY" "$SERVERS" udp/53
	udp_starts server1 "$SERVER1" 53 serve
	check "client1 is answered" udp_asks client1 "$SERVER1" 53
	check "client2 is answered" udp_asks client2 "$SERVER1" 53
	time_passes 2
	check "nothing is recorded" n_attempts 0
	check "no service is in trouble" [ "$(rb -j show services | jq length)" = 0 ]
	udp_stops server1 53
	check_not "it is gone" udp_asks client1 "$SERVER1" 53
	check "one waits" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 53 refused
	check "it sends something unasked" unasked "$SERVER1" 53 "$CLIENT2"
	time_passes 0.5
	check "and is still down" service_is "$SERVER1" 53 down
	udp_starts server1 "$SERVER1" 53 serve
	check "it answers another client" udp_asks client2 "$SERVER1" 53
	check "it is up" wait_until 5 service_is "$SERVER1" 53 up
	check "client1 does not know it yet" attempt_is "$CLIENT1" "$SERVER1" 53 refused
	udp_stops server1 53
	rb watch del "well$FAMILY"
}

each_family story
