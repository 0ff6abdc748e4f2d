#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SIGHUP takes a new configuration; a bad one changes nothing; nothing is forgotten.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
client_fails client1 192.0.2.10 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
client_fails client1 192.0.2.10 9000
check "port 9000 is not watched" attempt_unknown 198.51.100.7 192.0.2.10 9000

watches_9000()
{
	rb show watches | grep -q tcp/9000
}

sed -i 's|"tcp/8000-8099"|"tcp/8000-8099", "tcp/9000"|' "$CONF"
kill -HUP "$daemon"
check "the new port is watched" wait_until 10 watches_9000
client_fails client1 192.0.2.10 9000
check "and seen" wait_until 5 outage_is 192.0.2.10 9000 down
check "the old outage is still open" outage_is 192.0.2.10 80 down

cp "$CONF" "$TEST_TMP/good"
echo 'watch "broken" { servers = {"nonsense"} }' >>"$CONF"
kill -HUP "$daemon"
check "a bad file is told" wait_until 10 logged 'nonsense'
check "and changes nothing" watches_9000
cp "$TEST_TMP/good" "$CONF"
kill -HUP "$daemon"
server_starts server1 80
trap_v2c server1
check "the outage ends as ever" wait_until 15 outage_is 192.0.2.10 80 ended
check "anna is told" wait_until 10 got_mails anna 1
