#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# On a machine with CPUs that are isolated from the kernel's timers (nohz_full=) a
# start from such a CPU arms the tick on another one: T7.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

isolated=$(cat /sys/devices/system/cpu/nohz_full 2>/dev/null)
case $isolated in
[0-9]*) ;;
*) skip_all "needs a kernel command line with nohz_full=" ;;
esac
cpu=${isolated%%[-,]*}

T7_start_on_an_isolated_cpu() {
	# Two programs keep it busy: other CPUs take over the timers of one that is idle, or that runs a single one
	# and has stopped the kernel's tick for it.
	busy=$(mktemp)
	loop="while [ -e $busy ]; do :; done"
	taskset "$(printf %x $((1 << cpu)))" sh -c "($loop) & echo 1 >$test_devices/started; $loop; wait" &
	wait_until 20 called 5
	called=$?
	rm "$busy"
	wait
	echo 0 >"$test_devices/started"
	[ "$called" = 0 ] || return 1
	echo "# started on CPU $cpu, called on CPU $(cat "$test_devices/last_cpu")"
	[ "$(cat "$test_devices/last_cpu")" != "$cpu" ]
}

load_iotimer period_ms=50
load_mod test_devices
run_test T7_start_on_an_isolated_cpu
unload_mod test_devices
unload_iotimer
finish
