#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# layout.sh: drivers do not depend on the private structures of the core. Builds all modules for KERNEL
# (stock) in a copy of the sources, adds a member at the front of each structure in core.h, builds all of
# them once more and compares. Then boots the changed core with the drivers of the first build and runs
# TESTS (timer.sh vdev.sh) on them. Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

copy=$top/.build/layout
first=$copy/.build/first

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@"; then
		echo "$name: ok"
		add 1 0 0
	else
		echo "failed: $name"
		add 0 1 0
	fi
}

# The pages of slots are not changed: their size is asserted.
change_layout() {
	sed -i '/^struct iotimer_[a-z_]* {$/ { /iotimer_page/! s/$/\n\tunsigned long\t\tadded[3];/ }' \
		"$copy/module/core/core.h"
	! cmp -s "$top/module/core/core.h" "$copy/module/core/core.h"
}

# Of what drivers consist of, no object is left from the first build: the second compiles all.
forget_drivers() {
	find "$build/module/samples" "$build/module/wdm" "$build/selftests" -name '*.o' -delete
	rm -f "$build"/module/iotimer_wdm.*
}

# The versions of exported symbols, if the kernel has them, without the paths of the modules.
versions() { # FOLDER
	cut -f 1,2 "$1/Module.symvers" | sort -k 2
}

core_has_changed() { ! cmp -s "$first/iotimer.ko" "$installed/iotimer.ko"; }

same_versions() { diff <(versions "$first") <(versions "$build"); }

# In one comparison: what the kernel checks when it loads a module (symbol versions) and what it runs.
same_drivers() {
	local module same=0
	for module in "$first"/*.ko; do
		[ "$module" != "$first/iotimer.ko" ] || continue
		cmp "$module" "$installed/${module##*/}" || return
		same=$((same + 1))
	done
	echo "$same modules are identical"
	[ $same -gt 0 ]
}

# The new core with the drivers of the first build.
boots() {
	find "$first" -name '*.ko' ! -name iotimer.ko -exec cp -t "$installed" {} +
	"$copy/selftests/vm/machine/rootfs.sh" "$release" &&
		"$copy/selftests/vm/machine/boot.sh" "$release" check-guest.sh "TESTS=$(tr ' ' , <<<"${TESTS:-timer.sh vdev.sh}")" &&
		! grep -q '^not ok' "$build/run/console.log"
}

"$vm/packages/packages.sh" build vm
release=$("$vm/kernels/kernel.sh" "${KERNEL:-stock}")
build=$copy/.build/$release
installed=$build/lib/modules/$release

mkdir -p "$copy"
rsync -rlp --checksum --delete --exclude=/.build --exclude=/.git "$top/" "$copy/"
"$copy/selftests/vm/machine/build.sh" "$release"
rm -rf "$first"
mkdir -p "$first"
cp -t "$first" "$installed"/*.ko "$build/Module.symvers"

check "the layout of the core is changed" change_layout
forget_drivers
"$copy/selftests/vm/machine/build.sh" "$release" modules
check "the core is another one" core_has_changed
check "the versions of its symbols are the same" same_versions
check "its drivers are the same" same_drivers
check "it works with the drivers that were built before" boots
summary
