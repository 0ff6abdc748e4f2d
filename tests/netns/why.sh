#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# "ringback why" names the reason: not watched, answered, waiting, no contact,
# reached alone, told, told just before, refused by the mail server, no kernel.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# why_is TOPIC CODE CLIENT SERVER [PROTO/PORT]
why_is()
{
	local topic=$1 code=$2

	shift 2
	rb -j why "$@" | jq -e --arg t "$topic" --arg c "$code" \
		'any(.[]; .topic == $t and .code == $c)' >/dev/null
}

# tells CLIENT SERVER TOPIC:CODE...: all of them, in this order.
tells()
{
	local client=$1 server=$2

	shift 2
	rb why "$client" "$server" tcp/80
	[ "$(rb -j why "$client" "$server" tcp/80 | jq -r '[.[] | "\(.topic):\(.code)"] | join(" ")')" = "$*" ]
}

setup_topology
mail_starts
WATCH_LINES='clients = {"198.51.100.0/24", "2001:db8:1::/64"} flap = '$(slow 60)
PROBE_MIN=600 PROBE_MAX=600 daemon_conf
daemon_starts
contact 198.51.100.7 anna@example.org
contact 2001:db8:1::/64 carla@example.net

# 1. What is not watched is not seen, and it is said what is missing.
check "no watch has the server" why_is watch other-server 198.51.100.7 203.0.113.25 tcp/25
check "nor the port" why_is watch other-port 198.51.100.7 192.0.2.10 tcp/443
check "nor the client" why_is watch other-client 203.0.113.25 192.0.2.10 tcp/80
check "so nothing is owed" why_is verdict not-watched 203.0.113.25 192.0.2.10 tcp/80

# 2. Who never failed.
server_starts server1 80
client_connects client1 192.0.2.10 80 || fail "the server does not answer"
check "a client that is answered leaves nothing" tells 198.51.100.7 192.0.2.10 \
	watch:covered watch:rules kernel:no-attempt service:fine outage:none contact:address \
	verdict:never-failed

# 3. Two wait, one of them without a contact, one over IPv6.
server_stops server1 80
client_fails client1 192.0.2.10 80
client_fails client2 192.0.2.10 80
client_fails client1 2001:db8:3::20 80
check "anna waits" wait_until 5 why_is verdict waiting 198.51.100.7 192.0.2.10 tcp/80
check "her attempt, the service, the outage are named" tells 198.51.100.7 192.0.2.10 \
	watch:covered watch:rules kernel:failed service:down outage:down waiter:failed \
	waiter:waiting contact:address verdict:waiting
check "client2 waits, but has no contact" wait_until 5 \
	why_is verdict no-contact 198.51.100.135 192.0.2.10 tcp/80
check "a contact is found by its prefix" wait_until 5 \
	why_is contact prefix 2001:db8:1::7 2001:db8:3::20
check "without a port all services are told" \
	[ "$(rb -j why 198.51.100.7 192.0.2.10 | jq -r '[.[].port] | unique | join(" ")')" = 80 ]
check_not "and where nothing is known, a port is asked for" rb why 198.51.100.7 192.0.2.20

# 4. One reaches the service alone, one is told, one has nobody.
contact 198.51.100.128/25 bert@example.org
client_fails client2 192.0.2.10 80
check "the next failure finds the new contact" wait_until 5 \
	why_is waiter waiting 198.51.100.135 192.0.2.10 tcp/80
server_starts server1 80
client_connects client2 192.0.2.10 80 || fail "the server does not answer"
check "the outage ends" wait_until 15 outage_is 192.0.2.10 80 ended
check "anna was told" wait_until 10 why_is verdict told 198.51.100.7 192.0.2.10 tcp/80
check "by whom and when is said" tells 198.51.100.7 192.0.2.10 \
	watch:covered watch:rules kernel:no-attempt service:fine outage:ended waiter:failed \
	waiter:notified notice:sent contact:address verdict:told
check "bert knows already" why_is verdict reached 198.51.100.135 192.0.2.10 tcp/80

# 5. Told just before: the recovery soon after is not told again.
server_stops server1 80
client_fails client1 192.0.2.10 80
check "it is down again" wait_until 5 outage_open 192.0.2.10 80
server_starts server1 80
rb recover 192.0.2.10 >/dev/null || fail "no outage of the server"
check "and back" wait_until 15 logged '1 told just before'
check "that is why" why_is waiter told-before 198.51.100.7 192.0.2.10 tcp/80

# 6. The mail server refuses carla's domain for good.
rb recover 2001:db8:3::20 >/dev/null || fail "no outage of the IPv6 server"
check "a refusal is told with its answer" wait_until 10 \
	why_is verdict refused 2001:db8:1::7 2001:db8:3::20 tcp/80
check "in the server's words" grep -q 'no relay here' <(rb why 2001:db8:1::7 2001:db8:3::20)

# 7. A share that is used up leaves a counter.
rb limit max-per-client 1 || fail "no limit"
server_stops server1 80
client_fails client2 192.0.2.10 80
client_fails client2 192.0.2.10 8000
check "the counter is named" wait_until 5 \
	why_is kernel refused-client 198.51.100.135 192.0.2.10 tcp/8000

# 8. What cannot be asked for.
for wrong in '198.51.100.7' '198.51.100.7 nobody' '198.51.100.7 2001:db8:3::10 tcp/80' \
	     '198.51.100.7 192.0.2.10 80'; do
	# shellcheck disable=SC2086	# words
	rb why $wrong 2>/dev/null
	check "why $wrong: usage" [ $? = 2 ]
done
