#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An IPsec gateway sees its clients in clear; a router on the way sees ESP only.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

#   client1 --- router ==ESP== server2, behind it 192.0.2.200    the router is the gateway
#   client2 ==ESP== router ==ESP== server1                       the router is on the way

setup_topology
far_network server2
links router <<<"route add 192.0.2.200/32 via 192.0.2.20"

# between PLACE_A A NET_A PLACE_B B NET_B SPI SPI: ESP both ways. A gateway
# forwards what it decrypts, a host receives it: policies for both.
between()
{
	esp "$1" "$2" "$5" "$7" "out,$3,$6"
	esp "$1" "$5" "$2" "$8" "in,$6,$3" "fwd,$6,$3"
	esp "$4" "$5" "$2" "$8" "out,$6,$3"
	esp "$4" "$2" "$5" "$7" "in,$3,$6" "fwd,$3,$6"
}

between router 192.0.2.1 198.51.100.0/25 server2 192.0.2.20 192.0.2.200/32 101 102
between client2 198.51.100.135 198.51.100.135/32 server1 192.0.2.10 192.0.2.10/32 201 202

watch_add clear 192.0.2.0/24 tcp/80
client_fails client1 192.0.2.200 80
check "at the gateway: refused" wait_until 5 attempt_is "$CLIENT1" 192.0.2.200 80 refused
check "one attempt" [ "$(attempt_field 192.0.2.200 attempts)" = 1 ]
check "ESP was in use" [ "$(ip -n "$router" -s xfrm state | grep -c '1(packets)')" -ge 0 ]

WATCHER=server1
watch_add end 192.0.2.10 tcp/80 hook local
client_fails client2 192.0.2.10 80
check "at the end of the other: refused" wait_until 5 attempt_is "$CLIENT2" 192.0.2.10 80 refused
WATCHER=router
check "on its way nothing was seen" attempt_unknown "$CLIENT2" 192.0.2.10 80

server_starts server2 80
check "the server returns, in ESP" client_connects client1 192.0.2.200 80
check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" 192.0.2.200 80
