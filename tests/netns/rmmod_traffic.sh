#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: unloads the module, under traffic, with failed and pending attempts.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

busy()
{
	[ "$(stat_of recorded)" -gt 0 ]
}

for round in 1 2; do
	[ -d /sys/module/nf_ringback ] || insmod "$MODULE" || fail "insmod"
	watch_add busy "$SERVERS,2001:db8:3::/64" tcp/1-65535
	start router ringback -j --kernel monitor >/dev/null
	monitor=$STARTED
	start client1 "$PYTHON" "$TREE/tests/flood.py" "$CLIENT1" "$SERVER1" 60
	flood=$STARTED
	start client2 "$PYTHON" "$TREE/tests/flood.py" 2001:db8:2::7 2001:db8:3::10 60
	flood6=$STARTED
	check "attempts are recorded" wait_until 10 busy
	time_passes 1.5
	check "the module goes, round $round" rmmod nf_ringback
	check "while packets still come" kill -0 "$flood"
	kill "$flood" "$flood6" "$monitor"
	wait
done
insmod "$MODULE" || fail "insmod"
