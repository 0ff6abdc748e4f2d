#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The link between router and station is down for longer than the list may wait: the
# next step tells, and the station, when the link is back, only whom no other step could.
# Where the station is the last step the list waits for it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

setup_routes
mail_starts
WATCH_LINES='flap = 0 notify = {"nms", "mail"}'
MORE_LINES="nms \"noc\" { host = \"$STATION1\" $LIST_USER time = 3 }"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
receiver_starts station1
at station1 contact 198.51.100.7 anna@example.org
at station1 contact 198.51.100.135 bert@example.org
contact 198.51.100.7 anna@example.org

link_to_station()
{
	ip -n "$router" link set station1 "$1"
}

link_to_station down
server_hangs server1
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
check "two wait" wait_until 10 waiters_are 2
server_wakes server1
server_starts server1 80
trap_v2c server1
check "the router mails anna, whom it knows" wait_until 20 mailed ringback 1
link_to_station up
check "the station mails bert, for whom there was no other step" wait_until 30 got_mails bert 1
check "nothing is left" wait_until 10 all_handed
time_passes 2
check "anna was told once" got_mails anna 1

# The last step has no such limit.
daemon_stops
WATCH_LINES='flap = 0 notify = {"nms"}'
daemon_conf
daemon_starts
link_to_station down
server_stops server1 80
client_fails client1 192.0.2.10 80
check "another waits" wait_until 10 outage_open 192.0.2.10 80
server_starts server1 80
trap_v2c server1
check "the outage is over" wait_until 10 outage_is 192.0.2.10 80 ended
time_passes 5
check "nobody is told while the link is down" [ "$(all_mails)" = 2 ]
link_to_station up
check "then the station tells" wait_until 30 got_mails anna 2
check "that is all" [ "$(all_mails)" = 3 ]
