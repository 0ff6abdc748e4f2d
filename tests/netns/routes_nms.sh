#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A list of several parts goes to a management station, which mails everybody once; a
# stranger's informs are refused, and so are those of the router under another user.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_routes.sh"

# forged PLACE [OPTION]...: an inform with what every waiting list has; no part of one.
forged()
{
	local place=$1

	shift
	in_ns "$place" snmpinform -r 0 -t 1 "$@" "$STATION1" '' 1.3.6.1.4.1.8072.9999.9999.7464.0.3 \
		1.3.6.1.4.1.8072.9999.9999.7464.1.5.1.0 s router >/dev/null 2>&1
}

setup_routes
mail_starts
WATCH_LINES='notify = {"nms"}'
MORE_LINES="nms \"noc\" { host = \"$STATION1\" $LIST_USER }"
PROBE_MIN=300 PROBE_MAX=300 daemon_conf
daemon_starts
receiver_starts station1
knows_more station1 30
more_clients 30
server_hangs server1
all_try 30 192.0.2.10 80
server_wakes server1
server_starts server1 80
trap_v2c server1
check "the station mails all" wait_until 40 mailed station1 31
check "anna" got_mails anna 1
check "everybody once" nobody_twice
check "nothing is left to hand over" wait_until 10 all_handed
check "it has them all" at station1 waiters_are 31

check_not "an inform by community is not answered" forged router -v 2c -c list
check_not "nor one of another user" forged router -v 3 -l authPriv -u other -a SHA-256 \
	-A authpass12 -x AES -X privpass12
check_not "nor one with a wrong key" forged router -v 3 -l authPriv -u list -a SHA-256 \
	-A authpass99 -x AES -X privpass12
check_not "nor one in clear" forged router -v 3 -l authNoPriv -u list -a SHA-256 -A authpass12
check_not "nor the right one from elsewhere" forged server2 -v 3 -l authPriv -u list -a SHA-256 \
	-A authpass12 -x AES -X privpass12
check_not "nor half a list of the router's" forged router -v 3 -l authPriv -u list -a SHA-256 \
	-A authpass12 -x AES -X privpass12
check "it says so" at station1 logged 'SNMP message from .* refused'
check "and counts them" wait_until 5 at station1 counted 'ringback_snmp_dropped_total{cause="refused"}' 5
check "nobody got a mail for it" [ "$(all_mails)" = 31 ]
