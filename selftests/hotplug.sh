#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# CPUs that go offline: clause I2, and devices that are created and deleted in a hotplug callback while
# statistics are switched on and off.
. ./functions.sh

switch=/sys/module/iotimer/parameters/stats
[ -w /sys/devices/system/cpu/cpu1/online ] || skip_all "needs a CPU that can be taken offline"
needs_disposable "take CPUs offline"

switch_stats() {
	while [ -e "$switching" ]; do
		[ ! -w "$switch" ] || { echo 1 >"$switch" && echo 0 >"$switch"; }
	done 2>/dev/null
}

run_test_module test_hotplug only=I2
switching=$(mktemp)
IOTIMER_PARAMS="period_ms=20 routine_budget_us=1000000"
switch_stats &
run_test_module test_hotplug only=T1
rm "$switching"
wait
finish
