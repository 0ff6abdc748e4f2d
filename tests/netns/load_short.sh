#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# alone: unloads the module. Everything at once for a while; then all adds up.
. "$(dirname "$0")/../lib.sh"

# In the manner of the kernel's conntrack_resize.sh: floods through the router,
# dumps, forgetting, watches that change, namespaces that go and the module that
# is unloaded, all at the same time, for $LOAD_SECONDS.

seconds=${LOAD_SECONDS:-15}
[ -d /sys/module/nf_ringback ] || insmod "$MODULE" || fail "insmod"
setup_topology
server_hangs server1
tainted_before=$(cat /proc/sys/kernel/tainted)

# forever COMMAND: again and again for $seconds, which begin when it does, and three
# times at least: a slow machine needs long to get here. Failures are expected.
forever()
{
	local n=0 end=$((EPOCHSECONDS + seconds))

	while [ "$EPOCHSECONDS" -lt "$end" ] || [ "$n" -lt 3 ]; do
		"$1" >/dev/null 2>&1
		n=$((n + 1))
	done
	echo "$n times: $1"
}

# router_loops COMMAND: a shell on the router, which need not enter it each time.
# shellcheck disable=SC2016	# expanded inside
router_loops()
{
	on_router bash -c 'rb() { ringback "$@"; }; forever "$1"' router_loops "$1" &
}

# The filter would spare the table, so it is told to take every SYN.
watch_changes()
{
	rb watch add one server 192.0.2.0/24,2001:db8:3::/64 port tcp/1-500 no-reply 1 keep 3 \
		admission first-syn
	rb watch add two server 192.0.2.0/25 port tcp/400-1023,udp/53 hook forward,local,bridge \
		no-reply 2 admission first-syn
	rb watch add three server 192.0.2.0/24,2001:db8:3::/64 port tcp/1-1023 no-reply 1 \
		admission first-syn hook "forward,mirror:client$((RANDOM % 2 + 1))"
	rb watch del "$(printf '%s\n' one two three | shuf -n 1)"
}

monitor()
{
	timeout 5 ringback -j --kernel monitor
}

dump()
{
	rb -j show clients state pending
	rb -j show clients client "$CLIENT1"
	rb show services
	rb show stats
}

forget()
{
	rb forget client 2001:db8:2::7
	rb forget service 192.0.2.10 "tcp/$((RANDOM % 1023 + 1))"
	rb forget all
}

limits()
{
	rb limit max-attempts "$((RANDOM % 5000 + 1))"
	rb limit max-services "$((RANDOM % 500 + 1))"
	rb limit max-per-client "$((RANDOM % 5000 + 1))"
}

# A namespace lives as long as its last process; its packets are its own.
namespace_goes()
{
	unshare --net bash -c "
		ip link set lo up
		ringback watch add own server 127.0.0.0/8,::/0 port tcp/1-65535,udp/1-65535 \
			hook local,forward admission first-syn
		timeout 1 $PYTHON $TREE/tests/flood.py 127.0.0.1 127.0.0.2 0.5 300
		ringback show clients"
}

# A fresh module knows no watch: the changing ones come again by themselves.
module_goes()
{
	sleep "1.$((RANDOM % 1000))"
	rmmod nf_ringback
	insmod "$MODULE"
}

export seconds CLIENT1 PYTHON TREE MODULE
export -f forever watch_changes monitor dump forget limits namespace_goes module_goes

# shellcheck disable=SC2154	# new_ns assigns the names
floods()
{
	ip netns exec "$client1" "$PYTHON" "$TREE/tests/flood.py" 198.51.100.0/25 192.0.2.10 \
		"$seconds" 600 &
	ip netns exec "$client2" "$PYTHON" "$TREE/tests/flood.py" 2001:db8:2::/112 2001:db8:3::20 \
		"$seconds" 600 &
}

everything()
{
	floods
	router_loops monitor
	router_loops watch_changes
	router_loops dump
	router_loops forget
	router_loops limits
	router_loops namespace_goes
	router_loops module_goes
	wait
}

# No packet comes any more, no timeout is near.
still()
{
	local before

	before=$(stat_of attempts)
	time_passes 1
	[ "$(stat_of attempts)" = "$before" ]
}

# listed OBJECT KEY...: how many, and how many distinct ones by KEY.
listed()
{
	local object=$1

	shift
	rb -j show "$object" | jq -r "\"\(length) \([.[] | [$*]] | unique | length)\""
}

adds_up()
{
	local object=$1 counter n

	counter=$(stat_of "$2")
	n=$(listed "$object" "$3")
	echo "$object: $counter counted, $n listed and distinct"
	[ "$n" = "$counter $counter" ]
}

everything
[ -d /sys/module/nf_ringback ] || insmod "$MODULE" || fail "insmod"

# With what the last loops left behind and some more on top, at rest.
rb limit max-attempts 100000 || fail "no limit"
rb limit max-per-client 100000 || fail "no limit"
rb limit max-services 4096 || fail "no limit"
for name in one two three; do rb watch del "$name" 2>/dev/null; done
watch_add last "192.0.2.0/24,2001:db8:3::/64" tcp/1-1023
seconds=3
floods
wait
check "the table comes to rest" wait_until 20 still
check "there is something in it" [ "$(stat_of attempts)" -gt 100 ]
check "the count of attempts is that of the list" \
	adds_up clients attempts '.client, .server, .proto, .port'
check "so is that of services" adds_up services services '.server, .proto, .port'
check "nothing is pending" [ "$(stat_of pending)" = 0 ]
rb forget all || fail "forget"
check "all can be forgotten" n_attempts 0
check "the count is zero" [ "$(stat_of attempts)" = 0 ]
# 512: a warning, 128: an oops
check "the kernel has not warned" \
	[ $(($(cat /proc/sys/kernel/tainted) & ~tainted_before & 640)) = 0 ]
