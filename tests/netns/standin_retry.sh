#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each so many-th connection goes to the server: where nothing but replies is
# believed, the recovery is seen by that. UDP is never answered for.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
WATCH_LINES='standin = true standin-retry = 3 recovery = {"reply"}' MORE_LINES='web { }'
daemon_conf
sed -i 's|"tcp/80", |"tcp/80", "udp/80", |' "$CONF"
daemon_starts

story()
{
	server_hangs server1
	client_tries client1 "$SERVER1" 80
	check "answered here" wait_until 5 stood_in client1 "$SERVER1" 80
	server_wakes server1
	server_starts server1 80
	check "a connection gets through, and that is the recovery" \
		wait_until 10 reaches client1 "$SERVER1" 80
	check "known by a reply" wait_until 10 outage_is "$SERVER1" 80 ended reply
	check "all others get through as well" reaches client2 "$SERVER1" 80
	server_stops server1 80
}

each_family story
use_family 4
in_ns client1 "$PYTHON" "$TREE/tests/udp.py" ask "$SERVER1" 80 2>/dev/null
check "UDP: fails as ever" wait_until 10 attempt_is "$CLIENT1" "$SERVER1" 80 refused
