#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A full table of services: one that failed least gives way to a new one, and what
# its clients do afterwards disturbs nobody.
. "$(dirname "$0")/../lib.sh"

setup_topology

services()
{
	rb -j show services | jq -r '.[].port' | sort -n | tr '\n' ' '
}

clients_of()
{
	rb -j show services | jq --argjson port "$1" '.[] | select(.port == $port).clients'
}

# refused PLACE CLIENT PORT
refused()
{
	client_fails "$1" "$SERVER1" "$3"
	wait_until 5 attempt_is "$2" "$SERVER1" "$3" refused || fail "port $3 was not refused"
}

story()
{
	local evicted no_memory

	evicted=$(stat_of evicted)
	no_memory=$(stat_of no-memory)
	watch_add "full$FAMILY" "$SERVERS" tcp/1-9
	refused client1 "$CLIENT1" 1
	refused client2 "$CLIENT2" 1
	refused client1 "$CLIENT1" 2
	refused client1 "$CLIENT1" 3
	check "three fit in" [ "$(services)" = "1 2 3 " ]
	refused client1 "$CLIENT1" 4
	check "the oldest that failed once gave way" [ "$(services)" = "1 3 4 " ]
	check "that is an eviction" [ "$(stat_of evicted)" = $((evicted + 1)) ]
	check "and no want of memory" [ "$(stat_of no-memory)" = "$no_memory" ]
	refused client2 "$CLIENT2" 2
	check "it comes back" [ "$(services)" = "1 2 4 " ]
	check "with the client that failed now" [ "$(clients_of 2)" = 1 ]
	rb forget client "$CLIENT1" || fail "forget"
	check "the client of before is not missed" [ "$(clients_of 2)" = 1 ]
	refused client1 "$CLIENT1" 2
	check "until it fails again" [ "$(clients_of 2)" = 2 ]
	rb watch del "full$FAMILY"
}

rb limit max-services 3 || fail "no limit"
each_family story
