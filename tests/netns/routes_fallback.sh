#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A station that is dead, or whose answers are lost, is passed over for the next step.
# When it can be heard again it tells nobody: the list was withdrawn.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

setup_routes
mail_starts
WATCH_LINES='flap = 0 notify = {"nms:first", "nms:second", "mail"}'
MORE_LINES="
	nms \"first\" { host = \"$STATION1\" $LIST_USER time = 12 announce = off }
	nms \"second\" { host = \"$STATION2\" $LIST_USER time = 3 announce = off }"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
receiver_starts station1
receiver_starts station2
for place in station1 station2; do
	at "$place" contact 198.51.100.0/24 anna@example.org
done
contact 198.51.100.0/24 anna@example.org

# station1 hears, and its responses are lost (not the short reports of the engine ID).
in_ns station1 nft -f - <<-'NFT'
	table inet mute {
		chain output { type filter hook output priority 0; udp sport 162 udp length > 250 drop; }
	}
NFT
server_hangs server1
client_fails client1 192.0.2.10 80
check "a client waits" wait_until 10 waiters_are 1
server_wakes server1
server_starts server1 80
trap_v2c server1
check "station1 has the list" wait_until 20 at station1 waiters_are 1
check "station2 tells" wait_until 30 mailed station2 1
check "station1 has told nobody" mailed station1 0
in_ns station1 nft delete table inet mute
check "it forgets the list" wait_until 20 at station1 waiters_are 0
time_passes 2
check "and told nobody" [ "$(all_mails)" = 1 ]

# Both are gone: this host tells by itself.
receiver_stops station1
receiver_stops station2
server_stops server1 80
client_fails client2 192.0.2.10 80
check "another client waits" wait_until 10 waiter_is 198.51.100.135 192.0.2.10
server_starts server1 80
trap_v2c server1
check "the router mails" wait_until 30 mailed ringback 1
receiver_starts station1
receiver_starts station2
time_passes 4
check "stations that come back tell nobody" [ "$(all_mails)" = 2 ]
