#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Stop, delete and owners that are unloaded: clauses T5, T6 and T11 to T13.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

# One chunk holds all calls of a pass.
IOTIMER_PARAMS="period_ms=20 budget_us=1000000"
run_test_module test_stop
IOTIMER_PARAMS=
run_test_module test_delete

# Each of these warns, and each warning is printed only once while iotimer is loaded.
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
run_test_module test_refuse only=T14
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

# If the first attempt fails, busybox insmod tries another way, and the message comes twice.
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
		log_since_mark | grep -q "iotimer: .*test_leak.*controllers: 1 orphan-ctl"
}

# said REGEX: printed exactly once since the last mark_log
said() {
	[ "$(log_since_mark | grep -c "$1")" = 1 ]
}

T13_one_warning_for_many_devices() {
	mark_log
	load_mod test_leak devices=20 || return 1
	unload_mod test_leak
	nothing_left && said "iotimer: .*test_leak.*devices: 20 orphan, orphan1, orphan10, ..." &&
		said "iotimer: .*test_leak"
}

T13_routines_use_another_devices_interrupt() {
	for _ in 1 2 3 4 5; do
		load_mod test_leak devices=20 crossed=1 || return 1
		sleep 0.1
		unload_mod test_leak
		nothing_left || return 1
	done
}

# Its timer and its interrupt are stopped for good, its context is not shown any more, and it can still be deleted.
T13_another_module_uses_the_controller() {
	load_mod test_keeper && load_mod test_leak shared=1 || return 1
	sleep 0.1
	holders=$(cat "$IOTIMER/devices/holder/context")
	unload_mod test_leak
	[ "$holders" = "counted some" ] && ! grep -v '^#' "$IOTIMER/devices/holder/context" &&
		[ "$(rows controllers) $(rows timers)" = "0 2" ] &&
		[ "$(timers holder state) $(timers holder context)" = "cut-off none" ] &&
		[ "$(cat /sys/module/test_keeper/parameters/errors)" = \
			"start -108, raise -108, disconnect 0" ]
	shared_result=$?
	unload_mod test_keeper
	nothing_left && return "$shared_result"
}

# The routines of a module that goes may use them until they have been stopped.
T13_devices_go_before_jump_labels() {
	load_mod test_keeper && load_mod test_leak && unload_mod test_leak || return 1
	taken=$(cat /sys/module/test_keeper/parameters/name_taken)
	unload_mod test_keeper
	[ "$taken" = 0 ]
}

T13_another_module_is_deleting_a_device() {
	load_mod test_keeper || return 1
	taskset -p 1 $$ >/dev/null	# the control routine has the second CPU
	deleted_result=1
	if load_mod test_leak deleted=1; then
		unload_mod test_leak
		# The controller is test_keeper's.
		[ "$(rows timers) $(rows interrupts) $(tick armed)" = "0 0 0" ] &&
			[ "$(cat /sys/module/test_keeper/parameters/name_taken)" = 0 ]
		deleted_result=$?
	fi
	taskset -p ff $$ >/dev/null
	unload_mod test_keeper
	nothing_left && return "$deleted_result"
}

# Returns with preemption, interrupts or bottom halves off, or as an RCU reader
test_exit_returns() { # HOW
	mark_log
	if ! load_mod test_leak leave="$1" 2>/dev/null; then
		skip "T13_exit_returns_with_$1" "the kernel itself reports that, or cannot tell"
		return
	fi
	unload_mod test_leak
	check "T13_exit_returns_with_$1" said "iotimer: module test_leak returned .*: restored"
	check "T13_exit_returns_with_$1, devices are deleted" nothing_left
}

load_iotimer period_ms=20
expect_warning_begin "iotimer: .*test_leak.*orphan"
run_test T13_exit_leaves_a_started_device
expect_warning_end T13_owner_and_device_are_named
allow_warnings "iotimer: (module test_leak (left|returned)|.*module test_leak, which leaves)"
run_test T13_init_fails_after_start
run_test T13_exit_leaves_a_controller
run_test T13_one_warning_for_many_devices
run_test T13_routines_use_another_devices_interrupt
run_test T13_another_module_uses_the_controller
run_test T13_devices_go_before_jump_labels
if [ "$(nproc)" -gt 1 ]; then
	run_test T13_another_module_is_deleting_a_device
else
	skip T13_another_module_is_deleting_a_device "needs two CPUs"
fi
for how in preempt irqs bh rcu; do
	test_exit_returns $how
done
allow_no_warnings
unload_iotimer

finish
