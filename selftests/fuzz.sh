#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# fuzz_test: random use of the samples' character device, of debugfs and of module parameters, ROUNDS
# times for each of SEEDS. The kernel must report nothing, the device must work afterwards, and parameters
# must be within their ranges.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

parameters=/sys/module/iotimer/parameters
dev=/dev/iotimer_edu0

fuzz_ran() { # SEED
	./fuzz_test "$1" "${ROUNDS:-3000}" >/tmp/fuzz
	fuzz_status=$?
	echo "# $(cat /tmp/fuzz)"
	return "$fuzz_status"
}

in_range() { # PARAMETER FROM TO
	[ "$(cat "$parameters/$1")" -ge "$2" ] && [ "$(cat "$parameters/$1")" -le "$3" ]
}

# Hanging requests of other files may come first, but a file gets its own results only. The reader has the
# device as its standard input only, so the result is complete when that is closed.
device_works() {
	exec 3<>"$dev"
	echo 5 >&3
	answer=$(timeout $((60 * ${SLOW:-1})) dd bs=64 count=1 <&3 3>&- 2>/dev/null)
	exec 3>&-
	[ "$answer" = 120 ]
}

load_iotimer period_ms=20
load_mod iotimer_vdev devices=3
if ! load_mod iotimer_edu || [ ! -e "$dev" ]; then
	skip_all "no edu device: start QEMU with -device edu"
fi
# statistics and the budget of routines are among what is changed at random
allow_warnings "iotimer: routine .* took"
for seed in ${SEEDS:-1 2 3}; do
	check "fuzz seed $seed" fuzz_ran "$seed"
done
check "fuzz: budget_us is in its range" in_range budget_us 10 1000000
check "fuzz: routine_budget_us is in its range" in_range routine_budget_us 1 1000000
check_eq "fuzz: period_ms is as it was" "$(cat $parameters/period_ms)" 20
check "fuzz: the device works" device_works
echo 0 >/sys/module/iotimer/parameters/stats
allow_no_warnings
unload_mod iotimer_edu
unload_mod iotimer_vdev
check_eq "fuzz: nothing is left" "$(tick devices)" 0
unload_iotimer
finish
