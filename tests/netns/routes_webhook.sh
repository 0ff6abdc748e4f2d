#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program of others gets announcements and the list as signed JSON; what it fails to
# take is sent again, and what it refuses for too long goes to the next step.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

KEY=signed-with-this-key

setup_routes
mail_starts
(umask 077 && echo "$KEY" >"$KEYS.hmac")
WATCH_LINES='flap = 0 notify = {"webhook", "mail"}'
MORE_LINES="webhook \"tickets\" {
	url = \"http://$STATION1:8080/in\" key-file = \"$KEYS.hmac\" time = 6 timeout = 1
}"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
hook_starts station1 500 500
daemon_starts
contact 198.51.100.7 anna@example.org
server_hangs server1
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
check "two wait" wait_until 10 waiters_are 2
check "it hears that the service is down, at the third time" wait_until 20 posted down 1
check "it had answered 500 before" [ "$(posts down 500)" = 2 ]
server_wakes server1
server_starts server1 80
trap_v2c server1
check "and that it is back" wait_until 20 posted up 1
check "it gets the list" wait_until 20 posted waiting 1
check "with both clients" [ "$(jq -s -r '[.[] | select(.body.event == "waiting" and .status == 200)
	| .body.clients[].client] | sort | join(" ")' "$HOOK_LOG")" = "198.51.100.135 198.51.100.7" ]
check "everything was signed" jq -se 'all(.[]; .signed)' "$HOOK_LOG"
check "nothing is left" wait_until 10 all_handed
check "nobody is mailed" [ "$(all_mails)" = 0 ]

hook_says 500
server_stops server1 80
client_fails client1 192.0.2.10 80
check "another outage" wait_until 10 outage_open 192.0.2.10 80
server_starts server1 80
trap_v2c server1
check "what it will not take is mailed" wait_until 30 got_mails anna 1
hook_says 200
time_passes 4
check "and not taken any more" posted waiting 1
check "once" [ "$(all_mails)" = 1 ]
