#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What this host sends in a server's name is no answer and no refusal of the
# server, whatever else the host watches; and it never stands in for itself, nor
# for what it has not forwarded.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

ROUTER=192.0.2.1
setup_topology
standin_ready
watch_add web "192.0.2.0/24,2001:db8:3::/64" tcp/80 standin on hook forward,local
lease_held 3000

# The SYN that was forwarded comes again with the same number, and is taken over.
taken_over()
{
	standin mode "$SERVER1" 80 off || fail "no mode"
	in_ns client1 curl -s --connect-timeout 20 "http://$(bracket "$SERVER1"):80/" \
		>"$TEST_TMP/page" &
	wait_until 5 syn_forwarded || fail "no SYN"
	standin mode "$SERVER1" 80 "$1" || fail "no mode"
	wait "$!"
}

syn_forwarded()
{
	[ "$(n_seen forwarded)" -gt "$forwarded" ]
}

story()
{
	local refused

	server_hangs server1
	client_fails client1 "$SERVER1" 80
	check "the service is down" wait_until 5 service_is "$SERVER1" 80 down

	forwarded=$(n_seen forwarded)
	taken_over answer
	check "who was trying is answered in its place" \
		[ "$(cat "$TEST_TMP/page")" = "stand-in $SERVER1 $CLIENT1" ]
	check "our answer is not the server's" service_is "$SERVER1" 80 down
	check "its client still waits" attempt_known "$CLIENT1" "$SERVER1" 80

	refused=$(stat_of failed-refused)
	forwarded=$(n_seen forwarded)
	taken_over reset
	check "our reset is not the server's" [ "$(stat_of failed-refused)" = "$refused" ]
}

each_family story

use_family 4
client_fails client1 "$ROUTER" 80
check "a service of the router itself is down" wait_until 5 service_is "$ROUTER" 80 down
answered=$(n_seen answer)
standin mode "$ROUTER" 80 answer || fail "no mode"
client_fails client1 "$ROUTER" 80
check "it is not stood in for" [ "$(n_seen answer)" = "$answered" ]

on_router nft add rule inet standin forward ip daddr "$SERVER2" drop
server_hangs server2
client_fails router "$SERVER2" 80
check "a service that only the router may try is down" wait_until 5 service_is "$SERVER2" 80 down
standin mode "$SERVER2" 80 answer || fail "no mode"
client_fails client1 "$SERVER2" 80
check "what the firewall forbids is not answered" [ "$(n_seen answer)" = "$answered" ]
