#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# ringbackd -t names file, line and what was expected; exit 1.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

new_ns router
add_user ringback
daemon_conf
check "the good one passes" on_router ringbackd -t -c "$CONF"
cp "$CONF" "$TEST_TMP/good"

# refuses LINE PATTERN SED...: line LINE of the file is named, and PATTERN.
refuses()
{
	local line=$1 pattern=$2

	shift 2
	sed "$@" "$TEST_TMP/good" >"$CONF"
	on_router ringbackd -t -c "$CONF" >"$TEST_TMP/out" 2>&1
	[ $? = 1 ] || fail "$*: exit status"
	grep -qE "ringback.conf:$line:.*$pattern" "$TEST_TMP/out" ||
		fail "$*: $(cat "$TEST_TMP/out")"
	echo "ok: $(head -n 1 "$TEST_TMP/out")"
}

refuses 2 expected '2s|192.0.2.0/24|192.0.2.0/33|'
refuses 2 expected '2s|192.0.2.0/24|192.0.2.1/24|'
refuses 3 expected '3s|tcp/80|icmp/80|'
refuses 3 expected '3s|tcp/80|tcp/0|'
refuses 4 expected '4s|1|0|'
refuses 4 expected '4s|1|soon|'
refuses 4 no-replay '4s|no-reply|no-replay|'
refuses '[0-9]+' servers '2d'
refuses '[0-9]+' community 's|community = .*||'
refuses '[0-9]+' from 's|from = .*||'
refuses '[0-9]+' '' '1s|{||'
refuses '[0-9]+' '' 's|"ringback@example.org"|"ringback@exa mple.org"|'
refuses '[0-9]+' 'tls|expected' 's|tls = "off"|tls = "maybe"|'
# shellcheck disable=SC2016	# the last line, for sed
refuses '[0-9]+' 'given before|once' '$astore { keep = 1 }\nstore { keep = 2 }'

on_router ringbackd -t -c /nonexistent >"$TEST_TMP/out" 2>&1
check "a missing file: status 1" [ $? = 1 ]
check "and its name" grep -q /nonexistent "$TEST_TMP/out"
