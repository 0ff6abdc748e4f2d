#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An unprivileged user has the module in a namespace of its own, and no further.
. "$(dirname "$0")/../lib.sh"

# The tree may lie where only its owner can look.
install -D -m 755 "$TREE/build/ringback" /tmp/bin/ringback
cp "$TREE/tests/genl.py" "$TREE/tests/standin.py" /tmp/bin
PATH=/tmp/bin:$PATH

need unshare setpriv
NOBODY_ID=65534

# as_user COMMAND...: without any right.
as_user()
{
	setpriv --reuid "$NOBODY_ID" --regid "$NOBODY_ID" --clear-groups "$@"
}

# in_own COMMANDS: as root of an own user namespace with an own network.
in_own()
{
	as_user unshare --user --map-root-user --net bash -c "PATH=$PATH; $1"
}

ringback watch add host server 192.0.2.0/24 port tcp/80 || fail "watch add"
in_own true || skip "no unprivileged user namespaces here"

check_not "a user cannot look at the host's" as_user ringback show watches
# A user namespace alone gives no right over a network that it does not own.
check_not "a user namespace does not help" \
	as_user unshare --user --map-root-user "$(command -v ringback)" show watches
check "in a network of its own it may" in_own \
	'ringback watch add mine server 192.0.2.0/24 port tcp/80 hook forward,local'
check "and sees its own only" [ "$(in_own \
	'ringback watch add mine server 192.0.2.0/24 port tcp/80 >/dev/null; ringback -j show watches' |
	jq -r '.[].name')" = mine ]
check "less is for it to choose" in_own 'ringback limit max-attempts 10'
check_not "more is for the administrator of the host" in_own 'ringback limit max-attempts 131073'
check "who may" ringback limit max-attempts 131073
check "the host's watch is as it was" [ "$(ringback -j show watches | jq -r '.[].name')" = host ]

# Entries cannot be charged to a group: all such namespaces share a number of them.
LIMIT=/sys/module/nf_ringback/parameters/guest_attempts
default=$(cat "$LIMIT")
# shellcheck disable=SC2016	# expanded inside
tries='
	ip link set lo up
	ringback watch add own server 127.0.0.0/8 port tcp/1-1000 hook local admission first-syn
	for port in $(seq 30); do (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; done
	ringback -j show stats | jq -r "map({(.key): .value}) | add |
		\"\(.attempts) \(if .[\"refused-host\"] > 0 then \"full\" else \"room\" end)\""'

# A service that is down stays, though nobody waits for it any more.
# shellcheck disable=SC2016	# expanded inside
down='
	ip link set lo up
	ringback watch add own server 127.0.0.0/8 port tcp/1-1000 hook local admission first-syn
	for port in $(seq 25); do
		(: </dev/tcp/127.0.0.1/$port) 2>/dev/null
		ringback forget client 127.0.0.1 >/dev/null
	done
	ringback -j show services | jq length'

# They end some time after their last process.
tried_alone()
{
	[ "$(in_own "$tries")" = "$1" ]
}

echo 20 >"$LIMIT"
# Each attempt fails, and makes a service of its own.
check "a namespace records as many as there are for all" wait_until 10 tried_alone "10 full"
check "and gives them back when it ends" wait_until 10 tried_alone "10 full"
left_down() { [ "$(in_own "$down")" = "$1" ]; }
check "services that nobody waits for give way to each other" wait_until 20 left_down 19
touch "$TEST_TMP/first"
chmod 666 "$TEST_TMP/first"
chmod 711 "$TEST_TMP"
in_own "$tries >$TEST_TMP/first; sleep 1000" &
has_tried() { [ -s "$TEST_TMP/first" ]; }
check "one that stays" wait_until 20 has_tried
check "leaves none for another" [ "$(in_own "$tries")" = "0 full" ]
new_ns inside
check "the host's own have theirs" [ "$(in_ns inside bash -c "$tries")" = "30 room" ]

pkill -f '^sleep 1000$'

# Decisions of the stand-in count, too: the one that would end first gives way.
# shellcheck disable=SC2016	# expanded inside
decides='
	ip link set lo up
	ringback watch add own server 127.0.0.0/8 port tcp/1 hook forward,local standin on \
		admission first-syn
	(: </dev/tcp/127.0.0.1/1)
	standin.py mode 127.0.0.1 1 ask
	for i in $(seq 24); do standin.py decide 198.51.100.$i 127.0.0.1 1 answer 60000; done
	standin.py left'
decided() { [ "$(in_own "$decides" 2>/dev/null | cut -d" " -f3)" = "$1" ]; }
check "beside the one attempt and its service" wait_until 20 decided 18
echo "$default" >"$LIMIT"

# What it uses is charged to its control group, which may be as small as one likes.
mkdir "$TEST_TMP/group"
mount -t cgroup2 none "$TEST_TMP/group" || skip "no control groups"
echo +memory >"$TEST_TMP/group/cgroup.subtree_control" || skip "no memory control group"
mkdir "$TEST_TMP/group/user"
echo 24M >"$TEST_TMP/group/user/memory.max"

in_group()
{
	(
		echo "$BASHPID" >"$TEST_TMP/group/user/cgroup.procs" || exit
		in_own "$1"
	)
}

check "there is room for one" in_group 'ringback watch add mine server 192.0.2.0/24 port tcp/80'
# Each namespace has a filter of a MiB or more; they end with the first failure.
# shellcheck disable=SC2016	# expanded inside
many='for i in $(seq 64); do unshare --net bash -c "
	ringback watch add mine server 192.0.2.0/24 port tcp/80 >/dev/null &&
	{ sleep 30 & }" || exit; done'
check_not "but not for sixty-four" in_group "$many" 2>"$TEST_TMP/err"
check "which is told, and nobody is killed" grep -i memory "$TEST_TMP/err"
check "the host goes on" ringback show stats
ringback watch del host
rmdir "$TEST_TMP/group/user" 2>/dev/null
umount "$TEST_TMP/group"
