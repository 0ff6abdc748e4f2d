#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A server hangs: who tries is listed with no-reply, and nobody else.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

story()
{
	watch_add "hang$FAMILY" "$SERVERS" tcp/80
	client_fails client1 "$SERVER1" 80
	check "the attempt fails with no-reply" \
		wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	check "the service is down" service_is "$SERVER1" 80 down
	check "who did not try is not listed" attempt_unknown "$CLIENT2" "$SERVER1" 80
	check "the SYNs were counted" [ "$(attempts server "$SERVER1" | cut -d' ' -f6)" -ge 2 ]
}

each_family story
