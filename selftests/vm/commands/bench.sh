#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh: measures what selftests/bench describes, in instructions, on the stock kernel: the same in
# each run. Leaves tables, CSV and plots in .build/bench/, compares the figures with the bounds
# (selftests/bench/bounds.awk) and ends with the line "N passed, N failed, N skipped".
# Settings: DEVICES (1,10,...,1000000).

. "$(dirname "$0")/../lib.sh"

bench=$top/selftests/bench
out=$top/.build/bench
export DEVICES=${DEVICES:-1,10,100,1000,10000,100000,1000000}

# Leaves its results in $out/NAME.log.
count() { # NAME [NAME=VALUE]...
	COUNT=yes APPEND='' RUN=bench-$1 SECONDS_MAX=3600 "$vm/machine/boot.sh" "$release" bench-guest.sh \
		"DEVICES=$DEVICES" "${@:2}" >"$out/$1.log" || { cat "$out/$1.log" >&2; die "$1: the boot failed"; }
}

# Each boot has one CPU, so that two fill two.
count_all() {
	note "$release: count instructions, some minutes"
	count shuffled ORDER=shuffled WHAT=passes &
	count ordered ORDER=ordered WHAT=passes
	wait $!
	count rest WHAT=calls,iotimer,memory,cadence
	awk -f "$bench/summary.awk" "$out"/{ordered,shuffled,rest}.log >"$out/instructions.csv"
}

# Debian's kernels all have HZ=250. That of user-mode Linux is 100.
another_hz() {
	local uml
	uml=$("$vm/kernels/uml.sh")
	note "$uml: cadence"
	ARCH=um "$vm/machine/build.sh" "$uml" modules
	"$vm/machine/rootfs.sh" "$uml"
	TRAVEL=yes RUN=cadence "$vm/machine/boot-uml.sh" "$uml" bench-guest.sh WHAT=cadence >"$out/hz.log" ||
		{ cat "$out/hz.log" >&2; die "user-mode Linux: the boot failed"; }
	awk -f "$bench/summary.awk" "$out/hz.log" >"$out/hz.csv"
}

# In an emulator time says nothing but what two threads of it have in common.
two_cpus() {
	note "$release: two CPUs"
	CPUS=2 APPEND='' RUN=bench-contention "$vm/machine/boot.sh" "$release" bench-guest.sh WHAT=contention \
		>"$out/contention.log" || { cat "$out/contention.log" >&2; die "contention: the boot failed"; }
	awk -f "$bench/summary.awk" "$out/contention.log" >"$out/contention.csv"
}

# Where there is KVM, as in bench-native.sh but on the stock kernel; one CPU, as the modules demand.
time_in_kvm() {
	local khz
	if ! hardware_virtualization; then
		note "no KVM here, so no times of the stock kernel: see make bench-native"
		return
	fi
	note "$release: time in KVM"
	CPUS=1 APPEND='' RUN=bench-kvm SECONDS_MAX=3600 "$vm/machine/boot.sh" "$release" bench-guest.sh TIME=yes \
		WHAT=calls,passes "DEVICES=$DEVICES" ORDER=ordered >"$out/kvm.log" || return
	awk -f "$bench/summary.awk" "$out/kvm.log" >"$out/kvm.csv"
	khz=$(sed -n 's/^clock,-,1,khz,\([0-9]*\),.*/\1/p' "$out/kvm.csv")
	awk -v unit=ns -v khz="$khz" -v spread=1 -f "$bench/table.awk" "$out/kvm.csv" | tee "$out/kvm.md"
	"$bench/plot.sh" "$out" kvm ns "$khz"
}

"$vm/packages/packages.sh" build vm plot
release=$("$vm/kernels/kernel.sh" stock)
note "$release: build"
"$vm/machine/build.sh" "$release" modules
"$vm/machine/rootfs.sh" "$release"
mkdir -p "$out"
rm -f "$out"/{instructions,hz,contention,kvm}.csv
count_all
another_hz
two_cpus
time_in_kvm

awk -v unit=instructions -f "$bench/table.awk" "$out/instructions.csv" | tee "$out/instructions.md"
"$bench/plot.sh" "$out" instructions instructions
awk -f "$bench/bounds.awk" part=limits "$bench/limits" part=count "$out/instructions.csv" part=hz "$out/hz.csv" \
	part=contention "$out/contention.csv" | tee "$out/bounds.txt"
