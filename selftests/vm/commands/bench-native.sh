#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench-native.sh: measures the time that passes take (selftests/bench) at native speed, in user-mode
# Linux: medians, lowest and highest of RUNS (3) boots, and ratios. Leaves tables, CSV and plots in
# .build/bench/. A million devices are measured in the first boot only.

. "$(dirname "$0")/../lib.sh"

bench=$top/selftests/bench
out=$top/.build/bench
log=$out/native.log

boot() { # NAME=VALUE...
	RUN=bench SECONDS_MAX=1800 "$vm/machine/boot-uml.sh" "$release" bench-guest.sh TIME=yes "$@" >"$out/boot.log" || {
		cat "$out/boot.log" >&2
		die "the boot failed"
	}
	cat "$out/boot.log" >>"$log"
}

export FOLDERS="module/ selftests/bench/" # what is not measured need not be compiled
release=$("$vm/kernels/uml.sh")
note "$release: build"
"$vm/machine/build.sh" "$release" modules
"$vm/machine/rootfs.sh" "$release"
mkdir -p "$out"
rm -f "$log"
for ((run = 1; run <= ${RUNS:-3}; run++)); do
	note "run $run, some minutes: for good figures leave the machine alone"
	devices=${DEVICES:-1,10,100,1000,10000,100000}
	[ $run -gt 1 ] || devices=${DEVICES:-$devices,1000000}
	for order in ordered shuffled; do
		boot WHAT=calls,passes "DEVICES=$devices" ORDER=$order
	done
done
awk -f "$bench/summary.awk" "$log" >"$out/native.csv"
khz=$(sed -n 's/^clock,-,1,khz,\([0-9]*\),.*/\1/p' "$out/native.csv")
{
	awk -v unit=ns -v khz="$khz" -v spread=1 -f "$bench/table.awk" "$out/native.csv"
	awk -f "$bench/ratio.awk" "$out/native.csv"
} | tee "$out/native.md"
"$bench/plot.sh" "$out" native ns "$khz"
