#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# coverage.sh: runs the selftests, or TESTS, on the kernel "debug" with module/ built for gcov, takes the
# counters out of the test machine, and prints a row for each file of module/, the lines that were not
# reached, and the total in the last line. Fails below LINES_WANTED per cent (95) of lines.

. "$(dirname "$0")/../lib.sh"

wanted=${LINES_WANTED:-95}
TESTS=${TESTS-}
"$vm/packages/packages.sh" build vm
release=$("$vm/kernels/kernel.sh" debug)
build=$built/$release
out=$built/coverage

reserve "$release"
note "$release: build for gcov"
GCOV=y "$vm/machine/build.sh" "$release"
"$vm/machine/rootfs.sh" "$release"

RUN=run-coverage "$vm/machine/boot.sh" "$release" coverage-guest.sh "TESTS=${TESTS// /,}" >"$built/coverage.log" 2>&1 ||
	note "not all is well, see $built/coverage.log"

rm -rf "$out"
mkdir -p "$out"
tr -d '\r' <"$build/run-coverage/console.log" |
	sed -n '/^-----BEGIN GCOV-----$/,/^-----END GCOV-----$/ { /^-----/d; p }' | base64 -d | tar -xz -C "$out" ||
	die "no counters came out"
cd "$out"

# The notes are of all files, also of one that was never loaded, the counters only of those that were; both are
# kept apart by folder, for two folders may have files of one name.
for folder in core wdm; do
	mkdir -p $folder
	cp "$build/module/$folder"/*.gcno $folder/
	(cd $folder && gcov --branch-probabilities --branch-counts --preserve-paths ./*.gcno) >$folder/gcov.log 2>&1 ||
		die "gcov failed, see $built/coverage/$folder/gcov.log"
done

# Executed and executable lines and branches of one file of module/, from its .gcov
for gcov in {core,wdm}/*"#module#"*.c.gcov; do
	name=${gcov##*#module#}
	name=${name%.gcov}
	awk -v name="${name//#//}" '
	/^ *(#####|=====):/ { lines++; split($0, part, ":"); missed = missed " " part[2] + 0 }
	/^ *[0-9]+\*?:/ { lines++; hit++ }
	/^branch/ { branches++; taken += $0 !~ /never executed|taken 0($|[^0-9])/ }
	END {
		printf "%-18s %4d of %4d lines %5.1f %%  %4d of %4d branches%s\n", name, hit, lines,
			lines ? 100 * hit / lines : 100, taken, branches, missed ? "  missed:" missed : ""
	}' "$gcov"
done | tee table
awk -v wanted="$wanted" '
{ hit += $2; lines += $4; taken += $8; branches += $10 }
END {
	printf "%.1f %% of %d lines, %.1f %% of %d branches\n", 100 * hit / lines, lines,
		100 * taken / branches, branches
	exit 100 * hit / lines < wanted
}' table
