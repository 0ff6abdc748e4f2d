#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Behind NAT the client is the one before SNAT, the server the one after DNAT.
. "$(dirname "$0")/../lib.sh"

setup_topology
# The servers know the router only; the world knows the mail network's address.
on_router nft -f - <<-'NFT' || skip "no NAT in this kernel"
	table inet nat {
		chain pre {
			type nat hook prerouting priority dstnat;
			ip daddr 203.0.113.1 tcp dport 80 dnat ip to 192.0.2.10:8080
			ip6 daddr 2001:db8:4::1 tcp dport 80 dnat ip6 to [2001:db8:3::10]:8080
			ip daddr 203.0.113.1 tcp dport 99 dnat ip to 192.0.2.99:8080
			ip6 daddr 2001:db8:4::1 tcp dport 99 dnat ip6 to [2001:db8:3::99]:8080
		}
		chain post {
			type nat hook postrouting priority srcnat;
			oifname servers masquerade
		}
	}
NFT

story()
{
	local public=$1

	watch_add "nat$FAMILY" "$SERVERS" tcp/80,tcp/8080
	client_fails client1 "$SERVER1" 80
	check "masqueraded: the client itself, refused" \
		wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	client_fails client2 "$public" 80
	check "port forwarding: the server itself, and its port" \
		wait_until 5 attempt_is "$CLIENT2" "$SERVER1" 8080 refused
	client_fails client1 "$NOBODY" 80
	check "host unreachable is understood behind masquerading" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	client_fails client2 "$public" 99
	check "and behind port forwarding" \
		wait_until 5 attempt_is "$CLIENT2" "$NOBODY" 8080 host-unreachable
	server_starts server1 80
	server_starts server1 8080
	check "the services return" client_connects client1 "$SERVER1" 80
	check "behind port forwarding as well" client_connects client2 "$public" 80
	check "one client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	check "so does the other" wait_until 2 attempt_unknown "$CLIENT2" "$SERVER1" 8080
	server_stops server1 80
	server_stops server1 8080
}

story 203.0.113.1
use_family 6
story 2001:db8:4::1
