#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The operator's status page: on the router's loopback, for its own names only, with the
# state of the whole and the reasons; over TLS with a password.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# status PATH [CURL_OPTION]...: the page
status()
{
	local path=$1

	shift
	on_router curl -s --max-time 20 "$@" "http://127.0.0.1:7071$path"
}

status_has()
{
	status "$1" | grep -q -- "$2"
}

# code WANTED URL [CURL_OPTION]...
code()
{
	local wanted=$1

	shift
	[ "$(on_router curl -s -o /dev/null -w '%{http_code}' --max-time 20 "$@")" = "$wanted" ]
}

streamed()
{
	grep -q -- "$1" "$TEST_TMP/events"
}

setup_topology
mail_starts
MORE_LINES='web { operator = "Example network" }'
daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org

check "quiet: nothing is down" status_has / 'Nothing is down'
check "the module, the mailer and the store are well" \
	[ "$(status / | grep -cE 'is-(connected|ok)')" = 3 ]
start router curl -sN --max-time 200 http://127.0.0.1:7071/events >"$TEST_TMP/events"
check "a page is open" wait_until 10 streamed 'still here'
client_fails client1 192.0.2.10 80
check "an outage is told to pages that are open" wait_until 10 streamed '"event":"outage"'
check "one service is down" wait_until 5 status_has / '1 service is down'
check "one client waits" status_has / '1 client waits'
check "it has its name" status_has / '<strong>Intranet</strong>'
check "the timeline is drawn" status_has / '<g class="open">'
check "why: it waits" status_has '/why?client=198.51.100.7&server=192.0.2.10&service=tcp/80' \
	'It will be told when the service is back'
check "the outage has its page, with the waiter" status_has '/outage?id=1' 198.51.100.7

server_starts server1 80
check "the mail arrives" wait_until 15 got_mails anna 1
check "the notice is shown as sent" wait_until 5 status_has / 'is-sent'
check "nothing is down any more" status_has / 'Nothing is down'
check "the bar has its mark" status_has / 'class="mark"'
check "why: it was told" status_has '/why?client=198.51.100.7&server=192.0.2.10' \
	'It was told at anna@example.org'

check "another's name is refused" code 421 -H 'Host: evil.example' http://127.0.0.1:7071/
check "localhost is not" code 200 http://localhost:7071/
check "nor is IPv6" code 200 'http://[::1]:7071/'
check "nothing can be changed" code 405 -X POST http://127.0.0.1:7071/
check "what is not there is not there" code 404 http://127.0.0.1:7071/x
check "nonsense is refused" code 400 'http://127.0.0.1:7071/why?client=%zz'
check_not "clients do not see it" in_ns client1 curl -s --max-time 5 http://198.51.100.1:7071/

# The engine dies; pages say so, and come back with it.
room_crashes engine
check "the page is back with the engine" wait_until 10 status_has / 'Nothing is down'

daemon_stops
mkdir -p /etc/ringback
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=router.example.org -addext subjectAltName=IP:198.51.100.1 \
	-keyout /etc/ringback/key.pem -out /etc/ringback/cert.pem 2>/dev/null
(umask 077; echo secret-of-the-operator >/etc/ringback/status.password)
chmod 600 /etc/ringback/key.pem
MORE_LINES='web { status = {"tls:198.51.100.1:7443"} status-user = "kim"
	status-password-file = "/etc/ringback/status.password"
	certificate "router.example.org" { chain-file = "/etc/ringback/cert.pem"
		key-file = "/etc/ringback/key.pem" } }'
daemon_conf
daemon_starts
secure=(--cacert /etc/ringback/cert.pem https://198.51.100.1:7443/)
check "without the password: 401" code 401 "${secure[@]}"
check "with a wrong one, too" code 401 -u kim:guess "${secure[@]}"
check "with it: the page" code 200 -u kim:secret-of-the-operator "${secure[@]}"
check "whatever the name" code 200 -u kim:secret-of-the-operator -H 'Host: status.example.org' \
	"${secure[@]}"
