#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may include whom, and which library may be known where. Prints every
# line that breaks a rule; silent when there is none.
#
#   uapi <- kmod            uapi <- userspace/nl <- engine, cli
#   userspace/snmp <- traps, mailer, agentx; userspace/cli <- agent
#   common <- all of userspace; parent starts the rooms, so it knows their run.h
#   nothing outside tests includes tests

set -u
cd "$(dirname "$0")/.." || exit
broken=0

# forbid WHERE PATTERN WHY: no #include line of the C files below WHERE matches.
forbid()
{
	local lines

	[ -d "$1" ] || return 0
	lines=$(grep -rnE --include='*.[ch]' "^#include [<\"]([^>\"]*/)?($2)" "$1")
	[ -n "$lines" ] || return 0
	printf '%s\n' "$lines" "  -- $3"
	broken=1
}

# only DIRS PATTERN WHAT: no C file of userspace outside DIRS includes that.
only()
{
	local dir

	for dir in userspace/*/; do
		case " $1 " in
		*" $(basename "$dir") "*) ;;
		*) forbid "$dir" "$2" "$3 belongs to $1" ;;
		esac
	done
}

only "nl engine" 'libmnl/' libmnl
only "engine" 'nftables/|libnetfilter_' "what the stand-in does in netfilter"
only "nl engine cli" 'nl/nl\.h' "the kernel interface"
only "parent" 'confuse\.h' libconfuse
only "snmp traps mailer agentx" 'net-snmp/' net-snmp
only "snmp traps mailer agentx" 'snmp/library' "how net-snmp is used"
only "mailer" 'libesmtp\.h|auth-client\.h' libesmtp
only "mailer agent" 'curl/' libcurl
only "engine mailer web" 'openssl/' OpenSSL
only "engine" 'sqlite3\.h' SQLite
only "engine traps mailer parent web" 'event2/|event\.h' libevent
only "cli agent engine web agentx mailer" 'jansson\.h' jansson
for room in engine traps mailer web agentx; do
	only "$room parent" "$room/" "$room"
done
only "cli agent" "cli/" "how commands read and write"
forbid userspace '\.\./tests|kmod/' "programs include neither tests nor the module"
forbid userspace/common '(nl|parent|engine|traps|mailer|web|agentx|cli|agent)/' "common knows no room"
forbid kmod 'userspace/|tests/' "the module includes neither programs nor tests"

# The pure files of the engine are tested without any library.
for file in userspace/engine/{outage,recovery,resolve,retry,handover_policy,receive_check,standin_syn,standin_policy}.[ch] \
	    userspace/mailer/message.[ch] kmod/classify.[ch]; do
	[ -e "$file" ] || continue
	if grep -nE '^#include [<"]([^>"]*/)?(event|sqlite3|jansson|libesmtp|curl|net-snmp)' "$file"; then
		echo "$file is pure: no library"
		broken=1
	fi
done
exit "$broken"
