#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# matrix.sh: builds all modules for each of KERNEL (below; as kernel.sh takes them) and runs the
# selftests, or TESTS, there, JOBS kernels at a time. "clang" among them is only compiled (clang.sh). Prints
# a table, which is also in .build/matrix, and ends with the line "N passed, N failed, N skipped". A warning of
# the build is a failure there, and so is a kernel that cannot be provided: the table gives the reason.
# Each kernel's log: .build/matrix/NAME.log.

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

kernels=${KERNEL:-stock cloud rt 6.12-amd64 6.12-rt-amd64 trixie-backports/7.2-amd64
	trixie-backports/7.3-amd64 trixie-backports/7.3-rt-amd64 arm64 clang}
results=$built/matrix

# Here a kernel shares the machine with others: the runner waits longer until it takes a test for stuck.
# Warnings are counted rather than fatal.
export SECONDS_MAX=${SECONDS_MAX:-1800} WARNINGS=allowed JOBS=${JOBS:-$(nproc)} TESTS=${TESTS-}
export GUEST=${GUEST:-TIMEOUT=600}

file() { echo "$results/${1//\//-}"; } # KERNEL

# One line of the table; "-" is nothing.
row() { # KERNEL RELEASE WARNINGS PASSED FAILED SKIPPED SECONDS REMARK
	printf '%s\t' "${@:1:7}"
	printf '%s\n' "$8"
}

# The last line of a script, without its name: the reason comes before the conclusion.
reason() { # LOG
	{ grep -v ': no kernel for' "$1" || cat "$1"; } | tail -n 1 | sed 's/^[a-z-]*\.sh: //'
}

warnings() { grep -cE '^WARNING: |: warning: ' "$1" || :; } # LOG

# The tests that check.sh counts beside the kernel's, those of the verdict, are in "failed" only.
run() { # KERNEL RELEASE
	local log start=$SECONDS p f s w remark=''
	log=$(file "$1").log
	KERNEL=$2 "$vm/commands/check.sh" >"$log" 2>&1 || remark="see $log"
	read -r _ f _ < <(figures <"$log") || f=0 remark="broken off, see $log"
	read -r p _ s < <(sed -n "s/^.* ($2): //p" "$log" | figures) || p=0 s=0 remark="not run, see $log"
	[ -z "$remark" ] || [ "$f" -gt 0 ] || f=1
	w=$(warnings "$built/$2/modules.log" 2>/dev/null)
	row "$1" "$2" "${w:--}" "$p" "$f" "$s" $((SECONDS - start)) "$remark" >"$(file "$1").row"
}

# Where there is nothing to boot.
compile() { # KERNEL RELEASE
	local log start=$SECONDS failed=0 remark="compiled only"
	log=$(file "$1").log
	reserve "$2"
	"$vm/machine/build.sh" "$2" modules >"$log" 2>&1 || failed=1 remark="not built, see $log"
	row "$1" "$2" "$(warnings "$built/$2/modules.log")" 0 $failed 0 $((SECONDS - start)) "$remark" \
		>"$(file "$1").row"
}

# One after the other, for all of them download and install; names RELEASE if there is one.
provide() { # KERNEL
	local log
	log=$(file "$1").log
	{ "$vm/kernels/kernel.sh" "$1" 2>&1 >&3 | tee "$log" >&2; } 3>&1 && return
	row "$1" - - 0 1 0 - "not to be had: $(reason "$log")" >"$(file "$1").row"
	return 1
}

table() {
	local kernel
	row kernel release warnings passed failed skipped seconds ''
	for kernel in $kernels; do
		cat "$(file "$kernel").row" 2>/dev/null || row "$kernel" - - 0 1 0 - "broken off"
	done
}

rm -rf "$results"
mkdir -p "$results"
"$vm/packages/packages.sh" build vm
[[ " $kernels " != *arm64* ]] || "$vm/packages/packages.sh" arm64 || : # then building says so
for kernel in $kernels; do
	wait_for_a_job "$JOBS"
	release=$(provide "$kernel") || continue
	if [ -e "$cache/kernel-$release/vmlinux" ]; then
		note "$kernel: build and run on $release"
		run "$kernel" "$release" &
	else
		note "$kernel: compile for $release"
		compile "$kernel" "$release" &
	fi
done
wait

table >"$results/table"
expand -t 32,58,68,76,84,93,102 "$results/table"
awk -F '\t' 'NR > 1 {
	passed += $4; failed += $5 + ($3 > 0); skipped += $6
} END {
	print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped"
	exit failed > 0
}' "$results/table"
