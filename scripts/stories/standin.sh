# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034	# daemon_conf reads the lines
# The router answers in place of a dead server, asks the client, and takes it to the
# real server when that is back. For scripts/demo.

PICTURES=${RESULTS:-$TEST_TMP}

prepare()
{
	setup_topology
	mail_starts
	insmod nf_ringback.ko || fail "insmod"
	WATCH_LINES='standin = true inquire = "where"'
	MORE_LINES='web { listen = {"198.51.100.1:8080"} operator = "Example network" }'
	daemon_conf
	daemon_starts
	browser_starts
	server_starts server1 80
}

shows()
{
	browser text | grep -q -- "$1"
}

# picture NAME: as the person sees it; kept outside the machine.
picture()
{
	browser shot "$PICTURES/$1.png" && echo "  (a picture: build/demo/$1.png)"
}

story()
{
	say "A router, two clients, a server, and a browser at client1."
	prepare
	run client2 curl -sS -o /dev/null -w 'the server says %{http_code}\n' http://192.0.2.10/
	say "The web server on server1 dies. The first try is refused, as ever:"
	server_stops server1 80
	run client2 curl -sS http://192.0.2.10/
	wait_until 15 stood_in client2 192.0.2.10 80 || fail "nobody stands in"
	say "From now on the router answers at the server's address; programs get a line:"
	run client2 curl -sS -i http://192.0.2.10/
	run router ringback show services

	say "A person gets a page. It asks, she says yes, and where:"
	browser_is_there
	browser go 'http://192.0.2.10/?q=lost%20and%20found'
	wait_until 20 shows 'Tell you when it is back' || fail "no question"
	browser text | sed 's/^/  | /'
	picture page
	browser type 'input[type=email]' anna@example.org
	browser click button.yes
	wait_until 20 shows 'You will be told' || fail "her yes is not taken"
	picture answered
	run router ringback show waiters
	run router ringback why 198.51.100.7 192.0.2.10 tcp/80

	say "The server is started again. A probe finds it, the stand-in steps back:"
	server_starts server1 80
	wait_until 30 outage_is 192.0.2.10 80 ended || fail "nobody notices"
	run client2 curl -sS -o /dev/null -w 'the server says %{http_code}\n' http://192.0.2.10/
	wait_until 20 got_mails anna 1 || fail "the mail does not arrive"
	say "Her mail, whole:"
	cat "$(mails_of anna)"
	say "And the page that she left open is where she wanted to go:"
	wait_until 90 shows "$(head -c 20 "$TEST_TMP/www/index.html")" || fail "the page stays"
	browser url
	picture landed
	browser quit
	say "She was asked, was told, and is there. Nobody else was bothered."
}
