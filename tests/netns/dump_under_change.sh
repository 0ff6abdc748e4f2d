#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A listing while entries come and go, and the table grows and shrinks under it:
# what stays is listed once, or the reader is told that the listing is torn.
. "$(dirname "$0")/../lib.sh"

LAST=300
GOING=198.51.100.128/25
setup_topology
server_hangs server1
watch_add all "$SERVERS" tcp/1-1000 no-reply 240
rb limit max-per-client 1000 || fail "no limit"

for port in $(seq "$LAST"); do
	echo "tcp $CLIENT1 $SERVER1 4000 $port seq=$port"
done | forges client1
check "what stays is there" n_attempts "$LAST"

# SYNs of many clients for SECONDS.
others_come()
{
	in_ns client2 "$PYTHON" "$TREE/tests/flood.py" "$GOING" "$SERVER1" "$1" 1000
}

# However few come in a second on a busy machine.
enough_come()
{
	others_come 1
	[ "$(stat_of attempts)" -gt $((LAST + 300)) ]
}

for _ in 1 2; do
	check "others are there" wait_until 20 enough_come
	check "no dump has a row twice or misses one untold" on_router "$PYTHON" \
		"$(dirname "$0")/dump_under_change.py" "$CLIENT1" "$GOING" "$SERVER1" "$LAST"
done

# staying FILE: the rows that stay.
staying()
{
	jq --arg client "$CLIENT1" '[.[] | select(.client == $client)] | length' "$1"
}

distinct()
{
	jq -e 'length == (map([.client, .server, .port]) | unique | length)' "$1" >/dev/null
}

others_come 5 &
for _ in $(seq 5); do
	rb -j show clients >"$TEST_TMP/list" 2>"$TEST_TMP/warning" || fail "show clients"
	check "the program lists nothing twice" distinct "$TEST_TMP/list"
	[ -s "$TEST_TMP/warning" ] ||
		check "and all that stays, or it warns" [ "$(staying "$TEST_TMP/list")" = "$LAST" ]
done
