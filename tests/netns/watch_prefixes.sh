#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A watch looks only at its servers, ports and clients.
. "$(dirname "$0")/../lib.sh"

setup_topology

story()
{
	local other=$1 half=$2

	watch_add "only$FAMILY" "$SERVER1" tcp/80 client "$half"
	client_fails client1 "$SERVER1" 80
	client_fails client2 "$SERVER1" 80
	client_fails client1 "$SERVER2" 80
	client_fails client1 "$SERVER1" 81
	check "client, server and port match" \
		wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "nothing else was recorded" n_attempts 1
	check "an overlapping watch is possible" \
		rb watch add "more$FAMILY" server "$SERVERS" port tcp/1-65535 client "$other"
	client_fails client2 "$SERVER2" 81
	check "it looks at its own" wait_until 2 attempt_is "$CLIENT2" "$SERVER2" 81 refused
	check "a deleted watch takes along what it recorded" rb watch del "only$FAMILY"
	check "what the other recorded stays" wait_until 2 n_attempts 1
	rb watch del "more$FAMILY"
	check "nothing is left" wait_until 2 n_attempts 0
}

use_family 4
story 198.51.100.128/25 198.51.100.0/25
use_family 6
story 2001:db8:2::/64 2001:db8:1::/64
