#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Whoever of us dies or hangs: within the lease everything passes, and what comes
# back takes up what was left, once.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
WATCH_LINES='standin = true recovery = {"trap"}' MORE_LINES='web { }'
daemon_conf
daemon_starts

# A server that hangs lets a client wait; without us that is what it gets.
waits_in_vain()
{
	[ "$(status_of "$1" "$2" "$3" --connect-timeout 2)" = 000 ]
}

# pids of all of ringbackd
all_of_it()
{
	echo "$daemon"
	pgrep '^ringback-'
}

story()
{
	server_hangs server1
	client_tries client1 "$SERVER1" 80
	check "down: answered here" wait_until 5 stood_in client1 "$SERVER1" 80
	check "each of ours is there once" ours_there

	kill -STOP "$(room_pid engine)"
	check "the engine hangs: within the lease all passes" \
		wait_until 10 waits_in_vain client1 "$SERVER1" 80
	kill -CONT "$(room_pid engine)"
	check "it goes on: answered again" wait_until 10 stood_in client1 "$SERVER1" 80

	kill -STOP "$(room_pid web)"
	check "the web room hangs: nobody is sent to it" \
		wait_until 10 waits_in_vain client1 "$SERVER1" 80
	kill -CONT "$(room_pid web)"
	check "it goes on: answered again" wait_until 10 stood_in client1 "$SERVER1" 80

	room_crashes engine
	check "the engine was killed: answered again" wait_until 15 stood_in client1 "$SERVER1" 80
	check "each of ours is there once" ours_there
	room_crashes web
	check "the web room was killed: answered again" \
		wait_until 15 stood_in client1 "$SERVER1" 80

	# shellcheck disable=SC2046	# one word each
	kill -STOP $(all_of_it)
	check "all of it hangs: within the lease all passes" \
		wait_until 10 waits_in_vain client1 "$SERVER1" 80
	# shellcheck disable=SC2046
	kill -CONT $(all_of_it)
	check "it goes on: answered again" wait_until 10 stood_in client1 "$SERVER1" 80

	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
	check "all of it was killed: all passes" wait_until 10 waits_in_vain client1 "$SERVER1" 80
	daemon_starts
	check "another takes it up" wait_until 15 stood_in client1 "$SERVER1" 80
	check "each of ours is there once" ours_there

	kill -HUP "$daemon"
	check "a reload" wait_until 10 logged reloading
	check "it is answered after that" wait_until 15 stood_in client1 "$SERVER1" 80
	check "each of ours is there once" ours_there
	server_wakes server1
	rb recover "$SERVER1" tcp/80 >/dev/null
	check "the outage is over" wait_until 15 outage_is "$SERVER1" 80 ended
}

each_family story
daemon_stops
check "an orderly end leaves nothing" ours_gone
