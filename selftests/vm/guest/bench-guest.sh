#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: those measurements of selftests/bench that WHAT names, separated by commas.
# DEVICES says for how many devices `passes` is, VARIANTS for which variants (all), ORDER in which order
# (ordered, shuffled), TIME=yes that idle time takes its time. Prints results, each in a line "bench: VARIANT,ORDER,DEVICES,WHAT,VALUE"
# (selftests/bench/bench.h).

tracing=/sys/kernel/tracing
failed=0

# On a machine that is too busy nothing is measured, for want of a pass that nothing came between. That
# is no mistake where time is measured.
broken() {
	echo "bench-guest: failed: $*"
	dmesg | tail -n 20
	[ "${TIME:-no}" != no ] || failed=1
}

# measure MODULE [PARAMETER]...
measure() {
	module=$1
	shift
	dmesg -c >/dev/null
	insmod "/modules/$module.ko" "$@" || broken "$module $*"
	dmesg | sed -n 's/^\(\[[^]]*\] \)*\(bench: .*\)/\2/p'
	rmmod "$module"
}

load() {
	insmod /modules/iotimer.ko "$@" || broken "iotimer $*"
}

unload() {
	rmmod iotimer
}

# Where idle time takes none, a period in which the longest pass of all fits; else a shorter one for
# fewer devices. More passes where one may be disturbed, fewer where they take long: in a pass over few devices
# the kernel's own work in the same softirq run is much, and it varies with the state of the timer wheel.
choose() { # DEVICES
	period=4000 passes=3
	[ "$1" -le 1000 ] && period=1000 passes=30
	[ "$1" -le 100 ] && passes=100
	[ "$1" -ge 1000000 ] && passes=1
	[ "${TIME:-no}" = no ] && return
	passes=3
	[ "$1" -gt 100000 ] && passes=3 && return
	period=500 passes=5
	[ "$1" -gt 10000 ] || period=100
}

# A shorter period than a second cannot be rounded to whole seconds.
passes() {
	for devices in $(echo "${DEVICES-}" | tr , ' '); do
		choose "$devices"
		load period_ms=$period
		for variant in $(echo "${VARIANTS:-loop,iotimer,timer_list,global_list,hrtimer,delayed_work,timer_rounded,deferrable_work}" | tr , ' '); do
			[ "$variant" != timer_rounded ] || [ $period -ge 1000 ] || continue
			measure bench_pass variant="$variant" devices="$devices" period_ms=$period passes=$passes \
				shuffled="$(test "${ORDER-}" = shuffled && echo 1 || echo 0)"
		done
		unload
	done
}

# Figures of iotimer alone: others cannot be initialised and not started, or have no such switch.
iotimer() {
	load period_ms=4000
	measure bench_pass devices=10000
	measure bench_pass devices=10000 started=1 label=_one_started
	unload
	load period_ms=4000 stats=1
	measure bench_pass devices=10000 label=_stats
	unload
	load period_ms=4000 dirs=20000
	measure bench_pass devices=10000 passes=1 label=_dirs
	unload
}

# One number of devices, for gate.sh: this module, and what its figures are compared with.
quick() {
	load period_ms=4000
	for variant in loop iotimer timer_list; do
		measure bench_pass variant=$variant devices=10000 period_ms=4000 passes=3
	done
	unload
	load period_ms=4000 stats=1
	measure bench_pass devices=10000 passes=3 label=_stats
	unload
}

calls() {
	load
	measure bench_calls
	unload
}

trace() { # EVENT...
	echo 0 >$tracing/tracing_on
	echo >$tracing/trace
	for event; do
		[ ! -e "$tracing/events/$event" ] || echo 1 >"$tracing/events/$event/enable"
	done
}

trace_no_more() {
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/enable
	echo >$tracing/trace
}

# Memory that insmod got from the allocator and did not give back; once a module is being loaded, since its init began.
# Says nothing if the trace does not tell one pointer from the other (the kernel needs no_hash_pointers).
kept() {
	! grep -q '(____ptrval____)' $tracing/trace || return 0
	awk '
	/ module_load: / { split("", bytes) }
	/^ *insmod-.* (kmalloc|kmalloc_node|kmem_cache_alloc|kmem_cache_alloc_node): / {
		match($0, /ptr=[^ ]+/)
		pointer = substr($0, RSTART, RLENGTH)
		match($0, /bytes_alloc=[0-9]+/)
		bytes[pointer] = substr($0, RSTART + 12, RLENGTH - 12)
	}
	/ (kfree|kmem_cache_free): / && match($0, /ptr=[^ ]+/) { delete bytes[substr($0, RSTART, RLENGTH)] }
	END {
		for (pointer in bytes)
			sum += bytes[pointer]
		print sum + 0
	}' $tracing/trace
}

memory() {
	load
	trace kmem/kmalloc kmem/kmalloc_node kmem/kmem_cache_alloc kmem/kmem_cache_alloc_node kmem/kfree kmem/kmem_cache_free
	measure bench_memory devices=10000
	echo "bench: iotimer,-,10000,memory,$(kept)"
	echo >$tracing/trace
	measure bench_memory devices=1 created=1
	echo "bench: iotimer,-,1,memory,$(kept)"
	trace_no_more
	unload
}

# How often a timer or a work item of the module went off while COMMAND ran.
wakeups() { # DEVICES COMMAND...
	devices=$1
	shift
	trace timer/timer_expire_entry timer/hrtimer_expire_entry workqueue/workqueue_execute_start
	echo 1 >$tracing/tracing_on
	"$@"
	echo 0 >$tracing/tracing_on
	echo "bench: iotimer,-,$devices,wakeups,$(grep -c '\[iotimer\]' $tracing/trace)"
	trace_no_more
}

cadence() { # DEVICES SECONDS
	load
	wakeups "$1" measure bench_cadence devices="$1" seconds="$2"
	unload
}

# Loaded, without a driver.
unused() {
	trace module/module_load kmem/kmalloc kmem/kmalloc_node kmem/kmem_cache_alloc kmem/kmem_cache_alloc_node \
		kmem/kfree kmem/kmem_cache_free
	echo 1 >$tracing/tracing_on
	load
	echo 0 >$tracing/tracing_on
	echo "bench: unused,-,1,memory,$(kept)"
	echo "bench: unused,-,1,size,$(cat /sys/module/iotimer/coresize)"
	trace_no_more
	wakeups 2 sleep 60 | sed 's/iotimer,-,2/unused,-,1/'
	unload
}

contention() {
	load
	for _ in 1 2 3 4 5; do
		measure bench_contention
		measure bench_contention interleaved=1
		measure bench_contention control=1
	done
	unload
}

echo "spectre_v2: $(cat /sys/devices/system/cpu/vulnerabilities/spectre_v2 2>/dev/null)"
for what in $(echo "${WHAT-}" | tr , ' '); do
	case $what in
	passes) passes ;;
	quick) quick ;;
	iotimer) iotimer ;;
	calls) calls ;;
	memory) memory ;;
	unused) unused ;;
	cadence)
		cadence 1000 600
		cadence 0 60
		;;
	contention) contention ;;
	*) broken "nothing to measure: $what" ;;
	esac
done
exit $failed
