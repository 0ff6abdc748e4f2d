# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tests of the daemon and the demo are told in, beyond tests/lib.sh: a
# configuration, the daemon on the router, a real mail server, senders of traps.

# shellcheck disable=SC2034	# used by the tests
STORE=/var/lib/ringback/ringback.db
CONF=/etc/ringback/ringback.conf
DAEMON_LOG=$TEST_TMP/ringbackd.log
MTA=$HOME/.cache/ringback/exim
VMAIL=/var/vmail
COLD_START=1.3.6.1.6.3.1.1.5.1
export MIBS='' SNMP_PERSISTENT_DIR=$TEST_TMP/snmp
mkdir -p "$TEST_TMP/snmp/cert_indexes"

# --- the daemon ------------------------------------------------------------

# add_user NAME: the daemon's and the mail server's, in our private /etc.
add_user()
{
	local id=$((700 + $(wc -l </etc/passwd)))

	! grep -q "^$1:" /etc/passwd || return 0
	echo "$1:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>/etc/passwd
	echo "$1:x:$id:" >>/etc/group
}

# What a test may set before daemon_conf; each is lines of the section.
WATCH_LINES='' SNMP_LINES='' MAIL_LINES='' MORE_LINES=''

# A recovery is told after a second here, and probes are quick.
daemon_conf()
{
	mkdir -p "${CONF%/*}"
	cat >"$CONF" <<-CONF
		watch "web" {
			servers = {"192.0.2.0/24", "2001:db8:3::/64"}
			ports = {"tcp/80", "tcp/8000-8099"}
			no-reply = 1
			stable = 1
			probe-min = ${PROBE_MIN:-1}
			probe-max = ${PROBE_MAX:-2}
			probe-timeout = 2
			admission = "first-syn"
			$WATCH_LINES
		}
		snmp {
			listen = {"udp:162"}
			community = {"from-servers"}
			$SNMP_LINES
		}
		mail {
			server = "203.0.113.25"
			tls = "off"
			from = "ringback@example.org"
			retry-min = 1
			retry-max = 2
			timeout = 10
			$MAIL_LINES
		}
		alias "192.0.2.10" { name = "Intranet" }
		$MORE_LINES
	CONF
}

daemon_answers()
{
	rb show daemon >/dev/null 2>&1
}

# Returns when it answers.
daemon_starts()
{
	add_user ringback
	start "$WATCHER" ringbackd -c "$CONF" >>"$DAEMON_LOG" 2>&1
	daemon=$STARTED
	wait_until 10 daemon_answers || fail "the daemon does not start"
}

daemon_stops()
{
	kill "$daemon"
	wait "$daemon"
}

# room_pid ROOM: engine, traps, mailer.
room_pid()
{
	pgrep -o -P "$daemon" -x "ringback-$1"
}

room_is_new()
{
	local now

	now=$(room_pid "$1")
	[ -n "$now" ] && [ "$now" != "$2" ]
}

# room_crashes ROOM: killed; returns when there is another one.
room_crashes()
{
	local old

	old=$(room_pid "$1")
	[ -n "$old" ] || fail "no process for the $1"
	kill -9 "$old"
	wait_until 10 room_is_new "$1" "$old" || fail "the $1 does not come back"
}

logged()
{
	grep -qE -- "$1" "$DAEMON_LOG"
}

# outage_is SERVER PORT STATE [EVIDENCE]
outage_is()
{
	rb -j show outages | jq -e --arg s "$1" --argjson p "$2" --arg st "$3" --arg e "${4:-}" \
		'any(.[]; .server == $s and .port == $p and .state == $st
			  and ($e == "" or .evidence == $e))' >/dev/null
}

# outage_open SERVER PORT: down, whatever is being found out about it.
outage_open()
{
	rb -j show outages | jq -e --arg s "$1" --argjson p "$2" \
		'any(.[]; .server == $s and .port == $p and .ended == null)' >/dev/null
}

# notices STATE: how many.
notices()
{
	rb -j show notices | jq --arg state "$1" '[.[] | select(.state == $state)] | length'
}

# contact ADDRESS MAIL...
contact()
{
	rb contact add "$1" "$2" >/dev/null || fail "contact add $1"
}

waiter_is()
{
	rb -j show waiters | jq -e --arg c "$1" --arg s "$2" \
		'any(.[]; .client == $c and .server == $s)' >/dev/null
}

# --- the mail server -------------------------------------------------------

# Exim, from where it was unpacked to. STARTTLS on both ports; 587 insists on it
# and on AUTH. Takes everything for example.org, into one folder.
mail_installs()
{
	[ -e "$MTA/.complete" ] || skip "no mail server: scripts/packages mta"
	# /usr is the one tree that tests share.
	flock "$MTA/.complete" sh -c "[ -x /usr/sbin/exim4 ] || cp -a '$MTA/usr' /"
	add_user Debian-exim
	add_user vmail
	mkdir -p "$VMAIL" /etc/exim4 /var/spool/exim4 /var/log/exim4
	chown vmail "$VMAIL"
	chown Debian-exim /var/spool/exim4 /var/log/exim4
	echo mail.example.org >/etc/mailname
	# There is no name server here.
	rm -f /etc/resolv.conf
	echo "nameserver 127.0.0.1" >/etc/resolv.conf
	echo "203.0.113.25 mail.example.org" >>/etc/hosts
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
		-subj /CN=mail.example.org -addext subjectAltName=DNS:mail.example.org,IP:203.0.113.25 \
		-keyout /etc/exim4/key.pem -out /etc/exim4/cert.pem 2>/dev/null ||
		fail "no certificate"
	chown Debian-exim /etc/exim4/key.pem
	cat >/etc/exim4/exim4.conf <<-'CONF'
		primary_hostname = mail.example.org
		daemon_smtp_ports = 25 : 587
		local_interfaces = <; 203.0.113.25 ; 2001:db8:4::25
		# Nobody can be asked for names here.
		host_lookup =
		rfc1413_query_timeout = 0s
		dns_ipv4_lookup =
		tls_advertise_hosts = *
		tls_certificate = /etc/exim4/cert.pem
		tls_privatekey = /etc/exim4/key.pem
		auth_advertise_hosts = ${if and {{eq {$received_port}{587}}{def:tls_in_cipher}} {*}{}}
		smtp_accept_max = 0
		smtp_accept_max_per_connection = 0
		smtp_accept_queue_per_connection = 0
		acl_smtp_rcpt = rcpt
		acl_smtp_data = accept
		begin acl
		rcpt:
		  deny condition = ${if eq {$received_port}{587}}
		       !authenticated = *
		       message = authenticate first
		  accept domains = example.org
		  deny message = no relay here
		begin routers
		all:
		  driver = accept
		  transport = folder
		begin transports
		folder:
		  driver = appendfile
		  directory = /var/vmail
		  maildir_format
		  user = vmail
		  envelope_to_add
		  return_path_add
		begin authenticators
		plain:
		  driver = plaintext
		  public_name = PLAIN
		  server_prompts = :
		  server_condition = ${if and {{eq {$auth2}{ringback}}{eq {$auth3}{secret-of-ringback}}}}
		  server_set_id = $auth2
	CONF
}

mail_starts()
{
	[ -e /etc/exim4/exim4.conf ] || mail_installs
	start mail exim4 -bdf -q1m >>"$TEST_TMP/mail.log" 2>&1
	mail_server=$STARTED
	wait_until 10 listens mail 25 || fail "the mail server does not start: $(cat "$TEST_TMP/mail.log")"
}

mail_stops()
{
	kill "$mail_server"
	wait "$mail_server" 2>/dev/null
}

# mails_of USER: the files.
mails_of()
{
	grep -lx "Envelope-to: $1@example.org" "$VMAIL"/new/* 2>/dev/null
}

# got_mails USER N
got_mails()
{
	[ "$(mails_of "$1" | wc -l)" = "$2" ]
}

# --- traps -----------------------------------------------------------------

# trap_v1 PLACE [ARGUMENT]..., trap_v2c, inform_v2c: coldStart from a server.
trap_v1()
{
	in_ns "$1" snmptrap -v 1 -c "${2-from-servers}" 192.0.2.1 1.3.6.1.4.1.8072 '' 0 0 ''
}

trap_v2c()
{
	in_ns "$1" snmptrap -v 2c -c "${2-from-servers}" 192.0.2.1 '' "${3:-$COLD_START}"
}

trap_v6()
{
	in_ns "$1" snmptrap -v 2c -c from-servers 'udp6:[2001:db8:3::1]:162' '' "$COLD_START"
}

inform_v2c()
{
	in_ns "$1" snmpinform -v 2c -c "${2:-from-servers}" -t 2 -r 2 192.0.2.1 '' "$COLD_START"
}

# trap_v3 PLACE [OPTION]...: later options win.
trap_v3()
{
	local place=$1

	shift
	in_ns "$place" snmptrap -v 3 -l authPriv -u monitor -a SHA-256 -A authpass12 -x AES \
		-X privpass12 -e 0x8000000001020304 "$@" 192.0.2.1 '' "$COLD_START"
}

# --- the stand-in ----------------------------------------------------------

# status_of PLACE ADDRESS PORT [CURL_OPTION]...: the status of the answer; 000: none.
status_of()
{
	local place=$1 url

	url=http://$(bracket "$2"):$3/
	shift 3
	in_ns "$place" curl -s -o /dev/null -w '%{http_code}' --connect-timeout 4 --max-time 10 "$@" "$url"
}

# stood_in PLACE ADDRESS PORT: the router answers in the server's place; reaches: the
# server; refused: neither, at once.
stood_in()
{
	[ "$(status_of "$@")" = 503 ]
}

reaches()
{
	[ "$(status_of "$@")" = 200 ]
}

refused()
{
	in_ns "$1" curl -s -o /dev/null --connect-timeout 2 "http://$(bracket "$2"):$3/"
	[ $? = 7 ]
}

# ours_there: the table, rules and routes of the stand-in, each once; ours_gone: none.
ours_there()
{
	[ "$(on_router nft list tables | grep -c 'inet ringback$')" = 1 ] &&
		[ "$(our_rules)" = 2 ] && [ "$(our_routes)" = 2 ]
}

ours_gone()
{
	! on_router nft list tables | grep -q 'inet ringback$' &&
		[ "$(our_rules)" = 0 ] && [ "$(our_routes)" = 0 ]
}

our_rules()
{
	{ on_router ip rule; on_router ip -6 rule; } | grep -c 'fwmark 0x5200/0xff00 lookup 5200'
}

our_routes()
{
	{ on_router ip route show table 5200; on_router ip -6 route show table 5200; } 2>/dev/null |
		grep -c '^local default dev lo'
}
