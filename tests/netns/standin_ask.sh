#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Decisions on clients: an undecided one goes to the queue and passes where
# nobody listens; a decision holds for its time.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
standin_ready
watch_add web "192.0.2.0/24,2001:db8:3::/64" tcp/80 standin on

verdict_is()
{
	rb -j show decisions | jq -e --arg client "$1" --arg verdict "$2" \
		'any(.[]; .client == $client and .verdict == $verdict and .ttl > 0)' >/dev/null
}

story()
{
	server_hangs server1
	check_not "nothing can be decided where there is no trouble" \
		standin decide "$CLIENT1" "$SERVER1" 80 answer 60000
	client_fails client1 "$SERVER1" 80
	check "the service is down" wait_until 5 service_is "$SERVER1" 80 down
	check_not "nor where nobody asks" standin decide "$CLIENT1" "$SERVER1" 80 answer 60000
	standin mode "$SERVER1" 80 ask || fail "no mode"
	lease_held 3000 5
	check "nobody listens on the queue: it passes" asked client_fails client1 "$SERVER1" 80

	standin decide "$CLIENT1" "$SERVER1" 80 answer 60000 || fail "no decision"
	standin decide "$CLIENT2" "$SERVER1" 80 reset 60000 || fail "no decision"
	check "they are listed" verdict_is "$CLIENT1" answer
	check "decided: answered, and nobody is asked" \
		asked_not reads_standin client1 "$SERVER1" 80 "$CLIENT1"
	check "decided: reset" asked_not refused_at_once client2 "$SERVER1" 80
	standin decide "$CLIENT2" "$SERVER1" 80 pass 60000 || fail "no decision"
	check "another decision takes its place" verdict_is "$CLIENT2" pass
	check "there are two" n_decisions 2
	check "decided: passes" asked_not client_fails client2 "$SERVER1" 80
	check "and is counted" [ "$(stat_of standin-pass)" -gt 0 ]
	standin undecide "$CLIENT2"
	check "forgotten: asked again" asked client_fails client2 "$SERVER1" 80

	standin decide "$CLIENT1" "$SERVER1" 80 answer 500 || fail "no decision"
	check "a decision ends by itself" wait_until 3 n_decisions 0
	check "and is asked for again" asked client_fails client1 "$SERVER1" 80
	lease_dropped
	server_wakes server1
}

each_family story
