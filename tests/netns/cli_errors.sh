#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each mistake on the command line: one clear line on stderr, the right status.
. "$(dirname "$0")/../lib.sh"

need setpriv
new_ns router

# refuses STATUS PATTERN ARGUMENT...
refuses()
{
	local status=$1 pattern=$2 got

	shift 2
	rb "$@" >"$TEST_TMP/out" 2>"$TEST_TMP/err"
	got=$?
	[ "$got" = "$status" ] || fail "ringback $*: status $got, not $status: $(cat "$TEST_TMP/err")"
	[ "$(wc -l <"$TEST_TMP/err")" = 1 ] || fail "ringback $*: $(cat "$TEST_TMP/err")"
	[ ! -s "$TEST_TMP/out" ] || fail "ringback $*: wrote to stdout"
	grep -Eqi -- "$pattern" "$TEST_TMP/err" || fail "ringback $*: $(cat "$TEST_TMP/err")"
	echo "ok: ringback $*: $(cat "$TEST_TMP/err")"
}

rb >"$TEST_TMP/out" 2>"$TEST_TMP/err"
check "no arguments: status 2" [ $? = 2 ]
check "and the usage" grep -q '^usage: ringback' "$TEST_TMP/err"
refuses 2 frobnicate frobnicate
refuses 2 nothings show nothings
refuses 2 '' watch
refuses 2 '' watch add
refuses 2 server watch add web port tcp/80
refuses 2 port watch add web server 192.0.2.0/24
refuses 2 192.0.2.0/33 watch add web server 192.0.2.0/33 port tcp/80
refuses 2 192.0.2.1/24 watch add web server 192.0.2.1/24 port tcp/80
refuses 2 here watch add web server here port tcp/80
refuses 2 tcp/0 watch add web server 192.0.2.0/24 port tcp/0
refuses 2 tcp/90-80 watch add web server 192.0.2.0/24 port tcp/90-80
refuses 2 tcp/65536 watch add web server 192.0.2.0/24 port tcp/65536
refuses 2 icmp watch add web server 192.0.2.0/24 port icmp/1
refuses 2 colour watch add web server 192.0.2.0/24 port tcp/80 colour green
refuses 2 no-reply watch add web server 192.0.2.0/24 port tcp/80 no-reply 0
refuses 2 no-reply watch add web server 192.0.2.0/24 port tcp/80 no-reply soon
refuses 2 'a b' watch add 'a b' server 192.0.2.0/24 port tcp/80
refuses 2 '' show clients server
refuses 2 dead show clients state dead
refuses 2 '' forget
refuses 2 '' forget client nobody

check "a good watch is taken" rb watch add web server 192.0.2.0/24 port tcp/80
refuses 1 web watch add web server 192.0.2.0/24 port tcp/80
refuses 1 nosuch watch del nosuch
refuses 1 'daemon|ringbackd' show outages
refuses 1 'daemon|ringbackd' contact add 192.0.2.7 anna@example.org

# Without rights.
on_router setpriv --reuid 65534 --clear-groups --bounding-set -all \
	ringback show clients >"$TEST_TMP/out" 2>"$TEST_TMP/err"
check "without rights the status is 1" [ $? = 1 ]
check "and one line says so" grep -qiE 'root|CAP_NET_ADMIN|permi|right' "$TEST_TMP/err"
