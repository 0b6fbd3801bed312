#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Many devices and slow devices: how a pass is divided into chunks. Durations are printed only, because the
# machine may be slow; the tests depend on counts.
. ./functions.sh

chunks() {
	tick chunks
}

# run_chunks NAME [PARAMETER]...: each call uses up the budget and so needs a chunk of its own
run_chunks() {
	chunks_name=$1
	shift
	load_iotimer period_ms=100 budget_us=200
	mark_log
	load_mod test_chunks budget_us=200 "$@" || return
	subtests_from_log test_chunks
	chunks_calls=$(cat /sys/module/test_chunks/parameters/nr_calls)
	echo "# $chunks_calls calls in $(chunks) chunks of $(tick passes) passes"
	check "T15_$chunks_name" test "$(chunks)" -ge "$chunks_calls"
	unload_mod test_chunks
	unload_iotimer
}

run_chunks chunk_ends_with_the_call_that_uses_up_the_budget
run_chunks chunk_ends_with_the_first_slow_call_after_cheap_ones cheap=200

# A hundred thousand devices, or fewer where so many would take minutes
many=$((100000 / ${SLOW:-1} / ${SLOW:-1}))
load_iotimer period_ms=100
mark_log
load_mod test_scale period_ms=100 devices="$many"
subtests_from_log test_scale
echo "# $(tick passes) passes, $(chunks) chunks, $(tick missed) missed"
check_eq T10_nothing_is_armed "$(tick armed)" 0
check_eq T10_nothing_is_started "$(tick started)" 0
check_eq "$many devices" "$(tick devices)" "$many"
check_eq "$many rows" "$(grep -c '^scale' "$IOTIMER/timers")" "$many"
# Each call is counted, for the device that it was of.
counted=$(values timers scale ticks | awk '
	{ sum += $1; if (fewest == "" || $1 < fewest) fewest = $1 }
	END { print sum, fewest }')
check_eq "calls in all rows" "${counted% *}" "$(cat /sys/module/test_scale/parameters/nr_calls)"
check "three calls and more in each row" test "${counted#* }" -ge 3
check T15_pass_over_all_is_cut_into_chunks test "$(chunks)" -gt "$(tick passes)"
mark_log
unload_mod test_scale
log_since_mark | sed -n 's/.*iotimer-test: #/#/p'
check_eq "no devices are left" "$(tick devices)" 0
unload_iotimer
finish
