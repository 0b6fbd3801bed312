#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Unloading: refused while drivers use the core, safe for a driver at any moment, and nothing is left behind.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh
! built_in || skip_all "iotimer is built in, unloading is not to be tried"

devices=$IOTIMER/devices

# busybox explains its refusal on stderr
refused() { # MODULE
	! rmmod "$1" 2>/dev/null && [ -d "/sys/module/$1" ]
}

folders_gone() {
	nothing_left && [ "$(find "$devices" -mindepth 1 | wc -l)" = 0 ]
}

# A read of a file that is still open returns an error, nothing or text, but it returns.
read_rest() {
	cat <&3 >/dev/null 2>&1
	cat <&4 >/dev/null 2>&1
	cat <&5 >/dev/null 2>&1
	cat <&6 >/dev/null 2>&1
	return 0
}

ticked() {
	[ "$(timers vdev00000 ticks)" -ge 3 ]
}

# rmmod waits for several RCU grace periods.
echo 1 >/sys/kernel/rcu_expedited

load_iotimer period_ms=20
load_mod iotimer_vdev devices=50
check "T13_rmmod is refused while a driver is loaded" refused iotimer
check "timers run" wait_until 60 ticked
check "T12_rmmod of the driver with timers running" unload_mod iotimer_vdev
check "nothing is left" folders_gone
unload_iotimer
check "nothing is left in debugfs" test ! -e "$IOTIMER"

# Files held open
load_iotimer period_ms=20
load_mod test_debugfs
exec 3<"$devices/watchdog/ticks" 4<"$devices/watchdog/context" 5<"$IOTIMER/timers" 6<"$IOTIMER/tick"
check "half a line is read" test "$(head -c 3 <&5)" = dev
check "rmmod of the driver with its files open" unload_mod test_debugfs
check "they are read afterwards" read_rest
check "nothing is left but what is open" folders_gone
rmmod iotimer 2>/dev/null
check "they are read after rmmod was tried" read_rest
exec 3<&- 4<&- 5<&- 6<&-
if [ -d /sys/module/iotimer ]; then
	check "rmmod when they are closed" unload_iotimer
else
	loaded=
fi

# Unload in the middle of a pass
load_and_unload() { # TIMES
	n=$1
	while [ "$n" -gt 0 ]; do
		load_mod test_unload && unload_mod test_unload || return 1
		n=$((n - 1))
	done
}

load_iotimer period_ms=20
check "T12_rmmod in the middle of a pass" load_and_unload 10
check "nothing is left of that" folders_gone
unload_iotimer

# Load, use and unload everything CYCLES times (50), or 5 times where kmemleak finds a leak of each cycle
cycles() { # FROM TO
	n=$1
	while [ "$n" -lt "$2" ]; do
		case $((n % 3)) in
		0) kind=device ;;
		1) kind=controller ;;
		2) kind=own ;;
		esac
		insmod "$core" period_ms=20 stats=$((n % 2)) routine_budget_us=1000000 &&
			insmod "$driver" devices=20 context="$kind" &&
			rmmod iotimer_vdev && rmmod iotimer || return 1
		n=$((n + 1))
	done
}

core=$(module_path iotimer)
driver=$(module_path iotimer_vdev)
if [ -w "$kmemleak" ]; then
	# Such a kernel is slow.
	check "${CYCLES:-5} cycles" cycles 0 "${CYCLES:-5}"
	check_eq "kmemleak finds nothing of iotimer" "$(kmemleak_found)" 0
elif traces_allocations; then
	check "${CYCLES:-50} cycles" cycles 0 "${CYCLES:-50}" # and finish looks for what they have left
else
	check "${CYCLES:-50} cycles" cycles 0 "${CYCLES:-50}"
	skip "nothing has leaked" "needs kmemleak or slub_debug=U"
fi
echo 0 >/sys/kernel/rcu_expedited
check "nothing is left in debugfs after that" test ! -e "$IOTIMER"
check "no module is left" test ! -d /sys/module/iotimer
finish
