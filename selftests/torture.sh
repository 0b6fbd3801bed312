#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# iotimer_torture, while debugfs is read, statistics are switched, drivers come and go, and CPUs go offline.
# PROFILE sets the duration: smoke (seconds, the default), stress (minutes), soak (an hour).
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

case ${PROFILE:-smoke} in
smoke) seconds=6 ;;
stress) seconds=180 ;;
soak) seconds=3600 ;;
*) skip_all "no profile $PROFILE" ;;
esac

running=/tmp/torture.running
cpus=$(ls -d /sys/devices/system/cpu/cpu[1-9]*/online 2>/dev/null)
if ! disposable; then
	echo "# CPUs stay online: IOTIMER_DISPOSABLE=yes allows to take them offline"
	cpus=
fi

read_all() {
	while [ -e $running ]; do
		cat "$IOTIMER"/timers "$IOTIMER"/tick "$IOTIMER"/controllers "$IOTIMER"/interrupts
		cat "$IOTIMER"/devices/t1*/* 2>/dev/null
		echo 1 >/sys/module/iotimer/parameters/stats
		sleep 0.05
		echo 0 >/sys/module/iotimer/parameters/stats
	done >/dev/null
}

# Another CPU takes over the timers and the tick of a CPU that goes offline.
plug_cpus() {
	while [ -e $running ]; do
		for cpu in $cpus; do
			echo 0 >"$cpu" 2>/dev/null
			sleep 0.1
			echo 1 >"$cpu"
			sleep 0.5
		done
	done
}

load_and_unload() {
	while [ -e $running ]; do
		insmod "$(module_path iotimer_vdev)" devices=5 && sleep 0.2 && rmmod iotimer_vdev
	done
}

# Compare the counts of iotimer_torture with debugfs: a COLUMN of TABLE with OURS.
agree() { # TABLE COLUMN OURS
	column "$1" "$2" | awk -v ours="$3" '
	FNR == NR { counted[$1] = $ours; next }
	$1 in counted { seen++; if ($2 != counted[$1]) { print "# " $1 ": " $2 ", not " counted[$1]; bad = 1 } }
	END { exit bad || !seen }' /sys/module/iotimer_torture/parameters/counts -
}

load_iotimer period_ms=10 routine_budget_us=1000000
touch $running
read_all &
load_and_unload &
[ -z "$cpus" ] || plug_cpus &
mark_log
load_mod iotimer_torture period_ms=10 seconds="$seconds" slow="${SLOW:-1}" seed="${SEED:-1}"
rm $running
wait
subtests_from_log torture
check torture_calls_add_up agree timers ticks 2
check torture_ISR_calls_add_up agree interrupts count 3
check torture_SynchCritSections_add_up agree interrupts synchronized 4
check_eq torture_nothing_is_started "$(tick started) $(tick armed)" "0 0"
unload_mod iotimer_torture
check_eq torture_nothing_is_left "$(tick devices)" 0
unload_iotimer
finish
