#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: traces the module. No packet enters it where no watch needs that.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_places.sh"

setup_topology
tracing=$TEST_TMP/tracing
mkdir "$tracing"
mount -t tracefs none "$tracing" || skip "no tracing in this kernel"
grep -qw function "$tracing/available_tracers" || skip "no function tracer in this kernel"
echo 'rbk_*:mod:nf_ringback' >"$tracing/set_ftrace_filter" || fail "cannot trace the module"
echo function >"$tracing/current_tracer"

# Every kind of traffic: forwarded, local, bridged.
traffic()
{
	client_connects client1 "$SERVER1" 80
	client_connects client1 "$NOBODY" 80 --connect-timeout 2
	client_connects router "$SERVER1" 80
	client_connects server2 "$SERVER1" 80
	udp_asks client1 "$SERVER1" 53
	true
}

# entered: hooks of the module that packets have passed, and its classifier.
entered()
{
	echo >"$tracing/trace"
	traffic
	grep -oE ': rbk_(forward4|forward6|own_error|local_in|local_out|bridge|hook_mirror|prerouting) ' \
		"$tracing/trace" | sort -u | tr -d ': \n' | sed 's/rbk_/ /g'
}

server_starts server1 80
check "no watch: nothing of the module runs" [ "$(entered)" = "" ]
watch_add forward "$SERVERS" tcp/80
check "forward: that, and this host's own errors" [ "$(entered)" = " forward4 own_error" ]
rb watch del forward
watch_add local "$SERVERS" tcp/80 hook local
check "local: what comes and goes" [ "$(entered)" = " local_in local_out own_error" ]
rb watch del local
watch_add bridge "$SERVERS" tcp/80 hook bridge
check "bridge: that only" [ "$(entered)" = " bridge" ]
rb watch del bridge
watch_add mirror "$SERVERS" tcp/80 hook mirror:client1
check "mirror: that only" [ "$(entered)" = " hook_mirror" ]
rb watch del mirror
watch_add standin "$SERVERS" tcp/80 standin on
check "stand-in: what comes in, too" [ "$(entered)" = " forward4 own_error prerouting" ]
rb watch del standin
check "no watch any more: nothing" [ "$(entered)" = "" ]
watch_add both "$SERVERS" tcp/80 hook forward,bridge
check "several: all of them" [ "$(entered)" = " bridge forward4 own_error" ]

classified()
{
	echo >"$tracing/trace"
	udp_asks client1 "$SERVER1" 53
	grep -c ': rbk_look ' "$tracing/trace"
}

server_hangs server1
check "UDP is let pass where no watch names it" [ "$(classified)" -le 2 ]
echo nop >"$tracing/current_tracer"
umount "$tracing"
