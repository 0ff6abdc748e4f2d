#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The commands of the README's "Use it", one after the other, as they stand. A
# command that this test does not know fails it: nobody adds one untried.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../lib_daemon.sh"

# Installed into a prefix of our own: /usr is everybody's in this machine.
PREFIX=$TEST_TMP/usr
PATH=$PREFIX/sbin:$PATH

commands()
{
	sed -n '/^## Use it/,/^## What it promises/s/^    \(.*\)/\1/p' "$TREE/README.md" |
		sed 's/ *#.*//'
}

run_one()
{
	local command=$1

	case $command in
	make) [ -x "$TREE/build/ringbackd" ] ;;		# what runs here was made by it
	'make install')
		make -s -C "$TREE" install prefix="$PREFIX" &&
			[ -e "$PREFIX/share/man/man8/ringback.8" ] ;;
	'make dkms-install') make -s -n -C "$TREE" dkms-install >/dev/null ;;	# make check-dkms
	'modprobe nf_ringback') [ -d /sys/module/nf_ringback ] ;;
	"\$EDITOR /etc/ringback/ringback.conf")
		cp /etc/ringback/ringback.conf.example /etc/ringback/ringback.conf ;;
	'ringbackd -t') on_router ringbackd -t ;;
	'systemctl enable --now ringbackd') daemon_starts ;;
	'ringback '*) on_router sh -c "$command" ;;
	*) fail "nothing here runs: $command" ;;
	esac
}

setup_topology
add_user ringback
while read -r command; do
	check "$command" run_one "$command"
done < <(commands)
check "the README has such commands" [ "$(commands | wc -l)" -ge 10 ]
check "make demo and make check are there" grep -qE '^(demo|check):' "$TREE/Makefile"
