#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A recovery must last; one that soon follows another is not told again.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
daemon_conf
sed -i 's/stable = 1/stable = 4\n\tflap = 60/' "$CONF"
daemon_starts
contact 198.51.100.7 anna@example.org
contact 198.51.100.135 bert@example.org

client_fails client1 192.0.2.10 80
check "down" wait_until 5 outage_is 192.0.2.10 80 down
server_starts server1 80
check "the recovery is held" wait_until 5 logged '192.0.2.10 tcp/80.*held for 4 s'
server_stops server1 80
client_fails client2 192.0.2.10 80
time_passes 5
check "it did not last: still down" outage_open 192.0.2.10 80 down
check "nobody was told" got_mails anna 0

server_starts server1 80
check "now it lasts" wait_until 15 outage_is 192.0.2.10 80 ended
check "anna is told" wait_until 10 got_mails anna 1
check "bert too" wait_until 10 got_mails bert 1

server_stops server1 80
client_fails client1 192.0.2.10 80
check "down again" wait_until 5 outage_is 192.0.2.10 80 down
server_starts server1 80
check "and back" wait_until 15 logged 'is back after.*1 told just before'
time_passes 2
check "anna is not told a second time" got_mails anna 1
