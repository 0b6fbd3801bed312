#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The tick, measured by its own counters and by the kernel's: clauses T7, T10, T11, T14, T15.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

at_least() {
	[ "$1" -ge "$2" ]
}

# Start all devices, and stop them after so many calls in total.
start_until_called() {
	echo 1 >"$test_devices/started" || return 1
	wait_until 20 called "$1"
	echo 0 >"$test_devices/started"
}

# load_devices "IOTIMER PARAMETERS" [PARAMETER=VALUE]...: of test_devices
load_devices() {
	# shellcheck disable=SC2086 # several parameters
	load_iotimer $1 || return 1
	shift
	load_mod test_devices "$@"
}

unload_devices() {
	unload_mod test_devices
	unload_iotimer
}

T7_deadlines_do_not_drift() {
	start_until_called 40
	deadlines_met
}

load_devices period_ms=20
run_test T7_deadlines_do_not_drift
unload_devices

# The first call takes ten periods.
T14_missed_ticks_are_counted() {
	start_until_called 10
	at_least "$(timers dev0 missed)" 5 && at_least "$(tick missed)" 5
}

load_devices period_ms=20 busy_us=200000 busy_calls=1
run_test T14_missed_ticks_are_counted
check T14_missed_ticks_are_not_made_up_for deadlines_met
unload_devices

# A chunk takes at most the budget and one routine, that is 4 + 1 of these, and
# the next one comes in another jiffy: more than these in one are not one chunk.
T15_a_pass_is_cut_into_chunks() {
	start_until_called $((4 * $(cat "$test_devices/devices")))
	echo "# up to $(cat "$test_devices/most_in_a_jiffy") busy calls in a jiffy"
	[ "$(cat "$test_devices/most_in_a_jiffy")" -le 5 ]
}

T15_chunks_are_counted() {
	echo "# $(cat "$test_devices/calls") calls, $(tick passes) passes, $(tick chunks) chunks"
	at_least "$(tick chunks)" "$(($(cat "$test_devices/calls") / 5))" &&
		at_least "$(tick longest_chunk_ns)" 200000
}

# Two fewer: the first and the last pass may call only some of the devices.
T15_nobody_is_left_out() {
	awk -v most="$(timers dev0 ticks)" '/^dev[0-9]/ && $4 < most - 2 {
		print "# " $1 ": " $4 " of " most
		left_out = 1
	}
	END { exit left_out }' "$IOTIMER/timers"
}

load_devices "period_ms=200 budget_us=200" devices=40 busy_us=50
run_test T15_a_pass_is_cut_into_chunks
run_test T15_chunks_are_counted
run_test T15_nobody_is_left_out
unload_devices

# The busy ones come after many that lull.
load_devices "period_ms=200 budget_us=200" devices=100 idle_devices=60 busy_us=50
check T15_busy_after_idle_ones T15_a_pass_is_cut_into_chunks
unload_devices

# They are known to be cheap, one pass in one chunk, and then take four times the budget together.
T15_slow_after_cheap_passes() {
	echo 1 >"$test_devices/started"
	wait_until 20 called 400 || return 1
	echo 20 >"$test_devices/busy_us"
	passes=$(tick passes)
	chunks=$(tick chunks)
	wait_until 20 called $(($(cat "$test_devices/calls") + 400)) || return 1
	echo 0 >"$test_devices/started"
	passes=$(($(tick passes) - passes))
	chunks=$(($(tick chunks) - chunks))
	echo "# $passes passes, $chunks chunks"
	at_least "$chunks" $((2 * passes))
}

load_devices "period_ms=100 budget_us=200" devices=40
run_test T15_slow_after_cheap_passes
unload_devices

# Slow routines and cut passes, one test module
IOTIMER_PARAMS="period_ms=100 budget_us=20000"
run_test_module test_pass
IOTIMER_PARAMS=

# The tick is late by twelve periods. A timer that is stopped after two of them has
# missed one or two ticks, one that is started after eight three or four. All that
# takes a quarter of a second: after 0.95 s of each second PREEMPT_RT throttles.
T14_only_ticks_while_started_are_missed() {
	echo 1 >/sys/module/test_late/parameters/stall || return 1
	all=$(tick missed)
	stopped=$(timers late_stopped missed)
	started=$(timers late_started missed)
	echo "# $all missed; $stopped by one stopped early, $started by one started late"
	at_least "$all" 10 && at_least "$stopped" 1 && at_least "$started" 1 &&
		[ $((stopped + started)) -le $((all - 4)) ]
}

T14_ticks_while_stopped_are_not_missed() {
	[ "$(timers late_stopped missed)" = "$stopped" ] && [ "$(timers late_started missed)" = "$started" ]
}

load_iotimer period_ms=20
if [ "$(nproc)" -ge 2 ]; then
	load_mod test_late period_ms=20
	run_test T14_only_ticks_while_started_are_missed
	run_test T14_ticks_while_stopped_are_not_missed
	unload_mod test_late
else
	skip T14_only_ticks_while_started_are_missed "needs two CPUs"
fi
unload_iotimer

# A device's figures are its own. Slots are used again: the devices of test_late keep the page, and dev0 gets the
# slot of an earlier dev0, which has been called, has been slow and has missed ticks.
T1_new_timer_begins_at_zero() {
	load_mod test_devices busy_us=50000 busy_calls=3 || return 1
	start_until_called 5
	used="$(timers dev0 ticks) $(timers dev0 missed) $(timers dev0 over)"
	unload_mod test_devices
	load_mod test_devices || return 1
	new="$(timers dev0 ticks) $(timers dev0 missed) $(timers dev0 over) $(timers dev0 max_ns)"
	unload_mod test_devices
	echo "# calls, missed, over budget: $used; of the next device, and its longest call: $new"
	[ "${used%% *}" -ge 5 ] && [ "${used##* }" -ge 1 ] && [ "$new" = "0 0 0 0" ]
}

load_iotimer period_ms=20 stats=1 routine_budget_us=10000
load_mod test_late period_ms=20
allow_warnings "iotimer: routine .* took"
run_test T1_new_timer_begins_at_zero
allow_no_warnings
unload_mod test_late
unload_iotimer

# Pages without a started timer take their time from the budget, too: one timer is started behind them.
T15_idle_pages_are_cut_into_chunks() {
	echo 1 >"$test_devices/started"
	wait_until 20 called 5 || return 1
	echo 0 >"$test_devices/started"
	echo "# $(tick passes) passes, $(tick chunks) chunks"
	at_least "$(tick chunks)" $((2 * $(tick passes)))
}

load_devices "period_ms=100 budget_us=10" devices=60000 first=59999
run_test T15_idle_pages_are_cut_into_chunks
unload_devices

# T10 by the tick's own counters
armed_is() {
	[ "$(tick armed)" = "$1" ]
}

# Started twice and stopped once.
T10_armed_while_started() {
	echo 1 >"$test_devices/started"
	echo 1 >"$test_devices/started"
	armed_is 1 && wait_until 20 called 600 && armed_is 1
}

T10_not_armed_after_the_last_stop() {
	echo 0 >"$test_devices/started"
	armed_is 0 && [ "$(tick started)" = 0 ]
}

T10_started_and_stopped_in_hardirq() {
	echo 1 >"$test_devices/started_in_hardirq"
	armed_is 1 || return 1
	wait_until 20 called $(($(cat "$test_devices/calls") + 600)) || return 1
	echo 0 >"$test_devices/started_in_hardirq"
	armed_is 0
}

# ... and by the kernel's timer events: wake_ups [ACTION]
wake_ups() {
	echo >"$tracing/trace"
	echo 1 >"$event"
	[ $# -eq 0 ] || echo "$1" >"$test_devices/started_in_hardirq"
	sleep 0.2
	echo 0 >"$event"
	grep -c 'function=tick_fn\b' "$tracing/trace"
}

T10_no_wake_up_while_stopped() {
	stopped=$(wake_ups 2)
	started=$(wake_ups 1)
	echo 0 >"$test_devices/started"
	echo "# wake-ups: $stopped while stopped, $started while started"
	[ "$stopped" -eq 0 ] && [ "$started" -gt 0 ]
}

T10_no_wake_up_after_a_stop_in_the_routine() {
	echo 1 >"$test_devices/started"
	wait_until 20 called 3
	stopped=$(wake_ups)
	echo "# $stopped wake-ups"
	armed_is 0 && [ "$stopped" -eq 0 ]
}

tracing=/sys/kernel/tracing
event=$tracing/events/timer/timer_expire_entry/enable
load_devices period_ms=20 devices=300
check T10_not_armed_before_start armed_is 0
run_test T10_armed_while_started
run_test T10_not_armed_after_the_last_stop
run_test T10_started_and_stopped_in_hardirq
if [ -e "$event" ] || mount -t tracefs none "$tracing"; then
	run_test T10_no_wake_up_while_stopped
	unload_devices
	load_devices period_ms=20 last_call=3
	run_test T10_no_wake_up_after_a_stop_in_the_routine
else
	skip T10_no_wake_up_while_stopped "no tracefs"
	skip T10_no_wake_up_after_a_stop_in_the_routine "no tracefs"
fi
unload_devices

T11_over_budget_is_counted() {
	start_until_called 5
	echo "# $(timers dev0 over) of $(timers dev0 ticks), up to $(timers dev0 max_ns) ns"
	[ "$(timers dev0 over)" = "$(timers dev0 ticks)" ] &&
		at_least "$(timers dev0 last_ns)" 300000 &&
		at_least "$(timers dev0 max_ns)" "$(timers dev0 last_ns)"
}

T11_within_budget_is_not() {
	over=$(timers dev0 over)
	echo 0 >"$test_devices/busy_us"
	echo 1000000 >/sys/module/iotimer/parameters/routine_budget_us
	start_until_called $(($(cat "$test_devices/calls") + 5))
	[ "$(timers dev0 over)" = "$over" ]
}

# Calls of 300 us that were found to take 262,144 to 524,287 ns
right_runtimes() {
	awk '$1 == 262144 { n = $3 } END { print n + 0 }' "$IOTIMER/devices/dev0/runtime"
}

# The walker has learned the rate of the cycle counter after three times 100 ms, where there is a counter.
T11_run_times_are_right_all_along() {
	start_until_called $(($(cat "$test_devices/calls") + 30)) || return 1
	right=$(right_runtimes)
	start_until_called $(($(cat "$test_devices/calls") + 20)) || return 1
	echo "# $right, then $(right_runtimes) of $(timers dev0 ticks)"
	awk '$1 ~ /^[0-9]+$/ && $1 < 262144 { bad = 1 } END { exit bad }' "$IOTIMER/devices/dev0/runtime" &&
		[ "$(right_runtimes)" -gt "$right" ]
}

load_devices "period_ms=20 stats=1 routine_budget_us=100" busy_us=300
expect_warning_begin "iotimer: routine busy_routine .* of dev0 took"
run_test T11_over_budget_is_counted
expect_warning_end T11_over_budget_is_named_once
run_test T11_run_times_are_right_all_along
run_test T11_within_budget_is_not
unload_devices

# The first passes teach the walker the rate of the cycle counter.
T15_a_pass_is_cut_with_statistics() {
	start_until_called $((12 * $(cat "$test_devices/devices"))) && T15_a_pass_is_cut_into_chunks
}

load_devices "period_ms=200 budget_us=200 stats=1 routine_budget_us=1000000" devices=40 busy_us=50
run_test T15_a_pass_is_cut_with_statistics
unload_devices

load_devices "period_ms=20 stats=1 routine_budget_us=100" devices=3 busy_us=300
expect_warning_begin "iotimer: routine busy_routine .* of dev0 took"
start_until_called 9
expect_warning_end T11_one_routine_of_several_devices_is_named_once
unload_devices

finish
