#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel matrix: fetches image and headers of each Debian kernel, builds the
# module against each with that suite's own toolchain, boots each in a VM and
# runs a short functional test there (tests/vm/kernel_smoke).
#
#   scripts/kernels.sh [SUITE..]        default: all of the table below
#
# A suite lives as an extracted root (nothing in it is configured or started)
# in ~/.cache/ringback/kernels; the machine's own packages stay untouched.
# Needs root, for chroot. Closes with "N passed, N failed, N skipped".
set -uo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/ringback/kernels
suites=${*:-bullseye bookworm trixie sid}	# 5.10, 6.1, 6.12, the newest
# What a kernel build calls and a root made by extraction alone does not have.
tools=dash,bash,coreutils,sed,grep,findutils,diffutils,perl,libc-bin
passed=0 failed=0 skipped=0

die() { echo "kernels: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || die "needs root, for chroot"
command -v mmdebstrap >/dev/null || die "mmdebstrap is missing: scripts/packages install"

# The archive that this machine uses, so that no address stands here.
archive_uri() {		# archive_uri debian|debian-security
	# shellcheck disable=SC2016	# apt-get's variable, not ours
	apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" |
		sed 's,/*$,,' | grep -E "/$1\$" | sort -u | head -n 1
}
main_uri=$(archive_uri debian)
security_uri=$(archive_uri debian-security)
[ -n "$main_uri" ] || die "no Debian archive among the apt sources"

sources_of() {		# sources_of SUITE
	echo "deb [signed-by=$keyring] $main_uri $1 main"
	case $1 in
	sid|unstable) ;;
	*) echo "deb [signed-by=$keyring] ${security_uri:-$main_uri} $1-security main" ;;
	esac
}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fetch() {		# fetch SUITE: prints nothing, leaves $cache/SUITE
	local root=$cache/$1 dir
	[ -e "$root/.complete" ] && return
	rm -rf "$root" && mkdir -p "$cache"
	sources_of "$1" | mmdebstrap --quiet --variant=extract --mode=root \
		--include=linux-image-amd64,linux-headers-amd64,gcc,make,mawk,$tools \
		--aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		"$1" "$root" - || return 1
	# No maintainer script ran, so nobody made these.
	for dir in bin sbin lib lib64; do
		[ -e "$root/$dir" ] || ln -s "usr/$dir" "$root/$dir"
	done
	ln -sf mawk "$root/usr/bin/awk"
	ln -sf dash "$root/bin/sh"
	depmod -b "$root" "$(version_of "$1")" || return 1
	touch "$root/.complete"
}

version_of() {		# version_of SUITE: the kernel release in its root
	local dir
	for dir in "$cache/$1"/lib/modules/*-amd64; do
		[ -d "$dir/kernel" ] && basename "$dir"
	done | sort -V | tail -n 1
}

image_of() {		# image_of SUITE VERSION: /boot, or beside the modules (7.x)
	local image
	for image in "$cache/$1/boot/vmlinuz-$2" "$cache/$1/lib/modules/$2/vmlinuz"; do
		[ ! -e "$image" ] || echo "$image"
	done | head -n 1
}

build() {		# build SUITE VERSION: leaves $cache/build-SUITE/nf_ringback.ko
	local root=$cache/$1 out=$cache/build-$1
	rm -rf "$out" && mkdir -p "$out"
	cp -r "$top/kmod" "$top/Kbuild" "$top/include" "$top/dkms.conf" "$out/"
	find "$out" \( -name '*.o' -o -name '*.ko' -o -name '.*.cmd' -o -name '*.mod*' \) -delete
	# shellcheck disable=SC2016	# the inner shell's arguments
	unshare -m sh -euc '
		mkdir -p "$1/mnt/ringback" && mount --bind "$2" "$1/mnt/ringback"
		mount -t proc proc "$1/proc" && mount --bind /dev "$1/dev"
		exec chroot "$1" make -s -C "/usr/src/linux-headers-$3" M=/mnt/ringback W=1 \
			KCFLAGS=-Werror CONFIG_DEBUG_INFO_BTF_MODULES= modules
	' sh "$root" "$out" "$2" >"$out/build.log" 2>&1
}

row() {			# row SUITE VERSION WHAT RESULT
	printf '%-10s %-24s %-8s %s\n' "$@"
}

run_suite() {		# run_suite SUITE
	local version image
	if ! fetch "$1" >"$cache/fetch-$1.log" 2>&1; then
		tail -n 3 "$cache/fetch-$1.log" >&2
		row "$1" - fetch FAIL; failed=$((failed + 1))
		return
	fi
	version=$(version_of "$1")
	image=$(image_of "$1" "$version")
	if ! build "$1" "$version"; then
		grep -E 'error|warning' "$cache/build-$1/build.log" | head -n 10 >&2
		row "$1" "$version" build FAIL; failed=$((failed + 1))
		return
	fi
	row "$1" "$version" build ok; passed=$((passed + 1))
	if "$top/scripts/vm" -k "$image" \
		-r "$cache/$1" -- "$top/tests/vm/kernel_smoke" "$cache/build-$1/nf_ringback.ko" \
		>"$cache/build-$1/run.log" 2>&1; then
		row "$1" "$version" run ok; passed=$((passed + 1))
	else
		tail -n 30 "$cache/build-$1/run.log" >&2
		row "$1" "$version" run FAIL; failed=$((failed + 1))
	fi
}

mkdir -p "$cache"
for suite in $suites; do
	run_suite "$suite"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
