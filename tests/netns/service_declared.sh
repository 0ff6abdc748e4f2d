#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A service that the module knows nothing of is declared down, and answers: that is told.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
rb limit max-services 2 || fail "no limit"

services()
{
	rb -j show services | jq -r '.[] | "\(.server) \(.port) \(.state)"' | sort | tr '\n' ' '
}

# The states that the monitor told of, in that order.
told()
{
	[ "$(jq -r --arg server "$SERVER1" --argjson port "$1" \
		'select(.server == $server and .port == $port).event' "$TEST_TMP/monitor" |
		tr '\n' ' ')" = "$2" ]
}

story()
{
	local watcher

	start router ringback -j --kernel monitor >"$TEST_TMP/monitor"
	watcher=$STARTED
	watch_add "web$FAMILY" "$SERVERS" tcp/80-89 standin on client "$CLIENT1"
	check_not "where no watch looks it is refused" standin state "$SERVER1" 90 down
	check_not "an unknown one is not declared up" standin state "$SERVER1" 80 up
	check_not "nor stood in for" standin mode "$SERVER1" 80 answer
	check "nothing has come of that" [ -z "$(services)" ]

	server_starts server1 80
	check "it is declared down" standin state "$SERVER1" 80 down
	check "and listed" [ "$(services)" = "$SERVER1 80 down " ]
	check "and told" wait_until 5 told 80 "down "
	standin lease 60000
	check "a stand-in may be declared" standin mode "$SERVER1" 80 reset
	check "it answers" client_connects client1 "$SERVER1" 80
	check "nobody has stood in for it" [ "$(stat_of standin-reset)" = 0 ]
	check "that is told" wait_until 5 told 80 "down up "
	check "it is well" [ -z "$(services)" ]
	server_stops server1 80

	check "one more" standin state "$SERVER1" 81 down
	check "and another" standin state "$SERVER1" 82 down
	check_not "in a full table nothing gives way to it" standin state "$SERVER1" 83 down
	check "what is there stays" [ "$(services)" = "$SERVER1 81 down $SERVER1 82 down " ]
	client_fails client1 "$SERVER1" 84
	check "to a failure it gives way" [ "$(services)" = "$SERVER1 82 down $SERVER1 84 down " ]
	rb watch del "web$FAMILY"
	check "with the watch they go" [ -z "$(services)" ]
	kill "$watcher"
}

each_family story
