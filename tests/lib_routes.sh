# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of routes are told in, beyond tests/lib_daemon.sh: hosts that take lists
# of waiting clients, each with a ringbackd of its own, without the kernel module.
#
#   router --- 203.0.113.0/24 --+--- .25 mail
#              2001:db8:4::/64  +--- .9  station1 --- ringbackd
#                               +--- .8  station2 --- ringbackd
#   router --- 192.0.2.0/24 ------- .10 server1 ----- ringbackd

# shellcheck disable=SC2034	# used by the tests
STATION1=203.0.113.9 STATION2=203.0.113.8
KEYS=/etc/ringback/list
# Of a target's section, and of a user's. Nothing waits long here.
LIST_KEYS="auth = \"SHA-256\" auth-key-file = \"$KEYS.auth\" priv = \"AES\" priv-key-file = \"$KEYS.priv\""
LIST_USER="user = \"list\" $LIST_KEYS timeout = 2"

# --- places ----------------------------------------------------------------

list_keys()
{
	mkdir -p "${KEYS%/*}"
	(umask 077 && echo authpass12 >"$KEYS.auth" && echo privpass12 >"$KEYS.priv")
}

# setup_routes: the topology, with stations beside the mail server.
setup_routes()
{
	setup_topology
	new_ns station1 station2
	host station1 station1 203.0.113.9 2001:db8:4::9 24 203.0.113.1 2001:db8:4::1
	host station2 station2 203.0.113.8 2001:db8:4::8 24 203.0.113.1 2001:db8:4::1
	links router <<-LINKS
		link add office type bridge forward_delay 0 mcast_snooping 0
		link set office up
		addr del 203.0.113.1/24 dev mail
		addr del 2001:db8:4::1/64 dev mail
		addr add 203.0.113.1/24 dev office
		addr add 2001:db8:4::1/64 dev office nodad
		link set mail master office
		link set station1 master office up
		link set station2 master office up
	LINKS
	list_keys
}

# more_clients N: addresses of client1 beside its own, 198.51.100.11 and on.
more_clients()
{
	local i

	for i in $(seq "$1"); do
		echo "addr add 198.51.100.$((10 + i))/25 dev eth0"
	done | links client1
}

# knows_more PLACE N: contacts there for client1 (anna) and these (c1, c2, ..).
knows_more()
{
	local i

	at "$1" contact 198.51.100.7 anna@example.org
	for i in $(seq "$2"); do
		echo "198.51.100.$((10 + i)),c$i@example.org"
	done >"$TEST_TMP/contacts.csv"
	at "$1" rb contact import "$TEST_TMP/contacts.csv" >/dev/null || fail "no contacts"
}

# all_try N SERVER PORT: these and client1 itself fail to reach it, at the same time; a SYN
# may be lost while the gateway's neighbour is asked for, so they are patient.
all_try()
{
	local i tries=()

	for i in $(seq "$1"); do
		client_connects client1 "$2" "$3" --connect-timeout 4 \
			--interface "198.51.100.$((10 + i))" &
		tries+=($!)
	done
	client_connects client1 "$2" "$3" --connect-timeout 4 &
	tries+=($!)
	# Who still tries when the server is back has reached it by himself.
	wait "${tries[@]}"
	wait_until 20 waiters_are $(($1 + 1)) || fail "not all wait"
}

# --- receivers -------------------------------------------------------------

# Their daemons, by place.
declare -A daemons

# at PLACE VERB...: a verb of lib_daemon.sh about the daemon there.
at()
{
	local WATCHER=$1 daemon=${daemons[$1]:-} status
	local CONF=/etc/ringback/$1.conf CONTROL=/run/ringback-$1/control.sock
	local STORE=/var/lib/ringback-$1/ringback.db DAEMON_LOG=$TEST_TMP/$1.log

	shift
	"$@"
	status=$?
	daemons[$WATCHER]=$daemon
	return "$status"
}

# What a test may set before receiver_conf: lines outside of sections.
RECEIVER_LINES=''

# receiver_conf PLACE: takes lists of the router, by version 3.
receiver_conf()
{
	at "$1" write_receiver_conf "$1"
}

write_receiver_conf()
{
	cat >"$CONF" <<-CONF
		kernel = false
		snmp {
			listen = {"udp:162"}
			user "list" { $LIST_KEYS }
		}
		receive "gateway" {
			from = {"203.0.113.1", "192.0.2.1", "2001:db8:3::1"}
			user = "list"
		}
		mail {
			server = "203.0.113.25"
			tls = "off"
			from = "$1@example.org"
			retry-min = 1
			retry-max = 2
			timeout = 10
		}
		store { path = "$STORE" }
		control { path = "$CONTROL" }
		$RECEIVER_LINES
	CONF
}

# receiver_starts PLACE
receiver_starts()
{
	[ -e "/etc/ringback/$1.conf" ] || receiver_conf "$1"
	at "$1" daemon_starts
}

receiver_stops()
{
	at "$1" daemon_stops
}

# waiters_are N: of the daemon that is spoken about.
waiters_are()
{
	[ "$(rb -j show waiters | jq length)" = "$1" ]
}

some_wait()
{
	! waiters_are 0
}

# all_handed: every notice has come to its end.
all_handed()
{
	rb -j show notices | jq -e 'all(.[]; .done != null)' >/dev/null
}

# counted METRIC N: it is at least N.
counted()
{
	rb metrics | awk -v name="$1" -v n="$2" '$1 == name && $2 >= n { found = 1 } END { exit !found }'
}

# mails_from PLACE: how many it sent.
mails_from()
{
	grep -lx "Return-path: <$1@example.org>" "$VMAIL"/new/* 2>/dev/null | wc -l
}

all_mails()
{
	find "$VMAIL" -path '*/new/*' -type f 2>/dev/null | wc -l
}

# mailed PLACE N: so many mails came from there.
mailed()
{
	[ "$(mails_from "$1")" = "$2" ]
}

# nobody_twice: no two mails to one address about one outage.
nobody_twice()
{
	[ -z "$(grep -hix 'Envelope-to: .*' "$VMAIL"/new/* 2>/dev/null | sort | uniq -d)" ]
}

# Of the receivers, when a test fails.
tell_more()
{
	local place

	for place in "${!daemons[@]}"; do
		echo "--- state of $place"
		at "$place" rb show outages
		at "$place" rb show waiters
		at "$place" rb show notices
	done
}

# --- a program with a webhook ----------------------------------------------

HOOK_LOG=$TEST_TMP/hook.json
HOOK_SAYS=$TEST_TMP/hook.says

# hook_starts PLACE STATUS...: answers with these, then with 200.
hook_starts()
{
	local place=$1

	shift
	printf '%s\n' "$@" 200 >"$HOOK_SAYS"
	: >"$HOOK_LOG"
	start "$place" "$PYTHON" "$TREE/tests/peers/hook.py" 8080 "$KEYS.hmac" "$HOOK_LOG" "$HOOK_SAYS"
	wait_until 10 listens "$place" 8080 || fail "no webhook"
}

# hook_says STATUS: from now on.
hook_says()
{
	echo "$1" >"$HOOK_SAYS"
}

# posts EVENT [STATUS]: how many documents of that kind were answered so.
posts()
{
	jq -s --arg e "$1" --argjson s "${2:-200}" \
		'[.[] | select(.status == $s and .body.event == $e)] | length' "$HOOK_LOG"
}

# posted EVENT N
posted()
{
	[ "$(posts "$1")" = "$2" ]
}

# --- the system's SNMP -----------------------------------------------------

AGENTS=$HOME/.cache/ringback/agents
MIB_MODULES=$HOME/.cache/ringback/mibs

# snmpd and snmptrapd, from where they were unpacked to, and what RINGBACK-MIB imports.
agents_install()
{
	[ -e "$AGENTS/.complete" ] || skip "no snmpd: scripts/packages agents"
	[ -e "$MIB_MODULES/.complete" ] || skip "no MIB modules: scripts/packages mibs"
	PATH=$PATH:$AGENTS/usr/sbin
	export MIBDIRS=$MIB_MODULES:$TREE/docs/mib LD_LIBRARY_PATH=$AGENTS/usr/lib/x86_64-linux-gnu
}

# snmpd_starts PLACE: its host may read, our user may bring tables.
snmpd_starts()
{
	cat >"$TEST_TMP/snmpd.conf" <<-CONF
		rocommunity public 127.0.0.1
		master agentx
		agentXSocket /run/agentx.sock
		agentXPerms 0660 0711 root ringback
	CONF
	add_user ringback
	start "$1" snmpd -f -Lf "$TEST_TMP/snmpd.log" -C -c "$TEST_TMP/snmpd.conf" udp:127.0.0.1:161
	wait_until 10 [ -S /run/agentx.sock ] || fail "snmpd does not start"
}

# snmptrapd_starts PLACE: writes down what it hears, by the names of the MIB.
snmptrapd_starts()
{
	echo "authCommunity log announced" >"$TEST_TMP/snmptrapd.conf"
	start "$1" snmptrapd -f -n -m RINGBACK-MIB:SNMPv2-MIB -Lf "$TEST_TMP/snmptrapd.log" -C \
		-c "$TEST_TMP/snmptrapd.conf" udp:162
	wait_until 10 hears_traps "$1" || fail "snmptrapd does not start"
}

hears_traps()
{
	in_ns "$1" ss -Hlun 'sport = :162' | grep -q .
}

# trapd_heard NAME
trapd_heard()
{
	grep -qF -- "$1" "$TEST_TMP/snmptrapd.log"
}

# asks_snmpd TOOL OPTION.. NAME: what snmpd on the router says.
asks_snmpd()
{
	local tool=$1

	shift
	in_ns router "$tool" -v 2c -c public -m RINGBACK-MIB "${@:1:$#-1}" 127.0.0.1 "${!#}"
}

# table_has TABLE ROWS
table_has()
{
	[ "$(asks_snmpd snmptable -CH -Ci "RINGBACK-MIB::$1" 2>/dev/null | grep -c '[0-9]')" = "$2" ]
}
