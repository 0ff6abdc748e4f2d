#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who had to make room in a full table is told all the same.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
client_fails client1 192.0.2.10 80
check "anna's attempt is in the table" wait_until 5 waiter_is 198.51.100.7 192.0.2.10
rb limit max-attempts 1
client_fails client2 192.0.2.20 80
check "it gave way to another" wait_until 5 [ "$(stat_of evicted-failed)" = 1 ]
check_not "and is gone" attempt_known 198.51.100.7 192.0.2.10 80
check "the operator says that the server is back" rb recover 192.0.2.10
check "anna is told" wait_until 10 got_mails anna 1
check "the daemon says why" logged "failed attempts gave way to others"
