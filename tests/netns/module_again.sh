#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: unloads the module. What was open before goes on with another one: who waited is
# told, though the watch is back before one looks, and an answer still ends an outage.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_places.sh"

connected_times()
{
	[ "$(grep -c 'connected to the kernel module' "$DAEMON_LOG")" = "$1" ]
}

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
watch_add extra 192.0.2.10 tcp/9000-9001,udp/53
client_fails client1 192.0.2.10 9000
check_not "nor is it answered by UDP" udp_asks client1 192.0.2.10 53
check "the outages are open" wait_until 5 outage_open 192.0.2.10 53
rmmod nf_ringback || fail "rmmod"
insmod "$MODULE" || fail "insmod"
watch_add extra 192.0.2.10 tcp/9000-9001,udp/53
check "the daemon sees it" wait_until 15 logged 'the kernel module was unloaded'
check "and is connected again" wait_until 15 connected_times 2
check "the operator speaks for the one" rb recover 192.0.2.10 tcp/9000
check "its client is told" wait_until 10 got_mails anna 1
check "the kernel knows the other again" wait_until 15 service_is 192.0.2.10 53 down
udp_starts server1 192.0.2.10 53 serve
check "another client is answered" udp_asks client2 192.0.2.10 53
check "that ends it" wait_until 10 outage_is 192.0.2.10 53 ended reply
check "its client is told" wait_until 10 got_mails anna 2

# An upgrade: the daemon is not there meanwhile.
client_fails client1 192.0.2.10 9001
check "one more waits" wait_until 5 waiter_is 198.51.100.7 192.0.2.10
daemon_stops
rmmod nf_ringback || fail "rmmod"
insmod "$MODULE" || fail "insmod"
watch_add extra 192.0.2.10 tcp/9000-9001,udp/53
daemon_starts
check "connected" wait_until 15 connected_times 3
check "the operator speaks for that" rb recover 192.0.2.10 tcp/9001
check "its client is told, too" wait_until 10 got_mails anna 3
