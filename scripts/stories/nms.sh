# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034	# daemon_conf reads the lines
# A management station does the telling: the router hands it the list. A second station
# runs nothing of ours but the MIB, and understands; so does the agent that people ask.
# For scripts/demo.

prepare()
{
	setup_routes
	mail_starts
	agents_install
	insmod nf_ringback.ko || fail "insmod"
	WATCH_LINES='notify = {"nms:noc", "mail"}'
	MORE_LINES="agentx = \"/run/agentx.sock\"
		nms \"noc\" { host = \"$STATION1\" $LIST_USER }
		nms \"listener\" { host = \"$STATION2\" community = \"announced\" timeout = 1 }"
	PROBE_MIN=30 PROBE_MAX=60 daemon_conf
	snmpd_starts router
	snmptrapd_starts station2
	daemon_starts
	receiver_starts station1
	at station1 contact 198.51.100.7 anna@example.org
	at station1 contact 2001:db8:2::7 bert@example.org
	server_starts server1 80
}

told()
{
	got_mails anna 1 && got_mails bert 1
}

story()
{
	say "A router that watches, a station that tells, and one that listens."
	echo "  client1 198.51.100.7   ---+          +--- server1  192.0.2.10, 2001:db8:3::10"
	echo "                            +- router -+--- station1 203.0.113.9  ringbackd"
	echo "  client2 2001:db8:2::7  ---+          +--- station2 203.0.113.8  the system's snmptrapd"
	prepare
	say "Whoever waits goes, as a list, to station1; what it does not take, the router mails itself:"
	grep -E 'notify|nms "' /etc/ringback/ringback.conf | sed 's/^[[:space:]]*/  /'
	run station1 ringback -s /run/ringback-station1/control.sock show contacts

	say "server1 goes down. Two people try to work, one over IPv6."
	server_dies server1
	run client1 curl -sS --connect-timeout 5 http://192.0.2.10/
	run client2 curl -sS --connect-timeout 5 'http://[2001:db8:3::10]/'
	wait_until 10 waiters_are 2 || fail "nobody waits"
	say "The router's own SNMP agent, snmpd, has our tables by AgentX:"
	wait_until 10 table_has ringbackServiceTable 2 || fail "snmpd knows no services"
	run router snmptable -v 2c -c public -m RINGBACK-MIB -Ci -Cb -Cw 150 127.0.0.1 ringbackServiceTable
	run router snmpwalk -v 2c -c public -m RINGBACK-MIB 127.0.0.1 ringbackWaiterTable

	say "server1 returns; its agent says so."
	server_returns server1
	run server1 snmptrap -v 2c -c from-servers 192.0.2.1 '' 1.3.6.1.6.3.1.1.5.1
	run server1 snmptrap -v 2c -c from-servers 'udp6:[2001:db8:3::1]' '' 1.3.6.1.6.3.1.1.5.1
	wait_until 30 told || fail "the mails do not arrive"
	run router ringback show notices
	say "station1 took the lists, answered, was told to go, and mailed:"
	sed 's/^/  /' "$TEST_TMP/station1.log"
	run station1 ringback -s /run/ringback-station1/control.sock show notices
	say "The mail to Anna, whole. It is the station who writes:"
	cat "$(mails_of anna)"

	say "station2 never heard of ringback but by RINGBACK-MIB. Its snmptrapd says:"
	wait_until 10 trapd_heard RINGBACK-MIB::ringbackServiceUp || fail "snmptrapd hears nothing"
	sed 's/\t/\n    /g; s/^/  /' "$TEST_TMP/snmptrapd.log"
	say "Those who run the network tell its people; the router only knew who waited."
}
