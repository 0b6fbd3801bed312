#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-graft.sh: puts iotimer into the distribution's kernel source, in the cache, builds user-mode Linux with it
# built in, the layer and the samples as modules, and runs the tree's own selftests in it, or TESTS of them. In a
# second boot drgn lists the timers. Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$top/module/packaging/lib.sh"

. "$vm/packages/linux-source.sh"
. "$vm/commands/counts.sh"

export ARCH=um
tests=${TESTS:-context.sh debugfs.sh irq.sh lock.sh stop.sh timer.sh vdev.sh wdm.sh}
provide() {
	package=$(newest_source) || return
	tree=$cache/graft-$package objects=$cache/graft-$package-um
	[ ! -e "$tree" ] || return 0
	scratch
	unpack_source "$package" "$work/tree" && mv -T "$work/tree" "$tree"
}

# A warning about the kernel's own code is not ours. The cache's name may have "iotimer" in it.
build() {
	make -s -C "$tree" O="$objects" "$@" >"$objects.log" 2>&1 &&
		! sed "s,$cache/,,g" "$objects.log" | grep -E 'iotimer.*(warning|error):' && return
	tail -n 20 "$objects.log" >&2
	die "${*: -1} failed, see $objects.log"
}

configure() {
	build tinyconfig
	{
		cat "$vm/kernels/kconfig/uml.config"
		printf 'CONFIG_%s\n' 'LOCALVERSION="-graft"' IOTIMER=y IOTIMER_WDM=m SAMPLES=y SAMPLE_IOTIMER=m \
			DEBUG_KERNEL=y DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT=y
	} >>"$objects/.config"
	build olddefconfig
	grep -qx CONFIG_IOTIMER=y "$objects/.config" || die "CONFIG_IOTIMER is not taken"
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
	make -s -C "$tree/tools/testing/selftests" ARCH= TARGETS=iotimer FORCE_TARGETS=1 \
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

"$vm/packages/packages.sh" build kernel vm drgn
with_package_lists provide || die "no linux-source"
LAYER=yes "$packaging/graft.sh" "$tree"
mkdir -p "$objects"
configure
note "user-mode Linux with iotimer: build, some minutes the first time"
build -j"${BUILD_JOBS:-$(nproc)}" W= linux modules
release=$(cat "$objects/include/config/kernel.release")
build -j"$(nproc)" M="$tree/tools/testing/selftests/iotimer/test_modules" modules
lay_out
"$vm/machine/rootfs.sh" "$release"
"$vm/machine/boot-uml.sh" "$release" check-guest.sh "TESTS=${tests// /,}" iotimer.period_ms=20 || add 0 1 0
results=$(awk -v kernel="$release" -v skips="$vm/machine/skips" -f "$vm/machine/tap.awk" "$built/$release/run/console.log")
sed '$d; s/^/  /' <<<"$results"
# shellcheck disable=SC2086 # three numbers
add ${results##*$'\n'}
if drgn_lists_timers; then
	echo "drgn: ok"
	add 1 0 0
else
	echo "failed: drgn"
	add 0 1 0
fi
summary
