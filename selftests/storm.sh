#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Timers during an interrupt storm, and with a routine that occupies its CPU for 10 ms: each deadline is
# met or counted as missed, and deadlines do not drift.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

during_storm() { # NAME [PARAMETER]...: of test_devices
	storm_name=$1
	shift
	load_iotimer period_ms=20
	load_mod test_devices "$@"
	echo 1 >"$test_devices/started"
	mark_log
	load_mod test_storm period_ms=20
	check "$storm_name goes on" wait_until 20 called $(($(cat "$test_devices/calls") + 5))
	echo 0 >"$test_devices/started"
	subtests_from_log test_storm
	check "$storm_name meets its deadlines or counts them" deadlines_met
	unload_mod test_storm
	unload_mod test_devices
	unload_iotimer
}

during_storm "T14_storm_tick"
during_storm "T14_storm_and_hog_tick" busy_us=10000
finish
