#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A client of a dead server is asked where to tell it, gives an address, confirms
# it by the link in the mail, and gets its notice there. One click in that, and no
# mail comes any more. Who says no gets none.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

API=/.well-known/ringback
PORTAL=203.0.113.1:8088

setup_topology
mail_starts
WATCH_LINES='standin = true standin-retry = 0 inquire = "where" flap = 0'
MORE_LINES="web {
	listen = {\"$PORTAL\"}
	url = \"http://$PORTAL\"
	confirm = true
}"
daemon_conf
daemon_starts
contact "$CLIENT2" two@example.org

# inquiry PLACE MEMBER: of what is known of that client at server1.
inquiry()
{
	in_ns "$1" curl -s --max-time 10 "http://$SERVER1$API/v1/inquiry" | jq -r ".$2"
}

# chooses PLACE CHOICE [MAIL]: the outcome of its answer, or the last part of its type.
chooses()
{
	jq -n --arg token "$(inquiry "$1" token)" --arg choice "$2" --arg mail "${3:-}" \
		'{$token, $choice, $mail}' |
		in_ns "$1" curl -s --max-time 10 -H 'Content-Type: application/json' \
			-H 'Accept: application/json' -d @- "http://$SERVER1$API/v1/choice" |
		jq -r '.outcome // .type' | sed 's/.*[:/#]//'
}

# link_in USER WHAT: of the newest mail to that user, whose text may be quoted-printable.
link_in()
{
	local mails

	mapfile -t mails < <(mails_of "$1")
	# shellcheck disable=SC2012	# names without blanks
	"$PYTHON" - "$(ls -t "${mails[@]}" | head -n 1)" "$2" <<-'PY'
		import email, email.policy, re, sys
		mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
		print(re.search(r"http\S*/%s\?t=[\w-]+" % sys.argv[2], mail.get_content())[0])
	PY
}

# follows LINK [CURL_OPTION]...: the status.
follows()
{
	local link=$1

	shift
	in_ns client1 curl -s -o /dev/null -w '%{http_code}' --max-time 10 "$@" "$link"
}

# button LINK: what pressing the button of that page gives.
button()
{
	follows "$1" -d ''
}

waits_as()
{
	rb -j show waiters client "$1" | jq -e --arg choice "$2" --arg state "$3" \
		'any(.[]; .choice == $choice and .state == $state)' >/dev/null
}

# allowed TRUE_OR_FALSE: whether there was anything to take back.
allowed()
{
	rb -j contact allow kim@example.org | jq -e ".[0].suppressed == $1" >/dev/null
}

goes_down()
{
	server_stops server1 80
	refused client1 "$SERVER1" 80
	wait_until 10 stood_in client1 "$SERVER1" 80 || fail "nobody stands in"
	wait_until 10 stood_in client2 "$SERVER1" 80 || fail "nobody stands in for the other"
}

comes_back()
{
	server_starts server1 80
	wait_until 20 outage_is "$SERVER1" 80 ended || fail "the outage does not end"
}

server_starts server1 80
goes_down
check "the client is asked where" [ "$(inquiry client1 inquire)" = where ]
check "an address has to be confirmed" [ "$(chooses client1 yes kim@example.org)" = confirm ]
check "it is shown masked" [ "$(inquiry client1 mail)" = 'k***@e***.org' ]
check "the question arrives" wait_until 15 got_mails kim 1
check "the other declines" [ "$(chooses client2 no)" = ok ]
check "and is left alone by the stand-in at once" \
	wait_until 5 refused client2 "$SERVER1" 80
confirm=$(link_in kim confirm)
check "looking at the link is no answer" [ "$(follows "$confirm")" = 200 ]
check "unconfirmed so far" [ "$(inquiry client1 unconfirmed)" = true ]
check "a forged link is none" [ "$(button "${confirm%????}AAAA")" != 200 ]
check "the button is" [ "$(button "$confirm")" = 200 ]
check "confirmed" [ "$(inquiry client1 unconfirmed)" = false ]
room_crashes engine
check "the answer survives the engine" wait_until 10 waits_as "$CLIENT1" yes waiting
comes_back
check "the notice goes where it was wanted" wait_until 20 got_mails kim 2
check "who declined is left alone" waits_as "$CLIENT2" no declined
check "one click ends it" \
	[ "$(follows "$(link_in kim stop)" -d List-Unsubscribe=One-Click)" = 200 ]

goes_down
check "that address is not taken any more" [ "$(chooses client1 yes kim@example.org)" = suppressed ]
check "the other is asked again" [ "$(inquiry client2 choice)" = none ]
check "and says yes" [ "$(chooses client2 yes)" = ok ]
comes_back
check "its known contact is told" wait_until 20 got_mails two 1
check "nobody else" got_mails kim 2
check "the operator takes that back" allowed true
check "once" allowed false
