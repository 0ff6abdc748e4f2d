#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A host whose server is not running refuses.
. "$(dirname "$0")/../lib.sh"

setup_topology

story()
{
	watch_add "refuse$FAMILY" "$SERVERS" tcp/80,tcp/8000-8099
	client_fails client1 "$SERVER1" 80
	client_fails client2 "$SERVER1" 8042
	client_fails client2 "$SERVER1" 8100
	check "client1 was refused" wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "client2 was refused" wait_until 2 attempt_is "$CLIENT2" "$SERVER1" 8042 refused
	check "a port beyond the range is not watched" attempt_unknown "$CLIENT2" "$SERVER1" 8100
	check "two services are down" service_is "$SERVER1" 8042 down
}

each_family story
