#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the router itself fails to reach, a probe of its daemon for one, is not
# forwarded: a watch of what is forwarded does not record it.
. "$(dirname "$0")/../lib.sh"

setup_topology

story()
{
	watch_add "own$FAMILY" "$SERVERS" tcp/80
	client_fails router "$NOBODY" 80
	client_fails client1 "$NOBODY" 80
	check "the client's attempt is recorded" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	check "the router's own is not" \
		[ "$(on_router ringback -j show clients server "$NOBODY" | jq length)" = 1 ]
}

each_family story
