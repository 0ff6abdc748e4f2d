#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The decisions of an outage end with it; in a full table, the one that would
# end first gives way; a namespace goes with the decisions it has.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_standin.sh"

setup_topology
server_hangs server1
watch_add web "$SERVERS" tcp/80 standin on
client_fails client1 "$SERVER1" 80
check "the service is down" wait_until 5 service_is "$SERVER1" 80 down
standin mode "$SERVER1" 80 ask || fail "no mode"
standin decide "$CLIENT1" "$SERVER1" 80 answer 60000 || fail "no decision"
standin state "$SERVER1" 80 up || fail "no state"
check "the end of the outage ends the decisions" wait_until 3 n_decisions 0
time_passes 1
client_fails client1 "$SERVER1" 80
check "the service is down again" wait_until 5 service_is "$SERVER1" 80 down
standin mode "$SERVER1" 80 ask || fail "no mode"
check "and begins undecided" n_decisions 0

rb limit max-decisions 2 || fail "no limit"
standin decide 198.51.100.1 "$SERVER1" 80 answer 50000 || fail "no decision"
standin decide 198.51.100.2 "$SERVER1" 80 answer 40000 || fail "no decision"
standin decide 198.51.100.3 "$SERVER1" 80 answer 60000 || fail "no decision"
check "two fit in" n_decisions 2
check "the first to end is gone" \
	[ "$(rb -j show decisions | jq -r '[.[].client] | sort | join(" ")')" = "198.51.100.1 198.51.100.3" ]
check_not "an address of another family is refused" \
	standin decide 2001:db8:1::7 "$SERVER1" 80 answer 60000

# With decisions in it, the namespace can go.
ip netns del "$router"
