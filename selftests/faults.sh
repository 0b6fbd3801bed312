#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once: in the functions that drivers call (test_faults, test_wdm_faults), when statistics
# are switched on, and when the layer, the front end and the sample drivers are loaded and bound (faults_test.c).
# Needs CONFIG_FAILSLAB.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

failslab=/sys/kernel/debug/failslab
if [ ! -d "$failslab" ] || [ ! -e /proc/self/fail-nth ]; then
	skip_all "needs CONFIG_FAILSLAB"
fi

# Allocations that may sleep fail as well, and the kernel does not report failures.
for fault in /sys/kernel/debug/fail*; do
	echo 0 >"$fault/verbose"
	[ ! -e "$fault/ignore-gfp-wait" ] || echo N >"$fault/ignore-gfp-wait"
done

# The operation succeeds or is refused each time, and it succeeds when no allocation fails any more.
fail_each() { # NAME ARGUMENT...
	fail_name=$1
	shift
	fail_said=$(./faults_test "$@" 2>&1)
	fail_status=$?
	echo "# $fail_name: $fail_said"
	check_eq "faults_$fail_name" "$fail_status" 0
}

# The kernel reports some failures of its own allocations: the buffer for a module's file, and the /proc
# entries of an interrupt, which are then missing at their removal.
fail_each_of_load() { # NAME MODULE PARAMETERS [FROM]
	allow_warnings "WARNING: .*remove_proc_entry|vmalloc error: size"
	fail_each "$1" load "$(module_path "$2")" "$3" ${4:+"$4"}
	allow_no_warnings
}

# Set from, the number of the module's first own allocation, by a load that the module refuses.
count_loaders() { # MODULE [PARAMETERS]
	from=$(./faults_test count "$(module_path "$1")" "${2-}") || not_ok "faults_$1_is_refused" "$from"
}

# rmmod waits for several RCU grace periods.
echo 1 >/sys/kernel/rcu_expedited

run_test_module test_faults
LAYER=iotimer_wdm
run_test_module test_wdm_faults
LAYER=

load_iotimer period_ms=20 routine_budget_us=1000000
load_mod iotimer_vdev devices=3
fail_each stats write /sys/module/iotimer/parameters/stats 1 0
unload_mod iotimer_vdev
count_loaders iotimer_vdev devices=0
for context in device controller own; do
	fail_each_of_load "vdev_$context" iotimer_vdev "devices=2 context=$context" "$from"
done

# The layer has no load that is refused; the loader needs about as many allocations for it. A driver of the front end
# makes three devices in DriverEntry. The front end itself is left out: if an allocation of class_register() fails, 6.1
# loses the name of the class.
fail_each_of_load layer iotimer_wdm "" "$from"
load_mod iotimer_wdm
load_mod iotimer_wdm_front
fail_each_of_load front_driver test_wdm_front "" "$from"
unload_mod iotimer_wdm_front
unload_mod iotimer_wdm

# While its twin is loaded, which has a driver of the same name, iotimer_edu is refused. The loader needs
# many more allocations for it, and its trace events take long to remove. The PCI device has been enabled
# before: if an allocation fails while ACPI looks for its interrupt, ACPI uses memory that it has freed.
if edu=$(edu_device); then
	load_mod iotimer_wdm
	load_mod iotimer_wdm_front
	load_mod iotimer_edu_wdm
	count_loaders iotimer_edu
	unload_mod iotimer_edu_wdm
	unload_mod iotimer_wdm_front
	unload_mod iotimer_wdm
	echo 1 >"/sys/bus/pci/devices/$edu/enable"
	fail_each_of_load edu iotimer_edu "" "$from"
	echo 0 >"/sys/bus/pci/devices/$edu/enable"
else
	skip faults_edu "no edu device: start QEMU with -device edu"
fi
check faults_nothing_is_left nothing_left
unload_iotimer
echo 0 >/sys/kernel/rcu_expedited

# Memory that is a few seconds old and that two scans do not find is a leak.
if [ -w "$kmemleak" ]; then
	sleep 6
	leaks=$(kmemleak_found)
	[ "$leaks" = 0 ] || sed 's/^/# /' "$kmemleak"
	check_eq "kmemleak finds nothing of iotimer" "$leaks" 0
else
	skip "kmemleak finds nothing of iotimer" "needs CONFIG_DEBUG_KMEMLEAK"
fi
finish
