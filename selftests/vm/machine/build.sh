#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build.sh RELEASE [modules|tests]...: builds for a kernel that kernel.sh has provided, both by
# default. A warning is a failure, unless WARNINGS=allowed. FOLDERS has those of the modules (all). Results:
#   .build/RELEASE/lib/modules/RELEASE/   the modules, flat, with the files of depmod
#   .build/RELEASE/kselftest/             the selftests as `make install` of kselftest lays them out
# Each kernel has a copy of the sources, so that the objects of several never mix.

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
shift
build=$built/$release

# Takes over sources, not what somebody has built beside them. Excluded files are not deleted
# either, so the copy keeps its own objects and programs for the next time.
sync_sources() { # FROM... TO
	rsync -a --delete --exclude={'.*','*.o','*.gcno','*.ko','*.mod','*.mod.c',Module.symvers,modules.order} \
		--include={'*/','*.*',Kbuild,Makefile,config,settings} --exclude='*' "$@"
}

modules() {
	local installed=$build/lib/modules/$release log=$build/modules.log
	kbuild "$release" modules >"$log" 2>&1 || {
		grep -v '^  [A-Z]' "$log" >&2 || : # not the names of the files
		die "build failed"
	}
	rm -rf "$installed"
	mkdir -p "$installed"
	# modules.order names objects or modules, absolute or not: that differs between kernels
	(cd "$build" && sed 's/\.o$/.ko/' modules.order | xargs cp -t "$installed")
	touch "$installed"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$build" "$release"

	# what warns once has to warn again next time
	if grep -E '^WARNING: |: warning: ' "$log" >&2; then
		rm -f "$build/Module.symvers"
		find "$build/module" "$build/selftests" -name '*.o' -delete
		[ "${WARNINGS-}" = allowed ] || die "warnings"
	fi
}

# The tests are built where they would lie in a kernel tree. Their modules are built above.
tests() {
	local source selftests=$build/linux/tools/testing/selftests
	source=$("$vm/packages/kselftest.sh")
	mkdir -p "$build/linux"
	rsync -a "$source/" "$build/linux/"
	sync_sources --exclude=test_modules "$build/selftests/" "$selftests/iotimer/"
	rm -rf "$build/kselftest"
	# shellcheck disable=SC2046 # several words or none
	make -s -C "$selftests" $(cross "$release") TARGETS=iotimer FORCE_TARGETS=1 USERCFLAGS=-Werror \
		TEST_GEN_MODS_DIR= KSFT_INSTALL_PATH="$build/kselftest" install >/dev/null
}

mkdir -p "$build"
sync_sources "$top"/{Kbuild,module,selftests} "$build/"
[ $# -gt 0 ] || set -- modules tests
for what; do
	"$what"
done
