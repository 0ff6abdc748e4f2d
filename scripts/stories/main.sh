# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154	# the colours are those of scripts/demo
# The main job: two clients, and one over IPv6, fail to reach two servers, the servers
# return, each client gets its mail. For scripts/demo.

prepare()
{
	setup_topology
	mail_starts
	insmod nf_ringback.ko || fail "insmod"
	PROBE_MIN=30 PROBE_MAX=60 daemon_conf
	daemon_starts
	server_hangs server1
	server_dies server2
}

three_failed()
{
	[ "$(rb -j show outages | jq length)" = 3 ]
}

# Three at once, or the story would be slow; their output one after the other.
clients_fail()
{
	local curl="curl -sS --connect-timeout 3" tries=()

	# shellcheck disable=SC2086	# a command and its options
	{
		run client1 $curl http://192.0.2.10/ >"$TEST_TMP/1" 2>&1 &
		tries+=($!)
		run client2 $curl http://192.0.2.20/ >"$TEST_TMP/2" 2>&1 &
		tries+=($!)
		run client2 $curl 'http://[2001:db8:3::10]/' >"$TEST_TMP/3" 2>&1 &
		tries+=($!)
	}
	wait "${tries[@]}"
	wait_until 10 three_failed
	cat "$TEST_TMP/1" "$TEST_TMP/2" "$TEST_TMP/3"
}

all_told()
{
	[ "$(notices sent)" = 3 ] && got_mails anna 1 && got_mails bert 1 && got_mails carla 1
}

story()
{
	say "A router with two clients, two servers and a mail server, in namespaces."
	echo "  client1 198.51.100.7   ---+          +--- server1 192.0.2.10, 2001:db8:3::10"
	echo "                            +- router -+--- server2 192.0.2.20"
	echo "  client2 198.51.100.135 ---+          +--- mail    203.0.113.25"
	echo "          2001:db8:2::7"
	prepare
	say "ringbackd runs on the router; it watches these services:"
	run router ringback show watches
	say "and it is told who can be reached where."
	run router ringback contact add 198.51.100.7 anna@example.org
	run router ringback contact add 198.51.100.135 bert@example.org
	run router ringback contact add 2001:db8:2::/64 carla@example.org

	say "server1 hangs, server2 is switched off. Three people try to work."
	clients_fail
	say "The router has seen it:"
	run router ringback show clients
	run router ringback show outages

	say "server2 is switched on; its agent sends coldStart, the real snmptrap:"
	server_returns server2
	server_starts server2 80
	run server2 snmptrap -v 2c -c from-servers 192.0.2.1 '' 1.3.6.1.6.3.1.1.5.1
	say "server1 is restarted and does the same, from both its addresses."
	server_wakes server1
	server_starts server1 80
	run server1 snmptrap -v 2c -c from-servers 192.0.2.1 '' 1.3.6.1.6.3.1.1.5.1
	run server1 snmptrap -v 2c -c from-servers 'udp6:[2001:db8:3::1]' '' 1.3.6.1.6.3.1.1.5.1
	wait_until 20 all_told || fail "the mails do not arrive"

	say "A trap says that a host started, so the daemon tried the services itself:"
	sed 's/^/  /' "$TEST_TMP/ringbackd.log"
	run router ringback show outages
	run router ringback show notices

	say "The mails, whole, as they arrived at mail.example.org:"
	for person in anna bert carla; do
		printf '%s--- %s%s\n' "$dim" "$person" "$plain"
		cat "$(mails_of "$person")"
	done
	say "That is all that ringback does: who failed to reach a server hears when it is back."
}
