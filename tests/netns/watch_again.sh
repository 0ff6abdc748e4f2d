#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A watch that is deleted and added again has lost what it recorded: its clients are told.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
watch_add extra 192.0.2.10 tcp/9000
client_fails client1 192.0.2.10 9000
check "the client waits" wait_until 5 waiter_is 198.51.100.7 192.0.2.10
rb watch del extra
watch_add extra 192.0.2.10 tcp/9000
check "the daemon sees that it is another one" wait_until 15 logged 'watch extra was made again'
check "recovered" rb recover 192.0.2.10 tcp/9000
check "the client is told" wait_until 10 got_mails anna 1
