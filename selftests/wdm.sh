#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The layer for ported sources: what the public documentation of Windows states for each name.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

# DbgPrint's lines, whose formats are those of Windows
said() { # TEXT
	log_since_mark | grep -q "wdm-text: $1\$"
}

# The lines that the layer has printed
logged() { # TEXT
	log_since_mark | grep -q "iotimer: $1"
}

thread_done() {
	log_since_mark | grep -q "wdm-thread: late thread is done"
}

load_once() { # MODULE TEST
	load_mod "$1" only="$2" period_ms=20 && unload_mod "$1"
}

# Two loads of a module that the layer outlasts: nothing of the first one is left.
run_twice() { # MODULE TEST
	mark_log
	load_iotimer period_ms=20
	load_mod iotimer_wdm
	load_once "$@"
	load_once "$@"
	unload_mod iotimer_wdm
	unload_iotimer
	subtests_from_log "$1"
}

work_done() {
	log_since_mark | grep -q "wdm-work: late work is done" &&
		log_since_mark | grep -q "wdm-work: late work without its device is done"
}

LAYER=iotimer_wdm
run_test_module test_wdm_irql
run_test_module test_wdm_irq
run_test_module test_wdm_dpc
run_test_module test_wdm_ktimer
run_test_module test_wdm_device
run_test_module test_wdm_request
check "W_error_log_entry" logged "test_wdm_request.*: error 0x40040005, value 0x77, final status 0xc00000b5, retries 3, data .01 02 03 04 05 06 07 08 09 0a 0b 0c 00 00 00 00.\$"
check "W_error_log_of_a_driver" logged ".Driver.LongNa: error 0x1, value 0x0, final status 0x0, retries 0, data .5a.\$"
check "W_error_log_of_the_largest_size" logged ".Driver.LongNameOfADriver012345: error 0xf0, .* data .\(5a \)\{63\}5a.\$"
run_test_module test_wdm_csq
run_test_module test_wdm_event
run_test_module test_wdm_work
check "K3_unload_waits_for_work_items" work_done
run_test_module test_wdm_thread
check "K3_unload_waits_for_threads" thread_done
run_twice test_wdm_thread W_extensions
run_twice test_wdm_device W_T4_start_without_init
run_test_module test_wdm_ddk
run_test_module test_wdm_names
check "W_text_lengths" said "-1 2 abc -3 123456789abc 4 5"
check "W_text_as_wide_as_pointers" said "-7 123456789ab"
check "W_text_of_32_bits" said "-1 2 abc|    7|8"
check "W_text_conversions" said "50% ab  |   07|z narrow"
check "W_text_pointers_for_what_is_wide" said "[(0].* [(0].* S4 [0-9a-f]* [0-9a-f]* [0-9a-f]* end"
check "W_text_of_checked_builds" said "checked build 6"
finish
