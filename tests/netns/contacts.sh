#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Contacts: exact address, prefix, MAC; import tells which rows are bad.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

waiter_mail()
{
	rb -j show waiters | jq -e --arg c "$1" --arg m "$2" \
		'any(.[]; .client == $c and .mail == $m)' >/dev/null
}

setup_topology
daemon_conf
daemon_starts

check "address" rb contact add 198.51.100.7 anna@example.org
check "prefix" rb contact add 198.51.100.128/25 office@example.org
check "MAC" rb contact add 02:00:5e:00:53:01 mac@example.org
check "IPv6 prefix" rb contact add 2001:db8:1::/64 six@example.org
check_not "no mail address" rb contact add 198.51.100.8 nobody
check_not "a line feed in the mail address" rb contact add 198.51.100.8 $'a@example.org\nBcc: b@example.org'
check_not "host bits" rb contact add 198.51.100.7/24 anna@example.org
check "four are listed" [ "$(rb -j show contacts | jq length)" = 4 ]

cat >"$TEST_TMP/list.csv" <<'CSV'
# address,mail
203.0.113.7,one@example.org
203.0.113.300,bad-address@example.org
2001:db8:7::/48,two@example.org
203.0.113.8,not a mail address
"203.0.113.9","quoted@example.org"
203.0.113.10
02:00:5e:00:53:02,mac2@example.org
CSV
rb contact import "$TEST_TMP/list.csv" >"$TEST_TMP/out" 2>"$TEST_TMP/err"
check "an import with bad rows has status 1" [ $? = 1 ]
for line in 3 5 7; do
	check "line $line is named" grep -qE "(^|[^0-9])$line([^0-9]|$)" "$TEST_TMP/err"
done
check "the good rows are in" [ "$(rb -j show contacts | jq length)" = 8 ]
check "del" rb contact del 198.51.100.7
check_not "del of an unknown one" rb contact del 198.51.100.77

mac=$(in_ns client1 ip -j link show eth0 | jq -r ".[].address")
rb contact add "$mac" card@example.org
rb contact add 2001:db8:1::7 exact@example.org
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.20 80
client_fails client1 2001:db8:3::20 80
check "a prefix finds its client" wait_until 5 waiter_mail 198.51.100.135 office@example.org
check "an address goes before a prefix" wait_until 5 waiter_mail 2001:db8:1::7 exact@example.org
check "a MAC finds who has neither" wait_until 5 waiter_mail 198.51.100.7 card@example.org
