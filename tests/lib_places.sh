# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Verbs for the tests of where ringback may stand: a transparent firewall, a
# mirror port, either end of a tunnel; and UDP peers. Sourced after lib.sh.

# --- a bridge between a client and a server ---------------------------------
#
#   client1 .7 ---- |  bridge  | ---- .10 server1     192.0.2.0/24, 2001:db8:3::/64
#            eth0   | "router" |   eth0
#
# bridge_host PLACE DEVICE IPV4 IPV6: addresses of a host on DEVICE.
bridge_host()
{
	links "$1" <<-LINKS
		link set $2 up
		addr add $3/24 dev $2
		addr add $4/64 dev $2 nodad
	LINKS
}

# The bridge has no address at all.
# shellcheck disable=SC2154	# new_ns assigns the names
setup_bridge()
{
	new_ns router client1 server1
	on_router sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	links router <<-LINKS
		link set lo up
		link add bridge0 type bridge forward_delay 0 mcast_snooping 0
		link add client1 type veth peer name eth0 netns $client1
		link add server1 type veth peer name eth0 netns $server1
		link set client1 master bridge0 up
		link set server1 master bridge0 up
		link set bridge0 up
	LINKS
	links client1 <<<"link set lo up"
	links server1 <<<"link set lo up"
	links client1 <<<"link set eth0 up"
	links server1 <<<"link set eth0 up"
	use_family 4
}

# shellcheck disable=SC2034	# used by lib.sh and the tests
use_bridge_family()
{
	use_family "$1"
	if [ "$FAMILY" = 4 ]; then CLIENT1=192.0.2.7; else CLIENT1=2001:db8:3::7; fi
}

# mac_of PLACE DEVICE
mac_of()
{
	ip -n "${!1}" -j link show "$2" | jq -r '.[0].address'
}

# attempt_field SERVER KEY: of its first attempt.
attempt_field()
{
	rb -j show clients server "$1" | jq -r ".[0].$2"
}

# --- tunnels -----------------------------------------------------------------
#
# far_network PLACE: addresses that only PLACE has; 192.0.2.200 is one of them.
far_network()
{
	links "$1" <<-LINKS
		addr add 192.0.2.200/32 dev lo
		addr add 2001:db8:5::200/128 dev lo nodad
	LINKS
	in_ns "$1" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# ipip PLACE LOCAL REMOTE: a tunnel, device tun.
ipip()
{
	ip -n "${!1}" link add tun type ipip local "$2" remote "$3" ||
		skip "no IPIP tunnels in this kernel"
	ip -n "${!1}" link set tun up
}

# esp PLACE SRC DST REQID DIRECTIONS...: ESP in tunnel mode from SRC to DST; a
# policy for each direction, given as DIRECTION:FROM:TO.
esp()
{
	local place=$1 src=$2 dst=$3 reqid=$4 policy dir from to

	shift 4
	ip -n "${!place}" xfrm state add src "$src" dst "$dst" proto esp spi "0x$reqid" \
		reqid "$reqid" mode tunnel \
		auth "hmac(sha256)" 0x0123456789abcdef0123456789abcdef \
		enc "cbc(aes)" 0xfedcba9876543210fedcba9876543210 || skip "no IPsec in this kernel"
	for policy in "$@"; do
		IFS=, read -r dir from to <<<"$policy"
		ip -n "${!place}" xfrm policy add src "$from" dst "$to" dir "$dir" \
			tmpl src "$src" dst "$dst" proto esp reqid "$reqid" mode tunnel ||
			fail "no IPsec policy"
	done
}

# --- UDP ---------------------------------------------------------------------

# udp_starts PLACE ADDRESS PORT HOW: "serve" answers, "deaf" does not.
udp_starts()
{
	ip netns exec "${!1}" "$PYTHON" "$TREE/tests/udp.py" "$4" "$2" "$3" &
	echo $! >"$(pid_file "$1" "udp$3")"
	wait_until 5 udp_listens "$1" "$3" || fail "$1 does not listen on UDP port $3"
}

udp_listens()
{
	in_ns "$1" ss -Hlun "sport = :$2" | grep -q .
}

udp_stops()
{
	kill -9 "$(cat "$(pid_file "$1" "udp$2")")"
	wait "$(cat "$(pid_file "$1" "udp$2")")" 2>/dev/null || true
}

# udp_asks PLACE ADDRESS PORT [N]: true when it got an answer.
udp_asks()
{
	in_ns "$1" "$PYTHON" "$TREE/tests/udp.py" ask "$2" "$3" "${4:-1}"
}

# quic_tries PLACE ADDRESS PORT: three Initials.
quic_tries()
{
	in_ns "$1" "$PYTHON" "$TREE/tests/udp.py" quic "$2" "$3"
}
