# bash completion of ringback(8)                              -*- shell-script -*-
# SPDX-License-Identifier: GPL-2.0
#
# Values come from ringback itself (watches, servers, contacts), where it may be asked.

# The value of KEY in each row of a list, without a JSON parser.
_ringback_values()
{
	local key=$1

	shift
	ringback -j "$@" 2>/dev/null | sed -n "s/.*\"$key\": \"\([^\"]*\)\".*/\1/p" | sort -u
}

# What may follow the words of the command typed so far, in COMP_WORDS' order.
_ringback_after()
{
	local line="$*" last=${*: -1}

	case $line in
	'')
		echo watch show limit forget monitor metrics contact lease recover why agent
		;;
	watch)
		echo add del
		;;
	'watch del')
		_ringback_values name show watches
		;;
	'watch add '*)
		case $last in
		hook) echo forward local bridge mirror: ;;
		admission) echo trouble first-syn ;;
		reverse-path | standin) echo on off ;;
		server | client | port | no-reply | keep | down-after | down-clients) ;;
		*) [ $# -lt 3 ] || echo server port client hook no-reply keep down-after \
			down-clients admission reverse-path standin ;;
		esac
		;;
	show)
		echo watches clients services decisions stats limits outages waiters contacts leases notices handovers lists daemon
		;;
	'show clients server' | 'show clients '*' server')
		_ringback_values server show clients
		;;
	'show clients client' | 'show clients '*' client' | 'forget client')
		_ringback_values client show clients
		;;
	'show clients state' | 'show clients '*' state')
		echo pending failed
		;;
	'show clients'*)
		echo server client state
		;;
	'show waiters server' | 'show waiters '*' server' | recover)
		_ringback_values server show outages
		;;
	'show waiters client' | 'show waiters '*' client' | why)
		_ringback_values client show waiters
		;;
	agent)
		echo http:// https://
		;;
	'agent '*)
		case $last in
		answer) echo ask yes no ;;
		mail | ca) ;;
		*) echo once answer mail ca ;;
		esac
		;;
	'why '*)
		[ $# -gt 2 ] || _ringback_values server show outages
		;;
	'show waiters'*)
		echo server client
		;;
	limit)
		_ringback_values key show limits
		;;
	forget)
		echo client service all
		;;
	'forget service')
		_ringback_values server show services
		;;
	contact)
		echo add del list allow import
		;;
	lease)
		echo import clear
		;;
	'contact del')
		_ringback_values key show contacts
		;;
	monitor)
		echo --kernel
		;;
	esac
}

_ringback()
{
	local cur=${COMP_WORDS[COMP_CWORD]} words=("${COMP_WORDS[@]}") cword=$COMP_CWORD i

	COMPREPLY=()
	# A colon breaks words apart (IPv6 addresses, mirror:IF): join them again.
	if declare -F _get_comp_words_by_ref >/dev/null; then
		_get_comp_words_by_ref -n : cur words cword
	fi
	local typed=()
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		-s | --socket) ((i++)) ;;
		-*) ;;
		*) typed+=("${words[i]}") ;;
		esac
	done

	case ${words[cword - 1]} in
	-s | --socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	esac
	if [ "${typed[*]}" = 'contact import' ] || [[ ${typed[*]} == 'lease import'* ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	fi
	if [[ $cur == -* && ${typed[*]} != monitor ]]; then
		mapfile -t COMPREPLY < <(compgen -W '-j --json -s --socket -h --help -V --version' \
			-- "$cur")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -W "$(_ringback_after "${typed[@]}")" -- "$cur")
	if declare -F __ltrim_colon_completions >/dev/null; then
		__ltrim_colon_completions "$cur"
	fi
}

complete -F _ringback ringback
