#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-graft.sh: puts iotimer into kernel sources, in the cache: the distribution's and the newest that Debian has
# (NEWEST: the suite that has it). Into both it is compiled in the four ways that the configuration allows. With the
# first, a kernel is built that has iotimer built in, the layer and the samples as modules. The tree's own selftests
# run on it, or TESTS of them, and drgn lists the timers in a dump of it. PARTS: boot for this alone, compile for the
# rest, else both. Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$top/module/packaging/lib.sh"

. "$vm/packages/linux-source.sh"
. "$vm/commands/counts.sh"

tests=${TESTS-}
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
	make -s -C "$tree" O="$objects" ARCH=x86_64 -j"${BUILD_JOBS:-$(nproc)}" "$@" >"$objects.log" 2>&1 &&
		! sed "s,$cache/,,g" "$objects.log" | grep -E 'iotimer.*(warning|error):' && return
	tail -n 20 "$objects.log" >&2
	note "${*: -1} failed, see $objects.log"
	return 1
}

configure() { # NAME=VALUE...
	mkdir -p "$objects"
	build tinyconfig || return
	cat "$vm"/kernels/kconfig/{base,trim}.config >>"$objects/.config"
	printf 'CONFIG_%s\n' "$@" >>"$objects/.config"
	build olddefconfig || return
	grep -qx "CONFIG_$1" "$objects/.config" || { note "$1 is not taken" && return 1; }
}

made() { [ -e "$objects/$1" ] && echo yes || echo no; } # OBJECT

# Only iotimer's folders are compiled. Of a module there is an object for modpost; built-in code has none.
compiles() { # VALUE LAYER
	local objects=$tree-objects layer=() module=no
	[ "$1" = y ] || module=yes
	[ "$2" = no ] || layer=("IOTIMER_WDM=$1")
	LAYER=$2 "$packaging/graft.sh" "$tree" 2>/dev/null &&
		configure "IOTIMER=$1" "${layer[@]}" SAMPLES=y SAMPLE_IOTIMER=m || return
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

# Where boot.sh and rootfs.sh look for what build.sh makes
lay_out() {
	local out=$built/$release modules
	modules=$out/lib/modules/$release
	mkdir -p "$cache/kernel-$release"
	objcopy --strip-debug "$objects/vmlinux" "$cache/kernel-$release/vmlinux"
	rm -rf "$out"
	mkdir -p "$modules"
	find "$objects/drivers" "$objects/samples/iotimer" "$tree/tools/testing/selftests/iotimer" -name '*.ko' \
		-exec cp -t "$modules" {} +
	touch "$modules"/modules.{order,builtin,builtin.modinfo}
	depmod -b "$out" "$release"
	make -s -C "$tree/tools/testing/selftests" TARGETS=iotimer FORCE_TARGETS=1 \
		KSFT_INSTALL_PATH="$out/kselftest" install >/dev/null
}

builds() {
	LAYER=yes "$packaging/graft.sh" "$tree"
	configure IOTIMER=y 'LOCALVERSION="-graft"' IOTIMER_WDM=m SAMPLES=y SAMPLE_IOTIMER=m KEXEC=y FW_CFG_SYSFS=y \
		DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y || return
	note "a kernel with iotimer: build, some minutes the first time"
	build vmlinux modules || return
	release=$(cat "$objects/include/config/kernel.release")
	build M="$tree/tools/testing/selftests/iotimer/test_modules" modules && lay_out && "$vm/machine/rootfs.sh" "$release"
}

try_selftests() {
	local results
	"$vm/machine/boot.sh" "$release" check-guest.sh "TESTS=${tests// /,}" iotimer.period_ms=20 || add 0 1 0
	results=$(awk -v kernel="$release" -v skips="$vm/machine/skips" -f "$vm/machine/tap.awk" "$built/$release/run/console.log")
	sed '$d; s/^/  /' <<<"$results"
	# shellcheck disable=SC2086 # three numbers
	add ${results##*$'\n'}
}

# A machine whose timers tick writes a dump of itself, with what drgn needs to know of the kernel.
dump() {
	local qemu guest tries=600
	mapfile -t qemu < <("$vm/packages/qemu.sh")
	mkfifo "$work"/monitor.{in,out}
	"${qemu[@]}" -M q35 -accel tcg -cpu max,-la57 -smp 2 -m 512M -nodefaults -no-user-config -display none -no-reboot \
		-nic none -serial "file:$work/console" -device vmcoreinfo -monitor "pipe:$work/monitor" \
		-kernel "$cache/kernel-$release/vmlinux" -initrd "$built/$release/initramfs.cpio" \
		-append "console=ttyS0 loglevel=4 no_timer_check tsc=reliable panic=-1 CONSOLE=ttyS0 NONCE=0 GUEST=sample-guest.sh iotimer.period_ms=20 iotimer.stats=1" \
		</dev/null &
	guest=$!
	end_with_owner $guest &
	until grep -q '^sample-guest: ready' "$work/console" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] && kill -0 $guest && sleep 0.5 || return
	done
	printf '%s\n' "dump-guest-memory -p $work/dump" quit >"$work/monitor.in"
	wait $guest
}

drgn_lists_timers() {
	scratch
	dump || return
	drgn -c "$work/dump" -s "$objects/vmlinux" -s "$objects/samples/iotimer/iotimer_vdev.ko" \
		"$packaging/tools/drgn/timers.py" >"$work/timers" || return
	cat "$work/timers"
	awk '/^tick: period [0-9]+ jiffies, [1-9]/ { tick = 1 }
		$1 ~ /^vdev0000[0-2]$/ && $2 == "iotimer_vdev" && $3 == "started" && $4 >= 3 && $6 >= $5 && $5 > 0 &&
			$7 == "vdev_routine" && $8 == "device" { devices++ }
		END { exit !(tick && devices == 3) }' "$work/timers"
}

try_boot() {
	objects=$tree-kernel
	check "$package, a kernel with iotimer" builds
	[ "$failed" -eq 0 ] || return 0
	try_selftests
	check "drgn" drgn_lists_timers
}

try_newest() {
	if provide "$newest"; then
		try_source
	else
		echo "no kernel source in $newest"
		add 0 0 1
	fi
}

parts=${PARTS:-boot compile}
wanted() { [[ " $parts " = *" $1 "* ]]; } # PART

"$vm/packages/packages.sh" build kernel vm drgn
with_package_lists provide || die "no linux-source"
! wanted boot || try_boot
if wanted compile; then
	try_source
	try_newest
fi
summary
