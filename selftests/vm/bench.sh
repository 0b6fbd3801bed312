#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh: measures what selftests/bench describes, in instructions, on the stock kernel: the same in
# each run. Leaves tables, CSV and plots in .build/bench/, compares the figures with the bounds
# (selftests/bench/bounds.awk) and ends with the line "N passed, N failed, N skipped".
# Settings: DEVICES (1,10,...,1000000).

. "$(dirname "$0")/lib.sh"

bench=$top/selftests/bench
out=$top/.build/bench
export DEVICES=${DEVICES:-1,10,100,1000,10000,100000,1000000}

# Leaves its results in $out/NAME.log.
count() { # NAME [NAME=VALUE]...
	COUNT=yes APPEND='' RUN=bench-$1 SECONDS_MAX=3600 "$vm/boot.sh" "$release" bench-guest.sh \
		"DEVICES=$DEVICES" "${@:2}" >"$out/$1.log" || { cat "$out/$1.log" >&2; die "$1: the boot failed"; }
}

# Each boot has one CPU, so that two fill two.
count_all() {
	note "$release: count instructions, some minutes"
	count ordered ORDER=ordered WHAT=passes &
	count shuffled ORDER=shuffled WHAT=passes &
	wait -n && wait -n || die "not measured"
	count rest WHAT=calls,iotimer,memory,cadence
	awk -f "$bench/summary.awk" "$out"/{ordered,shuffled,rest}.log >"$out/instructions.csv"
}

"$vm/packages.sh" build vm
release=$("$vm/kernel.sh" stock)
note "$release: build"
"$vm/build.sh" "$release" modules
"$vm/rootfs.sh" "$release"
mkdir -p "$out"
count_all

awk -v unit=instructions -f "$bench/table.awk" "$out/instructions.csv" | tee "$out/instructions.md"
awk -f "$bench/bounds.awk" part=count "$out/instructions.csv" | tee "$out/bounds.txt"
