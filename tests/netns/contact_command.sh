#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The contact command: asked with address and MAC, when it is well, when it hangs, when it
# fails until after the outage, when the engine dies meanwhile. And the MAC of a lease.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# number KEY: of show daemon.
number()
{
	rb -j show daemon | jq --arg k "$1" '.[] | select(.key == $k).value'
}

# waiter CLIENT SERVER STATE [MAIL]
waiter()
{
	rb -j show waiters | jq -e --arg c "$1" --arg s "$2" --arg st "$3" --arg m "${4:-}" \
		'any(.[]; .client == $c and .server == $s and .state == $st and (.mail // "") == $m)' \
		>/dev/null
}

failed_more_than()
{
	[ "$(number lookups-failed)" -gt "$1" ]
}

# What it is to do is in a file; what it was asked is in another.
state=/var/who
mkdir -m 777 "$state"
echo well >"$state/mood"
mkdir -p /etc/ringback
cat >/etc/ringback/who <<'WHO'
#!/bin/sh
echo "$1 $2" >>/var/who/asked
case $(cat /var/who/mood) in
well) echo "host-${1##*[.:]}@example.org" ;;
hangs) sleep 1000 & wait ;;
fails) echo "no directory" >&2; exit 7 ;;
noise) head -c 100000 /dev/urandom ;;
injects) printf 'a@example.org\r\nBcc: b@example.org\n' ;;
esac
WHO
chmod 755 /etc/ringback/who

setup_topology
mail_starts
# shellcheck disable=SC2034	# of daemon_conf
MORE_LINES='contact-command = {"/etc/ringback/who"} contact-timeout = 3'
daemon_conf
daemon_starts
contact 2001:db8:1::/64 table@example.org
mac=$(in_ns client1 ip -j link show eth0 | jq -r '.[].address')

# 1. Well: whoever has no contact in the table is asked about.
server_hangs server1
client_fails client1 192.0.2.10 80
client_fails client1 2001:db8:3::10 80
check "it names the contact" wait_until 10 waiter 198.51.100.7 192.0.2.10 waiting host-7@example.org
check "the table needs no question" wait_until 10 waiter 2001:db8:1::7 2001:db8:3::10 waiting table@example.org
check "it was asked once, with address and MAC" [ "$(cat "$state/asked")" = "198.51.100.7 $mac" ]
server_wakes server1
server_starts server1 80
check "the mail goes there" wait_until 15 got_mails host-7 1
server_stops server1 80

# 2. Trouble of every kind is seen, and is not the end.
n=140
for mood in noise injects hangs fails; do
	echo $mood >"$state/mood"
	before=$(number lookups-failed)
	# Another client each time: what failed is not asked again at once.
	in_ns client2 ip addr add "198.51.100.$n/25" dev eth0
	in_ns client2 ip route replace 192.0.2.20 via 198.51.100.129 src "198.51.100.$n"
	client_fails client2 192.0.2.20 80
	check "trouble ($mood) is counted" wait_until 15 failed_more_than "$before"
	n=$((n + 1))
done
check "and in the log" logged 'who, for 198.51.100.140: it printed more than a mail address'
check_not "nothing that it started is left" pgrep -x sleep -u ringback
check "why says so" wait_until 10 eval \
	'rb -j why 198.51.100.143 192.0.2.20 tcp/80 | jq -e "any(.[]; .code == \"command-trouble\")"'

# 3. The service is back before the command is.
server_starts server2 80
check "the outage ends without it" wait_until 15 outage_is 192.0.2.20 80 ended
check "they are not forgotten" waiter 198.51.100.143 192.0.2.20 asking
check "but not told yet" got_mails host-143 0
echo well >"$state/mood"
room_crashes engine
check "the next engine asks again, and they are told" wait_until 20 got_mails host-143 1
check "all of them" wait_until 20 got_mails host-140 1
check "the table's client, too" wait_until 20 got_mails table 1
check "each once" [ "$(notices sent)" = 6 ]

# 4. A lease tells the MAC of who is behind another router.
contact 02:00:5e:00:53:07 leased@example.org
printf '0 02:00:5e:00:53:07 198.51.100.135 laptop *\nnonsense here\n' >"$TEST_TMP/dnsmasq.leases"
rb lease import "$TEST_TMP/dnsmasq.leases" >"$TEST_TMP/out" 2>"$TEST_TMP/err"
check "a bad line is status 1" [ $? = 1 ]
check "and named" grep -q 'dnsmasq.leases:2: ' "$TEST_TMP/err"
check "the lease is there" [ "$(rb -j show leases | jq -r '.[].mac')" = 02:00:5e:00:53:07 ]
in_ns client2 ip route del 192.0.2.20
server_hangs server1
client_fails client2 192.0.2.10 80
check "its contact is found" wait_until 10 waiter 198.51.100.135 192.0.2.10 waiting leased@example.org
echo 'key,mail' >"$TEST_TMP/contacts.csv"
check_not "what is no file of leases" rb lease import "$TEST_TMP/contacts.csv"
check "changes nothing" [ "$(rb -j show leases | jq length)" = 1 ]
check "clear" rb lease clear
check "clears" [ "$(rb -j show leases | jq length)" = 0 ]
