#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The list goes to the recovered server, which mails its clients by its own contacts;
# over IPv4 and IPv6.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

setup_routes
mail_starts
WATCH_LINES='notify = {"server"}'
MORE_LINES="server { $LIST_USER }"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
receiver_starts server1
at server1 contact 198.51.100.7 anna@example.org
at server1 contact 2001:db8:2::/64 bert@example.org
check "the router knows nobody" [ "$(rb -j show contacts | jq length)" = 0 ]

server_dies server1
client_fails client1 192.0.2.10 80
client_fails client2 2001:db8:3::10 80
client_fails client2 192.0.2.10 80
check "three wait" wait_until 10 waiters_are 3
check "nobody does at the server" at server1 waiters_are 0

server_returns server1
server_starts server1 80
trap_v2c server1
check "the server mails anna" wait_until 20 got_mails anna 1
check "bert's service said nothing yet" got_mails bert 0
trap_v6 server1
check "then it mails bert" wait_until 20 got_mails bert 1
check "both mails are the server's" mailed server1 2
check "who has no contact there is told nowhere, and listed there" \
	wait_until 5 at server1 waiter_is 198.51.100.135 192.0.2.10
check "the outage is there, with its end" at server1 outage_is 192.0.2.10 80 ended
check "the mail names the service" grep -q '192\.0\.2\.10' "$(mails_of anna)"
check "the router has nothing left to hand over" wait_until 10 all_handed
check "nobody else got any mail" [ "$(all_mails)" = 2 ]
