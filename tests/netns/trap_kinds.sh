#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every kind of trap is evidence: v1, v2c, inform, v3, and Perl's Net::SNMP.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

need snmptrap snmpinform perl
setup_topology
umask 077
echo authpass12 >/etc/auth-key
echo privpass12 >/etc/priv-key
# Probes are rare here: what ends an outage is the trap.
PROBE_MIN=600 PROBE_MAX=600
SNMP_LINES='oids = {"1.3.6.1.4.1.8072.9999"}
	user "monitor" {
		auth = "SHA-256"
		auth-key-file = "/etc/auth-key"
		priv = "AES"
		priv-key-file = "/etc/priv-key"
		engine-id = "8000000001020304"
	}
	user "informer" {
		auth = "SHA-256"
		auth-key-file = "/etc/auth-key"
	}'
daemon_conf
daemon_starts

perl_trap()
{
	# shellcheck disable=SC2016	# Perl's variables
	in_ns server1 perl -MNet::SNMP=:ALL -e '
		my ($s, $e) = Net::SNMP->session(-hostname => "192.0.2.1", -version => "snmpv2c",
			-community => "from-servers", -port => 162) or die $e;
		$s->snmpv2_trap(-varbindlist => [
			"1.3.6.1.2.1.1.3.0", TIMETICKS, 600,
			"1.3.6.1.6.3.1.1.4.1.0", OBJECT_IDENTIFIER, "1.3.6.1.6.3.1.1.5.1"])
			or die $s->error;'
}

# Our own engine is asked for its name first, as an inform does.
inform_v3()
{
	in_ns server1 snmpinform -v 3 -l authNoPriv -u informer -a SHA-256 -A authpass12 \
		-t 2 -r 2 192.0.2.1 '' "$COLD_START"
}

# recovers_by PORT PATTERN COMMAND...
recovers_by()
{
	local port=$1 pattern=$2

	shift 2
	client_fails client1 192.0.2.10 "$port"
	wait_until 5 outage_is 192.0.2.10 "$port" down || fail "no outage"
	server_starts server1 "$port"
	"$@" || fail "$* failed"
	check "recovered by: $*" wait_until 10 outage_is 192.0.2.10 "$port" ended trap
	check "the log says $pattern" logged "$port.*$pattern"
	server_stops server1 "$port"
}

recovers_by 8001 'SNMPv1' trap_v1 server1
recovers_by 8002 'SNMPv2c trap' trap_v2c server1
recovers_by 8003 'warmStart' trap_v2c server1 from-servers 1.3.6.1.6.3.1.1.5.2
recovers_by 8004 'linkUp' trap_v2c server1 from-servers 1.3.6.1.6.3.1.1.5.4
recovers_by 8005 '8072.9999' trap_v2c server1 from-servers 1.3.6.1.4.1.8072.9999
recovers_by 8006 'inform' inform_v2c server1
recovers_by 8007 'SNMPv3' trap_v3 server1
recovers_by 8008 'SNMPv3 inform' inform_v3
recovers_by 8009 'SNMPv2c' perl_trap
