#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# QUIC as a UDP watch: Initials sent again and again to a server that is hung.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology

story()
{
	watch_add "quic$FAMILY" "$SERVERS" udp/443 no-reply 10
	udp_starts server1 "$SERVER1" 443 deaf
	quic_tries client1 "$SERVER1" 443 &
	check "the first Initial is admitted" wait_until 5 attempt_pending "$CLIENT1" "$SERVER1" 443
	check "no-reply" wait_until 20 attempt_is "$CLIENT1" "$SERVER1" 443 no-reply
	wait $!
	check "three Initials were one attempt" \
		[ "$(attempts server "$SERVER1")" = "$CLIENT1 $SERVER1 443 failed no-reply 3" ]
	check "one failure" [ "$(rb -j show services | jq '.[0].failures')" = 1 ]
	udp_stops server1 443
	udp_starts server1 "$SERVER1" 443 serve
	check "the server returns" quic_tries client1 "$SERVER1" 443
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 443
	udp_stops server1 443
}

each_family story
