#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check.sh: runs the selftests on each of KERNEL ("stock rt", or what kernel.sh takes), all of them or
# those in TESTS, JOBS kernels at a time; on stock without TESTS or with "speed" among them also
# the limits of speed (gate.sh). GUEST is passed on to the tests, as NAME=VALUE: CYCLES=1000 for unload.sh,
# PROFILE=stress for torture.sh, TIMEOUT=3600 for a test that was asked for more. Ends with the line
# "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

kernels=${KERNEL:-stock rt}
TESTS=${TESTS-}
# "speed" among them is not one of the selftests: they are all but that, and none if it stands alone
selftests=$(tr ' ' '\n' <<<"$TESTS" | grep -vx speed | paste -s -d ,) || :

count() { # NAME LOG [RELEASE]
	local results p f s
	results=$(awk -v kernel="${3-}" -v skips="$vm/machine/skips" -f "$vm/machine/tap.awk" "$2")
	read -r p f s <<<"${results##*$'\n'}"
	echo "$1: $p passed, $f failed, $s skipped"
	sed "\$d; s|: |: ${1%% (*}: |; s/^/  /" <<<"$results"
	add "$p" "$f" "$s"
}

# The lines below the results of the tests that failed.
said_by_failed() { # LOG
	awk '/^(not )?ok / { failed = /^not/ } failed && /^#/ { print "    " $0 }' "$1"
}

broken() { # WHAT
	echo "  failed: $1"
	add 0 1 0
}

# The first words of the verdict on a boot: what came first tends to be the cause.
why() { # LOG
	{ head -n 3 "$1" 2>/dev/null | paste -s -d ';' | sed 's/;/; /g'; } || echo "it could not be booted"
}

prepare() { # KERNEL
	"$vm/machine/build.sh" "${releases[$1]}" && "$vm/machine/rootfs.sh" "${releases[$1]}"
}

# Leaves its verdict in a file: its output is shown as it comes, beside that of the others.
run() { # KERNEL RELEASE
	local verdict=0 program=boot.sh
	[[ $2 != *-uml-* ]] || program=boot-uml.sh
	# shellcheck disable=SC2086 # several
	"$vm/machine/$program" "$2" check-guest.sh "TESTS=$selftests" ${GUEST-} 2>&1 | sed -u "s|^|[$1] |" || verdict=1
	echo $verdict >"$built/$2/run/verdict"
}

gate() { # KERNEL: is its speed to be tested?
	[ "$1" = stock ] && [[ " ${TESTS:-speed} " = *" speed "* ]]
}

# Only what is to be counted is in this machine: it does the same in each run.
run_gate() { # KERNEL RELEASE
	"$vm/commands/gate.sh" "$2" >"$built/$2/gate.tap" 2>&1
	sed "s|^|[$1, speed] |" "$built/$2/gate.tap"
}

# The cadence over ten minutes, in a machine that skips the time in which it is idle
clock() { # KERNEL
	[ "$1" = stock ] && [[ " ${TESTS:-cadence.sh} " = *" cadence.sh "* ]]
}

run_clock() { # KERNEL RELEASE
	local verdict=0
	COUNT=yes RUN=clock "$vm/machine/boot.sh" "$2" check-guest.sh TESTS=cadence.sh CLOCK=virtual TIMEOUT=3600 2>&1 |
		sed -u "s|^|[$1, virtual time] |" || verdict=1
	echo $verdict >"$built/$2/clock/verdict"
}

count_boot() { # NAME RELEASE RUN
	local run=$built/$2/$3
	count "$1" "$run/console.log" "$2"
	[ "$(cat "$run/verdict")" = 0 ] || broken "${1%% (*}: $(why "$run/verdict.log")"
}

{ "$vm/packages/packages.sh" build vm && "$vm/packages/qemu.sh" >/dev/null; } || { broken "packages are missing" && summary; }

declare -A releases
for kernel in $kernels; do
	releases[$kernel]=$("$vm/kernels/kernel.sh" "$kernel") || broken "$kernel: cannot be provided"
done
# shellcheck disable=SC2046 # several
reserve $(printf '%s\n' "${releases[@]}")
for kernel in $kernels; do
	[ -n "${releases[$kernel]}" ] || continue
	note "$kernel: build"
	prepare "$kernel" || { broken "$kernel: cannot be built" && releases[$kernel]=; }
	[ -n "$selftests" ] || [ -z "$TESTS" ] || gate "$kernel" ||
		broken "$kernel: nothing to run, speed is tested on the kernel \"stock\" only"
done

for kernel in $kernels; do
	[ -n "${releases[$kernel]}" ] || continue
	if [ -n "$selftests" ] || [ -z "$TESTS" ]; then
		wait_for_a_job "${JOBS-}"
		run "$kernel" "${releases[$kernel]}" &
	fi
	if gate "$kernel"; then
		wait_for_a_job "${JOBS-}"
		run_gate "$kernel" "${releases[$kernel]}" &
	fi
	if clock "$kernel"; then
		wait_for_a_job "${JOBS-}"
		run_clock "$kernel" "${releases[$kernel]}" &
	fi
done
wait

# Not for each mutant (SCRIPTS=untested). Their own file: another run may be checking another kernel.
if [ "${SCRIPTS-}" != untested ]; then
	log=$(mktemp)
	"$vm/machine/verdict-test.sh" >"$log" || :
	count "the verdict itself" "$log"
	"$vm/commands/commands-test.sh" >"$log" || :
	count "the commands themselves" "$log"
	said_by_failed "$log"
	rm -f "$log"
fi
for kernel in $kernels; do
	[ -n "${releases[$kernel]}" ] || continue
	if gate "$kernel"; then
		count "$kernel, speed" "$built/${releases[$kernel]}/gate.tap"
	fi
	! clock "$kernel" || count_boot "$kernel, virtual time" "${releases[$kernel]}" clock
	[ -n "$selftests" ] || [ -z "$TESTS" ] || continue
	count_boot "$kernel (${releases[$kernel]})" "${releases[$kernel]}" run
done
summary
