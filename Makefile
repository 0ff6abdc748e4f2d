# SPDX-License-Identifier: GPL-2.0
# Every entry point of ringback. `make help` lists them.
#
#   KDIR=DIR         kernel headers or tree to build the module for
#   DESTDIR, prefix  where `make install` goes
#   TESTS=PATTERN    `make check-system`: only these, e.g. TESTS='attempt_*'
#   STORY=NAME       `make demo`: main, standin, server, nms
#   PLAY=1           `make demo`: a shell in the virtual machine afterwards
#
# A clean checkout needs packages first; as root, demo and check install them.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# Not the running kernel: the module is tried in the VM, installed by DKMS.
KDIR    ?= /lib/modules/$(shell scripts/vm --release)/build

prefix  ?= /usr/local
sbindir ?= $(prefix)/sbin
mandir  ?= $(prefix)/share/man
INSTALL ?= install
# Elsewhere for a trial: dkms's own --sourcetree and the like in DKMS_FLAGS.
DKMS_SRC ?= /usr/src
DKMS    := $(DKMS_SRC)/ringback-$(VERSION)

all: module userspace

help:
	@echo 'make               module and userspace'
	@echo 'make module        nf_ringback.ko for the kernel in KDIR'
	@echo 'make userspace     build/ringback, build/ringback-agent and build/ringbackd'
	@echo 'make demo          the whole story in a virtual machine; PLAY=1 to play'
	@echo 'make check         all tests: check-unit, check-system'
	@echo 'make check-debug   system tests, load, fault injection on a debug kernel; long'
	@echo 'make check-load    floods, dumps, unloading at once; LOAD=SECONDS, 60'
	@echo 'make style         layout, types, spelling of everything; silent when clean'
	@echo 'make fuzz          feeds noise to what parses foreign bytes'
	@echo 'make check-dkms    the module by the real dkms, for each kernel'
	@echo 'make check-kernels builds, boots and tries 5.10, 6.1, 6.12 and the newest'
	@echo 'make bench         what a packet costs, in instructions'
	@echo 'make bench-mail    a thousand notices, against smtp-source'
	@echo 'make bench-handover 100,000 clients handed to a station and mailed from there; as root'
	@echo 'make bench-receive a station that 1,000 routers hand lists to; as root'
	@echo 'make bench-web     2,000 open pages and 500 connections a second'
	@echo 'make bench-metrics a scrape while 100,000 clients wait; as root'
	@echo 'make install       programs, manual, completion, service, example'
	@echo 'make dkms-install  the module, for every kernel of this machine'
	@echo 'make dkms-remove   takes it away again'
	@echo 'make clean         removes what was built'

module:
	@$(MAKE) --no-print-directory -C $(KDIR) M=$(CURDIR) W=1 modules

userspace:
	@$(MAKE) --no-print-directory -C userspace O=../build

packages-%:
	@[ "$$(id -u)" != 0 ] || scripts/packages install $(subst -, ,$*)

demo: packages-build-vm$(if $(filter standin,$(STORY)),-browser)
	@$(MAKE) --no-print-directory -s all
	@scripts/demo $(if $(PLAY),--play) $(STORY)

check: packages-build-vm-test-browser
	@$(MAKE) --no-print-directory -s all
	@tests/run

check-unit:
	@tests/run unit spec mail handover traps receive agent web agentx metrics contacts

check-system: all
	@tests/run system $(TESTS)

# On a kernel with KASAN, lockdep, kmemleak and failing allocations.
check-debug: packages-build-vm-debug
	@$(MAKE) --no-print-directory -s userspace
	@scripts/check-debug $(if $(TESTS),system $(TESTS))

check-load: all
	@scripts/vm -t 1200 -o build/load -- tests/vm/load $(CURDIR)/nf_ringback.ko $(LOAD)

bench: packages-build-vm-bench
	@$(MAKE) --no-print-directory -s all
	@scripts/bench

bench-mail: packages-build-vm
	@tests/bench/mail

bench-handover: packages-build-vm
	@$(MAKE) --no-print-directory -s userspace
	@tests/bench/handover $(CLIENTS)

bench-receive: packages-build-vm
	@$(MAKE) --no-print-directory -s userspace
	@tests/bench/receive

bench-web: packages-build-vm
	@tests/bench/web

bench-metrics: packages-build-vm-test
	@$(MAKE) --no-print-directory -s userspace
	@tests/bench/metrics

check-dkms: packages-build-vm-dkms
	@tests/build/dkms

check-kernels: packages-build-vm-debug
	@scripts/kernels.sh

style: packages-build-vm-style
	@scripts/style

fuzz:
	@$(MAKE) --no-print-directory -C tests/fuzz run

install: userspace
	$(INSTALL) -d $(DESTDIR)$(sbindir) $(DESTDIR)/etc/ringback
	$(INSTALL) -m 755 build/ringback build/ringback-agent build/ringbackd $(DESTDIR)$(sbindir)
	for page in docs/man/*.[1-8]; do \
		$(INSTALL) -D -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/$${page##*/} || exit; \
	done
	$(INSTALL) -D -m 644 docs/mib/RINGBACK-MIB.txt \
		$(DESTDIR)$(prefix)/share/snmp/mibs/RINGBACK-MIB.txt
	$(INSTALL) -D -m 644 completions/ringback.bash \
		$(DESTDIR)$(prefix)/share/bash-completion/completions/ringback
	$(INSTALL) -d $(DESTDIR)$(prefix)/lib/systemd/system $(DESTDIR)$(prefix)/lib/sysusers.d
	for unit in ringbackd.service ringback-leases.service ringback-leases.timer; do \
		sed 's,@sbindir@,$(sbindir),' etc/$$unit \
			>$(DESTDIR)$(prefix)/lib/systemd/system/$$unit || exit; \
	done
	$(INSTALL) -d $(DESTDIR)$(prefix)/lib/systemd/user
	sed 's,@sbindir@,$(sbindir),' etc/ringback-agent.service \
		>$(DESTDIR)$(prefix)/lib/systemd/user/ringback-agent.service
	$(INSTALL) -m 644 etc/ringback.sysusers $(DESTDIR)$(prefix)/lib/sysusers.d/ringback.conf
	$(INSTALL) -D -m 644 etc/ringback.tmpfiles $(DESTDIR)$(prefix)/lib/tmpfiles.d/ringback.conf
	$(INSTALL) -m 640 etc/ringback.conf $(DESTDIR)/etc/ringback/ringback.conf.example

# For every kernel whose headers are installed; later ones follow by AUTOINSTALL.
dkms-install:
	$(INSTALL) -d $(DKMS)/kmod $(DKMS)/include/uapi/linux
	$(INSTALL) -m 644 Kbuild dkms.conf $(DKMS)/
	$(INSTALL) -m 644 kmod/*.[ch] $(DKMS)/kmod/
	$(INSTALL) -m 644 include/uapi/linux/*.h $(DKMS)/include/uapi/linux/
	for build in /lib/modules/*/build; do \
		kernel=$${build%/build}; kernel=$${kernel##*/}; \
		dkms install $(DKMS_FLAGS) ringback/$(VERSION) -k $$kernel || exit; \
	done

dkms-remove:
	dkms remove $(DKMS_FLAGS) ringback/$(VERSION) --all
	rm -rf $(DKMS)

clean:
	-@[ ! -d $(KDIR) ] || $(MAKE) --no-print-directory -s -C $(KDIR) M=$(CURDIR) clean
	rm -rf build

.PHONY: all help module userspace demo check check-unit check-system check-dkms \
	check-kernels check-debug check-load bench bench-mail bench-handover bench-receive bench-web bench-metrics style fuzz \
	install dkms-install dkms-remove clean
