#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A store that is damaged, locked or full: told, nothing overwritten.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

need sqlite3
setup_topology
daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
client_fails client1 192.0.2.10 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
daemon_stops

cp -a "$STORE" "$TEST_TMP/good"
printf 'this is no database, but long enough to be one' >"$STORE"
truncate -s 8192 "$STORE"
sum=$(sha256sum <"$STORE")
on_router timeout 20 ringbackd -c "$CONF" >"$TEST_TMP/damaged" 2>&1
check "with a damaged store it does not run" [ $? != 0 ]
check "it says so" grep -q "$STORE" "$TEST_TMP/damaged"
check "and touches nothing" [ "$(sha256sum <"$STORE")" = "$sum" ]
rm -f "$STORE" "$STORE"-*
cp -a "$TEST_TMP/good" "$STORE"

daemon_starts
check "with the good one it goes on" wait_until 5 outage_is 192.0.2.10 80 down

# Somebody else holds the lock for a while.
sqlite3 "$STORE" >"$TEST_TMP/sql" 2>&1 <<-'SQL' &
	.timeout 5000
	BEGIN EXCLUSIVE;
	.shell sleep 8
	COMMIT;
SQL
time_passes 1
client_fails client2 192.0.2.20 80
check "after the lock the outage is in" wait_until 15 outage_is 192.0.2.20 80 down
daemon_stops

# A full disk.
mount -t tmpfs -o size=300k small /mnt
chown ringback /mnt
cp -a "$STORE" /mnt/
sed -i 's|^	alias|	store { path = "/mnt/ringback.db" }\n&|; s|^alias|store { path = "/mnt/ringback.db" }\n&|' "$CONF"
daemon_starts
dd if=/dev/zero of=/mnt/filler bs=1k 2>/dev/null
client_fails client1 192.0.2.10 8001
check "a full disk is told" wait_until 10 logged 'full'
check "the daemon answers" daemon_answers
rm /mnt/filler
client_fails client1 192.0.2.10 8002
check "with room again it goes on" wait_until 20 outage_is 192.0.2.10 8002 down
check "what was not written then is there now" wait_until 20 outage_is 192.0.2.10 8001 down
