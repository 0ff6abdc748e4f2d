#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The operator's word ends an outage, whatever the rest says.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
client_fails client1 192.0.2.10 80
client_fails client1 192.0.2.10 8080
check "two services are down" wait_until 5 outage_is 192.0.2.10 8080 down
check_not "a server that is not down is refused" rb recover 192.0.2.99
check "recover takes one up" rb recover 192.0.2.10 tcp/80
check "it ends" wait_until 5 outage_is 192.0.2.10 80 ended operator
check "the other does not" outage_is 192.0.2.10 8080 down
check "recover takes up the rest" rb recover 192.0.2.10
check "it ends too" wait_until 5 outage_is 192.0.2.10 8080 ended operator
check "anna is told" wait_until 10 got_mails anna 2
