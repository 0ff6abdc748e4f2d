#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# TLS: with the server's certificate the page comes over it; without, connections
# pass or are refused at once, as configured. Other profiles by their ports.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=www.example.org -addext subjectAltName=DNS:www.example.org,IP:192.0.2.10 \
	-keyout "$TEST_TMP/key.pem" -out "$TEST_TMP/cert.pem" 2>/dev/null || fail "no certificate"
chmod 600 "$TEST_TMP/key.pem"
WATCH_LINES='standin = true recovery = {"trap"}'
MORE_LINES="
	watch \"reset\" {
		servers = {\"192.0.2.20\", \"2001:db8:3::20\"}
		ports = {\"tcp/443\"}
		no-reply = 1
		admission = \"first-syn\"
		recovery = {\"trap\"}
		standin = true
		standin-tls = \"reset\"
		standin-retry = 0
	}
	web {
		certificate \"www.example.org\" {
			servers = {\"192.0.2.10\"}
			chain-file = \"$TEST_TMP/cert.pem\"
			key-file = \"$TEST_TMP/key.pem\"
		}
	}"
daemon_conf
sed -i '0,/servers = .*/s||servers = {"192.0.2.10", "2001:db8:3::10"}|; s|"tcp/80", |"tcp/443", "tcp/25", |' "$CONF"
daemon_starts

# tls_status PLACE ADDRESS
tls_status()
{
	in_ns "$1" curl -s -o /dev/null -w '%{http_code}' --connect-timeout 4 --max-time 10 \
		--cacert "$TEST_TMP/cert.pem" "https://$(bracket "$2")/"
}

page_over_tls()
{
	[ "$(tls_status "$@")" = 503 ]
}

# Not a reset: nobody answers.
passes()
{
	in_ns "$1" curl -sk -o /dev/null --connect-timeout 2 "https://$(bracket "$2"):$3/"
	[ $? = 28 ]
}

reset_at_once()
{
	in_ns "$1" curl -sk -o /dev/null --connect-timeout 4 "https://$(bracket "$2"):443/"
	[ $? = 7 ]
}

says_421()
{
	in_ns "$1" timeout 5 nc -N "$2" 25 </dev/null | grep -q '^421 '
}

server_hangs server1
server_hangs server2
client_tries client1 "$SERVER1" 443
check "with a certificate: the page, by a name that fits" \
	wait_until 10 page_over_tls client1 "$SERVER1"
client_tries client1 "$SERVER1" 25
check "mail: the line that it knows" wait_until 10 says_421 client1 "$SERVER1"
use_family 6
check "no certificate: nobody answers" passes client1 "$SERVER1" 443
check "it is down" wait_until 10 outage_open "$SERVER1" 443
check "and passes still" passes client1 "$SERVER1" 443
for family in 4 6; do
	use_family $family
	client_tries client1 "$SERVER2" 443
	check "another watch: refused at once" wait_until 10 reset_at_once client1 "$SERVER2"
done
