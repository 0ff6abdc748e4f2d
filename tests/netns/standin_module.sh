#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# New connections to a service that is down are marked; before and after that,
# and those to others, they go to the server.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
standin_ready
server_starts server1 80
server_starts server2 80
watch_add web "192.0.2.0/24,2001:db8:3::/64" tcp/80 standin on

# grows COUNTER COMMAND...
grows()
{
	local counter=$1 before

	before=$(stat_of "$counter")
	shift
	"$@" && [ "$(stat_of "$counter")" -gt "$before" ]
}

story()
{
	lease_held 3000
	check "a service that is up is not stood in for" client_connects client1 "$SERVER1" 80
	server_hangs server1
	client_fails client1 "$SERVER1" 80
	check "it is down" wait_until 5 service_is "$SERVER1" 80 down
	check "the stand-in is off" standin_is "$SERVER1" 80 off
	check "clients go on to the server" unmarked
	standin mode "$SERVER1" 80 answer || fail "no mode"
	check "the module says so" standin_is "$SERVER1" 80 answer
	check "a client is answered in its place" reads_standin client1 "$SERVER1" 80 "$CLIENT1"
	check "and another, and it is counted" \
		grows standin-answer reads_standin client2 "$SERVER1" 80 "$CLIENT2"
	check "who lives answers himself" client_connects client1 "$SERVER2" 80

	standin mode "$SERVER1" 80 reset || fail "no mode"
	check "a reset is quick" \
		grows standin-reset refused_at_once client1 "$SERVER1" 80
	check "it bears its mark" [ "$(n_seen reset)" -gt 0 ]
	standin mode "$SERVER1" 80 off || fail "no mode"
	check "off again: to the server" unmarked
	standin mode "$SERVER1" 80 answer || fail "no mode"

	check "other bits of the mark stay" [ "$(n_seen spoilt)" = 0 ]
	check "what was answered did not make it up" service_is "$SERVER1" 80 down
	server_wakes server1
	standin state "$SERVER1" 80 up || fail "no state"
	check "up: the next goes to the server at once" client_connects client1 "$SERVER1" 80
	check "and it is not stood in for" [ "$(page client2 "$SERVER1" 80)" = hello ]
	check_not "nor can it be" standin mode "$SERVER1" 80 answer
	lease_dropped
}

each_family story

rb watch del web
check_not "a watch without hook forward cannot stand in" \
	rb watch add web server "$SERVERS" port tcp/80 hook local standin on
