#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The operator's firewall keeps its word, its rules and its ip rules; what it
# forbids is not answered. Connections are not tracked for our sake.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
WATCH_LINES='standin = true recovery = {"trap"}' MORE_LINES='web { }'
daemon_conf
sed -i 's|"tcp/80", |"tcp/80", "tcp/81", |' "$CONF"
on_router nft -f - <<-'NFT' || fail "no firewall"
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			iifname lo accept
			meta l4proto { icmp, ipv6-icmp } accept
			udp dport 162 accept
			meta mark & 0xff00 == 0x5200 accept
		}
		chain forward {
			type filter hook forward priority 0; policy drop;
			meta l4proto { icmp, ipv6-icmp } accept
			tcp dport 80 accept
			tcp sport 80 accept
		}
		chain marks {
			type filter hook prerouting priority -150;
			meta mark set 0x00770055
		}
	}
NFT
ip -n "$router" rule add from 203.0.113.77 lookup 77 priority 100
foreign()
{
	on_router nft list table inet filter
	ip -n "$router" rule | grep -v 5200
}
foreign >"$TEST_TMP/foreign"

daemon_starts
check "table, rules and routes are there" wait_until 10 ours_there

as_before()
{
	foreign | diff "$TEST_TMP/foreign" -
}

story()
{
	server_hangs server1
	client_tries client1 "$SERVER1" 80
	check "let in by the mark: answered" wait_until 5 stood_in client1 "$SERVER1" 80
	client_fails client1 "$SERVER1" 81
	time_passes 2
	client_fails client1 "$SERVER1" 81
	check_not "what is forbidden is no outage" outage_open "$SERVER1" 81
	server_wakes server1
	rb recover "$SERVER1" tcp/80 >/dev/null
	check "the outage is over" wait_until 15 outage_is "$SERVER1" 80 ended
}

each_family story

check "rules of others are as they were" as_before
check "nothing tracks connections" \
	[ "$(on_router cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0)" = 0 ]
# A flush takes rules of others only; the stand-in goes on.
on_router nft flush ruleset
use_family 4
check "after somebody's flush ours is there" ours_there
ip -n "$router" rule del fwmark 0x5200/0xff00 || fail "no rule of ours"
server_hangs server1
client_tries client1 "$SERVER1" 80
check "a rule of ours that was deleted comes back" wait_until 15 ours_there
check "and it works" wait_until 5 stood_in client1 "$SERVER1" 80
daemon_stops
check "at the end nothing of ours is left" ours_gone
