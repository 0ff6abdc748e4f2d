#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# UDP to a closed port: the server's port unreachable is a refusal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology

story()
{
	watch_add "dns$FAMILY" "$SERVERS" udp/53
	check_not "nobody serves" udp_asks client1 "$SERVER1" 53
	check "refused" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 53 refused
	check "the service is down" service_is "$SERVER1" 53 down
	check_not "another port is not watched" udp_asks client1 "$SERVER1" 54
	check_not "a host that is gone" udp_asks client1 "$NOBODY" 53
	check "host unreachable" wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 53 host-unreachable
	check "nothing else was recorded" n_attempts 2
	rb watch del "dns$FAMILY"
}

each_family story
