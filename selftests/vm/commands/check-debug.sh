#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-debug.sh [cached]: all selftests, or TESTS, on the debug kernels (KERNEL, "debug kcsan"), then
# what these report of drivers' mistakes (verifier.sh). With "cached" the tests only, and only on those
# kernels that need not be built first. Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

kernels=()
for kernel in ${KERNEL:-debug kcsan}; do
	if [ "${1-}" != cached ] || "$vm/kernels/build-kernel.sh" "$kernel" cached >/dev/null 2>&1; then
		kernels+=("$kernel")
	else
		echo "$kernel: skipped, it would have to be built first: make check-debug"
		add 0 0 1
	fi
done

if [ ${#kernels[@]} -gt 0 ]; then
	export KERNEL="${kernels[*]}"
	part check.sh "$vm/commands/check.sh"
	[ -n "${TESTS-}${1-}" ] || part verifier.sh "$vm/commands/verifier.sh"
fi
summary
