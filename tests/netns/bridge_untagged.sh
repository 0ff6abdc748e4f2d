#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A transparent firewall, a bridge with no address of its own, sees clients fail.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_bridge
bridge_host client1 eth0 192.0.2.7 2001:db8:3::7
bridge_host server1 eth0 192.0.2.10 2001:db8:3::10

story()
{
	watch_add "quiet$FAMILY" "$SERVERS" tcp/80,udp/53 hook bridge
	client_fails client1 "$SERVER1" 80
	check "a RST passes: refused" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 refused
	check "the client's MAC address is known" \
		[ "$(attempt_field "$SERVER1" mac)" = "$(mac_of client1 eth0)" ]
	check "and its port of the bridge" [ "$(attempt_field "$SERVER1" interface)" = client1 ]
	check_not "UDP gets no answer" udp_asks client1 "$SERVER1" 53
	check "a port unreachable passes" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 53 refused
	server_starts server1 80
	check "the server returns" client_connects client1 "$SERVER1" 80
	check "the client knows it" wait_until 2 attempt_unknown "$CLIENT1" "$SERVER1" 80
	server_stops server1 80
	server_hangs server1
	client_fails client1 "$SERVER1" 80
	check "nothing comes back: no-reply" wait_until 5 attempt_is "$CLIENT1" "$SERVER1" 80 no-reply
	server_wakes server1
	# The client's ARP fails, and its SYN is never sent.
	client_fails client1 "$NOBODY" 80
	check "a host gone from the same network is not seen" \
		attempt_unknown "$CLIENT1" "$NOBODY" 80
	rb watch del "quiet$FAMILY"
}

use_bridge_family 4
story
use_bridge_family 6
story
