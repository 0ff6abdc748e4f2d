#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: takes a minute of a slow machine. More than a thousand watches: made, found by
# packets, listed and deleted under traffic.
. "$(dirname "$0")/../lib.sh"

N=1500
setup_topology

# many add|del FIRST LAST STEP
many()
{
	on_router "$PYTHON" "$(dirname "$0")/watches_many.py" "$@"
}

n_watches()
{
	[ "$(rb -j show watches | jq 'map(.name) | unique | length')" = "$1" ] &&
		[ "$(stat_of watches)" = "$1" ]
}

# recorded_by PORT WATCH: nobody listens there.
recorded_by()
{
	client_fails client1 "$SERVER1" "$1"
	wait_until 5 attempt_is "$CLIENT1" "$SERVER1" "$1" refused || return
	[ "$(rb -j show clients | jq -r --argjson port "$1" \
		'.[] | select(.port == $port and .client == "198.51.100.7").watch')" = "$2" ]
}

# Others try meanwhile, at another server.
start client2 "$PYTHON" "$TREE/tests/flood.py" "$CLIENT2" "$SERVER2" 600 100 2000
check "$N watches are made" many add 1 "$N" 1
check "and listed, each once" n_watches "$N"
check "the first finds its packets" recorded_by 1 w1
check "the last, too" recorded_by "$N" "w$N"
client_fails client1 "$SERVER1" $((N + 1))
check "one port beyond is nobody's" attempt_unknown "$CLIENT1" "$SERVER1" $((N + 1))
check "every second is deleted" many del 2 "$N" 2
check "half of them are left" n_watches $((N / 2))
check "what a deleted one recorded is gone" attempt_unknown "$CLIENT1" "$SERVER1" "$N"
check "the others are found as before" recorded_by $((N - 1)) "w$((N - 1))"
client_fails client1 "$SERVER1" "$N"
check "a deleted one finds nothing" attempt_unknown "$CLIENT1" "$SERVER1" "$N"
check "there is room for others" many add "$N" $((N + 9)) 1
check "which find their packets" recorded_by "$N" "w$N"
check "they go" many del "$N" $((N + 9)) 1
check "as do the rest" many del 1 "$N" 2
check "none is left" n_watches 0
check "nor what they recorded" n_attempts 0
