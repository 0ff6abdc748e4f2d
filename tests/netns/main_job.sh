#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The main job: clients fail, the server returns and says so, the probe confirms
# it, exactly those clients get their mail.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
# No probe is due but those that a trap asks for.
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
contact 198.51.100.128/25 bert@example.org
contact 2001:db8:1::/64 carla@example.org
contact 203.0.113.0/24 dora@example.org

# server1 hangs, server2 is gone: no reply, host unreachable, and over IPv6.
server_hangs server1
server_dies server2
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.20 80
client_fails client1 2001:db8:3::20 80
check "anna had no reply" wait_until 5 attempt_is 198.51.100.7 192.0.2.10 80 no-reply
check "bert's host was unreachable" \
	wait_until 5 attempt_is 198.51.100.135 192.0.2.20 80 host-unreachable
check "carla's too" \
	wait_until 5 attempt_is 2001:db8:1::7 2001:db8:3::20 80 host-unreachable
check "three outages" wait_until 5 outage_is 192.0.2.10 80 down
check "anna waits" wait_until 5 waiter_is 198.51.100.7 192.0.2.10

# A trap of a host whose service does not answer yet proves nothing.
trap_v2c server1
check "the trap is seen" wait_until 5 logged 'trap'
time_passes 3
check "but it is no recovery" outage_open 192.0.2.10 80

server_wakes server1
server_starts server1 80
trap_v2c server1
check "confirmed by a probe it is" wait_until 10 outage_is 192.0.2.10 80 ended trap
check "anna gets one mail" wait_until 10 got_mails anna 1
check "the others wait" got_mails bert 0

server_returns server2
server_starts server2 80
trap_v1 server2
check "bert gets one mail" wait_until 10 got_mails bert 1
check "carla's service said nothing yet" got_mails carla 0
trap_v6 server2
check "carla gets one mail" wait_until 10 got_mails carla 1
check "dora, who tried nothing, gets none" got_mails dora 0
check "nobody else waits: the router's probes are not attempts" \
	[ "$(rb -j show waiters | jq length)" = 3 ]
check "all notices are sent" [ "$(notices sent)" = 3 ]

mail_file=$(mails_of anna)
check "it names the service by its name" grep -q 'Intranet' "$mail_file"
check "and its address" grep -q '192\.0\.2\.10' "$mail_file"
for header in 'From: .*<ringback@example.org>' 'To: .*anna@example.org' 'Subject: .' 'Date: .' \
	      'Message-ID: <.*@' 'Auto-Submitted: auto-generated' 'MIME-Version: 1.0'; do
	check "it has the header $header" grep -qi "^$header" "$mail_file"
done
check "nothing is in it of other clients" [ "$(grep -cE '198\.51\.100\.135|2001:db8:1' "$mail_file")" = 0 ]
cat "$mail_file"
