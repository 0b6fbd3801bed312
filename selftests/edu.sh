#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The sample driver iotimer_edu on QEMU's edu device, with MSI and with the level-triggered line: edu_test.c
# and tests of the module as a whole. Then the same tests of iotimer_edu_wdm, the driver in Windows names.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

dev=/dev/iotimer_edu0
dir=$IOTIMER/devices/iotimer_edu0

device_gone() {
	cleaned_up && [ ! -e "$dev" ]
}

interrupts_counted() {
	[ "$(awk '$1 == "iotimer_edu0" { print $3 }' "$IOTIMER/interrupts")" -gt 0 ]
}

mode() {
	if grep iotimer_edu0 /proc/interrupts | grep -q MSI; then
		echo msi
	else
		echo intx
	fi
}

routine_of() { # DRIVER
	case $1 in
	iotimer_edu) echo edu_timer ;;
	iotimer_edu_wdm) echo EduIoTimer ;;
	esac
}

ticked() { # MORE THAN
	[ "$(cat "$dir/ticks")" -gt "$1" ]
}

# The scenario starts the timer with the device, not with a request.
ticks_when_idle() {
	wait_until 20 ticked $(($(cat "$dir/ticks") + 2)) && grep -q '^counter: *-1$' "$dir/context"
}

pending() {
	echo "5 fault=dead limit=60" >"$dev" && grep -q '^active: *[1-9]' "$dir/context"
}

# The steps of one request, without ticks: their number depends on the machine.
steps() { # REQUEST
	echo >/sys/kernel/tracing/trace
	exec 3<>"$dev"
	echo "$1" >&3
	timeout 60 cat <&3 >/dev/null 2>&1
	exec 3>&-
	sed -n 's/.*edu_step: edu0 #[0-9]* \([a-z-]*\).*/\1/p' /sys/kernel/tracing/trace |
		grep -v tick | tr '\n' ' '
}

# On a slow machine another attempt may time out, so try up to three times.
steps_are() { # REQUEST STEPS
	for try in 1 2 3; do
		got=$(steps "$1")
		[ "$got" = "$2 " ] && return 0
		echo "# try $try: $got"
	done
	return 1
}

trace_steps() { # NAME
	[ -d /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing
	echo 1 >/sys/kernel/tracing/events/iotimer_edu/enable
	check "$1 steps of a request" steps_are "5 limit=60" \
		"request start interrupt result"
	check "$1 steps after a lost interrupt" steps_are "5 fault=lose-irq limit=5" \
		"request start time-out interrupt retry start interrupt result"
	check "$1 steps after a hang" steps_are "5 fault=hang limit=5" \
		"request start time-out interrupt retry start interrupt result"
	check "$1 steps of a dead device" steps_are "5 fault=dead limit=5" \
		"request start time-out failure"
	check_eq "$1 ticks until a limit of 5 is over, and for the reset" \
		"$(grep -c 'tick: ' /sys/kernel/tracing/trace)" 12
	echo 0 >/sys/kernel/tracing/events/iotimer_edu/enable
}

# Unbind ends the active request, although its file is closed and nobody reads the error.
unbind_ends_request() {
	echo 1 >/sys/kernel/tracing/events/iotimer_edu/enable
	pending && echo "$edu" >"/sys/bus/pci/devices/$edu/driver/unbind"
	grep -q 'failure: error -19$' /sys/kernel/tracing/trace
	found=$?
	echo "$edu" >/sys/bus/pci/drivers/iotimer_edu/bind
	return "$found"
}

# rmmod explains its refusal on stderr.
cannot_rmmod() {
	! rmmod "$1" 2>/dev/null
}

test_mode() { # NAME DRIVER MODE
	case $3 in
	msi) intx=0 ;;
	intx) intx=1 ;;
	esac
	load_iotimer period_ms=20
	[ "$2" = iotimer_edu ] || { load_mod iotimer_wdm && load_mod iotimer_wdm_front; }
	if ! load_mod "$2" intx="$intx"; then
		not_ok "$1 load"
		unload_layers "$2"
		return
	fi
	check_eq "$1 interrupt is of that kind" "$(mode)" "$3"
	check_eq "$1 context is the device extension" "$(timers iotimer_edu0 context)" device
	check_eq "$1 routine is the driver's" "$(timers iotimer_edu0 routine)" "$(routine_of "$2")"
	check "$1 timer runs when idle" ticks_when_idle
	trace_steps "$1"
	run_harness ./edu_test "$1 edu_test"
	check "$1 interrupts are counted" interrupts_counted

	exec 3<>"$dev"
	check "$1 an open file keeps the module" cannot_rmmod "$2"
	exec 3>&-
	check "$1 the sample keeps the core" cannot_rmmod iotimer
	check "$1 unbind ends a request whose file is closed" unbind_ends_request
	mark_log
	check "$1 a request outlasts its file" pending
	check "$1 rmmod with a request pending" unload_mod "$2"
	check "$1 nothing is left" device_gone
	unload_layers "$2"
}

unload_layers() { # DRIVER
	[ "$1" = iotimer_edu ] || { unload_mod iotimer_wdm_front && unload_mod iotimer_wdm; }
	unload_iotimer
}

# BAR 5 is not there: the device is not bound, and the driver is not asked.
empty_bar_is_refused() {
	mark_log
	load_mod test_wdm_fail where=add bar=5 &&
		! ls -d /sys/bus/pci/drivers/test_wdm_fail/0000:* 2>/dev/null &&
		! log_since_mark | grep "wdm-fail: failed"
	bar_status=$?
	unload_mod test_wdm_fail && return "$bar_status"
}

no_bar_is_refused() {
	for bar in -1 6; do
		mark_log
		! load_mod test_wdm_fail where=add bar="$bar" 2>/dev/null || return 1
		log_since_mark | grep -q "iotimer: test_wdm_fail: there is no BAR $bar" || return 1
	done
}

test_failures() {
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	load_mod iotimer_wdm_front
	check "wdm nothing is left of AddDevice that fails after any step" wdm_fails_after_each_step add 0
	check "wdm nor of a device whose start fails" wdm_fails_after_each_step start 1
	check "wdm a device whose BAR is empty is refused" empty_bar_is_refused
	check "wdm a BAR that no device has is refused" no_bar_is_refused
	unload_layers iotimer_edu_wdm
}

edu=$(edu_device) || skip_all "no edu device: start QEMU with -device edu"
test_mode msi iotimer_edu msi
test_mode intx iotimer_edu intx
test_mode "wdm msi" iotimer_edu_wdm msi
test_mode "wdm intx" iotimer_edu_wdm intx
test_failures
finish
