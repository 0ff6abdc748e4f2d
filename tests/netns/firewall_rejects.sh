#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the router's firewall rejects is no attempt, whatever code it gives: also
# one by which a router tells that it has no route.
. "$(dirname "$0")/../lib.sh"

setup_topology
links router <<-LINKS
	route add unreachable 203.0.113.64/26
	route add unreachable 2001:db8:5::/64
LINKS
on_router nft -f - <<-'NFT' || skip "no reject in this kernel"
	table inet filter {
		chain forward {
			type filter hook forward priority 0
			tcp dport 81 reject with icmpx no-route
			meta nfproto ipv4 tcp dport 82 reject with icmp host-unreachable
			meta nfproto ipv6 tcp dport 82 reject with icmpv6 addr-unreachable
			tcp dport 83 reject
		}
	}
NFT

story()
{
	local port

	watch_add "rejects$FAMILY" "$SERVERS,$1" tcp/80-83
	server_starts server1 80
	for port in 81 82 83; do
		client_fails client1 "$SERVER1" "$port"
	done
	time_passes 2
	check "what is rejected is no attempt" n_attempts 0
	check "no service is in trouble" [ "$(rb -j show services | jq length)" = 0 ]
	client_fails client1 "$1" 80
	check "what a route says is one" wait_until 5 attempt_failed "$1"
	server_stops server1 80
	rb watch del "rejects$FAMILY"
}

# An unreachable route is "host unreachable" in IPv4, "no route" in IPv6.
attempt_failed()
{
	attempts server "$1" | grep -q "^$CLIENT1 $1 80 failed \(host\|net\)-unreachable "
}

use_family 4
story 203.0.113.100
use_family 6
story 2001:db8:5::10
