#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The contents of /sys/kernel/debug/iotimer: with one object of each kind, and while devices come and go.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

devices=$IOTIMER/devices
stats=$IOTIMER/stats
switch=/sys/module/iotimer/parameters/stats
tables="timers controllers interrupts"
values="owner state ticks missed last_ns max_ns over routine context_kind runtime lateness context"
names="held_up idle shown slow unborn watchdog"

do_it() { # WHAT
	echo "$1" >/sys/module/test_debugfs/parameters/do
}

words() {
	tr -s ' \n' ' ' | sed 's/^ //; s/ $//'
}

modes() { # FILES
	for file in $1; do
		stat -c %a "$IOTIMER/$file"
	done | sort -u | words
}

# row TABLE NAME: the rows with that name, with single blanks
row() {
	grep "^$2 " "$IOTIMER/$1" | words
}

# Every column begins or ends where its name in the header begins or ends.
aligned() { # TABLE
	awk '
	/^#/ { next }
	{
		line = $0
		at = 1
		for (i = 1; i <= NF; i++) {
			at += index(substr(line, at), $i) - 1
			first[i] = at
			last[i] = at += length($i)
			if (NR > 1 && first[i] != head_first[i] && last[i] != head_last[i])
				bad = 1
			if (NR == 1) {
				head_first[i] = first[i]
				head_last[i] = last[i]
			}
		}
	}
	END { exit bad || NR < 2 }' "$IOTIMER/$1"
}

# While nothing is started, every per-device file agrees with the table.
files_match_table() {
	for dev in $names; do
		for column in owner state ticks missed last_ns max_ns over routine; do
			[ "$(cat "$devices/$dev/$column")" = "$(timers "$dev" "$column")" ] || return 1
		done
		[ "$(cat "$devices/$dev/context_kind")" = "$(timers "$dev" context)" ] || return 1
	done
}

ticked() { # DEVICE MORE THAN
	[ "$(timers "$1" ticks)" -gt "$2" ]
}

ticks_on() { # DEVICE
	wait_until 60 ticked "$1" $(($(timers "$1" ticks) + 2))
}

shows() { # FILE LINE
	grep -qx "$2" "$1"
}

histogram() { # FILE: the sum of its counts
	awk '$1 ~ /^[0-9]+$/ { n += $3 } END { print n + 0 }' "$1"
}

# A run time of 300 us is in no bucket that ends below that.
histogram_is_right() { # FILE
	awk '$1 ~ /^[0-9]+$/ && $2 != "-" && $2 <= 300000 { bad = 1 } END { exit bad }' "$1"
}

directories() {
	find "$devices" -mindepth 1 -maxdepth 1 -type d | wc -l
}

# One object of each kind
load_iotimer period_ms=20
load_mod test_debugfs || skip_all "test_debugfs is not there"

check_eq "modes" "$(modes "$tables tick stats")" 444
check_eq "mode of the switch" "$(stat -c %a "$switch")" 644
check_eq "modes of a device's files" \
	"$(cd "$devices/watchdog" && stat -c '%a' -- * | sort -u)" 444
check_eq "a device's files" "$(cd "$devices/watchdog" && printf '%s\n' * | sort | words)" \
	"$(echo "$values" | tr ' ' '\n' | sort | words)"
check_eq "tables and files" "$(cd "$IOTIMER" && printf '%s\n' * | sort | words)" \
	"controllers devices interrupts stats tick timers"
check_eq "keys of tick" \
	"$(for key in period_ms period_jiffies armed passes chunks longest_chunk_ns late_last_ns \
		late_max_ns missed devices started; do tick $key; done | grep -c '^[0-9]*$')" 11
check_eq "tick: period_ms" "$(tick period_ms)" 20
check_eq "tick: armed" "$(tick armed)" 1
check_eq "tick: devices" "$(tick devices)" "$(rows timers)"
check_eq "tick: started" "$(tick started)" 2

for table in $tables; do
	check "$table is aligned" aligned "$table"
done
check "watchdog ticks" ticks_on watchdog
check "slow ticks" ticks_on slow
check_eq "names in order" "$(awk 'NR > 1 && !/^#/ { print $1 }' "$IOTIMER/timers" | words)" "$names"
check_eq "states" "$(for dev in $names; do timers "$dev" state; done | words)" \
	"new stopped stopped started new started"
check_eq "contexts" "$(for dev in $names; do timers "$dev" context; done | words)" \
	"none none controller own none device"
check_eq "routines" "$(for dev in $names; do timers "$dev" routine; done | words)" \
	"- nothing nothing slow_routine - count"
check_eq "owners" "$(for dev in $names; do timers "$dev" owner; done | sort -u | words)" test_debugfs
check_eq "controller with a holder and a waiter" "$(row controllers ctl)" \
	"ctl test_debugfs shown 1 1"
check_eq "interrupt raised three times, synchronized twice" "$(row interrupts shown)" \
	"shown virtual 3 2"

# A context is shown under the lock that guards it.
if [ "$(nproc)" -ge 2 ]; then
	check "context under the device's lock" shows "$devices/watchdog/context" "locked: 1"
else
	skip "context under the device's lock" "needs two CPUs" # a kernel for one CPU has no spinlocks
fi
check "context under the interrupt's lock" shows "$devices/shown/context" "locked: 1"
check "context under no other lock" shows "$devices/shown/context" "device: 0"
check "context, its value" shows "$devices/shown/context" "count: 5"
check "context before iotimer_init()" shows "$devices/unborn/context" "# no iotimer_init() yet"
check_eq "context of a driver without callback" "$(grep -vc '^#' "$devices/slow/context")" 0
check "disconnect" do_it disconnect
check_eq "context after disconnecting" "$(grep -vc '^#' "$devices/shown/context")" 0
check_eq "interrupts after disconnecting" "$(rows interrupts)" 0

# A device whose deletion waits for its control routine
held_up_is() { # STATE
	[ "$(timers held_up state)" = "$1" ]
}

held_up_holds() {
	[ "$(row controllers ctl)" = "ctl test_debugfs held_up 0 1" ]
}

# The control routine keeps a CPU busy.
delete_while_held_up() {
	do_it hold
	check "control routine runs" wait_until 20 held_up_holds
	do_it delete
	check "state deleting" wait_until 20 held_up_is deleting
	do_it release
	check "deleted" wait_until 20 held_up_is ""
	check_eq "directory is gone" "$(cd "$devices" && echo held*)" "held*"
	names=${names#held_up }
}

if [ "$(nproc)" -ge 2 ]; then
	delete_while_held_up
else
	skip "state deleting" "needs two CPUs"
fi

# Statistics
check_eq "statistics are off" "$(cat "$stats")" 0
check "that is said" grep -q '^# .*off' "$IOTIMER/timers"
check_eq "no run time" "$(timers slow last_ns) $(timers slow max_ns) $(timers slow over)" "- - -"
ticks=$(timers slow ticks)
allow_warnings "iotimer: routine .* took"
echo 1 >"$switch"
check_eq "statistics are on" "$(cat "$stats" "$switch" | words)" "1 Y"
check "slow is measured" ticks_on slow
do_it stop
ticks=$(($(timers slow ticks) - ticks))
check "last run time" test "$(timers slow last_ns)" -ge 300000
check "longest run time" test "$(timers slow max_ns)" -ge "$(timers slow last_ns)"
check_eq "over budget every time" "$(timers slow over)" "$(histogram "$devices/slow/runtime")"
check "histogram counts ticks" test "$(histogram "$devices/slow/runtime")" -le "$ticks"
check_eq "histogram of lateness counts the same" "$(histogram "$devices/slow/lateness")" \
	"$(histogram "$devices/slow/runtime")"
check "histogram of run times is right" histogram_is_right "$devices/slow/runtime"
check "tables and files agree" files_match_table
check "timers is aligned with statistics" aligned timers
echo 0 >"$switch"
check_eq "statistics are off again" "$(cat "$stats" "$switch" | words)" "0 N"
check_eq "tick: nothing is started" "$(tick started) $(tick armed)" "0 0"
allow_no_warnings
echo 1000000 >/sys/module/iotimer/parameters/routine_budget_us
unload_mod test_debugfs
check "no rows are left" nothing_left
check_eq "no directories are left" "$(directories)" 0

# While devices come and go
load_mod test_debugfs churn=1
run_harness ./debugfs_test debugfs_test
unload_mod test_debugfs
check_eq "no rows are left after that" "$(rows timers) $(rows controllers) $(rows interrupts)" "0 0 0"
check_eq "no directories are left after that" "$(directories)" 0
unload_iotimer

# Few directories
check_eq "default of dirs" "$(load_iotimer && cat /sys/module/iotimer/parameters/dirs; unload_iotimer)" 1024
load_iotimer dirs=2
load_mod test_debugfs
check_eq "only so many directories" "$(directories)" 2
check_eq "all rows" "$(rows timers)" 6
check_eq "the table says how many have none" \
	"$(grep '^#.*director' "$IOTIMER/timers" | grep -ow 4)" 4
unload_mod test_debugfs
check_eq "directories are gone" "$(directories)" 0
check_eq "the table says nothing" "$(grep -c director "$IOTIMER/timers")" 0
for _ in 1 2 3 4 5; do
	load_mod test_debugfs && unload_mod test_debugfs
done
load_mod test_debugfs
check_eq "directories do not run out" "$(directories)" 2
unload_mod test_debugfs
unload_iotimer
check "nothing is left in debugfs" test ! -e "$IOTIMER"
finish
