#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The sample driver iotimer_vdev: its three kinds of context, its parameters, many devices.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

collected() {
	cat /sys/module/iotimer_vdev/parameters/collected
}

# all_devices COLUMN: the different values in that column, each once
all_devices() {
	values timers vdev "$1" | sort -u
}

all_ticked() {
	[ "$(awk '/^vdev/ && $4 < 5' "$IOTIMER/timers" | wc -l)" = 0 ]
}

all_raised() {
	[ "$(awk '/^vdev/ && $3 < 3' "$IOTIMER/interrupts" | wc -l)" = 0 ]
}

collected_at_least() {
	[ "$(collected)" -ge "$1" ]
}

raised() {
	awk '/^vdev/ { n += $3 } END { print n }' "$IOTIMER/interrupts"
}

# The next tick collects all that the ISRs have counted so far, exactly once.
all_collected() {
	wait_until 20 collected_at_least "$(raised)" || return 1
	count=$(collected)
	[ "$count" -le "$(raised)" ]
}

synchronized() { # the devices whose interrupt's lock the others use, one of each context
	awk '/^vdev/ && $4 > 0' "$IOTIMER/interrupts" | wc -l
}

test_kind() { # KIND CONTEXTS
	load_iotimer period_ms=20
	if ! load_mod iotimer_vdev devices=20 context="$1"; then
		not_ok "$1 load"
		unload_iotimer
		return
	fi
	check_eq "$1 devices" "$(rows timers)" 20
	check_eq "$1 kind of context" "$(all_devices context)" "$1"
	check_eq "$1 states" "$(all_devices state)" started
	check "$1 timers tick" wait_until 20 all_ticked
	check "$1 interrupts are raised" wait_until 20 all_raised
	check "$1 what the ISRs counted is collected" all_collected
	check_eq "$1 interrupts' locks in use" "$(synchronized)" "$2"
	check "$1 context is shown" grep -q '^collected: *[1-9]' "$IOTIMER/devices/vdev00000/context"
	[ "$1" != controller ] || test_turns
	mark_log
	check "$1 unload" unload_mod iotimer_vdev
	check "$1 nothing is left" cleaned_up
	unload_iotimer
}

# Three controllers serve twenty devices; a turn lasts a period, and each device gets one.
controllers() { # CONTROLLER COLUMN
	value controllers "$1" "$2"
}

others_wait() {
	[ "$(controllers vctl00002 holder)" != - ] && [ "$(controllers vctl00002 waiters)" -ge 3 ]
}

all_had_a_turn() {
	holders="$holders $(controllers vctl00000 holder)"
	[ "$(echo "$holders" | tr ' ' '\n' | sort -u | grep -c vdev0000)" = 8 ]
}

test_turns() {
	holders=
	for ctl in vctl00000:8 vctl00001:8 vctl00002:4; do
		check_eq "controller timers of $ctl" "$(controllers ${ctl%:*} timers)" "${ctl#*:}"
	done
	check "controller has one holder, the others wait" wait_until 20 others_wait
	check "controller turns go round" wait_until 20 all_had_a_turn
}

without_interrupts() {
	load_mod iotimer_vdev irqs=0 || return 1
	wait_until 20 all_ticked && [ "$(rows interrupts)" = 0 ] && [ "$(collected)" = 0 ] &&
		unload_mod iotimer_vdev
}

# refuses PARAMETER MESSAGE
refuses() {
	mark_log
	if load_mod iotimer_vdev "$1" 2>/dev/null; then
		unload_mod iotimer_vdev
		return 1
	fi
	log_since_mark | grep -q "$2" && [ "$(rows timers)" = 0 ]
}

# The durations are printed for the reader and not tested.
uptime_s() {
	cut -d ' ' -f 1 /proc/uptime
}

load_many() { # CONTEXT
	echo "# $(uptime_s) s: load $many devices, context=$1"
	load_mod iotimer_vdev devices="$many" context="$1" || return 1
	echo "# $(uptime_s) s: loaded"
	[ "$(tick devices)" = "$many" ] && [ "$(tick started)" = "$many" ] &&
		wait_until 60 collected_at_least "$many"
}

unload_many() {
	mark_log
	echo "# $(uptime_s) s: unload"
	unload_mod iotimer_vdev || return 1
	echo "# $(uptime_s) s: unloaded"
	cleaned_up
}

# A debug kernel needs minutes for a hundred thousand devices, and more memory than the machine has.
many=$((100000 / ${SLOW:-1} / ${SLOW:-1}))

test_kind device 20
test_kind controller 3
test_kind own 20

load_iotimer period_ms=20
check "irqs=0" without_interrupts
for value in 0 1000001 4294967295; do
	check "devices=$value is refused" refuses devices=$value "devices: $value is not in 1..1000000"
done
check "devices=-1 is refused" refuses devices=-1 "invalid for parameter .devices"
check "context=none is refused" refuses context=none "none is not in device, controller, own"
unload_iotimer

load_iotimer period_ms=1000
check "$many devices on $(((many + 7) / 8)) controllers" load_many controller
check "$many devices on $(((many + 7) / 8)) controllers unload" unload_many
unload_iotimer
finish
