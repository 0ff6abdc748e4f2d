#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is missing at the start is told in a sentence, and nothing is overwritten.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# refuses STATUS PATTERN ARGUMENT...
refuses()
{
	local status=$1 pattern=$2 got

	shift 2
	timeout 20 ip netns exec "$router" ringbackd "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err"
	got=$?
	[ "$got" = "$status" ] || fail "ringbackd $*: status $got, not $status: $(cat "$TEST_TMP/err")"
	grep -Eq -- "$pattern" "$TEST_TMP/err" || fail "ringbackd $*: $(cat "$TEST_TMP/err")"
	echo "ok: $(grep -E -m 1 -- "$pattern" "$TEST_TMP/err")"
}

# with SED...: the daemon is refused with a changed configuration.
with()
{
	sed "$1" "$CONF" >"$TEST_TMP/changed.conf"
	refuses 1 "$2" -c "$TEST_TMP/changed.conf"
}

new_ns router
links router <<-LINKS
	link set lo up
LINKS
MORE_LINES='kernel = false'
daemon_conf
add_user ringback

check "the example is right" ringbackd -t -c "$TREE/etc/ringback.conf"
check "so is this one" ringbackd -t -c "$CONF"
refuses 2 'invalid option' -x
refuses 2 'expected stderr or syslog' -l nowhere
refuses 2 'no argument expected' start
refuses 1 'No such file' -c /nonexistent.conf
with 's/ports = .*/ports = {"tcp\/0"}/' 'changed.conf:3: ports: expected ports from 1 to 65535'
with 's/kernel = false/user = "nonesuch"/' 'there is no user "nonesuch"'
with 's/kernel = false/user = "root"/' "has root's number"
with 's/udp:162/udp:192.0.2.250:162/' 'cannot listen on 192.0.2.250 port 162'
with 's/kernel = false/store { path = "\/run\/ringback.db" }/' 'user "ringback" may not write'
check "rooms left behind" [ -z "$(pgrep '^ringback-')" ]

mkdir -p "${STORE%/*}"
head -c 20000 /dev/urandom >"$STORE"
cp "$STORE" "$TEST_TMP/damaged"
chown -R ringback: "${STORE%/*}"
refuses 1 'damaged or not a database' -c "$CONF"
check "it ends instead of trying for ever" grep -q 'engine cannot start' "$TEST_TMP/err"
check "the damaged store is as it was" cmp "$STORE" "$TEST_TMP/damaged"
rm "$STORE"

echo noise >"${STORE%/*}/snmp-engine"
refuses 1 'snmp-engine: damaged' -c "$CONF"
rm "${STORE%/*}/snmp-engine"
ln -s /etc/passwd "${STORE%/*}/snmp-engine"
refuses 1 'snmp-engine: ' -c "$CONF"
check "a link is not followed" grep -q '^root:' /etc/passwd
rm "${STORE%/*}/snmp-engine"

daemon_starts
check "with all in place it starts" daemon_answers
daemon_stops
check "and ends" [ $? = 0 ]
