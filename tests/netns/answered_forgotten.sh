#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who is answered in time leaves no trace.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_starts server1 80

story()
{
	watch_add "answer$FAMILY" "$SERVERS" tcp/80 no-reply 60
	check "the server answers" client_connects client1 "$SERVER1" 80
	check "nobody is listed" n_attempts 0
	server_hangs server1
	client_tries client1 "$SERVER1" 80 "$(slow 20)"
	check "while the server hangs the attempt is pending" \
		wait_until 5 attempt_pending "$CLIENT1" "$SERVER1" 80
	server_wakes server1
	check "answered late, it is forgotten" wait_until 10 n_attempts 0
	check "there was no outage" [ "$(rb -j show services | jq length)" = 0 ]
}

each_family story
