#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The system's snmpd serves our tables: whole daemon, module and clients, over a socket that
# only our user and root may use; and after each of them has died.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

# asked NAME: its value, without the name.
asked()
{
	asks_snmpd snmpget -OQUv "RINGBACK-MIB::$1"
}

# asked_is NAME VALUE
asked_is()
{
	[ "$(asked "$1")" = "$2" ]
}

status_is()
{
	[ "$(sed -n "s/^$1:[[:space:]]*//p" "/proc/$(room_pid agentx)/status")" = "$2" ]
}

setup_topology
agents_install
snmpd_starts router
snmpd=$STARTED
MORE_LINES='agentx = "/run/agentx.sock"'
daemon_conf
daemon_starts

check "snmpd has our tables" wait_until 15 asked_is ringbackOpenOutages.0 0
check "how full the module's table may be" asked_is ringbackTableSize.0 131072
check "the module is connected" asked_is ringbackKernel.0 connected
client_fails client1 192.0.2.10 80
client_fails client1 2001:db8:3::10 80
check "what is down, in both families" wait_until 20 table_has ringbackServiceTable 2
check "who waits" wait_until 20 table_has ringbackWaiterTable 2
check "who waits where, by the address" wait_until 20 \
	asked_is ringbackServiceWaiting.1.4.192.0.2.10.6.80 1

check "agentx: runs as the user" status_is Uid "$(printf '%s\t%s\t%s\t%s' \
	"$(id -u ringback)" "$(id -u ringback)" "$(id -u ringback)" "$(id -u ringback)")"
check "agentx: no capability" status_is CapPrm 0000000000000000
check "agentx: none to regain" status_is CapBnd 0000000000000000
check "agentx: system calls are filtered" status_is Seccomp 2

room_crashes agentx
check "the room killed: the tables are back" wait_until 20 table_has ringbackServiceTable 2
room_crashes engine
check "the engine killed: likewise" wait_until 20 table_has ringbackServiceTable 2
kill -9 "$snmpd"
rm -f /run/agentx.sock
snmpd_starts router
check "snmpd killed: likewise" wait_until 20 table_has ringbackServiceTable 2
kill -HUP "$daemon"
check "a reload changes nothing" wait_until 20 table_has ringbackServiceTable 2

server_starts server1 80
check "the service is back: nothing is down" wait_until 30 table_has ringbackServiceTable 0
check "the outages are remembered" table_has ringbackOutageTable 2
