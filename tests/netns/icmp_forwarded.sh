#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A router behind this one says host unreachable; this one only forwards that.
. "$(dirname "$0")/../lib.sh"

#
#   client1 --- router --- server2 (routes) --- nobody there

setup_topology
in_ns server2 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
links server2 <<-LINKS
	link add far type bridge forward_delay 0 mcast_snooping 0
	link add far0 type veth peer name far1
	link set far0 master far up
	link set far1 up
	link set far up
	addr add 192.0.2.129/25 dev far
	addr add 2001:db8:5::1/64 dev far nodad
LINKS
in_ns server2 sysctl -qw net.ipv4.neigh.far.retrans_time_ms=300 \
	net.ipv6.neigh.far.retrans_time_ms=300
links router <<-LINKS
	route add 192.0.2.128/25 via 192.0.2.20
	route add 2001:db8:5::/64 via 2001:db8:3::20
LINKS

story()
{
	watch_add "far$FAMILY" "$1" tcp/80 no-reply 60
	client_fails client1 "$1" 80
	check "the attempt fails with host-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$1" 80 host-unreachable
}

use_family 4
story 192.0.2.200
use_family 6
story 2001:db8:5::99
