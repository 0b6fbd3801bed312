#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Drivers on the layer for ported sources: the sample with a controller object, and one that leaves
# everything behind.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

# The sample iotimer_disk_wdm: two drives on a controller
disk() { # PARAMETER
	cat "/sys/module/iotimer_disk_wdm/parameters/$1"
}

disk_completes() {
	[ "$(disk completed)" = $((2 * $(disk requests))) ]
}

# Of the driver's rows
disk_rows() { # TABLE COLUMN
	values "$1" iotimer_disk_wdm "$2"
}

controllers() { # COLUMN
	disk_rows controllers "$1"
}

controllers_taken_in_turn() {
	holders="$holders $(controllers holder)"
	[ "$(echo "$holders" | tr ' ' '\n' | sort -u | grep -c iotimer_disk_wdm)" = 2 ]
}

controller_is_waited_for() {
	[ "$(controllers waiters)" = 1 ]
}

load_disk() { # PARAMETER...
	mark_log
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	load_mod iotimer_disk_wdm "$@"
}

unload_disk() { # NAME
	check "$1 unload" unload_mod iotimer_disk_wdm
	check "$1 nothing is left" cleaned_up
	unload_mod iotimer_wdm
	unload_iotimer
}

test_disk() {
	holders=
	check "disk loads" load_disk requests=100 lose=10
	check_eq "disk routine is the driver's" "$(disk_rows timers routine | grep -vx -e -)" DiskIoTimer
	check "disk reads all, in spite of lost interrupts" wait_until 60 disk_completes
	check_eq "disk what it has read is right" "$(disk errors)" 0
	# 200 that came, and before each ninth one that did not
	check "disk time-outs made up for them" test "$(disk timeouts)" -ge 22
	check_eq "disk controller is free, and its extension the timer's context" \
		"$(controllers holder) $(controllers waiters) $(controllers timers)" "- 0 1"
	unload_disk "disk"

	check "disk loads with many requests" load_disk requests=20000
	check "disk one drive waits while the other has the controller" \
		wait_until 20 controller_is_waited_for
	check "disk drives take turns" wait_until 20 controllers_taken_in_turn
	unload_disk "disk with requests pending"
}

# A driver that leaves its device, its interrupt and its timers behind
leaked_interrupts() {
	[ "$(awk '/^test_wdm_leak/ && $3 > most { most = $3 } END { print most + 0 }' "$IOTIMER/interrupts")" -ge 3 ]
}

# said TIMES TEXT: since the last mark_log
said() {
	[ "$(log_since_mark | grep -c "iotimer: module test_wdm_leak $2")" = "$1" ]
}

test_leak() {
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	check "T13 driver that leaves all behind loads" load_mod test_wdm_leak
	check "T13 its interrupt is raised" wait_until 20 leaked_interrupts
	leaked=$(awk '/^test_wdm_leak/ { print $1 }' "$IOTIMER/timers")
	check_eq "timer's routine is the driver's, its context the extension" \
		"$(timers "$leaked" routine) $(timers "$leaked" context)" "leaking_timer device"
	mark_log
	allow_warnings "iotimer: (module test_wdm_leak left |.*module test_wdm_leak, which leaves)"
	check "T13 it unloads" unload_mod test_wdm_leak
	check "T13 its device is deleted, and that is said once" said 1 "left device test_wdm_leak"
	check "K1 its timers are cancelled, and that is said once" said 1 "left [23] of its timers set"
	mark_log
	check "T13 nothing is left" cleaned_up
	check "T13 nor in the layer: it loads once more" load_mod test_wdm_leak
	check "T13 and unloads" unload_mod test_wdm_leak

	# The routine of its first device uses the interrupts of all others.
	for round in 1 2 3; do
		check "T13 driver with many interrupts loads, $round" load_mod test_wdm_leak crowd=100
		wait_until 20 leaked_interrupts
		mark_log
		check "T13 and unloads, $round" unload_mod test_wdm_leak
		check "T13 all devices of it are deleted, $round" said 101 "left device test_wdm_leak"
	done
	check "T13 nothing is left of it" nothing_left

	# The routines of DPCs that are left, without any device, run to their end before the code goes.
	if [ "$(nproc)" -gt 1 ]; then
		for by in 0 1; do
			check "T13 driver that leaves only DPCs loads, $by" load_mod test_wdm_leak dpcs_only=1 by_work=$by
			mark_log
			check "T13 and unloads, $by" unload_mod test_wdm_leak
			check_eq "T13 both have run, $by" "$(log_since_mark | grep -c 'a DPC has run to its end')" 2
		done
	else
		skip "T13 driver that leaves only DPCs" "needs two CPUs"
	fi
	allow_no_warnings
	unload_mod iotimer_wdm
	unload_iotimer
}

neighbour() { # PARAMETER
	cat "/sys/module/test_wdm_neighbour/parameters/$1"
}

more_calls() { # THAN
	[ "$(neighbour calls)" -gt "$1" ]
}

# A driver that goes neither waits for another one nor keeps it from anything.
test_neighbour() {
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	load_mod test_wdm_neighbour slow="${SLOW:-1}"
	check "K1 a driver's timer is at work" wait_until 20 more_calls 2
	load_mod test_wdm_leak dpcs_only=1 by_work=1
	check "T13 another driver unloads, which takes a while" unload_mod test_wdm_leak
	check_eq "T13 without waiting for the thread of the first one" "$(neighbour thread_ended)" 0
	check "K1 whose timer is at work still" wait_until 20 more_calls "$(neighbour calls)"
	unload_mod test_wdm_neighbour
	unload_mod iotimer_wdm
	unload_iotimer
}

test_disk
test_leak
test_neighbour
finish
