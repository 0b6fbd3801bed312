#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once: in the functions that drivers call (test_faults, test_wdm_faults), when statistics
# are switched on, and when the sample drivers are loaded and bound (faults_test.c). Needs CONFIG_FAILSLAB.
. ./functions.sh

begin_faults
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
end_faults
finish
