#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A narrow link on the way to the client: what it says of its MTU, it says to the
# server, and the stand-in hears it.
#
#   far .66 --- (1500) --- hop --- (1280) --- client2's place --- router
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
new_ns far
links far <<-LINKS
	link add eth0 type veth peer name far netns ${client2:?}
	link set lo up
	link set eth0 up
	addr add 198.51.100.194/26 dev eth0
	addr add 2001:db8:66::66/64 dev eth0 nodad
	route add default via 198.51.100.193
	route add default via 2001:db8:66::1
LINKS
links client2 <<-LINKS
	addr add 198.51.100.193/26 dev far
	addr add 2001:db8:66::1/64 dev far nodad
	link set far mtu 1280 up
LINKS
in_ns client2 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n "$router" route add 198.51.100.192/26 via 198.51.100.135
ip -n "$router" route add 2001:db8:66::/64 via 2001:db8:2::7

# An image of 100 kB, that nothing compresses.
{ printf '\x89PNG\r\n\x1a\n'; head -c 100000 /dev/urandom; } >"$TEST_TMP/logo.png"
WATCH_LINES='standin = true recovery = {"trap"}' MORE_LINES="web { logo = \"$TEST_TMP/logo.png\" }"
daemon_conf
daemon_starts

arrives()
{
	in_ns far curl -s --max-time 20 -o "$TEST_TMP/got" \
		"http://$(bracket "$SERVER1")/.well-known/ringback/logo" &&
		cmp "$TEST_TMP/logo.png" "$TEST_TMP/got"
}

story()
{
	server_hangs server1
	client_tries far "$SERVER1" 80
	check "down: answered here" wait_until 5 stood_in far "$SERVER1" 80
	check "100 kB arrive over a link of 1280 bytes" arrives
	server_wakes server1
}

each_family story
