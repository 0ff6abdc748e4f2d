#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: unloads the module. Its clients are told, though the watch is back before one looks.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

watched()
{
	rb -j show watches | jq -e --arg name "$1" 'any(.[]; .name == $name)' >/dev/null
}

setup_topology
mail_starts
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
watch_add extra 192.0.2.10 tcp/9000
client_fails client1 192.0.2.10 9000
check "the client waits" wait_until 5 waiter_is 198.51.100.7 192.0.2.10
rmmod nf_ringback && insmod "$MODULE" || fail "the module cannot be loaded anew"
watch_add extra 192.0.2.10 tcp/9000
check "the daemon sees it" wait_until 15 logged 'the kernel module was unloaded'
check "and is connected again" wait_until 15 watched web
check "recovered" rb recover 192.0.2.10 tcp/9000
check "the client is told" wait_until 10 got_mails anna 1
