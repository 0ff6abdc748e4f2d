#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# /metrics during an outage and after it: the numbers of the module, of the outage, of its
# recovery and of the mail.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

scrape()
{
	on_router curl -sf --max-time 20 http://127.0.0.1:7071/metrics >"$TEST_TMP/metrics"
}

# metric SAMPLE [VALUE]: it has that value, or any over 0.
metric()
{
	scrape && awk -v sample="$1" -v value="${2:-}" '
		index($0, sample " ") == 1 { there = value == "" ? $NF > 0 : $NF == value }
		END { exit !there }' "$TEST_TMP/metrics"
}

without()
{
	scrape && ! grep -q "^$1" "$TEST_TMP/metrics"
}

setup_topology
mail_starts
MORE_LINES='web { }'
daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org

check "quiet: no outage" metric 'ringback_outages_open{watch="web"}' 0
check "nothing is old" without 'ringback_outage_oldest_timestamp_seconds{'
check "the rooms are there" metric 'ringback_room_connected{room="mailer"}' 1
check "the module is there, with its limits" metric ringback_kernel_entries_limit 131072
check "with the watch" metric ringback_kernel_watches 1

client_fails client1 192.0.2.10 80
check "an outage" wait_until 10 metric 'ringback_outages_open{watch="web"}' 1
check "since a while" metric 'ringback_outage_oldest_timestamp_seconds{watch="web"}'
check "its service is down" metric 'ringback_services{state="down"}' 1
check "a client waits" wait_until 5 metric 'ringback_waiters{watch="web"}' 1
check "its attempt failed, says the module" metric 'ringback_kernel_failed_total{cause="refused"}'
check "and the daemon" metric 'ringback_attempts_failed_total{reason="refused"}'
check "it stands in the table" metric ringback_kernel_entries 1
check "it was detected" metric ringback_detection_seconds_count 1
check "probes fail" wait_until 10 metric 'ringback_probes_total{result="failed"}'
rb metrics >"$TEST_TMP/text"
scrape
check "ringback metrics prints the same families" \
	diff <(grep '^# ' "$TEST_TMP/text") <(grep '^# ' "$TEST_TMP/metrics")

server_starts server1 80
check "the mail arrives" wait_until 15 got_mails anna 1
check "it is counted" wait_until 5 metric 'ringback_notices_total{route="mail",result="sent"}' 1
check "so is how long it took" metric ringback_delivery_seconds_count 1
check "the outage is over" metric 'ringback_outages_open{watch="web"}' 0
check "it has its length" metric ringback_outage_seconds_count 1
check "and its evidence" metric 'ringback_recoveries_total{evidence="probe"}' 1
check "its waiter was told" metric 'ringback_waiters_settled_total{state="notified"}' 1
check "nobody waits" metric 'ringback_waiters{watch="web"}' 0
check "the table is empty" metric ringback_kernel_entries 0
check "nothing is owed" without ringback_notice_oldest_timestamp_seconds
