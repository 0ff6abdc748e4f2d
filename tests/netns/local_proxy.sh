#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hook local: a proxy or gateway sees its own attempts fail, and no one else's.
. "$(dirname "$0")/../lib.sh"

# The router is the proxy; its address on the servers' network is the client's.
setup_topology

story()
{
	local proxy=$1

	watch_add "proxy$FAMILY" "$SERVERS" tcp/80 hook local
	client_fails client1 "$SERVER1" 80
	client_fails router "$SERVER1" 80
	check "its own attempt is refused" wait_until 5 attempt_is "$proxy" "$SERVER1" 80 refused
	check "the one it forwarded is not its business" attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_hangs server2
	client_fails router "$SERVER2" 80
	check "nobody answers: no-reply" wait_until 5 attempt_is "$proxy" "$SERVER2" 80 no-reply
	server_wakes server2
	client_fails router "$NOBODY" 80
	check "nobody is there: host-unreachable" \
		wait_until 5 attempt_is "$proxy" "$NOBODY" 80 host-unreachable
	server_starts server1 80
	check "the server returns" client_connects router "$SERVER1" 80
	check "the proxy knows it" wait_until 2 attempt_unknown "$proxy" "$SERVER1" 80
	server_stops server1 80
	rb watch del "proxy$FAMILY"
}

story 192.0.2.1
use_family 6
story 2001:db8:3::1
