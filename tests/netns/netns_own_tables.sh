#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Watches, tables, limits and counters belong to a network namespace.
. "$(dirname "$0")/../lib.sh"

#   client1 --- router --- server1      both the router and the server's host watch

setup_topology

empty()
{
	[ "$(rb -j show watches | jq length)" = 0 ] && n_attempts 0 &&
		[ "$(rb -j show services | jq length)" = 0 ]
}

WATCHER=server1
check "a namespace begins with nothing" empty
WATCHER=router
watch_add web "$SERVERS" tcp/80
client_fails client1 "$SERVER1" 80
check "the router has recorded it" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
WATCHER=server1
check "the server's host knows nothing of that" empty
watch_add web "$SERVERS" tcp/80 hook local
client_fails client2 "$SERVER1" 80
check "now it records, too" wait_until 5 attempt_is "$CLIENT2" "$SERVER1" 80 refused
check "its own only" n_attempts 1
rb limit max-attempts 7 || fail "no limit"
rb watch del web
WATCHER=router
check "the router has both" n_attempts 2
check "and its own limits" [ "$(rb -j show limits | jq '.[0].value')" != 7 ]
# shellcheck disable=SC2154	# new_ns assigns the names
ip netns del "$server1"
time_passes 1
check "a namespace that goes takes nothing along" n_attempts 2
check "and nobody notices" attempt_is "$CLIENT1" "$SERVER1" 80 refused
