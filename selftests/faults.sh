#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Every allocation fails once: in the functions that drivers call, when statistics are switched on, and
# while the sample drivers are loaded and bound. Needs CONFIG_FAILSLAB and its files in debugfs.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

failslab=/sys/kernel/debug/failslab
kmemleak=/sys/kernel/debug/kmemleak
[ -d "$failslab" ] && [ -e /proc/self/fail-nth ] || skip_all "needs CONFIG_FAILSLAB"

# Allocations that may sleep fail, too, and nothing is said of those that do.
for fault in /sys/kernel/debug/fail*; do
	echo 0 >"$fault/verbose"
	[ ! -e "$fault/ignore-gfp-wait" ] || echo N >"$fault/ignore-gfp-wait"
done

# How many faults there have been: each kind counts its own downwards.
faults_left() {
	cat /sys/kernel/debug/fail*/times | awk '{ n += $1 } END { print n }'
}

for fault in /sys/kernel/debug/fail*; do
	echo 1000000 >"$fault/times"
done

# with_fault N COMMAND...: its Nth allocation fails
with_fault() {
	# shellcheck disable=SC2016 # for the other shell
	sh -c 'echo "$0" >/proc/self/fail-nth && exec "$@"' "$@" >/dev/null 2>&1
}

# fail_each NAME UNDO COMMAND...: until no allocation is left that could fail
fail_each() {
	name=$1
	undo=$2
	shift 2
	nth=0
	errors=0
	before=x
	while [ "$before" != "$(faults_left)" ] && [ "$nth" -lt 3000 ]; do
		before=$(faults_left)
		nth=$((nth + ${STEP:-1}))
		if with_fault "$nth" "$@"; then
			$undo
		else
			errors=$((errors + 1))
		fi
	done
	echo "# $name: $nth allocations, $errors errors"
	check_eq "faults_$name" "$((errors > 0 && nth < 3000))" 1
}

rows() { # TABLE
	grep -vc -e '^#' -e '^device ' -e '^controller ' "$IOTIMER/$1"
}

switch_on() {
	# shellcheck disable=SC2016 # for the other shell
	sh -c 'echo "$0" >/proc/self/fail-nth; echo 1 >"$1"' "$1" "$IOTIMER/stats" 2>/dev/null
}

# On failure the switch stays as it was.
stats_on_or_off() {
	nth=1
	refused=0
	before=x
	while [ "$before" != "$(faults_left)" ] && [ "$nth" -lt 500 ]; do
		before=$(faults_left)
		if switch_on "$nth"; then
			[ "$(cat "$IOTIMER/stats")" = 1 ] || return 1
		else
			refused=$((refused + 1))
			[ "$(cat "$IOTIMER/stats")" = 0 ] || return 1
		fi
		echo 0 >"$IOTIMER/stats"
		nth=$((nth + 1))
	done
	echo "# statistics: $nth allocations, $refused errors"
	[ "$refused" -gt 0 ]
}

run_test_module test_faults
load_iotimer period_ms=20
load_mod iotimer_vdev devices=3
run_test stats_on_or_off
unload_mod iotimer_vdev

for context in device controller own; do
	fail_each "vdev_$context" "rmmod iotimer_vdev" insmod "$(module_path iotimer_vdev)" devices=2 context=$context
done
check_eq faults_nothing_is_left "$(rows timers) $(rows controllers) $(rows interrupts) $(tick armed)" "0 0 0 0"

unload_iotimer
echo scan >"$kmemleak"
sleep 6
echo scan >"$kmemleak"
echo scan >"$kmemleak"
check_eq "kmemleak finds nothing of iotimer" "$(grep -c iotimer "$kmemleak")" 0
finish
