#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP to a server that takes datagrams and says nothing: no-reply, once per client.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology

story()
{
	watch_add "deaf$FAMILY" "$SERVERS" udp/53
	udp_starts server1 "$SERVER1" 53 deaf
	check_not "it does not answer" udp_asks client1 "$SERVER1" 53 3
	check "no-reply" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 53 no-reply
	check "three datagrams were one attempt" \
		[ "$(attempts server "$SERVER1")" = "$CLIENT1 $SERVER1 53 failed no-reply 3" ]
	udp_stops server1 53
	udp_starts server1 "$SERVER1" 53 serve
	check "it serves again" udp_asks client1 "$SERVER1" 53
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 53
	udp_stops server1 53
}

each_family story
