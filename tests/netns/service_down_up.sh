#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A service goes down with its first failure and up with its first answer.
. "$(dirname "$0")/../lib.sh"

setup_topology

is_up()
{
	jq -e --arg server "$SERVER1" 'select(.server == $server and .event == "up")' \
		"$TEST_TMP/monitor" >/dev/null
}

story()
{
	local watcher

	start router ringback -j --kernel monitor >"$TEST_TMP/monitor"
	watcher=$STARTED
	watch_add "web$FAMILY" "$SERVERS" tcp/80
	client_fails client1 "$SERVER1" 80
	client_fails client2 "$SERVER1" 80
	check "refused: down" wait_until 5 service_is "$SERVER1" 80 down
	check "two wait" [ "$(attempts server "$SERVER1" | wc -l)" = 2 ]
	server_starts server1 80
	check "it answers client1" client_connects client1 "$SERVER1" 80
	check "it is up" wait_until 5 is_up
	check "client1 knows it" attempt_unknown "$CLIENT1" "$SERVER1" 80
	check "client2 does not" attempt_is "$CLIENT2" "$SERVER1" 80 refused
	check "it answers client2" client_connects client2 "$SERVER1" 80
	check "nobody waits" wait_until 5 n_attempts 0
	server_stops server1 80
	kill "$watcher"
}

each_family story
