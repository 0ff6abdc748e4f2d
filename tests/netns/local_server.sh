#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hook local on the server's own host: a dead daemon behind a living kernel.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology
WATCHER=server1

story()
{
	watch_add "own$FAMILY" "$SERVERS" tcp/80,udp/53 hook local
	client_fails client1 "$SERVER1" 80
	check "its kernel refuses, by a RST" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "the service is down" service_is "$SERVER1" 80 down
	check_not "nobody answers UDP" udp_asks client2 "$SERVER1" 53
	check "nor there, by a port unreachable" \
		wait_until 5 attempt_is "$CLIENT2" "$SERVER1" 53 refused
	server_starts server1 80
	check "the daemon is back" client_connects client1 "$SERVER1" 80
	check "its client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	udp_starts server1 "$SERVER1" 53 serve
	check "that one, too" udp_asks client2 "$SERVER1" 53
	check "its client knows it" wait_until 2 attempt_unknown "$CLIENT2" "$SERVER1" 53
	server_stops server1 80
	udp_stops server1 53
}

each_family story
