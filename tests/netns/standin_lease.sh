#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The stand-in is in force as long as its lease is renewed, and not longer.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
standin_ready
server_hangs server1
watch_add web "$SERVERS" tcp/80 standin on

passed_on()
{
	local before

	before=$(n_seen forwarded)
	client_fails client2 "$SERVER1" 80
	[ "$(n_seen forwarded)" -gt "$before" ]
}

client_fails client1 "$SERVER1" 80
check "the service is down" wait_until 5 service_is "$SERVER1" 80 down
standin mode "$SERVER1" 80 answer || fail "no mode"
check "no lease: everything passes" unmarked
lease_held 3000
check "with one, a client is answered" reads_standin client1 "$SERVER1" 80 "$CLIENT1"
lease_dropped
check "the lease runs out" wait_until 4 lease_over
check "everything passes unmarked" unmarked
check "to the server" passed_on
lease_held 3000
check "a new lease, and it is answered again" reads_standin client1 "$SERVER1" 80 "$CLIENT1"
lease_dropped
standin lease 60000
check "a lease is given" lease_lasts
standin lease 0
check "a lease can be ended" lease_over
