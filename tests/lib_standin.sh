# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Verbs for the tests of the stand-in in the module alone: the daemon's nftables
# table, routes and listener, made by hand on the router. Sourced after lib.sh.

# standin_ready: all that takes over what the module marks.
standin_ready()
{
	local family

	modprobe -q nft_tproxy 2>/dev/null
	modprobe -q nft_socket 2>/dev/null
	on_router nft -f - <<-'NFT' || skip "no tproxy in this kernel"
		table inet standin {
			chain operator {
				type filter hook prerouting priority -150
				meta l4proto tcp meta mark set meta mark | 0x00ab00cd
			}
			chain seen {
				type filter hook prerouting priority -94
				meta mark & 0x00ff00ff == 0x00ab00cd meta mark & 0xff00 == 0x5100 counter comment "answer"
				meta mark & 0x00ff00ff == 0x00ab00cd meta mark & 0xff00 == 0x5300 counter comment "reset"
				meta mark & 0x00ff00ff != 0x00ab00cd meta l4proto tcp counter comment "spoilt"
			}
			chain pre {
				type filter hook prerouting priority -90
				meta mark & 0xff00 == 0x5300 meta l4proto tcp reject with tcp reset
				meta mark & 0xff00 == 0x5100 jump take_over
				meta l4proto { tcp, icmp, ipv6-icmp } socket transparent 1 meta mark set meta mark & 0xffff00ff | 0x5200 accept
			}
			chain take_over {
				meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:7070 goto taken
				meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:7070 goto taken
			}
			chain taken {
				meta mark set meta mark & 0xffff00ff | 0x5200 accept
			}
			chain forward {
				type filter hook forward priority 0
				tcp flags & (syn | ack) == syn counter comment "forwarded"
			}
		}
	NFT
	for family in -4 -6; do
		on_router ip $family rule add fwmark 0x5200/0xff00 lookup 5200 priority 100 ||
			fail "no rule for the stand-in"
		on_router ip $family route add local default dev lo table 5200 ||
			fail "no route to the stand-in"
	done
	start router "$PYTHON" "$TREE/tests/standin.py" listen 7070
	wait_until 5 listens router 7070 || fail "the stand-in does not listen"
}

# standin COMMAND...: see tests/standin.py.
standin()
{
	on_router "$PYTHON" "$TREE/tests/standin.py" "$@"
}

# lease_held MS [QUEUE]: until lease_dropped; no daemon any more, as after kill -9.
lease_held()
{
	start router "$PYTHON" "$TREE/tests/standin.py" hold "$@"
	LEASE_HOLDER=$STARTED
	wait_until 5 lease_lasts || fail "no lease"
}

lease_lasts()
{
	[ "$(standin left | cut -d ' ' -f 1)" -gt 0 ]
}

lease_over()
{
	! lease_lasts
}

lease_dropped()
{
	kill "$LEASE_HOLDER"
	wait "$LEASE_HOLDER" 2>/dev/null || true
}

# n_seen COMMENT: what the counter of that comment says.
n_seen()
{
	on_router nft -j list table inet standin | jq --arg comment "$1" \
		'[.nftables[].rule? | select(.comment == $comment) | .expr[].counter? // empty | .packets] | add'
}

# unmarked: a client goes on to server1, and fails.
unmarked()
{
	local before after

	before=$(n_seen answer)
	client_fails client2 "$SERVER1" 80
	after=$(n_seen answer)
	[ "$before" = "$after" ]
}

# page PLACE ADDRESS PORT: what a client gets to read.
page()
{
	in_ns "$1" curl -s --connect-timeout 4 --max-time 10 "http://$(bracket "$2"):$3/"
}

# reads_standin PLACE SERVER PORT CLIENT: the transparent listener answers, and tells whom.
reads_standin()
{
	[ "$(page "$1" "$2" "$3")" = "stand-in $2 $4" ]
}

# refused_at_once PLACE SERVER PORT
refused_at_once()
{
	in_ns "$1" curl -s -o /dev/null --connect-timeout 4 "http://$(bracket "$2"):$3/"
	[ $? = 7 ]
}

# asked COMMAND...: the queue was asked meanwhile; asked_not: it was not.
asked()
{
	local before

	before=$(stat_of standin-ask)
	"$@" && [ "$(stat_of standin-ask)" -gt "$before" ]
}

asked_not()
{
	local before

	before=$(stat_of standin-ask)
	"$@" && [ "$(stat_of standin-ask)" = "$before" ]
}

# standin_is SERVER PORT MODE
standin_is()
{
	rb -j show services | jq -e --arg server "$1" --argjson port "$2" --arg mode "$3" \
		'any(.[]; .server == $server and .port == $port and .standin == $mode)' >/dev/null
}

n_decisions()
{
	[ "$(rb -j show decisions | jq length)" = "$1" ]
}
