# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034	# daemon_conf reads the lines
# The recovered server tells its clients itself: the router hands it the list of those
# who wait, and it knows them better. For scripts/demo.

prepare()
{
	setup_routes
	mail_starts
	insmod nf_ringback.ko || fail "insmod"
	WATCH_LINES='notify = {"server"}'
	MORE_LINES="server { $LIST_USER }"
	PROBE_MIN=30 PROBE_MAX=60 daemon_conf
	daemon_starts
	receiver_starts server1
	at server1 contact 198.51.100.7 anna@example.org
	at server1 contact 198.51.100.128/25 bert@example.org
	server_starts server1 80
}

told()
{
	got_mails anna 1 && got_mails bert 1
}

story()
{
	say "A router that watches, and a server that has a ringbackd of its own."
	echo "  client1 198.51.100.7   ---+          +--- server1 192.0.2.10, ringbackd, no kernel module"
	echo "                            +- router -+"
	echo "  client2 198.51.100.135 ---+          +--- mail    203.0.113.25"
	prepare
	say "The router hands lists to servers that are back; it knows no contact itself:"
	grep -E 'notify|server \{' /etc/ringback/ringback.conf | sed 's/^[[:space:]]*/  /'
	run router ringback show contacts
	say "server1 takes them from this router, as the SNMP user \"list\" only. It knows its people:"
	sed -n '/^receive/,/^}/s/^/  /p' /etc/ringback/server1.conf
	run server1 ringback -s /run/ringback-server1/control.sock show contacts

	say "server1 goes down. Two people try to work."
	server_dies server1
	run client1 curl -sS --connect-timeout 5 http://192.0.2.10/
	run client2 curl -sS --connect-timeout 5 http://192.0.2.10/
	wait_until 10 waiters_are 2 || fail "nobody waits"
	run router ringback show waiters

	say "server1 returns; its agent says so, the real snmptrap."
	server_returns server1
	run server1 snmptrap -v 2c -c from-servers 192.0.2.1 '' 1.3.6.1.6.3.1.1.5.1
	wait_until 30 told || fail "the mails do not arrive"
	say "The router tried the service, then sent the list by INFORM, encrypted, and got its answer:"
	sed 's/^/  /' "$TEST_TMP/ringbackd.log"
	run router ringback show notices
	say "server1 kept the list, was told to go, and mailed:"
	sed 's/^/  /' "$TEST_TMP/server1.log"
	run server1 ringback -s /run/ringback-server1/control.sock show outages
	run server1 ringback -s /run/ringback-server1/control.sock show notices
	say "The mail to Anna, whole. It is the server who writes:"
	cat "$(mails_of anna)"
	say "The router knew who waited, the server knew who that is."
}
