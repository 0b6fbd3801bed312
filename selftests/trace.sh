#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The trace events: all exist, they record the right values, and they outlive the devices and modules.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

tracing=/sys/kernel/tracing
events=$tracing/events/iotimer
trace=$tracing/trace
names="iotimer_controller_allocate iotimer_controller_free iotimer_init iotimer_routine_entry
iotimer_routine_exit iotimer_start iotimer_stop iotimer_synchronize iotimer_tick_entry
iotimer_tick_exit"

# traced EVENT REGEX: the number of matching events
traced() {
	grep -cE " $1: $2\$" "$trace"
}

# says EVENT REGEX: the event has occurred, and each occurrence matches
says() {
	check "$1 says what it should" test "$(traced "$1" "$2")" -gt 0
	check_eq "$1 says nothing else" "$(traced "$1" ".*")" "$(traced "$1" "$2")"
}

# In each pair, one entry is followed by its exit before the next entry.
nested() { # ENTRY EXIT
	awk -v begin=" $1: " -v end=" $2: " '
	index($0, begin) { if (open++) bad = 1; count++ }
	index($0, end) { if (open) open--; else if (count) bad = 1 }
	END { exit bad || open > 1 || !count }' "$trace"
}

slow_ticked() {
	[ "$(timers slow ticks)" -ge 5 ]
}

switch_on_and_off() {
	while :; do
		echo 1 >"$events/enable"
		echo 0 >"$events/enable"
	done
}

load_and_unload() {
	n=5
	while [ "$n" -gt 0 ]; do
		load_mod iotimer_vdev devices=10 && unload_mod iotimer_vdev || return 1
		n=$((n - 1))
	done
}

[ -d "$tracing/events" ] || mount -t tracefs none "$tracing" || skip_all "no tracefs"
[ ! -e "$events" ] || skip_all "there are events of iotimer already"

# rmmod waits for several RCU grace periods.
echo 1 >/sys/kernel/rcu_expedited
load_iotimer period_ms=20
[ -d "$events" ] || skip_all "no trace events in this kernel"
check_eq "all events are there" \
	"$(find "$events" -mindepth 1 -type d | sed 's,.*/,,' | sort | tr '\n' ' ')" \
	"$(echo "$names" | tr '\n' ' ')"

echo >"$trace"
echo 1 >"$events/enable"
load_mod test_debugfs
check "timers tick" wait_until 60 slow_ticked
echo disconnect >/sys/module/test_debugfs/parameters/do
echo stop >/sys/module/test_debugfs/parameters/do
echo 0 >"$events/enable"

says iotimer_init "dev=[^ ]+ routine=[^ ]+ \[test_debugfs\] context=[^ ]+"
says iotimer_start "dev=(watchdog|slow) ret=0"
says iotimer_stop "dev=(watchdog|slow) sync=1"
says iotimer_routine_entry "dev=(watchdog routine=count|slow routine=slow_routine) \[test_debugfs\]"
says iotimer_routine_exit "dev=(watchdog routine=count|slow routine=slow_routine) \[test_debugfs\]"
says iotimer_tick_entry "late_ns=[0-9]+"
says iotimer_tick_exit "done=[01]"
says iotimer_synchronize "dev=shown fn=[^ ]+ \[test_debugfs\] ret=0"
says iotimer_controller_allocate "ctl=ctl dev=shown"
check_eq "iotimer_controller_free: nobody freed" "$(traced iotimer_controller_free '.*')" 0
check_eq "iotimer_init: every device" "$(traced iotimer_init '.*')" 4
check_eq "iotimer_synchronize: every call" "$(traced iotimer_synchronize '.*')" 2
check "routines one after another" nested iotimer_routine_entry iotimer_routine_exit
check "ticks one after another" nested iotimer_tick_entry iotimer_tick_exit

# Names in the trace outlive their devices, and addresses of functions outlive their module.
echo 1 >"$events/iotimer_controller_free/enable"
unload_mod test_debugfs
echo 0 >"$events/iotimer_controller_free/enable"
says iotimer_controller_free "ctl=ctl"
check "the buffer outlives the driver" test "$(traced iotimer_start 'dev=watchdog ret=0')" -gt 0
check "routines have no name any more, but an address" \
	test "$(traced iotimer_routine_entry 'dev=slow routine=0x[0-9a-f]+')" -gt 0

# Events that are enabled and disabled while a driver is loaded, ticks and is unloaded
switch_on_and_off &
switcher=$!
check "switched on and off meanwhile" load_and_unload
kill $switcher
wait $switcher 2>/dev/null
echo 1 >"$events/enable"
load_mod iotimer_vdev
unload_mod iotimer_vdev
check "unloaded while they are on" unload_iotimer
# The kernel empties the buffer in this case.
check "the buffer is read when iotimer is gone" grep -q "^# tracer: nop" "$trace"
check "events are gone" test ! -e "$events"
echo >"$trace"
echo 0 >/sys/kernel/rcu_expedited
finish
