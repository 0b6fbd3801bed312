#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-debug.sh [cached]: all selftests, or TESTS, on the debug kernels (KERNEL, "debug kcsan"), then
# what these report of drivers' mistakes (verifier.sh). With "cached" only on those kernels that need not
# be built first. Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/lib.sh"

kernels=()
skipped=0
for kernel in ${KERNEL:-debug kcsan}; do
	if [ "${1-}" != cached ] || "$vm/build-kernel.sh" "$kernel" cached >/dev/null 2>&1; then
		kernels+=("$kernel")
	else
		echo "$kernel: skipped, it would have to be built first: make check-debug"
		skipped=$((skipped + 1))
	fi
done

passed=0 failed=0
part() { # COMMAND...
	local log p f s
	log=$(mktemp)
	"$@" 2>&1 | tee "$log" || :
	read -r p f s < <(tail -n 1 "$log" | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p') ||
		p=0 f=1 s=0
	rm -f "$log"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

if [ ${#kernels[@]} -gt 0 ]; then
	KERNEL="${kernels[*]}" part "$vm/check.sh"
	[ -n "${TESTS-}" ] || KERNEL="${kernels[*]}" part "$vm/verifier.sh"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
