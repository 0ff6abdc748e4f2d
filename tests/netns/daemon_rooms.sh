#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Rooms die and come back, and nothing is lost; the daemon ends in order.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

cold_start()
{
	on_router snmptrap -v2c -c from-servers 127.0.0.1 '' "$COLD_START"
}

# traps_seen N: by this engine.
traps_seen()
{
	rb -j show daemon 2>/dev/null |
		jq -e --arg n "$1" 'any(.[]; .key == "traps" and (.value | tostring) == $n)' >/dev/null
}

no_room_left()
{
	[ -z "$(pgrep '^ringback-')" ]
}

boots()
{
	sed -n 's/^boots //p' /var/lib/ringback/snmp-engine
}

need snmptrap
new_ns router
links router <<-LINKS
	link set lo up
LINKS
MORE_LINES='kernel = false'
daemon_conf
sed -i 's/servers = {/&"127.0.0.0\/8", /' "$CONF"
daemon_starts
contact 198.51.100.7 anna@example.org
cold_start
check "a trap arrives" wait_until 5 traps_seen 1

first=$(boots)
for room in engine traps mailer; do
	check "$room: killed, comes back" room_crashes "$room"
done
check "the parent says why" logged 'engine .* was killed by signal 9'
check "the SNMP engine has counted its start" [ "$(boots)" -gt "$first" ]
wait_until 10 daemon_answers
check "the contact is there" grep -q anna@example.org <<<"$(rb -j show contacts)"

check "the new engine knows no trap" traps_seen 0
kill -9 "$(room_pid traps)"
cold_start
check "a trap sent while nobody receives is not lost" wait_until 10 traps_seen 1
kill -9 "$(room_pid engine)"
time_passes 1.1 # the same trap within a second is no news
cold_start
check "nor one while nobody decides" wait_until 10 traps_seen 1

on_router ringbackd -c "$CONF" 2>"$TEST_TMP/second"
check "a second daemon is refused" [ $? = 1 ]
check "in a sentence" grep -q 'another ringbackd is running' "$TEST_TMP/second"

wait_until 10 daemon_answers
kill -STOP "$(room_pid mailer)"
daemon_stops
check "it ends in order" [ $? = 0 ]
check "with a stuck room, too" logged 'mailer .* does not end: killed'
check "no room is left" no_room_left
check_not "nor the control socket" [ -e "$CONTROL" ]

daemon_starts
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
check "rooms do not outlive their parent" wait_until 5 no_room_left
daemon_starts
check "a killed daemon leaves nothing in the way" daemon_answers
daemon_stops
