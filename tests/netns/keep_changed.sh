#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A reload changes how long the kernel keeps what it records: who failed before is told, for
# his attempt may have left by the time that was right then.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

has_reached()
{
	rb -j show waiters client "$1" | jq -e '.[0].state == "reached"' >/dev/null
}

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
sed -i 's|no-reply = 1|no-reply = 1\n\t\t\tkeep = 600|' "$CONF"
daemon_starts
contact 198.51.100.0/24 anna@example.org
client_fails client1 192.0.2.10 80
check "a client waits" wait_until 5 waiter_is 198.51.100.7 192.0.2.10
sed -i 's|keep = 600|keep = 86400|' "$CONF"
kill -HUP "$daemon"
check "the daemon sees that" wait_until 15 logged 'watch web keeps what it records for another time'
# As the kernel does when the time is over.
rb forget client 198.51.100.7 || fail "forget"
sleep 2
client_fails client2 192.0.2.10 80
check "another waits since" wait_until 5 waiter_is 198.51.100.135 192.0.2.10
rb forget client 198.51.100.135 || fail "forget"
check "recovered" rb recover 192.0.2.10
check "who failed before is told" wait_until 10 got_mails anna 1
check "who failed since has reached it" has_reached 198.51.100.135
