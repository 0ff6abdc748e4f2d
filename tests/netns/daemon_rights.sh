#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The daemon's rooms hold no more rights than they need.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# status_is ROOM KEY VALUE: a line of /proc/PID/status.
status_is()
{
	[ "$(sed -n "s/^$2:[[:space:]]*//p" "/proc/$(room_pid "$1")/status")" = "$3" ]
}

runs_as_user()
{
	local id

	id=$(id -u ringback)
	status_is "$1" Uid "$id"$'\t'"$id"$'\t'"$id"$'\t'"$id" && status_is "$1" Groups ""
}

# What a room sees of a path of ours.
seen_by()
{
	echo "/proc/$(room_pid "$1")/root$2"
}

store_is_hidden()
{
	[ -z "$(ls -A "$(seen_by "$1" "${STORE%/*}")")" ]
}

root_of()
{
	readlink "/proc/$(room_pid "$1")/root"
}

# Descriptors that are neither sockets nor of the kind PATTERN.
other_files()
{
	local fd

	for fd in "/proc/$(room_pid "$1")/fd"/*; do
		readlink "$fd"
	done | grep -vE "^socket:|^/dev/null$|ringbackd.log$|$2"
}

new_ns router
links router <<-LINKS
	link set lo up
LINKS
MORE_LINES='kernel = false web { listen = {"8080"} connections = 500 }'
daemon_conf
daemon_starts

for room in engine traps mailer web; do
	check "$room: runs as the user, in no other group" runs_as_user "$room"
	check "$room: can gain no rights" status_is "$room" NoNewPrivs 1
	check "$room: no capability to regain" status_is "$room" CapBnd 0000000000000000
	check "$room: system calls are filtered" status_is "$room" Seccomp 2
done
check "engine: CAP_NET_ADMIN and no other" status_is engine CapEff 0000000000001000
check "traps: no capability" status_is traps CapPrm 0000000000000000
check "mailer: no capability" status_is mailer CapPrm 0000000000000000
check "web: no capability" status_is web CapPrm 0000000000000000
check "traps: an empty directory is its root" [ "$(root_of traps)" = /run/ringback/empty ]
check "web: likewise" [ "$(root_of web)" = /run/ringback/empty ]
check "and it is empty" [ -z "$(ls -A /run/ringback/empty)" ]
check_not "traps: has sockets only" other_files traps '^$'
check_not "web: has sockets and its loop only" other_files web '^anon_inode:|^pipe:'
check "mailer: does not see the store" store_is_hidden mailer
check "nor the control socket" [ -c "$(seen_by mailer "$CONTROL")" ]
check_not "engine: does" store_is_hidden engine
check "web: descriptors for its connections" \
	grep -qE '^Max open files +628 +628 ' "/proc/$(room_pid web)/limits"
check_not "engine: has the store beside" other_files engine '^/var/lib/ringback/|anon_inode:|^pipe:'
check "control socket: root's and the group's" \
	[ "$(stat -c %a:%U:%G "$CONTROL")" = 660:root:ringback ]
check "store: closed to others" [ "$(stat -c %a:%U "$STORE")" = 600:ringback ]
check "engine boots: root's alone" \
	[ "$(stat -c %a:%U /var/lib/ringback/snmp-engine)" = 600:root ]
daemon_stops

# postdrop is set-group-ID: it must be able to gain its group.
sed -i '/server = "203/d; /tls = /d; s/from = .*/client = "sendmail" sendmail = "\/bin\/true" &/' "$CONF"
daemon_starts
check "mailer with sendmail: a user without capabilities" status_is mailer CapPrm 0000000000000000
check "and the user" runs_as_user mailer
check "which does not see the store" store_is_hidden mailer
check "but its program may be set-group-ID" status_is mailer NoNewPrivs 0
daemon_stops
