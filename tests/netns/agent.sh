#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "ringback agent" on a client: it learns of the failure, says yes with an address as it
# was told to, and tells of the recovery; it needs no rights.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

agent_said()
{
	grep -q "\"event\": *\"$1\"" "$TEST_TMP/agent"
}

setup_topology
mail_starts
WATCH_LINES='inquire = "where"'
MORE_LINES='web { listen = {"198.51.100.1:8080"} operator = "Example network" confirm = false }'
daemon_conf
daemon_starts

start client1 setpriv --reuid 65534 --regid 65534 --clear-groups ringback -j agent \
	http://198.51.100.1:8080 once answer yes mail kim@example.org >"$TEST_TMP/agent"
agent=$STARTED
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
check "the agent learns of the failure" wait_until 20 agent_said down
check "its answer is taken" wait_until 20 agent_said answered
server_starts server1 80
check "kim gets the mail" wait_until 20 got_mails kim 1
check "the agent tells that it is back" wait_until 90 agent_said back
check "and ends" wait "$agent"
check "who said nothing was not told" \
	[ "$(rb -j show waiters client 198.51.100.135 | jq -r '.[0].state')" = no-answer ]
check "nobody else got a mail" [ "$(find "$VMAIL/new" -type f | wc -l)" = 1 ]
cat "$TEST_TMP/agent"
