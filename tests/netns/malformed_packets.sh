#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Truncated, garbled and odd packets change nothing and harm nothing.
. "$(dirname "$0")/../lib.sh"

setup_topology
server_hangs server1

syn()
{
	echo "tcp $CLIENT1 $SERVER1 4100 80 seq=1000 $*"
}

error()
{
	echo "icmp $SERVER2 $CLIENT1 qdst=$SERVER1 qdport=80 qseq=1000 $*"
}

bad_syns()
{
	for length in 0 1 4 13 19; do
		syn cut="$length"
	done
	syn doff=0
	syn doff=4
	syn doff=15
}

bad_errors()
{
	for length in 0 1 7 19 20 24 27; do
		error qlen="$length"
	done
	for words in 0 4 6 15; do
		error qihl="$words" qseq=77
	done
	error qver=0
	error qver=$((FAMILY == 4 ? 6 : 4))
}

both()
{
	watch_add "odd$FAMILY" "$SERVERS" tcp/80 no-reply 240
	forges client1 <<-LINES
		tcp $CLIENT1 $SERVER1 4000 80 seq=1000
	LINES
	check "the attempt is pending" attempt_pending "$CLIENT1" "$SERVER1" 80
	bad_syns | forges client1
	bad_errors | forges server2
	check "short and lying ones change nothing" attempt_pending "$CLIENT1" "$SERVER1" 80
	check "nothing else was recorded" n_attempts 1
	rb forget all
}

story4()
{
	both
	# A fragment other than the first looks like a SYN, but is not one.
	{ syn frag=8; syn frag=1480+; } | forges client1
	check "later fragments are left alone" n_attempts 0
	# A header of 15 words (record route) is as good as one of 5.
	syn options=07270400000000000000000000000000000000000000000000000000000000000000000000000000 |
		forges client1
	check "IP options do not hide a SYN" attempt_pending "$CLIENT1" "$SERVER1" 80
	# Enough of a quote is 8 bytes behind the header: ports and sequence number.
	error qlen=28 | forges server2
	check "the shortest sufficient quote counts" \
		wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 host-unreachable
}

bad_extensions()
{
	syn next=44 ext=0600000800000001	# a later fragment
	syn next=60 ext=06ff010400000000	# longer than the packet
	syn next=59				# no next header
}

story6()
{
	both
	bad_extensions | forges client1
	check "later fragments and headers without end are left alone" n_attempts 0
	# Destination options, then an atomic fragment: still a SYN.
	syn next=60 ext=2c000104000000000600000000000042 | forges client1
	check "extension headers do not hide a SYN" attempt_pending "$CLIENT1" "$SERVER1" 80
	error qlen=48 | forges server2
	check "the shortest sufficient quote counts" \
		wait_until 2 attempt_is "$CLIENT1" "$SERVER1" 80 host-unreachable
}

use_family 4
story4
rb forget all
use_family 6
story6
