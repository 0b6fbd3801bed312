#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# bench.sh: measures what selftests/bench describes, in instructions, on the stock kernel: the same in
# each run. Leaves tables, CSV and plots in .build/bench/, compares the figures with the bounds
# (selftests/bench/bounds.awk) and ends with the line "N passed, N failed, N skipped".
# Settings: DEVICES (1,10,...,100000) and MILLION (1000000, or nothing), a number that is measured in one order only.

. "$(dirname "$0")/../lib.sh"

bench=$top/selftests/bench
out=$top/.build/bench
devices=${DEVICES:-1,10,100,1000,10000,100000}
million=${MILLION-$([ -n "${DEVICES-}" ] || echo 1000000)}

# Begins a boot that leaves its results in $out/count/NAME; each has one CPU, so that as many run as this machine has.
count() { # NAME NAME=VALUE...
	wait_for_a_job "$(nproc)"
	{
		COUNT=yes APPEND=no_hash_pointers MITIGATIONS=${mitigations-mitigations=off} RUN=bench-$1 SECONDS_MAX=3600 \
			"$vm/machine/boot.sh" "$release" bench-guest.sh "${@:2}" \
			>"$out/count/$1.log" && mv "$out/count/$1.log" "$out/count/$1"
	} &
}

# The longest first; the names say in which order tables have them. To create a million devices takes most of the time.
count_all() {
	local failed
	note "$release: count instructions, some minutes"
	if [ -n "$million" ]; then
		count 2-million-iotimer WHAT=passes VARIANTS=iotimer ORDER=ordered "DEVICES=$million"
		count 2-million-others WHAT=passes VARIANTS=loop,timer_list,global_list,hrtimer,delayed_work \
			ORDER=ordered "DEVICES=$million"
	fi
	count 3-shuffled WHAT=passes ORDER=shuffled "DEVICES=$devices"
	count 1-ordered WHAT=passes ORDER=ordered "DEVICES=$devices"
	count 4-rest WHAT=calls,iotimer,memory,unused,cadence
	mitigations=spectre_v2=retpoline count 6-retpoline WHAT=passes ORDER=ordered "DEVICES=${devices%,100000}"
	wait
	with_retpolines
	failed=$(find "$out/count" -name '*.log')
	[ -z "$failed" ] || { xargs cat <<<"$failed" >&2; die "a boot failed"; }
	awk -v counted=1 -f "$bench/summary.awk" "$out/count"/* >"$out/instructions.csv"
}

# The kernel has to confirm that it uses them. Their figures have an order of their own in the tables.
with_retpolines() {
	grep -q '^spectre_v2: Mitigation: Retpolines' "$out/count/6-retpoline" || die "the kernel did not use retpolines"
	sed -i 's/^\(bench: [^,]*\),ordered,/\1,retpoline,/' "$out/count"/6-retpoline*
}

# Of modules as they are built, and of functions that contain one call, less one that contains none.
sizes() {
	local modules=$top/.build/$release/lib/modules/$release module
	for module in iotimer iotimer_wdm; do
		size "$modules/$module.ko" | awk -v module=$module 'NR == 2 { print "bench: " module ",-,1,module_size," $4 }'
	done
	nm -S "$modules/bench_calls.ko" | sed -n 's/^[^ ]* \([^ ]*\) t site_/\1 /p' | while read -r bytes name; do
		echo "bench: $name,-,1,call_site,$((16#$bytes))"
	done
}

# Debian's kernels all have HZ=250. That of user-mode Linux is 100.
another_hz() {
	local uml
	uml=$("$vm/kernels/uml.sh")
	note "$uml: cadence"
	"$vm/machine/build.sh" "$uml" modules
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
		WHAT=calls,passes "DEVICES=$devices${million:+,$million}" ORDER=ordered >"$out/kvm.log" || return
	awk -f "$bench/summary.awk" "$out/kvm.log" >"$out/kvm.csv"
	khz=$(sed -n 's/^clock,-,1,khz,\([0-9]*\),.*/\1/p' "$out/kvm.csv")
	awk -v unit=ns -v khz="$khz" -v spread=1 -f "$bench/table.awk" "$out/kvm.csv" | tee "$out/kvm.md"
	"$bench/plot.sh" "$out" kvm ns "$khz"
}

"$vm/packages/packages.sh" build vm plot
export FOLDERS="module/ selftests/bench/" # what is not measured need not be compiled
release=$("$vm/kernels/kernel.sh" stock)
note "$release: build"
"$vm/machine/build.sh" "$release" modules
"$vm/machine/rootfs.sh" "$release"
rm -rf "$out/count" "$out"/{instructions,hz,contention,kvm}.csv
mkdir -p "$out/count"
sizes >"$out/count/5-sizes"
count_all
another_hz
two_cpus
time_in_kvm

awk -v unit=instructions -f "$bench/table.awk" "$out/instructions.csv" | tee "$out/instructions.md"
"$bench/plot.sh" "$out" instructions instructions
awk -f "$bench/bounds.awk" part=limits "$bench/limits" part=count "$out/instructions.csv" part=hz "$out/hz.csv" \
	part=contention "$out/contention.csv" | tee "$out/bounds.txt"
