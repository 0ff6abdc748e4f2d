#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Traps of strangers, with wrong secrets, and noise are no evidence.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

need snmptrap snmpget
setup_topology
umask 077
echo authpass12 >/etc/auth-key
echo privpass12 >/etc/priv-key
PROBE_MIN=600 PROBE_MAX=600
SNMP_LINES='user "monitor" {
		auth = "SHA-256"
		auth-key-file = "/etc/auth-key"
		priv = "AES"
		priv-key-file = "/etc/priv-key"
		engine-id = "8000000001020304"
	}'
daemon_conf
daemon_starts
client_fails client1 192.0.2.10 80
check "the service is down" wait_until 5 outage_is 192.0.2.10 80 down
server_starts server1 80

trap_v2c server1 public
trap_v1 server1 public
trap_v2c server1 ''
trap_v2c server1 from-servers 1.3.6.1.6.3.1.1.5.3	# linkDown
trap_v2c client1
trap_v3 server1 -u nobody
trap_v3 server1 -A wrong-password
trap_v3 server1 -X wrong-password
trap_v3 server1 -l authNoPriv
trap_v3 server1 -l noAuthNoPriv
trap_v3 server1 -e 0x8000000009090909
in_ns server1 snmpget -v 2c -c from-servers -t 1 -r 0 192.0.2.1:162 1.3.6.1.2.1.1.3.0 2>/dev/null
in_ns server1 "$PYTHON" - <<'PYTHON'
import os, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for size in (0, 1, 2, 3, 10, 100, 1000, 65507):
    s.sendto(os.urandom(size), ("192.0.2.1", 162))
good = bytes.fromhex("3026020101040c66726f6d2d73657276657273a71302010102010002010030083006060106050000")
for cut in range(len(good)):
    s.sendto(good[:cut], ("192.0.2.1", 162))
for length in (0x80, 0x84, 0xff):
    s.sendto(bytes([0x30, length]) + good[2:], ("192.0.2.1", 162))
PYTHON
time_passes 3
check "none of them ended the outage" outage_open 192.0.2.10 80
check "the room lives" [ -n "$(room_pid traps)" ]
trap_v2c server1
check "a right one still does" wait_until 10 outage_is 192.0.2.10 80 ended trap
