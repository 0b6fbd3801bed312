#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# verifier.sh [MISTAKE...]: does a debug kernel report what drivers must not do? For each mistake (see
# test_modules/test_mistakes.c) a machine is booted in which it is made, once: the report that belongs to that
# mistake must come, and no other. Prints a row per mistake with what was reported; ends with the line
# "N passed, N failed, N skipped". Those that need another kernel than KERNEL ("debug kcsan") are skipped.

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

# The mistake, the kernel, and what the report says first. After KASAN's first report lockdep is off,
# and lockdep reports once: therefore one mistake a boot.
table='
none                      debug
free-context              debug ODEBUG: free active .* object type: iotimer_context
free-device               debug ODEBUG: free active .* object type: iotimer_device
use-after-delete          debug BUG: KASAN: .*use-after-free in .*iotimer
leak-context              debug kmemleak: [0-9]+ new suspected memory leaks
wrong-order               debug WARNING: possible circular locking dependency detected
device-lock-in-isr        debug WARNING: inconsistent lock state
isr-state-without-section debug WARNING: .* isr_state_without_section
state-without-lock        debug WARNING: .* state_without_lock
stop-sync-under-lock      debug WARNING: possible circular locking dependency detected
lock-without-bh           debug WARNING: inconsistent lock state
sleep-in-routine          debug BUG: sleeping function called from invalid context
lock-held-at-return       debug iotimer: routine routine .* of mistaken returned with preempt count
data-race                 kcsan BUG: KCSAN: data-race in .*race'

# The line of the kernel's log that says what is wrong, without its time. The log is read to its end: who
# writes into a pipe that nobody reads fails.
report() { # RUN REGEX
	tr -d '\r' <"$1/kernel.log" | sed 's/^\[ *[0-9.]*\]\(\[ *[TC][0-9]*\]\)* //; s,/[^ ]*/test_modules/,,' |
		awk -v regex="$2" '!found && $0 ~ regex { print; found = 1 } END { exit !found }'
}

declare -A releases
prepare() { # KERNEL
	local release
	[ -z "${releases[$1]-}" ] || return 0
	note "$1: build"
	release=$("$vm/kernels/kernel.sh" "$1") && reserve "$release" && "$vm/machine/build.sh" "$release" modules && "$vm/machine/rootfs.sh" "$release" || return
	releases[$1]=$release
}

try() { # MISTAKE KERNEL REGEX
	local run append=kmemleak=off
	prepare "$2" || die "$2 cannot be built"
	run=$built/${releases[$2]}/run-$1
	[ "$1" != leak-context ] || append=
	if RUN=run-$1 APPEND=$append WANTED=$3 "$vm/machine/boot.sh" "${releases[$2]}" verifier-guest.sh \
		"MISTAKE=$1" >"$built/verifier-$1.log" 2>&1; then
		printf '%-26s %s\n' "$1" "$([ -z "$3" ] || report "$run" "$3")"
		add 1 0 0
	else
		echo "failed: $1: $(head -n 3 "$run/verdict.log" | paste -s -d ';')"
		add 0 1 0
	fi
}

for mistake; do
	grep -q "^$mistake " <<<"$table" || die "no mistake $mistake"
done
"$vm/packages/packages.sh" build vm
while read -r mistake kernel regex; do
	[ -n "$mistake" ] || continue
	[ $# -eq 0 ] || [[ " $* " = *" $mistake "* ]] || continue
	if [[ " ${KERNEL:-debug kcsan} " = *" $kernel "* ]]; then
		try "$mistake" "$kernel" "$regex" </dev/null
	else
		printf '%-26s skipped, needs the kernel %s\n' "$mistake" "$kernel"
		add 0 0 1
	fi
done <<<"$table"
summary
