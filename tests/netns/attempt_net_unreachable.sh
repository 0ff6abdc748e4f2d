#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The router has no route; one that prohibits is an answer of its operator.
. "$(dirname "$0")/../lib.sh"

setup_topology
links router <<-LINKS
	route add throw 203.0.113.128/25
	route add prohibit 203.0.113.64/26
	route add prohibit 2001:db8:5::/64
LINKS

story()
{
	watch_add "net$FAMILY" "$1,$2" tcp/80 no-reply 60
	client_fails client1 "$1" 80
	client_fails client1 "$2" 80
	check "without a route: net-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$1" 80 net-unreachable
	check "prohibited: no attempt" attempt_unknown "$CLIENT1" "$2" 80
}

use_family 4
story 203.0.113.200 203.0.113.100
use_family 6
story 2001:db8:6::10 2001:db8:5::10
