#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mutants.sh [PATCH...]: proves that the tests can fail. Each patch in selftests/mutants breaks one
# promise in a copy of the sources; the tests that its head names ("Tests: timer.sh stop.sh") are run
# on that, on KERNEL (stock), and must not pass. "Guest: PROFILE=stress" is passed on to the tests, where
# the mistake has to be looked for. JOBS of them at a time. Prints a row per mutant with
# what caught it; ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

# what a mutant leaves unused is no reason not to try it
export KERNEL=${KERNEL:-stock} WARNINGS=allowed
"$vm/packages/packages.sh" mutants
jobs=${JOBS:-$(nproc)}
mutants=("$@")
[ $# -gt 0 ] || mutants=("$top"/selftests/mutants/*.patch)

# What failed: tests by name, or what the kernel said.
caught_by() { # LOG
	sed -nE 's/^ *failed: [^:]*: ([^ :]+\.sh: )?(not ok [0-9]+ (- )?)?(verdict: )?//p' "$1" |
		cut -c 1-90 | head -n 3 | paste -s -d ';' | sed 's/;/; /g'
}

# by content, and new to make: a run that was cut short has left a broken file and its object behind
copy_sources() { # COPY
	mkdir -p "$1"
	rsync -rlp --checksum --delete --exclude=/.build --exclude=/.git "$top/" "$1/"
}

try() { # COPY PATCH
	local name log
	name=$(basename "$2" .patch)
	log=$top/.build/mutant-$name.log
	TESTS=$(sed -n 's/^Tests: //p' "$2")
	GUEST=$(sed -n 's/^Guest: //p' "$2")
	export TESTS GUEST
	if ! patch -s -d "$1" -p 1 --no-backup-if-mismatch <"$2" >"$log"; then
		echo "$name: DOES NOT APPLY"
		copy_sources "$1"
		return 1
	fi
	if "$1/selftests/vm/commands/check.sh" >>"$log" 2>&1; then
		echo "$name: NOT CAUGHT by $TESTS"
	elif grep -q 'cannot be built' "$log"; then
		echo "$name: DOES NOT BUILD, see ${log#"$top/"}"
	else
		echo "$name: $(caught_by "$log")"
	fi
	patch -s -R -d "$1" -p 1 --no-backup-if-mismatch <"$2"
}

# Every so many-th of them, in a copy of its own.
work_off() { # NUMBER
	local copy=$top/.build/mutant-$1 i
	copy_sources "$copy"
	for ((i = $1; i < ${#mutants[@]}; i += jobs)); do
		try "$copy" "${mutants[i]}" || :
	done
}

mkdir -p "$top/.build"
for ((job = 0; job < jobs; job++)); do
	work_off "$job" &
done | tee "$top/.build/mutants.log"
passed=$(grep -vcE ': (NOT CAUGHT|DOES NOT)' "$top/.build/mutants.log") || :
failed=$((${#mutants[@]} - passed))
summary
