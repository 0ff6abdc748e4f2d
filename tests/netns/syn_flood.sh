#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: looks at the slab, which all share. A SYN flood leaves no trace; a client
# that fails during it is recorded and told.
. "$(dirname "$0")/../lib.sh"

#   client2 sends SYNs in the names of many; client1 really wants to connect

setup_topology
server_hangs server1

told()
{
	jq -r 'select(.event == "failed") | .client' "$TEST_TMP/monitor" | sort -u
}

# The cache may be merged with another's: then this says nothing.
slab()
{
	awk '$1 == "rbk_attempt" { n = $2 } END { print n + 0 }' /proc/slabinfo
}

flooded()
{
	[ "$(stat_of syn)" -gt "$1" ]
}

# shellcheck disable=SC2154	# new_ns assigns the names
story()
{
	local source=$1 flood before watcher

	ip netns exec "$router" ringback -j --kernel monitor >"$TEST_TMP/monitor" &
	watcher=$!
	watch_add "flooded$FAMILY" "$SERVERS" tcp/1-80 admission trouble no-reply 2
	before=$(slab)
	ip netns exec "$client2" "$PYTHON" "$TREE/tests/flood.py" "$source" "$SERVER1" 600 3000 80 &
	flood=$!
	check "the flood is on" wait_until 20 flooded "$(($(stat_of syn) + 2000))"
	time_passes 2
	check "no entry was made" n_attempts 0
	check "no service is in trouble" [ "$(stat_of services)" = 0 ]
	check "no event was sent" [ -z "$(told)" ]
	check "the slab has not grown" [ "$(slab)" -le "$before" ]
	client_tries client1 "$SERVER1" 80 "$(slow 10)"
	check "the client in need is recorded" \
		wait_until 10 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	check "and told of" wait_until 5 [ "$(told)" = "$CLIENT1" ]
	check "nobody else is" n_attempts 1
	kill "$flood" "$watcher"
	rb watch del "flooded$FAMILY"
}

story 203.0.113.0/24
use_family 6
story 2001:db8:2::/64
