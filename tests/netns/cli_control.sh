#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The CLI against a daemon of ours: what it asks, what it makes of good answers
# and of broken ones. No traffic, no daemon.
. "$(dirname "$0")/../lib.sh"

need jq
new_ns router
socket=$TEST_TMP/control.sock
asked=$TEST_TMP/asked

cat >"$TEST_TMP/script" <<'SCRIPT'
{
"show outages": [
	{"row": {"id": 7, "server": "192.0.2.10", "proto": "tcp", "port": 80,
		 "name": "intranet\u001b[31m", "state": "open", "reason": "no-reply",
		 "began": "2026-11-22T18:00:00.123Z", "ended": null, "evidence": null,
		 "detail": null, "waiters": 3, "watch": "web", "newer": 1}},
	{"done": {"rows": 1}}],
"show waiters": [{"done": {"rows": 0}}],
"show contacts": ["{\"row\": {\"key\": \"192.0.2.7\"}}\n{\"ro"],
"show notices": ["noise\n"],
"show daemon": [{"error": "one\nline", "status": 1}],
"contact add": [{"done": {}}],
"contact allow": [{"done": {"suppressed": true}}],
"contact import": [{"row": {"line": 3, "error": "is taken"}},
		   {"done": {"imported": 2, "refused": 1}}],
"recover": [{"row": {"id": 7, "server": "192.0.2.10", "proto": "tcp", "port": 80}},
	    {"done": {}}],
"monitor": [{"row": {"time": "2026-11-22T18:00:00.123Z", "event": "outage",
		     "server": "192.0.2.10", "proto": "tcp", "port": 80, "client": null,
		     "detail": "began"}}, {"sleep": 600}]
}
SCRIPT

cli()
{
	rb -s "$socket" "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err"
}

status_is()
{
	local status=$1 got

	shift
	cli "$@"
	got=$?
	[ "$got" = "$status" ] || fail "ringback $*: status $got: $(cat "$TEST_TMP/err")"
}

out_has()
{
	grep -qF -- "$1" "$TEST_TMP/out"
}

err_has()
{
	grep -qF -- "$1" "$TEST_TMP/err" && [ "$(wc -l <"$TEST_TMP/err")" = 1 ]
}

was_asked()
{
	tail -n 1 "$asked" | jq -e "$1" >/dev/null
}

on_router "$PYTHON" "$TREE/tests/fakes/control_server.py" "$socket" "$TEST_TMP/script" >"$asked" &
wait_until 5 test -S "$socket" || fail "the fake does not start"

status_is 0 show outages
check "a table has its header" out_has 'ID  SERVER'
check "a stranger's name paints no terminal" out_has 'intranet\x1b[31m'
check_not "no control character comes out" grep -q "$(printf '\033')" "$TEST_TMP/out"
status_is 0 -j show outages
check "JSON is one array with the daemon's keys" \
	jq -e 'length == 1 and .[0].id == 7 and .[0].ended == null and .[0].newer == 1' \
	"$TEST_TMP/out"
status_is 0 -j show waiters server 192.0.2.10
check "the filter is asked for" was_asked '.server == "192.0.2.10"'
check "nothing is an empty array" jq -e '. == []' "$TEST_TMP/out"
status_is 0 show waiters
check "nothing is a header" [ "$(wc -l <"$TEST_TMP/out")" = 1 ]

status_is 1 show contacts
check "half an answer is an error" err_has 'in the middle'
check "and prints nothing" [ ! -s "$TEST_TMP/out" ]
status_is 1 show notices
check "noise is an error" err_has malformed
status_is 1 show daemon
check "the daemon's error is one line" err_has 'one\x0aline'

status_is 0 contact add 192.0.2.0/24 anna@example.org
check "the contact is sent" was_asked '.key == "192.0.2.0/24" and .mail == "anna@example.org"'
check "success is silent" [ ! -s "$TEST_TMP/out" ]
status_is 2 contact add 192.0.2.1/24 anna@example.org
status_is 0 contact allow anna@example.org
check "the address is sent" was_asked '.mail == "anna@example.org"'
check "what it was is told" out_has 'anna@example.org was suppressed'
status_is 0 -j contact allow anna@example.org
check "and to programs" jq -e '.[0].suppressed == true' "$TEST_TMP/out"
status_is 2 contact allow
status_is 0 recover 192.0.2.10 tcp/80
check "a port is a number" was_asked '.proto == "tcp" and .port == 80'

printf 'key,mail\r\n192.0.2.7,anna@example.org\r\n192.0.2.8,berta@example.org\r\n192.0.2.9\r\n' \
	>"$TEST_TMP/contacts.csv"
status_is 1 contact import "$TEST_TMP/contacts.csv"
check "good rows are sent with their lines" \
	was_asked '.rows == [[2, "192.0.2.7", "anna@example.org"], [3, "192.0.2.8", "berta@example.org"]]'
check "bad rows are told with theirs" grep -q 'contacts.csv:4: expected two columns' "$TEST_TMP/err"
check "and what the daemon refuses" grep -q 'contacts.csv:3: is taken' "$TEST_TMP/err"
check "the sum is told" out_has '2 contacts imported, 2 rows refused'

rb -j -s "$socket" monitor >"$TEST_TMP/events" &
watcher=$!
check "the daemon's events are in monitor, at once" \
	wait_until 5 grep -q '"source": "daemon", "event": "outage"' "$TEST_TMP/events"
kill "$watcher"

full_disk()
{
	rb -s "$socket" show outages >/dev/full 2>/dev/null
}
check_not "a full disk is an error" full_disk
