# SPDX-License-Identifier: GPL-2.0
# The commands for users. `make help` lists them; the work is done by Kbuild and by selftests/vm/.

SHELL := /bin/bash
.DEFAULT_GOAL := modules

# A kernel's release or one of stock, rt, cloud, debug, kcsan, rt-debug, uml-debug (see selftests/vm/kernels/kernel.sh)
KERNEL ?=
INSTALL_MOD_PATH ?= $(DESTDIR)

vm := selftests/vm
packaging := module/packaging
debugfs := /sys/kernel/debug/iotimer
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
# $(call kbuild,M,TARGETS): BTF for a module would need the vmlinux that header packages lack
kbuild = $(MAKE) $(jobs) -C "$$headers" M=$(CURDIR)$(1) CONFIG_DEBUG_INFO_BTF_MODULES= $(2)

modules: ## build all modules for KERNEL (default: the running kernel)
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL)) && $(call kbuild,,modules)

load: ## insert the module and the sample that needs no hardware
	insmod module/iotimer.ko
	insmod module/samples/iotimer_vdev.ko

unload: ## remove both
	-rmmod iotimer_vdev
	rmmod iotimer

inspect: ## print the tables of the loaded module
	@for table in timers tick controllers interrupts; do \
		echo "== $$table"; cat $(debugfs)/$$table || exit; \
	done

demo: ## show it at work in a virtual machine, on KERNEL (default: stock)
	@KERNEL="$(KERNEL)" $(vm)/commands/demo.sh

check: ## run the selftests, or TESTS, in virtual machines, on KERNEL (default: stock rt)
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" $(vm)/commands/check.sh

check-debug: ## the same on debug kernels (built once), and what these report of drivers' mistakes
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" $(vm)/commands/check-debug.sh

check-matrix: ## the selftests on all kernels that Debian has, side by side in a table
	@KERNEL="$(KERNEL)" TESTS="$(TESTS)" $(vm)/commands/matrix.sh

check-releases: ## `make demo` and `make check` on a fresh Debian 12 and a fresh 13, or SUITES, in a chroot
	@SUITES="$(SUITES)" COMMANDS="$(COMMANDS)" $(vm)/commands/check-releases.sh

torture: ## iotimer_torture for three minutes, or an hour with PROFILE=soak, on KERNEL (default: stock)
	@KERNEL="$(or $(KERNEL),stock)" TESTS=torture.sh CPUS=4 SECONDS_MAX=8000 \
		GUEST="PROFILE=$(or $(PROFILE),stress) SEED=$(or $(SEED),1) TIMEOUT=7500" $(vm)/commands/check.sh

coverage: ## which lines of module/ the selftests reach, on the kernel "debug"
	@TESTS="$(TESTS)" $(vm)/commands/coverage.sh

bench: ## measure speed in instructions, on the stock kernel in a virtual machine
	@$(vm)/commands/bench.sh

bench-native: ## measure speed in time, at native speed, in user-mode Linux
	@$(vm)/commands/bench-native.sh

mutants: ## break one promise after the other in a copy, and see the tests notice
	@$(vm)/commands/mutants.sh $(MUTANTS)

mutation: ## the score of the tests: N mutants, drawn by chance from SEED, of module/ or of the sources ONLY
	@N="$(N)" SEED="$(SEED)" ONLY="$(ONLY)" LIST="$(LIST)" SIEVE="$(SIEVE)" $(vm)/commands/mutation.sh

litmus: ## check the memory-order argument in the kernel's memory model, with herd7 and spin
	@$(vm)/commands/litmus.sh $(LITMUS)

port-check: ## which names of Windows the sources FILES use, and what becomes of each
	@$(vm)/commands/port-check.sh $(FILES)

port-files: ## which Windows sources in FOLDER, all or FILES, compile as they are
	@$(vm)/commands/port-files.sh $(FOLDER) $(FILES)

lint: ## run every checker over the sources
	@$(vm)/commands/lint.sh

version: ## print the version
	@. $(packaging)/lib.sh && version

product: ## build only the modules that are installed, for KERNEL (default: the running kernel)
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL)) && $(call kbuild,/module,modules)

install: product ## install the product, for drivers too, below DESTDIR or INSTALL_MOD_PATH if given
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL)) && DESTDIR="$(INSTALL_MOD_PATH)" $(packaging)/install.sh install "$$headers"

uninstall: ## remove what `make install` has installed for KERNEL, and with the last kernel the rest
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL)) && DESTDIR="$(INSTALL_MOD_PATH)" $(packaging)/install.sh uninstall "$$headers"

install-source: ## install the source for DKMS, below DESTDIR if given; then: dkms install iotimer/VERSION
	@DESTDIR="$(DESTDIR)" $(packaging)/install.sh source

sign: ## sign the modules built for KERNEL with KEY= and CERT= (default: the pair that DKMS has made)
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL)) && KEY="$(KEY)" CERT="$(CERT)" $(packaging)/sign.sh "$$headers"

man: product ## make the manual, as pages and as HTML, in .build/man
	@$(packaging)/man.sh

deb: man ## build the Debian packages iotimer-dkms and iotimer-dev in .build/deb
	@MAINTAINER="$(MAINTAINER)" $(packaging)/deb.sh

new-driver: ## make a driver NAME in STYLE=linux (the default) or wdm, in the folder DIR (default: .)
	@$(packaging)/new-driver/iotimer-new-driver "$(NAME)" "$(or $(STYLE),linux)" "$(or $(DIR),.)"

graft: ## put iotimer into the kernel source TREE=; LAYER=yes: with the layer for ported sources
	@LAYER="$(LAYER)" MAINTAINER="$(MAINTAINER)" $(packaging)/graft.sh "$(TREE)"

bugreport: ## print what a report about the loaded module needs
	@$(packaging)/tools/iotimer-bugreport

check-packages: ## build the packages, install, upgrade and purge them in a chroot, boot what they installed
	@$(vm)/commands/check-packages.sh

check-graft: ## build iotimer into user-mode Linux, from a kernel's tree, and run the tree's selftests, or TESTS
	@TESTS="$(TESTS)" $(vm)/commands/check-graft.sh

check-configurations: ## compile it in configurations that no kernel of Debian has, or those in CONFIGURATIONS
	@$(vm)/commands/configurations.sh $(CONFIGURATIONS)

dist: ## pack the last commit into .build/iotimer-VERSION.tar.gz
	@$(packaging)/dist.sh

clean: ## remove what was built
	@headers=$$($(vm)/kernels/headers.sh $(KERNEL) 2>/dev/null) && \
		$(call kbuild,,clean) && $(call kbuild,/module,clean) || :
	rm -rf .build $(patsubst %.c,%,$(wildcard selftests/*.c))

clean-cache: ## remove all that was downloaded or built for it: kernels, kselftest, QEMU, chroot
	@$(vm)/commands/clean-cache.sh

help: ## this list
	@sed -n 's/^\([a-z-]*\):[a-z ]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

.PHONY: modules load unload inspect demo check check-debug check-matrix check-releases torture coverage bench \
	bench-native mutants mutation litmus lint version product install uninstall install-source sign man deb new-driver graft \
	bugreport check-packages check-graft check-configurations dist port-check port-files clean clean-cache help
