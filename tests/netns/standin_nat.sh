#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Behind destination NAT and masquerading clients are answered, too; also those
# whose SYN is remembered by NAT as one to the server.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
on_router nft -f - <<-'NFT' || skip "no NAT in this kernel"
	table inet nat {
		chain pre {
			type nat hook prerouting priority dstnat;
			ip daddr 203.0.113.1 tcp dport 80 dnat ip to 192.0.2.10:80
			ip6 daddr 2001:db8:4::1 tcp dport 80 dnat ip6 to [2001:db8:3::10]:80
		}
		chain post {
			type nat hook postrouting priority srcnat;
			oifname servers masquerade
		}
	}
NFT
WATCH_LINES='standin = true' MORE_LINES='web { }'
daemon_conf
daemon_starts


story()
{
	local public=$1

	server_hangs server1
	# It tries for long: its second SYN and those after it are of the same connection.
	in_ns client1 curl -s -o /dev/null -w '%{http_code}' --max-time 40 \
		"http://$(bracket "$SERVER1")/" >"$TEST_TMP/patient" &
	patient=$!
	client_tries client2 "$SERVER1" 80
	check "masqueraded: answered" wait_until 5 stood_in client2 "$SERVER1" 80
	check "port forwarding: answered at the outer address" stood_in client2 "$public" 80
	wait "$patient"
	check "who was trying since before is taken over" [ "$(cat "$TEST_TMP/patient")" = 503 ]
	server_wakes server1
	server_starts server1 80
	check "the outage ends" wait_until 15 outage_is "$SERVER1" 80 ended
	check "masqueraded: the server" reaches client1 "$SERVER1" 80
	check "port forwarding: the server" reaches client2 "$public" 80
	server_stops server1 80
}

story 203.0.113.1
use_family 6
story 2001:db8:4::1
