#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# reverse-path: a client is recorded if its SYN came in by the interface that
# leads back to it; who forges its address on another side achieves nothing.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server2
# Nothing else may stop the forged packets.
for dev in all client1 client2; do
	on_router sysctl -qw "net.ipv4.conf.$dev.rp_filter=0"
done

# forged CLIENT SERVER: from the side of client2, the SYN and the SYN again.
forged()
{
	echo "tcp $1 $2 4000 80 seq=1000" | forges client2
	time_passes 0.5
	echo "tcp $1 $2 4000 80 seq=1000" | forges client2
}

story()
{
	watch_add "way$FAMILY" "$SERVERS" tcp/80 admission trouble reverse-path on
	forged "$CLIENT1" "$SERVER2"
	check "a forged attempt is refused" wait_until 2 refused_more
	check "and not recorded" attempt_unknown "$CLIENT1" "$SERVER2" 80
	forged "$CLIENT1" "$SERVER1"
	forged "$CLIENT1" "$NOBODY"
	time_passes 1
	check "nor is one that the server refused" attempt_unknown "$CLIENT1" "$SERVER1" 80
	check "nor one that has no neighbour" attempt_unknown "$CLIENT1" "$NOBODY" 80
	check "no service is in trouble" [ "$(rb -j show services | jq length)" = 0 ]
	for server in "$SERVER1" "$SERVER2" "$NOBODY"; do
		client_fails client1 "$server" 80
	done
	check "the honest client's: refused" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "no-reply" wait_until 5 attempt_is "$CLIENT1" "$SERVER2" 80 no-reply
	check "host-unreachable" \
		wait_until 5 attempt_is "$CLIENT1" "$NOBODY" 80 host-unreachable
	server_starts server1 80
	check "the server returns" client_connects client1 "$SERVER1" 80
	check "which ends the attempt" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_stops server1 80
	rb watch del "way$FAMILY"
}

refused_before=0
refused_more()
{
	[ "$(stat_of refused-reverse-path)" -gt "$refused_before" ]
}

story
refused_before=$(stat_of refused-reverse-path)
echo "--- IPv6"
use_family 6
story
