#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP that is answered leaves nothing behind; a healthy flow is no attempt. What
# nobody has asked for is no answer. Where both ends are watched, who has asked is
# the client, however many answers there are.
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

# calls PLACE ADDRESS PEER: asks from port 5060, and takes three answers.
calls()
{
	in_ns "$1" timeout "$(slow 10)" "$PYTHON" - "$2" "$3" <<-'PY'
		import socket, sys
		address, peer = sys.argv[1:]
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		with socket.socket(family, socket.SOCK_DGRAM) as sock:
		    sock.bind((address, 5060))
		    sock.sendto(b"INVITE", (peer, 5060))
		    while sock.recv(2000) != b"200":
		        pass
	PY
}

# rings PLACE ADDRESS: answers whoever asks at port 5060: at once, and twice more.
rings()
{
	start "$1" "$PYTHON" -c '
import socket, sys, time
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family, socket.SOCK_DGRAM) as sock:
    sock.bind((sys.argv[1], 5060))
    peer = sock.recvfrom(2000)[1]
    for word in b"100", b"180", b"200":
        sock.sendto(word, peer)
        time.sleep(1.5)
' "$2"
	wait_until 5 udp_listens "$1" 5060 || fail "$1 does not listen on UDP port 5060"
}

both_ends()
{
	watch_add "ends$FAMILY" "$SERVERS,$CLIENT1" udp/5060
	rings server1 "$SERVER1"
	check "client1 is called back" calls client1 "$CLIENT1" "$SERVER1"
	check "which is no attempt of the server" n_attempts 0
	check "and no trouble" [ "$(rb -j show services | jq length)" = 0 ]
	rb watch del "ends$FAMILY"
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
	both_ends
}

each_family story
