#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mutants.sh [PATCH...]: proves that the tests can fail. Each patch in selftests/mutants breaks one
# promise in a copy of the sources; the tests that its head names ("Tests: timer.sh stop.sh") are run
# on that, on KERNEL (stock), and must not pass. Prints a row per mutant with what caught it; ends with
# the line "N passed, N failed, N skipped".

. "$(dirname "$0")/lib.sh"

export KERNEL=${KERNEL:-stock}
copy=$top/.build/mutant
mkdir -p "$copy"
# by content, and new to make: a run that was cut short has left a broken file and its object behind
rsync -rlp --checksum --delete --exclude=/.build --exclude=/.git "$top/" "$copy/"
[ $# -gt 0 ] || set -- "$top"/selftests/mutants/*.patch

# What failed: tests by name, or what the kernel said.
caught_by() { # LOG
	sed -n 's/^ *failed: \([^:]*: \)\{0,1\}\(not ok [0-9]* *-* *\)\{0,1\}//p; s/^\[[^]]*\] verdict: //p' "$1" |
		cut -c 1-90 | head -n 3 | paste -s -d ';' | sed 's/;/; /g'
}

passed=0 failed=0
for mutant; do
	name=$(basename "$mutant" .patch)
	TESTS=$(sed -n 's/^Tests: //p' "$mutant")
	export TESTS
	log=$top/.build/mutant-$name.log
	patch -s -d "$copy" -p 1 --no-backup-if-mismatch <"$mutant" || die "$name does not apply"
	if "$copy/selftests/vm/check.sh" >"$log" 2>&1; then
		echo "$name: NOT CAUGHT by $TESTS"
		failed=$((failed + 1))
	elif grep -q 'cannot be built' "$log"; then
		echo "$name: does not build, see ${log#"$top/"}"
		failed=$((failed + 1))
	else
		echo "$name: $(caught_by "$log")"
		passed=$((passed + 1))
	fi
	patch -s -R -d "$copy" -p 1 --no-backup-if-mismatch <"$mutant"
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
