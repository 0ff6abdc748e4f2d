#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The router itself says host unreachable: nobody has that address.
. "$(dirname "$0")/../lib.sh"

setup_topology

story()
{
	watch_add "host$FAMILY" "$SERVERS" tcp/80 no-reply 60
	client_fails client1 "$NOBODY" 80
	check "the attempt fails with host-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	check "the service is down" service_is "$NOBODY" 80 down
}

each_family story
