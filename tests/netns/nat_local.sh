#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hook local behind NAT of the host's own: the server is the one after DNAT, in
# what is sent and in what is answered; the client the one before SNAT.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology
on_router nft -f - <<-'NFT' || skip "no NAT in this kernel"
	table inet nat {
		chain out {
			type nat hook output priority -100;
			ip daddr 203.0.113.200 dnat ip to 192.0.2.10
			ip6 daddr 2001:db8:4::200 dnat ip6 to 2001:db8:3::10
		}
		chain in {
			type nat hook input priority 100;
			ip daddr 192.0.2.1 tcp dport 8080 snat ip to 192.0.2.77
			ip6 daddr 2001:db8:3::1 tcp dport 8080 snat ip6 to 2001:db8:3::77
		}
	}
NFT

story()
{
	local proxy=$1 virtual=$2 inside=$3

	watch_add "nat$FAMILY" "$SERVERS" tcp/80,tcp/8080,udp/53 hook local
	udp_starts server1 "$SERVER1" 53 serve
	server_starts server1 80
	check "the virtual address answers UDP" udp_asks router "$virtual" 53
	check "and TCP" client_connects router "$virtual" 80
	time_passes 2
	check "which is a service that is well" n_attempts 0
	udp_stops server1 53
	server_stops server1 80
	client_fails router "$virtual" 80
	check "refused: the server itself" wait_until 5 attempt_is "$proxy" "$SERVER1" 80 refused
	server_starts server1 80
	check "the server returns" client_connects router "$virtual" 80
	check "which is seen" wait_until 2 attempt_unknown "$proxy" "$SERVER1" 80

	client_fails server1 "$inside" 8080
	check "a client that source NAT hides: itself" \
		wait_until 5 attempt_is "$SERVER1" "$inside" 8080 refused
	server_starts router 8080
	check "it is let in" client_connects server1 "$inside" 8080
	check "which is seen as well" wait_until 2 attempt_unknown "$SERVER1" "$inside" 8080
	server_stops router 8080
	server_stops server1 80
	rb watch del "nat$FAMILY"
}

use_family 4
story 203.0.113.1 203.0.113.200 192.0.2.1
use_family 6
story 2001:db8:4::1 2001:db8:4::200 2001:db8:3::1
