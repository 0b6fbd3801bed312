#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Suspend and resume: ticks that were missed while the machine slept are counted and not made up for (T14),
# and the sample iotimer_edu keeps its requests. The kernel goes to sleep except for the last step and
# wakes up by itself five seconds later (pm_test).
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

pm_test=/sys/power/pm_test
period_ms=100
tracing=/sys/kernel/tracing
edu=/dev/iotimer_edu0

if [ ! -w "$pm_test" ] || ! grep -q deep /sys/power/mem_sleep; then
	skip_all "needs CONFIG_PM_DEBUG and a machine that can be suspended to memory"
fi

needs_disposable "suspend this machine"

# The time in ms, including that asleep, and the ticks and missed ticks of dev0: read at once, so that they belong
# together on a slow machine, too.
reading() {
	awk 'NR == 1 { ms = int($1 * 1000); next }
	FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
	$1 == "dev0" { print ms, $column["ticks"], $column["missed"] }' /proc/uptime "$IOTIMER/timers"
}

# ticks_since "READING" PERIOD_US WITHIN: each period since then was a tick or was missed. Sets missed.
ticks_since() {
	# shellcheck disable=SC2046,SC2086 # three numbers each
	set -- $1 $(reading) "$2" "$3"
	missed=$(($6 - $3))
	adds_up $(($5 - $2)) "$missed" $((($4 - $1) * 1000 / $7)) "$8"
}

# In the first minutes after boot the random numbers of a kernel may read the clock too early at resume.
sleep_and_wake() {
	kmsg "iotimer-expect-begin: WARNING: .*ktime_get_seconds"
	echo core >"$pm_test"
	slept=0
	echo mem >/sys/power/state || slept=1
	echo none >"$pm_test"
	kmsg "iotimer-expect-end"
	return "$slept"
}

T14_ticks_and_missed_ones_add_up() {
	ticks_since "$before" $((period_ms * 1000)) 1
}

edu_context() { # KEY
	sed -n "s/^$1: *//p" "$IOTIMER/devices/iotimer_edu0/context"
}

edu_active() { # REQUEST, 0 for none
	[ "$(edu_context active)" = "$1" ]
}

edu_ticked() { # MORE THAN
	[ "$(timers iotimer_edu0 ticks)" -gt "$1" ]
}

# The steps of a request, without ticks: their number depends on the machine.
edu_steps() { # REQUEST
	sed -n "s/.*edu_step: edu0 #$1 \([a-z-]*\).*/\1/p" $tracing/trace | grep -v tick | tr '\n' ' '
}

# The device hangs with the first request, and two more are queued.
edu_sleeps_with_requests() {
	exec 3<>"$edu"
	echo "5 fault=hang limit=60" >&3
	echo "6 limit=60" >&3
	echo "7 limit=60" >&3
	edu_active 1 && sleep_and_wake
}

edu_sleeps_with_unread_request() {
	echo "5 fault=dead limit=60" >"$edu"
	! edu_active 0 && sleep_and_wake
}

test_edu() {
	load_mod iotimer_edu
	[ -d $tracing/events ] || mount -t tracefs none $tracing
	echo >$tracing/trace
	echo 1 >$tracing/events/iotimer_edu/enable
	missed=$(timers iotimer_edu0 missed)
	run_test edu_sleeps_with_requests
	missed=$(($(timers iotimer_edu0 missed) - missed))
	check_eq edu_results_after_resume "$(timeout 60 cat <&3 | tr '\n' ' ')" "120 720 5040 "
	exec 3>&-
	check_eq edu_steps_of_the_active_request "$(edu_steps 1)" \
		"request start suspend start interrupt result "
	check_eq edu_steps_of_a_queued_request "$(edu_steps 2)" "request start interrupt result "
	check edu_timer_is_stopped_in_sleep test "$missed" -lt 30
	check edu_timer_ticks_after_resume wait_until 20 edu_ticked $(($(timers iotimer_edu0 ticks) + 3))
	run_test edu_sleeps_with_unread_request
	check edu_unread_request_is_gone edu_active 0
	check_eq edu_steps_of_an_unread_request "$(edu_steps 4)" "request start failure "
	echo 0 >$tracing/events/iotimer_edu/enable
	check edu_rmmod wait_until 20 unload_mod iotimer_edu
	check edu_nothing_left nothing_left
}

load_iotimer period_ms=$period_ms
load_mod test_devices

# Nothing is started.
T14_sleep_with_all_stopped_is_not_missed() {
	sleep_and_wake && [ "$(tick missed)" = 0 ]
}

run_test T14_sleep_with_all_stopped_is_not_missed
load_mod test_late period_ms=$period_ms
echo 1 >"$test_devices/started"
wait_until 20 called 3
before=$(reading)
run_test sleep_and_wake
check T14_ticks_after_sleep wait_until 20 called $(($(cat "$test_devices/calls") + 3))
run_test T14_ticks_and_missed_ones_add_up
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

# A period of 10 ms is three jiffies, or 12 ms, where a second has 250 jiffies: the time asleep is counted in those.
jiffies_now() {
	awk '$1 == "jiffies:" { print $2; exit }' /proc/timer_list
}

# The frequency that comes nearest to the jiffies of a second
hz() {
	from=$(jiffies_now)
	sleep 1
	echo "$from $(jiffies_now)" | awk '{
		split("100 250 300 1000", hz)
		for (i in hz) {
			off = ($2 - $1 - hz[i]) / hz[i]
			if (best == "" || off * off < least) {
				best = hz[i]
				least = off * off
			}
		}
		print best
	}'
}

T14_sleep_is_counted_in_rounded_periods() {
	period_us=$(($(tick period_jiffies) * 1000000 / $(hz)))
	echo 1 >"$test_devices/started"
	wait_until 20 called 3 || return 1
	before=$(reading)
	sleep_and_wake || return 1
	wait_until 20 called $(($(cat "$test_devices/calls") + 3)) || return 1
	ticks_since "$before" "$period_us" 3
}

echo 0 >"$test_devices/started"
unload_mod test_late
unload_mod test_devices
unload_iotimer
load_iotimer period_ms=10
load_mod test_devices
run_test T14_sleep_is_counted_in_rounded_periods
echo 0 >"$test_devices/started"
unload_mod test_devices
unload_iotimer
load_iotimer period_ms=$period_ms
if edu_device >/dev/null; then
	test_edu
else
	skip edu_suspend "no edu device: start QEMU with -device edu"
fi
unload_iotimer
finish
