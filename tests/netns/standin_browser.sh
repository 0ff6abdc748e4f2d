#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone, slow: a browser. A person meets the page in place of a dead server, says yes
# with an address and gets the mail; pages left open land on the real server, path and
# query intact; all of it works without JavaScript, on a phone, and on the portal.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"
. "$(dirname "$0")/../lib_browser.sh"

need chromium chromedriver
SHOTS=${RESULTS:-$TEST_TMP}/screenshots
PLACE='page/?q=a%20b&n=1'

shows()
{
	browser text | grep -q -- "$1"
}

is_at()
{
	[ "$(browser url)" = "$1" ]
}

# Nothing sticks out to the side.
fits()
{
	[ "$(browser js 'return document.documentElement.scrollWidth <= window.innerWidth')" = true ]
}

picture()
{
	browser shot "$SHOTS/$1.png" || fail "no picture of $1"
}

# pictures NAME: as on a desk, on a phone, in the dark.
pictures()
{
	picture "$1"
	browser size 360 740
	check "$1 fits a phone" fits
	picture "$1-phone"
	browser size 1100 800
	browser dark on
	picture "$1-dark"
	browser dark off
}

# dead PORT: refused once, answered for from then on.
dead()
{
	client_fails client1 192.0.2.10 "$1"
	check "port $1 is answered for" wait_until 15 stood_in client1 192.0.2.10 "$1"
}

mkdir -p "$SHOTS"
setup_topology
browser_starts
mail_starts
WATCH_LINES='standin = true inquire = "where"'
MORE_LINES='web { listen = {"198.51.100.1:8080"} operator = "Example network" confirm = false }'
daemon_conf
daemon_starts
for port in 80 8000 8001; do
	dead "$port"
done
browser_is_there

echo "--- a page in place of the server"
browser go "http://192.0.2.10/$PLACE"
check "it names the service and says what is wrong" shows 'Intranet is not answering'
check "and who is speaking" shows 'Example network'
check "it asks" shows 'Tell you when it is back'
pictures page
browser type 'input[type=email]' anna@example.org
browser click button.yes
check "a yes is taken, the address masked" wait_until 20 shows 'told at a\*\*\*@e\*\*\*.org'
check "at the address that was asked for" is_at "http://192.0.2.10/$PLACE"
picture answered
check "the engine knows" \
	eval "rb -j why 198.51.100.7 192.0.2.10 tcp/80 | jq -e 'any(.[]; .code == \"yes\")' >/dev/null"

echo "--- another, only left open"
browser tab new
browser go "http://192.0.2.10:8000/$PLACE"
check "it says that it may stay open" shows 'keep this page open'

check "nobody waits with it" eval "! shows 'Waiting with you'"
in_ns client2 curl -so /dev/null --max-time 20 http://192.0.2.10:8000/
check "somebody comes, and the open page says so" wait_until 30 shows 'Waiting with you'

echo "--- without JavaScript"
browser tab new
browser script off
browser go "http://192.0.2.10:8001/$PLACE"
check "the page is there, and says to come back" shows 'come back to this page later'
browser type 'input[type=email]' bert@example.org
browser click button.yes
check "a yes is taken" wait_until 20 shows 'told at b\*\*\*@e\*\*\*.org'
check "here, too, the place is kept" is_at "http://192.0.2.10:8001/$PLACE"
picture noscript
browser script on

echo "--- the portal"
browser tab new
browser go http://198.51.100.1:8080/
check "the client sees what it could not reach" shows '192.0.2.10, port 8001'
check "and what it said" shows 'told at b\*\*\*@e\*\*\*.org'
browser click 'form:has(input[name=port][value="8001"]) button[value=no]'
check "there it changes its mind" wait_until 20 shows 'You will not be told'
picture portal

echo "--- the recovery"
server_starts server1 80
mkdir -p "$TEST_TMP/www/page"
echo 'the real server' >"$TEST_TMP/www/page/index.html"
server_starts server1 8000
check "the outages end" wait_until 30 outage_is 192.0.2.10 80 ended
check "anna gets her mail" wait_until 20 got_mails anna 1
check "the portal says that it is back" wait_until 60 shows 'is back'
browser tab 1
check "the open page lands on the real server" wait_until 90 shows 'the real server'
check "with path and query" is_at "http://192.0.2.10:8000/$PLACE"
picture landed
browser tab 0
check "so does that of who wanted a mail" wait_until 90 shows 'the real server'
browser quit
ls "$SHOTS"
