#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rooms are killed while a list is on its way and while it waits for the mail server:
# nothing is lost, nobody is told twice.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

# Two of three datagrams are lost on their way to the station.
lossy()
{
	in_ns station1 nft -f - <<-'NFT'
		table inet lossy {
			chain input {
				type filter hook input priority 0
				udp dport 162 numgen inc mod 3 != 0 drop
			}
		}
	NFT
}

setup_routes
mail_starts
mail_stops
WATCH_LINES='notify = {"nms"}'
MORE_LINES="nms \"noc\" { host = \"$STATION1\" $LIST_USER time = 120 }"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
receiver_starts station1
more_clients 40
knows_more station1 40
server_hangs server1
all_try 40 192.0.2.10 80
lossy
server_wakes server1
server_starts server1 80
trap_v2c server1
check "a part is there" wait_until 20 at station1 some_wait
check "the router's mailer is killed" room_crashes mailer
check "the router's engine is killed" room_crashes engine
check "the station's traps room is killed" at station1 room_crashes traps
check "the whole list is there" wait_until 40 at station1 waiters_are 41
check "the station's engine is killed" at station1 room_crashes engine
check "the router's mailer is killed again" room_crashes mailer
in_ns station1 nft delete table inet lossy
check "it has them still" wait_until 10 at station1 waiters_are 41
check "the list is released" wait_until 20 all_handed
mail_starts
check "all are told" wait_until 30 mailed station1 41
time_passes 2
check "once" nobody_twice
