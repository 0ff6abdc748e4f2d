#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hook local: the daemon's own probes pass there, and are nobody's attempts,
# whatever comes back: nothing, a refusal, or an error of the router itself.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

ROUTER=192.0.2.1
WATCH_LINES='hooks = {"forward", "local"}'
setup_topology
server_hangs server2
# The probes that leave, by the mark they bear.
on_router nft -f - <<-'NFT' || skip "no nftables in this kernel"
	table inet probes {
		chain output {
			type filter hook output priority 0
			meta l4proto tcp meta mark & 0xff00 == 0x5400 counter
		}
	}
NFT

n_probes()
{
	on_router nft -j list table inet probes |
		jq '[.. | .counter? // empty | .packets] | add'
}

# Each has been probed twice, at least.
probed()
{
	[ "$(n_probes)" -ge 8 ]
}

not_of_router()
{
	[ "$(rb -j show clients client "$1" | jq length)" = 0 ]
}

daemon_conf
daemon_starts
for server in "$SERVER1" "$SERVER2" "$NOBODY"; do
	client_fails client1 "$server" 80
	check "$server is down" wait_until 5 outage_is "$server" 80 down
done
check "probes leave, marked" wait_until 20 probed
check "none is an attempt" not_of_router "$ROUTER"
check "the client's are" n_attempts 3
client_fails router "$SERVER1" 80
check "the router's own attempt is one" wait_until 5 attempt_is "$ROUTER" "$SERVER1" 80 refused
