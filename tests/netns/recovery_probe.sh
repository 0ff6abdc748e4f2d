#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Without trap or client, probes find out, with back-off.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
daemon_conf
daemon_starts
client_fails client1 192.0.2.10 80
client_fails client1 2001:db8:3::20 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
check "down over IPv6" wait_until 5 outage_is 2001:db8:3::20 80 down
server_starts server1 80
server_starts server2 80
check "a probe ends it" wait_until 10 outage_is 192.0.2.10 80 ended probe
check "and over IPv6" wait_until 10 outage_is 2001:db8:3::20 80 ended probe
check "probes are nobody's attempts" [ "$(rb -j show waiters | jq length)" = 2 ]
