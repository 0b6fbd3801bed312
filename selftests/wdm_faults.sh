#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once when the layer and a driver of the front end are loaded, and when a file of that driver's
# is used (faults_test.c). Needs CONFIG_FAILSLAB.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

begin_faults
load_iotimer period_ms=20 routine_budget_us=1000000

# The layer has no load that is refused: the kernel's loader needs about as many allocations for it as for this one. A
# driver of the front end makes three devices in DriverEntry. The front end itself is left out: if an allocation of
# class_register() fails, 6.1 loses the name of the class.
count_loaders iotimer_vdev devices=0
fail_each_of_load layer iotimer_wdm "" "$from"
load_mod iotimer_wdm
load_mod iotimer_wdm_front
fail_each_of_load front_driver test_wdm_front "" "$from"

# A driver is told of the end of each file that it has opened, also without memory.
load_mod test_wdm_front
mark_log
fail_each front_file use /dev/wdm_front
unload_mod test_wdm_front
check "faults_front_file: each is closed" closed_as_often_as_created

unload_mod iotimer_wdm_front
unload_mod iotimer_wdm
check faults_nothing_is_left nothing_left
unload_iotimer
end_faults
finish
