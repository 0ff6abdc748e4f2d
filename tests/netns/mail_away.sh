#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The mail server is away: notices wait and arrive.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_installs
daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
contact 198.51.100.135 bert@example.org
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
server_starts server1 80
check "back" wait_until 15 outage_is 192.0.2.10 80 ended

tried_twice()
{
	rb -j show notices | jq -e 'length == 2 and all(.[]; .tries >= 2)' >/dev/null
}
check "delivery is tried again" wait_until 20 tried_twice
mail_starts
check "then anna gets hers" wait_until 20 got_mails anna 1
check "and bert his" wait_until 20 got_mails bert 1
check "no message has two recipients" \
	[ "$(grep -lE '^Envelope-to:.*,' "$VMAIL"/new/* | wc -l)" = 0 ]
