#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A reply seen passing ends an outage; who got it needs no mail.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
contact 198.51.100.135 bert@example.org
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
check "both wait" wait_until 5 waiter_is 198.51.100.135 192.0.2.10
check "for the same outage" outage_is 192.0.2.10 80 down
server_starts server1 80
check "bert tries again and gets through" client_connects client2 192.0.2.10 80
check "that ends the outage" wait_until 10 outage_is 192.0.2.10 80 ended reply
check "anna is told" wait_until 10 got_mails anna 1
time_passes 2
check "bert is not" got_mails bert 0
