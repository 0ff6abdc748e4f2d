#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The probes of a traceroute by TCP end on the way to a server that is well, and
# are no attempts; a SYN that is sent again and goes in circles is one.
. "$(dirname "$0")/../lib.sh"

setup_topology

# probe SPORT: a SYN, and from the hop behind the router "TTL exceeded" about it.
probe()
{
	local v4="type=11 code=0" v6="type=3 code=0"

	echo "tcp $CLIENT1 $NOBODY $1 80 seq=$1" | forges client1
	[ "$FAMILY" = 4 ] && v6=$v4
	echo "icmp $SERVER2 $CLIENT1 $v6 qdst=$NOBODY qsport=$1 qdport=80 qseq=$1" | forges server2
}

errors_seen()
{
	[ "$(stat_of unmatched-icmp)" = "$1" ]
}

# story ADMISSION FIRST_PORT: ports are used once, the filter remembers.
story()
{
	local unmatched hop first=$2

	# Somebody takes the SYNs, or our own "host unreachable" would say more.
	links router <<-LINKS
		neigh replace $NOBODY lladdr 02:00:00:00:00:99 dev servers nud permanent
	LINKS
	watch_add "trace$FAMILY" "$SERVERS" tcp/80 admission "$1" no-reply "$(slow 2)"
	unmatched=$(stat_of unmatched-icmp)
	for hop in $((first + 1)) $((first + 2)) $((first + 3)); do
		probe "$hop"
	done
	check "three errors were seen" wait_until 5 errors_seen $((unmatched + 3))
	time_passes "$(slow 3)"
	check "no probe is an attempt" attempt_unknown "$CLIENT1" "$NOBODY" 80
	check "no service is in trouble" [ "$(rb -j show services | jq length)" = 0 ]
	echo "tcp $CLIENT1 $NOBODY $first 80 seq=$first" | forges client1
	time_passes 1
	probe "$first"
	check "a SYN sent again in vain is one" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 ttl-exceeded
	rb watch del "trace$FAMILY"
}

each_family story trouble 1000
each_family story first-syn 2000
