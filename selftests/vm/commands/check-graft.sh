#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-graft.sh: puts iotimer into kernel sources, in the cache: the distribution's and the newest that Debian has
# (NEWEST: the suite that has it). Into both it is compiled in the four ways that the configuration allows, in the
# first it is built into user-mode Linux, with the layer and the samples as modules, where the tree's own selftests
# run, or TESTS of them, and in a second boot drgn lists the timers. Ends with the line "N passed, N failed, N
# skipped".

. "$(dirname "$0")/../lib.sh"
. "$top/module/packaging/lib.sh"

. "$vm/packages/linux-source.sh"
. "$vm/commands/counts.sh"

tests=${TESTS:-context.sh debugfs.sh irq.sh lock.sh stop.sh timer.sh vdev.sh wdm.sh}
newest=${NEWEST:-trixie-backports}

check() { # NAME COMMAND...
	if "${@:2}"; then
		echo "$1: ok"
		add 1 0 0
	else
		echo "failed: $1"
		add 0 1 0
	fi
}

provide() { # [SUITE]
	[ $# -eq 0 ] || apt=("$vm/packages/suite.sh" "$1")
	package=$(newest_source) || return
	tree=$cache/graft-$package
	[ ! -e "$tree" ] || return 0
	scratch
	unpack_source "$package" "$work/tree" && mv -T "$work/tree" "$tree" && rm "$work"/*.deb
}

# A warning about the kernel's own code is not ours. The cache's name may have "iotimer" in it.
build() {
	make -s -C "$tree" O="$objects" ARCH="$arch" -j"${BUILD_JOBS:-$(nproc)}" "$@" >"$objects.log" 2>&1 &&
		! sed "s,$cache/,,g" "$objects.log" | grep -E 'iotimer.*(warning|error):' && return
	tail -n 20 "$objects.log" >&2
	note "${*: -1} failed, see $objects.log"
	return 1
}

configure() { # NAME=VALUE...
	mkdir -p "$objects"
	build tinyconfig || return
	[ "$arch" != um ] || cat "$vm/kernels/kconfig/uml.config" >>"$objects/.config"
	printf 'CONFIG_%s\n' "$@" >>"$objects/.config"
	build olddefconfig || return
	grep -qx "$1" <<<"$(sed 's/^CONFIG_//' "$objects/.config")" || { note "$1 is not taken" && return 1; }
}

made() { [ -e "$objects/$1" ] && echo yes || echo no; } # OBJECT

# Only iotimer's folders are compiled. Of a module there is an object for modpost; what is built in has none.
compiles() { # VALUE LAYER
	local arch=x86_64 objects=$tree-objects layer=() module=no
	[ "$1" = y ] || module=yes
	[ "$2" = no ] || layer=("IOTIMER_WDM=$1")
	LAYER=$2 "$packaging/graft.sh" "$tree" 2>/dev/null &&
		configure "IOTIMER=$1" "${layer[@]}" MODULES=y 64BIT=y PCI=y TTY=y DEBUG_FS=y FTRACE=y \
			ENABLE_DEFAULT_TRACERS=y SAMPLES=y SAMPLE_IOTIMER=m || return
	rm -rf "$objects"/{drivers,samples}/iotimer
	build prepare && build W=1 drivers/iotimer/ samples/iotimer/ &&
		[ "$(made drivers/iotimer/core/main.o) $(made drivers/iotimer/iotimer.o)" = "yes $module" ] &&
		[ "$(made drivers/iotimer/wdm/main.o) $(made samples/iotimer/iotimer_edu_wdm.o)" = "$2 $2" ] &&
		[ "$(made samples/iotimer/iotimer_vdev.o)" = yes ]
}

try_source() {
	local value layer
	for value in y m; do
		for layer in no yes; do
			check "$package, CONFIG_IOTIMER=$value, LAYER=$layer" compiles $value $layer
		done
	done
}

# Where boot-uml.sh and rootfs.sh look for what build.sh makes
lay_out() {
	local out=$built/$release modules
	modules=$out/lib/modules/$release
	mkdir -p "$cache/kernel-$release"
	cp "$objects/linux" "$cache/kernel-$release/linux"
	rm -rf "$out"
	mkdir -p "$modules"
	find "$objects/drivers/iotimer" "$objects/samples/iotimer" "$tree/tools/testing/selftests/iotimer" -name '*.ko' \
		-exec cp -t "$modules" {} +
	touch "$modules"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$out" "$release"
	make -s -C "$tree/tools/testing/selftests" TARGETS=iotimer FORCE_TARGETS=1 \
		KSFT_INSTALL_PATH="$out/kselftest" install >/dev/null
}

# The kernel is a process here, which drgn looks into as it does into a dump.
run_sample() {
	"$cache/kernel-$release/linux" mem=256M initrd="$built/$release/initramfs.cpio" con=null ssl=null ssl0=null,fd:1 \
		panic=-1 CONSOLE=ttyS0 NONCE=0 GUEST=sample-guest.sh iotimer.period_ms=20 iotimer.stats=1 \
		</dev/null >"$work/console" 2>&1 &
	guest=$!
	end_with_owner $guest &
	until grep -q '^sample-guest: ready' "$work/console"; do
		kill -0 $guest || return
		sleep 0.2
	done
}

drgn_lists_timers() {
	scratch
	run_sample && drgn -p $guest "$packaging/tools/drgn/timers.py" >"$work/timers" || return
	cat "$work/timers"
	kill $guest
	awk '/^tick: period [0-9]+ jiffies, [1-9]/ { tick = 1 }
		$1 ~ /^vdev0000[0-2]$/ && $2 == "iotimer_vdev" && $3 == "started" && $4 >= 3 && $6 >= $5 && $5 > 0 { devices++ }
		END { exit !(tick && devices == 3) }' "$work/timers"
}

builds_uml() {
	LAYER=yes "$packaging/graft.sh" "$tree"
	configure IOTIMER=y 'LOCALVERSION="-graft"' IOTIMER_WDM=m SAMPLES=y SAMPLE_IOTIMER=m \
		DEBUG_KERNEL=y DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y || return
	note "user-mode Linux with iotimer: build, some minutes the first time"
	build linux modules || return
	release=$(cat "$objects/include/config/kernel.release")
	build M="$tree/tools/testing/selftests/iotimer/test_modules" modules && lay_out && "$vm/machine/rootfs.sh" "$release"
}

try_selftests() {
	local results
	"$vm/machine/boot-uml.sh" "$release" check-guest.sh "TESTS=${tests// /,}" iotimer.period_ms=20 || add 0 1 0
	results=$(awk -v kernel="$release" -v skips="$vm/machine/skips" -f "$vm/machine/tap.awk" "$built/$release/run/console.log")
	sed '$d; s/^/  /' <<<"$results"
	# shellcheck disable=SC2086 # three numbers
	add ${results##*$'\n'}
}

"$vm/packages/packages.sh" build kernel vm drgn
with_package_lists provide || die "no linux-source"
arch=um objects=$tree-um
check "$package, user-mode Linux" builds_uml
if [ "$failed" -eq 0 ]; then
	try_selftests
	check "drgn" drgn_lists_timers
fi
try_source
if provide "$newest"; then
	try_source
else
	echo "no kernel source in $newest"
	add 0 0 1
fi
summary
