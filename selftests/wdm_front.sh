#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The front end for ported drivers: a driver with DriverEntry, dispatch routines and DriverUnload, from
# user space. ROUNDS: how often fuzz does something.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

load_front() {
	mark_log
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	load_mod iotimer_wdm_front
	load_mod test_wdm_front
}

unload_front() {
	unload_mod iotimer_wdm_front
	unload_mod iotimer_wdm
	unload_iotimer
}

cannot_rmmod() {
	! rmmod "$1" 2>/dev/null
}

said() { # TEXT
	log_since_mark | grep -q "$1"
}

said_once() { # TEXT
	[ "$(log_since_mark | grep -c "$1")" = 1 ]
}

# Nothing is in the layer and in the core, and what was opened was closed.
all_gone() {
	nothing_left && ! left_behind && [ ! -e /dev/wdm_front ]
}

check "R6 driver with DriverEntry loads" load_front
exec 3<>/dev/wdm_front
check "R6 an open file keeps the module" cannot_rmmod test_wdm_front
check "R6 a driver keeps the front end" cannot_rmmod iotimer_wdm_front
exec 3>&-
allow_warnings "iotimer: (FrontControl .* returned 0x0 without completing its request|wdm_front: a request that is to end has been|wdm_front goes, but its driver)|WARNING: .*(check_dispatch|call_driver)"
run_harness ./wdm_front_test wdm_front
allow_no_warnings
check "R6 direct and neither are refused with a message" said_once "iotimer: wdm_front: control code 0x[0-9a-f]*: only METHOD_BUFFERED"
check "R6 a device without DO_BUFFERED_IO as well" said_once "wdm_front_neither: read needs DO_BUFFERED_IO"
check "R3 a routine that returns without completing is named" said_once "iotimer: FrontControl .* returned 0x0 without completing its request"
check "R6 a request that is kept is named" said_once "iotimer: wdm_front: a request that is to end has been with the driver for 10 seconds"
check "R6 so is a device that is kept" said_once "iotimer: wdm_front goes, but its driver has kept a request for 10 seconds"
check "R6 DriverUnload is called" unload_mod test_wdm_front
check "R6 every file was closed" closed_as_often_as_created
check "R6 nothing is left" all_gone
unload_front

going() { # MODULE
	[ "$(cat "/sys/module/$1/initstate" 2>/dev/null)" = going ]
}

# In the middle of DriverUnload the device is there still, but the module cannot be held any more.
closed_while_it_unloads() {
	(wait_until 10 going test_wdm_front && [ -e /dev/wdm_front ] && ! true </dev/wdm_front) 2>/dev/null &
	unload_mod test_wdm_front && wait $!
}

check "R6 it loads once more" load_front
echo 500 >/sys/module/test_wdm_front/parameters/unload_ms
check "R6 and unloads, and cannot be opened meanwhile" closed_while_it_unloads
unload_front

load_iotimer period_ms=20
load_mod iotimer_wdm
load_mod iotimer_wdm_front
direct_is_refused() {
	mark_log
	! load_mod test_wdm_fail where=direct 2>/dev/null && said "iotimer: wdm_fail: direct I/O is not covered" &&
		said "wdm-fail: unloaded" && cleaned_up
}

# An open file would outlive the driver's code, which goes when the front end refuses one of its devices.
open_whenever_it_is_there() {
	while [ -e /tmp/wdm_fail_begun ]; do
		{ echo opened >>/tmp/wdm_fail_opened && sleep 0.2; } </dev/wdm_fail_first
	done 2>/dev/null
}

refused_driver_is_not_opened() {
	: >/tmp/wdm_fail_opened
	: >/tmp/wdm_fail_begun
	open_whenever_it_is_there &
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		# the opener goes first
		# shellcheck disable=SC2016 # for that shell
		! sh -c 'renice -n 19 -p $$ && exec insmod "$0" where=direct' "$(module_path test_wdm_fail)" >/dev/null 2>&1 || break
	done
	rm /tmp/wdm_fail_begun
	wait $!
	[ "$round" = 20 ] && [ ! -s /tmp/wdm_fail_opened ]
}

# As a device's number may be, when that has gone
number_without_a_device() {
	mknod /tmp/wdm_none c "$(awk '$2 == "iotimer_wdm" { print $1 }' /proc/devices)" 1000 || return
	! true </tmp/wdm_none 2>/dev/null
	none_status=$?
	rm /tmp/wdm_none
	return "$none_status"
}

left_device_cannot_be_opened() {
	mark_log
	load_mod test_wdm_fail where=left && [ -e /dev/wdm_fail ] && ! cat /dev/wdm_fail 2>/dev/null
}

left_device_is_deleted() {
	allow_warnings "iotimer: module test_wdm_fail left"
	unload_mod test_wdm_fail && [ ! -e /dev/wdm_fail ] && nothing_left &&
		said_once "iotimer: module test_wdm_fail left device wdm_fail behind"
	left_status=$?
	allow_no_warnings
	return "$left_status"
}

check "R6 a driver without a dispatch routine refuses to open its device" left_device_cannot_be_opened
check "R6 a device that it leaves is deleted" left_device_is_deleted
check "R6 a device with direct I/O is refused, and the driver unloaded" direct_is_refused
check "R6 a number without a device cannot be opened" number_without_a_device
check "R6 nobody has opened a device of a driver that is refused" refused_driver_is_not_opened
check "R6 nothing is left of DriverEntry that fails after any step" wdm_fails_after_each_step entry 0
unload_mod iotimer_wdm_front
unload_mod iotimer_wdm
unload_iotimer
finish
