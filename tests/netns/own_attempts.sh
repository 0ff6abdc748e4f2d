#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the router itself fails to reach, a probe of its daemon for one, is not
# forwarded: a watch of what is forwarded does not record it. Beside a watch of
# the host's own, each gets what is its, whichever was added first.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology
links router <<<"route add throw 203.0.113.128/25"

watch_of()
{
	rb -j show clients client "$1" server "$2" | jq -r '.[].watch'
}

story()
{
	watch_add "own$FAMILY" "$SERVERS" tcp/80
	client_fails router "$NOBODY" 80
	client_fails client1 "$NOBODY" 80
	check "the client's attempt is recorded" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	check "the router's own is not" \
		[ "$(on_router ringback -j show clients server "$NOBODY" | jq length)" = 1 ]
	rb watch del "own$FAMILY"

	watch_add "local$FAMILY" "$SERVERS,$3" tcp/80 hook local
	watch_add "forward$FAMILY" "$SERVERS,$3" tcp/80
	for server in "$NOBODY" "$3"; do
		client_fails client1 "$server" 80
		check "forwarded to $server: recorded" \
			wait_until 5 attempt_known "$CLIENT1" "$server" 80
		check "for the watch of what is forwarded" \
			[ "$(watch_of "$CLIENT1" "$server")" = "forward$FAMILY" ]
	done
	client_fails router "$NOBODY" 80
	check "the router's own" wait_until 5 attempt_is "$1" "$NOBODY" 80 host-unreachable
	check "for that of its own" [ "$(watch_of "$1" "$NOBODY")" = "local$FAMILY" ]
	rb watch del "local$FAMILY"
	rb watch del "forward$FAMILY"

	# A closed UDP port of the router itself is not that of a server behind it.
	watch_add "forward$FAMILY" "$2" udp/53
	watch_add "local$FAMILY" "$2" udp/53 hook local
	check_not "nobody answers at the router" udp_asks client1 "$2" 53
	check "the client's attempt is recorded" wait_until 5 attempt_is "$CLIENT1" "$2" 53 refused
	check "for the watch of the router's own" [ "$(watch_of "$CLIENT1" "$2")" = "local$FAMILY" ]
}

use_family 4
story 192.0.2.1 198.51.100.1 203.0.113.200
use_family 6
story 2001:db8:3::1 2001:db8:1::1 2001:db8:6::10
