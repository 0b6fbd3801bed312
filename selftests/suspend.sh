#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The machine sleeps: ticks that did not come are counted as missed and not made up for (T14). The kernel
# goes to sleep except for the last step, and wakes up by itself five seconds later (pm_test).
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

pm_test=/sys/power/pm_test
period_ms=100

if [ ! -w "$pm_test" ] || ! grep -q deep /sys/power/mem_sleep; then
	skip_all "needs CONFIG_PM_DEBUG and a machine that can be suspended to memory"
fi

# With the time asleep.
uptime_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

sleep_and_wake() {
	echo core >"$pm_test"
	echo mem >/sys/power/state
	status=$?
	echo none >"$pm_test"
	return "$status"
}

# The clock that is asked how long it slept shows seconds: one before and one after.
accounted_for() {
	missed=$(($(timers dev0 missed) - missed))
	adds_up $(($(timers dev0 ticks) - ticks)) "$missed" $((($(uptime_ms) - start) / period_ms)) 12
}

load_iotimer period_ms=$period_ms
load_mod test_devices
load_mod test_late period_ms=$period_ms
echo 1 >"$test_devices/started"
wait_until 20 called 3
ticks=$(timers dev0 ticks)
missed=$(timers dev0 missed)
start=$(uptime_ms)
run_test sleep_and_wake
check T14_ticks_after_sleep wait_until 20 called $(($(cat "$test_devices/calls") + 3))
run_test accounted_for
check T14_sleep_is_missed test "$missed" -ge 30

# A driver's resume callback has started it, before the first pass after the sleep.
T14_sleep_before_a_start_is_not_missed() {
	[ "$(timers late_resumed state)" = started ] && wait_until 20 late_resumed_called || return 1
	echo "# $(timers late_resumed ticks) ticks, $(timers late_resumed missed) missed"
	[ "$(timers late_resumed missed)" -lt 10 ]
}

late_resumed_called() {
	[ "$(timers late_resumed ticks)" -ge 2 ]
}

run_test T14_sleep_before_a_start_is_not_missed
unload_mod test_late
echo 0 >"$test_devices/started"
unload_mod test_devices
unload_iotimer
finish
