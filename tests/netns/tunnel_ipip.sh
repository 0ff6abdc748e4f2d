#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The ends of a tunnel see what travels inside; a router on its way does not.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

#   client1 --- router ==== server2, behind it 192.0.2.200      the router is an end
#   client2 ==== router ==== server1, behind it 192.0.2.201     the router is on the way

setup_topology
far_network server2
ipip router 192.0.2.1 192.0.2.20
ipip server2 192.0.2.20 192.0.2.1
links router <<<"route add 192.0.2.200/32 dev tun"
links server2 <<<"route replace 198.51.100.0/25 dev tun"

ipip client2 198.51.100.135 192.0.2.10
ipip server1 192.0.2.10 198.51.100.135
links client2 <<<"route add 192.0.2.201/32 dev tun"
links server1 <<-LINKS
	addr add 192.0.2.201/32 dev lo
	route add 198.51.100.136/32 dev tun
LINKS
links client2 <<<"addr add 198.51.100.136/32 dev lo"

watch_add inside 192.0.2.200/31 tcp/80
client_fails client1 192.0.2.200 80
check "at an end of the tunnel: refused" \
	wait_until 5 attempt_is "$CLIENT1" 192.0.2.200 80 refused
check "one attempt" [ "$(attempt_field 192.0.2.200 attempts)" = 1 ]
check "from where the client is, not the tunnel" \
	[ "$(attempt_field 192.0.2.200 interface)" = client1 ]

WATCHER=server1
watch_add end 192.0.2.201 tcp/80 hook local
client_fails client2 192.0.2.201 80 --interface 198.51.100.136
check "at the other tunnel's end: refused" wait_until 5 n_attempts 1
WATCHER=router
check "on the way of that tunnel nothing was seen" [ -z "$(attempts server 192.0.2.201)" ]

server_starts server2 80
check "the server returns, in the tunnel" client_connects client1 192.0.2.200 80
check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" 192.0.2.200 80
