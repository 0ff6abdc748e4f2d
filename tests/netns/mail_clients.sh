#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each mail client against a real server, with STARTTLS and AUTH, TLS 1.3.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

setup_topology
mail_starts
ln -sf exim4 /usr/sbin/sendmail
umask 077
echo secret-of-ringback >/etc/mail-password
port=8000

# delivers_with CLIENT [LINE]...: one outage, one mail.
delivers_with()
{
	local client=$1

	shift
	port=$((port + 1))
	MAIL_LINES="client = \"$client\" $*"
	daemon_conf
	[ "$client" = sendmail ] || sed -i 's|tls = "off"||; s|"203.0.113.25"|"mail.example.org"|' "$CONF"
	[ "$client" != sendmail ] || sed -i 's|tls = "off"||; s|server = "203.0.113.25"||' "$CONF"
	daemon_starts
	contact 198.51.100.7 "$client$port@example.org"
	client_fails client1 192.0.2.10 "$port"
	wait_until 5 outage_is 192.0.2.10 "$port" down || fail "no outage"
	rb recover 192.0.2.10 >/dev/null
	check "$client delivers: $*" wait_until 15 got_mails "$client$port" 1
	daemon_stops
}

auth='port = 587 tls = "required" ca-file = "/etc/exim4/cert.pem" user = "ringback"
	password-file = "/etc/mail-password"'
for client in libesmtp libcurl; do
	delivers_with "$client"
	delivers_with "$client" 'tls = "off"'
	delivers_with "$client" "$auth"
	check "it authenticated" grep -q 'A=plain:ringback' /var/log/exim4/mainlog
	truncate -s 0 /var/log/exim4/mainlog
done
delivers_with sendmail
