#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Stop, delete and owners that go: clauses T5, T6 and T11 to T13.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

# One chunk holds all calls of a pass.
IOTIMER_PARAMS="period_ms=20 budget_us=1000000"
run_test_module test_stop
IOTIMER_PARAMS=
run_test_module test_delete

# Each of these warns, and each warning comes only once while iotimer is loaded.
while read -r tests; do
	run_test_module test_refuse only="$tests"
done <<END
T6_stop_sync_in_own,T6_delete_in_own,T11_preempt_count
T6_stop_sync_in_hardirq,T6_delete_in_atomic,T11_irqs
T6_stop_sync_with_irqs_disabled,T11_bottom_halves
T6_stop_sync_in_a_section,T6_every_offender
END
run_test_module test_refuse only=T11_second
IOTIMER_PARAMS="period_ms=20 budget_us=1000000"
run_test_module test_refuse only=T11_late
IOTIMER_PARAMS=

orphan_called() {
	[ "$(timers orphan ticks)" -gt 0 ]
}

T13_exit_leaves_a_started_device() {
	load_mod test_leak || return 1
	wait_until 20 orphan_called || return 1
	[ "$(timers orphan owner)" = test_leak ] || return 1
	unload_mod test_leak
	nothing_left
}

# busybox insmod tries a second way when the first fails: it is said twice then.
T13_init_fails_after_start() {
	mark_log
	! load_mod test_leak fail=1 2>/dev/null && nothing_left &&
		log_since_mark | grep -q "iotimer: .*test_leak.*orphan"
}

T13_exit_leaves_a_controller() {
	mark_log
	load_mod test_leak controller=1 || return 1
	unload_mod test_leak
	nothing_left && ! grep -q orphan-ctl "$IOTIMER/controllers" &&
		log_since_mark | grep -q "iotimer: .*test_leak.*controller orphan-ctl"
}

load_iotimer period_ms=20
expect_warning_begin "iotimer: .*test_leak.*orphan"
run_test T13_exit_leaves_a_started_device
expect_warning_end T13_owner_and_device_are_named
run_test T13_init_fails_after_start
run_test T13_exit_leaves_a_controller
unload_iotimer

finish
