# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the system tests are told in: a topology, and verbs for what clients,
# servers and the router do. In the manner of the kernel's selftests: a test is
# a file, exit 0 passed, 4 skipped, anything else failed.
#
# Every test runs in mount and process namespaces of its own (tests/vm/one):
# /run, /tmp, /etc and /var are private, and what it starts ends with it.
#
#   client1 .7 --- 198.51.100.0/25   --- |        |
#                  2001:db8:1::/64       | router | --- 203.0.113.0/24 --- .25 mail
#   client2 .135 - 198.51.100.128/25 --- |        |     2001:db8:4::/64
#                  2001:db8:2::/64            |
#                                      192.0.2.0/24, 2001:db8:3::/64
#                                       |             |
#                                    server1 .10   server2 .20

SKIP=4
TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TEST_TMP=$(mktemp -d)
PATH=$TREE/build:$PATH
PYTHON=/usr/bin/python3	# not what a user has put before it in the PATH
export PYTHONDONTWRITEBYTECODE=1
CONTROL=/run/ringback/control.sock

cleanup()
{
	local status=$?

	# The processes and namespaces go with ours; say what was seen on a failure.
	if [ "$status" != 0 ] && [ "$status" != "$SKIP" ]; then
		tell_state
	fi
}
trap cleanup EXIT

# --- judging ---------------------------------------------------------------

fail()
{
	echo "FAILED: $*"
	exit 1
}

skip()
{
	echo "skipped: $*"
	exit "$SKIP"
}

# check WHAT COMMAND...: WHAT is true when COMMAND succeeds.
check()
{
	local what=$1

	shift
	"$@" || fail "$what"
	echo "ok: $what"
}

# check_not WHAT COMMAND...: the opposite.
check_not()
{
	local what=$1

	shift
	! "$@" || fail "$what"
	echo "ok: $what"
}

need()
{
	local tool

	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip "no $tool"
	done
}

# --- waiting ---------------------------------------------------------------

# wait_until SECONDS COMMAND...: until it succeeds; fails after SECONDS. Slow
# machines get three times as long, slow kernels more: only a wrong result is a
# failure here. Where asking takes long itself, TEST_POLL seconds lie between.
wait_until()
{
	local end=$((SECONDS + ${TEST_SLACK:-3} * $1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep "${TEST_POLL:-0.1}"
	done
}

# slow SECONDS: what a peer's patience of so long is on a slow kernel.
slow()
{
	echo $(($1 * ${TEST_SLACK:-3} / 3))
}

# time_passes SECONDS: for what must not happen, however long one waits.
time_passes()
{
	sleep "$1"
}

# --- places ----------------------------------------------------------------

# Not `ip netns exec`: that copies every mount for each command, which is half the
# time of a test on a slow kernel. /sys is the virtual machine's own.
in_ns()
{
	local place=$1

	shift
	nsenter --net="/run/netns/${!place}" "$@"
}

# start PLACE COMMAND...: in the background; its process is STARTED.
start()
{
	local place=$1

	shift
	nsenter --net="/run/netns/${!place}" "$@" &
	STARTED=$!
}

# on_router COMMAND...
on_router()
{
	in_ns router "$@"
}

# new_ns PLACE...: a namespace each, its name in the variable PLACE.
new_ns()
{
	local place

	for place in "$@"; do
		printf -v "$place" '%s-%s' "$place" "$RANDOM$RANDOM"
		ip netns add "${!place}" || fail "no namespace"
	done
}

# links PLACE: reads lines for `ip -batch`.
links()
{
	ip -n "${!1}" -batch - || fail "no topology"
}

# host PLACE ROUTER_DEVICE IPV4 IPV6 LENGTH4 GATEWAY4 GATEWAY6: eth0 and its routes.
host()
{
	links "$1" <<-LINKS
		link add eth0 type veth peer name $2 netns $router
		link set lo up
		link set eth0 up
		addr add $3/$5 dev eth0
		addr add $4/64 dev eth0 nodad
		route add default via $6
		route add default via $7
	LINKS
}

setup_topology()
{
	new_ns router client1 client2 server1 server2 mail
	host client1 client1 198.51.100.7 2001:db8:1::7 25 198.51.100.1 2001:db8:1::1
	host client2 client2 198.51.100.135 2001:db8:2::7 25 198.51.100.129 2001:db8:2::1
	host server1 server1 192.0.2.10 2001:db8:3::10 24 192.0.2.1 2001:db8:3::1
	host server2 server2 192.0.2.20 2001:db8:3::20 24 192.0.2.1 2001:db8:3::1
	host mail mail 203.0.113.25 2001:db8:4::25 24 203.0.113.1 2001:db8:4::1
	links router <<-LINKS
		link set lo up
		link add servers type bridge forward_delay 0 mcast_snooping 0
		link set server1 master servers up
		link set server2 master servers up
		link set servers up
		link set client1 up
		link set client2 up
		link set mail up
		addr add 198.51.100.1/25 dev client1
		addr add 2001:db8:1::1/64 dev client1 nodad
		addr add 198.51.100.129/25 dev client2
		addr add 2001:db8:2::1/64 dev client2 nodad
		addr add 192.0.2.1/24 dev servers
		addr add 2001:db8:3::1/64 dev servers nodad
		addr add 203.0.113.1/24 dev mail
		addr add 2001:db8:4::1/64 dev mail nodad
	LINKS
	# Neighbours are given up on quickly, no ICMP is held back.
	on_router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
		net.ipv4.neigh.servers.retrans_time_ms=300 \
		net.ipv6.neigh.servers.retrans_time_ms=300 net.ipv6.icmp.ratelimit=0
	use_family 4
}

# The addresses that the story speaks of.
# shellcheck disable=SC2034	# used by the tests
use_family()
{
	FAMILY=$1
	if [ "$FAMILY" = 4 ]; then
		CLIENT1=198.51.100.7 CLIENT2=198.51.100.135 MAIL=203.0.113.25
		SERVER1=192.0.2.10 SERVER2=192.0.2.20 SERVERS=192.0.2.0/24 NOBODY=192.0.2.99
	else
		CLIENT1=2001:db8:1::7 CLIENT2=2001:db8:2::7 MAIL=2001:db8:4::25
		SERVER1=2001:db8:3::10 SERVER2=2001:db8:3::20 SERVERS=2001:db8:3::/64
		NOBODY=2001:db8:3::99
	fi
}

# each_family STORY: once for IPv4, once for IPv6.
each_family()
{
	local family

	for family in 4 6; do
		echo "--- IPv$family"
		use_family "$family"
		"$@"
	done
}

# --- the router ------------------------------------------------------------

# Where the module is asked; a test may choose another place.
WATCHER=router

rb()
{
	in_ns "$WATCHER" ringback -s "$CONTROL" "$@"
}

# watch_add NAME SERVERS PORTS [KEY VALUE]...: failures are told after 1 s.
watch_add()
{
	local name=$1 servers=$2 ports=$3

	shift 3
	rb watch add "$name" server "$servers" port "$ports" no-reply 1 admission first-syn "$@" ||
		fail "watch add $name"
}

# "CLIENT SERVER PORT STATE REASON ATTEMPTS", a line each.
attempts()
{
	rb -j show clients "$@" |
		jq -r '.[] | "\(.client) \(.server) \(.port) \(.state) \(.reason) \(.attempts)"'
}

# attempt_is CLIENT SERVER PORT REASON: it failed for that reason.
attempt_is()
{
	attempts server "$2" | grep -q "^$1 $2 $3 failed $4 "
}

attempt_pending()
{
	attempts server "$2" | grep -q "^$1 $2 $3 pending "
}

attempt_known()
{
	attempts server "$2" | grep -q "^$1 $2 $3 "
}

attempt_unknown()
{
	! attempt_known "$@"
}

n_attempts()
{
	[ "$(rb -j show clients | jq length)" = "$1" ]
}

# service_is SERVER PORT STATE
service_is()
{
	rb -j show services | jq -e --arg server "$1" --argjson port "$2" --arg state "$3" \
		'any(.[]; .server == $server and .port == $port and .state == $state)' >/dev/null
}

# stat_of COUNTER
stat_of()
{
	rb -j show stats | jq -r --arg key "$1" '.[] | select(.key == $key).value'
}

# --- servers ---------------------------------------------------------------

pid_file()
{
	echo "$TEST_TMP/$1-$2.pid"
}

# server_starts PLACE PORT: a web server; returns when it can be reached.
server_starts()
{
	[ -d "$TEST_TMP/www" ] || { mkdir "$TEST_TMP/www"; echo hello >"$TEST_TMP/www/index.html"; }
	start "$1" busybox httpd -f -p "$2" -h "$TEST_TMP/www"
	echo "$STARTED" >"$(pid_file "$1" "$2")"
	wait_until 5 listens "$1" "$2" || fail "$1 does not listen on port $2"
}

# listens PLACE PORT
listens()
{
	in_ns "$1" ss -Hltn "sport = :$2" | grep -q .
}

# server_stops PLACE PORT: its process ends, its host refuses.
server_stops()
{
	kill -9 "$(cat "$(pid_file "$1" "$2")")"
	wait "$(cat "$(pid_file "$1" "$2")")" 2>/dev/null || true
}

# server_hangs PLACE: the host is there, but answers no TCP.
server_hangs()
{
	in_ns "$1" nft -f - <<-'NFT' || skip "no nftables in this kernel"
		table inet hang {
			chain input { type filter hook input priority 0; meta l4proto tcp drop; }
		}
	NFT
}

server_wakes()
{
	in_ns "$1" nft delete table inet hang
}

# server_dies PLACE: the host is gone, the router finds no neighbour.
server_dies()
{
	ip -n "${!1}" link set eth0 down
	ip -n "$router" neigh flush dev servers
}

# server_returns PLACE: with the addresses that link-down took.
server_returns()
{
	links "$1" <<-LINKS
		link set eth0 up
		addr replace 2001:db8:3::${1#server}0/64 dev eth0 nodad
		route replace default via 192.0.2.1
		route replace default via 2001:db8:3::1
	LINKS
}

# --- clients ---------------------------------------------------------------

bracket()
{
	case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac
}

# client_connects PLACE ADDRESS PORT [CURL_OPTION]...: true when it got a page.
client_connects()
{
	local place=$1 url

	url=http://$(bracket "$2"):$3/
	shift 3
	in_ns "$place" curl -s -o /dev/null --connect-timeout "$(slow 5)" --max-time "$(slow 20)" \
		"$@" "$url"
}

# client_tries PLACE ADDRESS PORT [SECONDS]: does not wait for what comes of it.
client_tries()
{
	client_connects "$1" "$2" "$3" --connect-timeout "${4:-2}" &
}

# client_fails PLACE ADDRESS PORT: a try that must not succeed.
client_fails()
{
	! client_connects "$1" "$2" "$3" --connect-timeout 2 || fail "$2 port $3 answered"
}

# forges PLACE: sends the packets that lines on stdin describe, see tests/forge.py.
forges()
{
	in_ns "$1" "$PYTHON" "$TREE/tests/forge.py"
}

# --- what is told when a test fails ----------------------------------------

tell_state()
{
	local log

	[ -n "${router:-}" ] || return
	echo "--- state of the router"
	rb show watches
	rb show clients
	rb show services
	rb show stats
	on_router ip -s neigh
	if [ -S "$CONTROL" ]; then
		rb show outages
		rb show waiters
		rb show notices
	fi
	for log in "$TEST_TMP"/*.log; do
		[ -f "$log" ] || continue
		echo "--- ${log##*/}"
		tail -n 60 "$log"
	done
	if declare -F tell_more >/dev/null; then
		tell_more
	fi
} 2>&1
