#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP: a right configuration is taken over, a wrong one is told and left.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

reloads()
{
	local before

	before=$(grep -cE "$1" "$TEST_TMP/ringbackd.log")
	kill -HUP "$daemon"
	wait_until 10 logged_more "$1" "$before"
}

logged_more()
{
	[ "$(grep -cE "$1" "$TEST_TMP/ringbackd.log")" -gt "$2" ]
}

hears()
{
	[ -n "$(on_router ss -Hlun "sport = :$1")" ]
}

open_files()
{
	local fds=("/proc/$daemon/fd"/*)

	echo "${#fds[@]}"
}

new_ns router
links router <<-LINKS
	link set lo up
LINKS
MORE_LINES='kernel = false'
daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
held=$(open_files)

sed -i 's/"udp:162"/"udp:162", "udp:127.0.0.1:1162"/' "$CONF"
check "a new address to listen on" reloads 'ready: '
check "is used" hears 1162
check "and the old one still" hears 162
check "the contact is there" grep -q anna@example.org <<<"$(rb -j show contacts)"

cp "$CONF" "$TEST_TMP/right"
sed -i -e 's/"udp:162", //' -e 's/no-reply = 1/no-reply = "soon"/' -e 's/port = /prot = /' \
	-e 's/stable = 1/stabel = 1/' "$CONF"
check "a wrong configuration is refused" reloads 'not reloaded'
check "the first mistake is told" logged 'ringback.conf:[0-9]+: no-reply: expected seconds'
check "and the next" logged 'ringback.conf:[0-9]+: unknown option "stabel"; expected one of'
check "the one before stays in use" hears 162
check "and the daemon answers" daemon_answers

sed 's/"udp:162", "udp:127.0.0.1:1162"/"udp:192.0.2.250:162"/' "$TEST_TMP/right" >"$CONF"
check "an address that is not ours" reloads 'cannot listen on 192.0.2.250'
check "leaves all as it was" wait_until 5 hears 1162
sed 's/kernel = false/& user = "nobody"/' "$TEST_TMP/right" >"$CONF"
check "what needs a restart" reloads 'change of user needs a restart'

cp "$TEST_TMP/right" "$CONF"
sed -i 's/, "udp:127.0.0.1:1162"//' "$CONF"
for _ in 1 2 3 4 5; do
	check "again" reloads 'ready: '
done
check_not "an address that was taken out" hears 1162
check "no descriptor was lost" [ "$(open_files)" = "$held" ]
daemon_stops
check "it ends in order" [ $? = 0 ]
