#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A dead server is answered for at its own address, whatever way it died, and a
# client that is in the middle of trying is taken over. After the recovery the
# next connection goes to the server.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
WATCH_LINES='standin = true' MORE_LINES='web { }'
daemon_conf
daemon_starts

recovers()
{
	check "the outage ends" wait_until 15 outage_is "$SERVER1" 80 ended
	check "the next connection reaches the server" reaches client1 "$SERVER1" 80
}

story()
{
	server_starts server1 80
	check "while it lives, the server answers" reaches client1 "$SERVER1" 80
	server_stops server1 80
	check "a dead process: refused once" refused client1 "$SERVER1" 80
	check "then answered here" wait_until 5 stood_in client1 "$SERVER1" 80
	check "for other clients, too" stood_in client2 "$SERVER1" 80
	check_not "nobody answers on another port" stood_in client1 "$SERVER1" 8000
	server_starts server1 80
	recovers

	server_stops server1 80
	server_dies server1
	check "a host that is gone: answered here" \
		wait_until 10 stood_in client1 "$SERVER1" 80
	server_returns server1
	server_starts server1 80
	recovers
	server_stops server1 80
}

each_family story
