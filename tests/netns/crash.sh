#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Any process may be killed at any time: every notice arrives.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

trap_lands()
{
	trap_v2c server1
	wait_until 2 outage_is 192.0.2.10 80 ended trap
}

notice_is_owed()
{
	rb -j show notices | jq -e 'length == 1 and .[0].state != "sent"' >/dev/null
}

rooms_gone()
{
	! pgrep '^ringback-' >/dev/null
}

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
contact 198.51.100.135 bert@example.org

client_fails client1 192.0.2.10 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
room_crashes engine
check "another engine knows the outage" wait_until 10 outage_is 192.0.2.10 80 down
room_crashes traps
server_starts server1 80
# The notice is queued, the mail server is away: between queue and send.
mail_stops
check "another trap room hears the trap" wait_until 10 trap_lands
check "the notice is owed" notice_is_owed
room_crashes mailer
room_crashes engine
check "it is still owed" wait_until 10 notice_is_owed

# And all of it at once.
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
check "without their parent the rooms end" wait_until 10 rooms_gone
client_fails client2 192.0.2.20 80	# nobody listens but the module
mail_starts
daemon_starts
check "the notice arrives" wait_until 15 got_mails anna 1
check "what happened meanwhile is known" wait_until 10 outage_is 192.0.2.20 80 down
time_passes 3
check "once" got_mails anna 1
