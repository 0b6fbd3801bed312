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

# Nothing is in the layer and in the core, and what was opened was closed.
all_gone() {
	nothing_left && ! left_behind && [ ! -e /dev/wdm_front ]
}

closed_as_often_as_created() {
	log_since_mark | sed -n 's/.*wdm-front: created \([0-9]*\), cleaned up \([0-9]*\), closed \([0-9]*\), unloads 1$/\1 \2 \3/p' |
		awk '{ good = $1 > 0 && $1 == $2 && $1 == $3 } END { exit !good }'
}

check "R6 driver with DriverEntry loads" load_front
exec 3<>/dev/wdm_front
check "R6 an open file keeps the module" cannot_rmmod test_wdm_front
check "R6 a driver keeps the front end" cannot_rmmod iotimer_wdm_front
exec 3>&-
run_harness ./wdm_front_test wdm_front
check "R6 direct and neither are refused with a message" said "control code 0x[0-9a-f]*: only METHOD_BUFFERED"
check "R6 a device without DO_BUFFERED_IO as well" said "wdm_front_neither: read needs DO_BUFFERED_IO"
check "R6 DriverUnload is called" unload_mod test_wdm_front
check "R6 every file was closed" closed_as_often_as_created
check "R6 nothing is left" all_gone
unload_front

check "R6 it loads once more" load_front
check "R6 and unloads" unload_mod test_wdm_front
unload_front

load_iotimer period_ms=20
load_mod iotimer_wdm
load_mod iotimer_wdm_front
check "R6 nothing is left of DriverEntry that fails after any step" wdm_fails_after_each_step entry 0
unload_mod iotimer_wdm_front
unload_mod iotimer_wdm
unload_iotimer
finish
