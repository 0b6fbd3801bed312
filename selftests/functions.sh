# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Functions for the tests. A test is a script in this directory that runs in
# busybox sh or bash, with this directory as its working directory:
#
#	#!/bin/sh
#	. ./functions.sh
#	run_test_module test_timer		# one subtest per line of its log
#	load_iotimer period_ms=20
#	check T10_tick_is_not_armed test "$(tick armed)" = 0
#	finish					# the plan; exits 0, 1 or, all skipped, 4
#
# At exit, modules that the test has loaded and not unloaded are unloaded.
#
# MODULES_DIR: the folder of the modules. Default: this one, where kselftest
# installs them, or the folders of the source tree that they are built in. A module that is
# in none of these may be an installed one.

IOTIMER=/sys/kernel/debug/iotimer

ok_count=0
fail_count=0
skip_count=0
mark_count=0
loaded=
finished=
LAYER=

# Subtests
number() {
	echo $((ok_count + fail_count + skip_count))
}

# ok NAME
ok() {
	ok_count=$((ok_count + 1))
	echo "ok $(number) - $1"
}

# not_ok NAME [WHY]
not_ok() {
	fail_count=$((fail_count + 1))
	echo "not ok $(number) - $1${2:+ # $2}"
}

# skip NAME WHY
skip() {
	skip_count=$((skip_count + 1))
	echo "ok $(number) - $1 # SKIP $2"
}

# check NAME COMMAND...: ok if the command succeeds
check() {
	check_name=$1
	shift
	if "$@"; then
		ok "$check_name"
	else
		not_ok "$check_name" "$*"
	fi
}

# run_test NAME: check the function of that name
run_test() {
	check "$1" "$1"
}

# check_eq NAME GOT WANTED
check_eq() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "got '$2', wanted '$3'"
	fi
}

# skip_all WHY: leave the script
skip_all() {
	skip "$(basename "$0" .sh)" "$1"
	finish
}

kmemleak=/sys/kernel/debug/kmemleak

# How many leaks of iotimer's, or of a module that is gone and has no names any more. The second scan reports what the
# first has found.
kmemleak_found() {
	echo scan >"$kmemleak"
	echo scan >"$kmemleak"
	grep -cE 'iotimer|\] 0x[0-9a-f]+$' "$kmemleak"
}

# Does the allocator remember who has allocated what (slub_debug=U)?
traces_allocations() {
	[ -n "$(head -n 1 /sys/kernel/debug/slab/kmalloc-64/alloc_traces 2>/dev/null)" ]
}

# Allocations that modules which are gone have not freed: entries with a function that nobody has any more among the
# first. Farther from the allocator it has called what the kernel keeps for itself, such as ftrace's trampolines.
leaked() {
	cat /sys/kernel/debug/slab/*/alloc_traces 2>/dev/null | awk '
	function say() {
		if (gone)
			printf "%s", entry
		entry = ""
		gone = depth = 0
	}
	/^ *[0-9]+ / { say() }
	{ entry = entry "# " $0 "\n" }
	++depth <= 6 && /(^|[ \t])0x[0-9a-f]+([ \t]|$)/ { gone = 1 }
	END { say() }'
}

no_leaks() {
	[ -z "$(leaked)" ]
}

# RCU may still be about to free some.
nothing_leaked() {
	wait_until 5 no_leaks && return
	leaked
	return 1
}

# With all modules gone; not what skips everything.
check_leaks() {
	[ -z "$loaded" ] && [ "$ok_count" -gt 0 ] || return 0
	! traces_allocations || run_test nothing_leaked
}

finish() {
	check_leaks
	finished=1
	echo "1..$(number)"
	[ "$fail_count" -eq 0 ] || exit 1
	[ "$ok_count" -gt 0 ] || exit 4
	exit 0
}

at_exit() {
	at_exit_status=$?
	for name in $loaded; do
		rmmod "$name" || at_exit_status=1
	done
	if [ -z "$finished" ]; then
		echo "Bail out! $(basename "$0") did not finish"
		at_exit_status=1
	fi
	exit "$at_exit_status"
}

# disposable: may this machine be put to sleep, or lose CPUs or caches? Its owner sets IOTIMER_DISPOSABLE=yes if
# so; the virtual machines for tests have it set.
disposable() {
	[ "${IOTIMER_DISPOSABLE-}" = yes ]
}

# needs_disposable WHAT: else leaves the script
needs_disposable() {
	disposable || skip_all "would $1: IOTIMER_DISPOSABLE=yes allows it"
}

# wait_until SECONDS COMMAND...: false if COMMAND has not succeeded in time. SLOW
# multiplies the time on slow machines.
wait_until() {
	tries=$(($1 * 10 * ${SLOW:-1}))
	shift
	until "$@"; do
		[ "$tries" -gt 0 ] || return 1
		tries=$((tries - 1))
		sleep 0.1
	done
}

# Modules
module_path() {
	for dir in ${MODULES_DIR:-. test_modules ../module ../module/samples}; do
		if [ -f "$dir/$1.ko" ]; then
			echo "$dir/$1.ko"
			return 0
		fi
	done
	path=$(modinfo -n "$1" 2>/dev/null) && [ -f "$path" ] && echo "$path"
}

# load_mod NAME [PARAMETER=VALUE]...: leaves the script if there is no such module
load_mod() {
	load_name=$1
	load_path=$(module_path "$1") || skip_all "$1.ko is neither here nor installed"
	shift
	insmod "$load_path" "$@" || return 1
	loaded="$load_name $loaded"
}

# unload_mod NAME: a module that load_mod has loaded
unload_mod() {
	rmmod "$1" || return 1
	unload_rest=
	for name in $loaded; do
		[ "$name" = "$1" ] || unload_rest="$unload_rest $name"
	done
	loaded=$unload_rest
}

# Built into the kernel, iotimer is there from the start.
built_in() {
	[ -d /sys/module/iotimer ] && ! grep -q '^iotimer ' /proc/modules
}

# has_parameter PARAMETER VALUE
has_parameter() {
	case $(cat "/sys/module/iotimer/parameters/$1") in
	"$2")	true ;;
	Y)	[ "$2" = 1 ] ;;
	N)	[ "$2" = 0 ] ;;
	*)	false ;;
	esac
}

# load_iotimer [PARAMETER=VALUE]...: of one that is built in, what cannot be changed
# any more is as on the kernel's command line
load_iotimer() {
	if ! built_in; then
		load_mod iotimer "$@"
		return
	fi
	for parameter in "$@"; do
		value=${parameter#*=}
		parameter=${parameter%%=*}
		has_parameter "$parameter" "$value" ||
			echo "$value" 2>/dev/null >"/sys/module/iotimer/parameters/$parameter" ||
			skip_all "iotimer is built in, $parameter is not $value"
	done
}

unload_iotimer() {
	built_in || unload_mod iotimer
}

# run_test_module NAME [PARAMETER=VALUE]...: run a module made with test.h, with an
# iotimer that is loaded for it with $IOTIMER_PARAMS, and the module $LAYER on that
run_test_module() {
	test_module=$1
	shift
	mark_log
	# shellcheck disable=SC2086 # several parameters
	if load_iotimer ${IOTIMER_PARAMS:-period_ms=20}; then
		[ -z "$LAYER" ] || load_mod "$LAYER"
		load_mod "$test_module" "$@" \
			period_ms="$(cat /sys/module/iotimer/parameters/period_ms)" &&
			unload_mod "$test_module"
		[ -z "$LAYER" ] || unload_mod "$LAYER"
		unload_iotimer || not_ok "$test_module" "cannot unload iotimer"
	fi
	subtests_from_log "$test_module"
}

# run_harness PROGRAM NAME: run a program made with kselftest_harness.h. Each result becomes a subtest whose
# name begins with NAME; messages of failed ones are printed.
run_harness() {
	harness_planned=
	harness_before=$(number)
	while read -r line; do
		harness_result="$2 ${line#*ok [0-9]* }"
		case $line in
		1..*) harness_planned=${line#1..} ;;
		"ok "*"# SKIP"*) skip "${harness_result%% #*}" "${line#*SKIP }" ;;
		"ok "*) ok "$harness_result" ;;
		"not ok "*) not_ok "$harness_result" ;;
		"TAP version"* | "#  RUN "* | "#  "*" OK "*) ;;
		*) echo "# ${line#"# "}" ;;
		esac
	done <<-END
	$("$1" 2>&1)
	END
	check_eq "$2 has run to its end" "$(($(number) - harness_before))" "$harness_planned"
}

# subtests_from_log NAME: the results in the log since the last mark_log
subtests_from_log() {
	test_done=
	while read -r verdict name why; do
		case $verdict in
		ok)	ok "$name" ;;
		fail)	not_ok "$name" "$why" ;;
		skip)	skip "$name" "$why" ;;
		note)	echo "# $name $why" ;;
		done)	test_done=1 ;;
		esac
	done <<-END
	$(whole_log_since_mark | log_verdicts)
	END
	[ -n "$test_done" ] || not_ok "$1" "did not run to its end"
}

# Reduce the log to lines for subtests_from_log
log_verdicts() {
	awk '
	function verdict(name, how) {
		count++
		print bad == "" ? how : "fail " name " " bad
		bad = ""
	}
	/iotimer-expect-begin: / {
		regex = $0
		sub(/.*iotimer-expect-begin: /, "", regex)
		said = traced = 0
		next
	}
	/iotimer-expect-end/ {
		if (regex == "")
			bad = "expect-end without begin"
		else if (regex ~ /\|WARNING: / ? said != 1 || traced != 1 : said + traced != 1)
			bad = "said " said ", traced " traced " times: " regex
		regex = ""
		next
	}
	regex != "" && $0 ~ regex { /WARNING: / ? traced++ : said++ }
	!sub(/.*iotimer-test: /, "") { next }
	/^ok /	   { verdict($2, $0) }
	/^skip /   { verdict($2, $0) }
	/^not ok / { sub(/^not ok/, "fail"); verdict($2, $0) }
	/^# /	   { sub(/^#/, "note"); print }
	/^done /   { if (count && $2 == count) print "done" }
	'
}

# The kernel log
kmsg() {
	echo "$*" >/dev/kmsg
}

mark_log() {
	mark_count=$((mark_count + 1))
	mark="iotimer-mark: $$.$mark_count."
	kmsg "$mark"
}

# The log after the last mark_log; empty if the mark was overwritten
whole_log_since_mark() {
	dmesg | awk -v mark="$mark" 'found; index($0, mark) { found = 1 }'
}

# The kernel's own lines in it: an expectation would match itself.
log_since_mark() {
	whole_log_since_mark | grep -v iotimer-expect-
}

# By what test_wdm_front says when it is unloaded
closed_as_often_as_created() {
	log_since_mark | sed -n 's/.*wdm-front: created \([0-9]*\), cleaned up \([0-9]*\), closed \([0-9]*\), unloads 1$/\1 \2 \3/p' |
		awk '{ good = $1 > 0 && $1 == $2 && $1 == $3 } END { exit !good }'
}

# Between these two a warning must come exactly once. With a trace, REGEX is
# "message|WARNING: .*function", and each of both must come once:
# expect_warning_begin REGEX; ...; expect_warning_end NAME
expect_warning_begin() {
	mark_log
	kmsg "iotimer-expect-begin: $1"
}

expect_warning_end() {
	kmsg "iotimer-expect-end"
	kmsg "iotimer-test: ok $1"
	kmsg "iotimer-test: done 1"
	subtests_from_log "$1"
}

# Warnings that may come any number of times; the script counts them itself, if it must.
# allow_warnings REGEX; ...; allow_no_warnings
allow_warnings() {
	kmsg "iotimer-expect-begin: $1"
}

allow_no_warnings() {
	kmsg "iotimer-expect-end"
}

# Failing allocations (faults_test.c)
# Allocations that may sleep fail as well, and the kernel does not report failures. rmmod waits for several RCU grace
# periods.
begin_faults() {
	if [ ! -d /sys/kernel/debug/failslab ] || [ ! -e /proc/self/fail-nth ]; then
		skip_all "needs CONFIG_FAILSLAB"
	fi
	for fault in /sys/kernel/debug/fail*; do
		echo 0 >"$fault/verbose"
		[ ! -e "$fault/ignore-gfp-wait" ] || echo N >"$fault/ignore-gfp-wait"
	done
	echo 1 >/sys/kernel/rcu_expedited
}

# The operation succeeds or is refused each time, and it succeeds when no allocation fails any more.
fail_each() { # NAME ARGUMENT...
	fail_name=$1
	shift
	fail_said=$(./faults_test "$@" 2>&1)
	fail_status=$?
	echo "# $fail_name: $fail_said"
	check_eq "faults_$fail_name" "$fail_status" 0
}

# The kernel reports some failures of its own allocations: the buffer for a module's file, the /proc entries of an
# interrupt, which are then missing at their removal, and a driver's link in the root of sysfs, where it ends up and stays
# for want of a directory.
fail_each_of_load() { # NAME MODULE PARAMETERS [FROM]
	allow_warnings "WARNING: .*remove_proc_entry|vmalloc error: size|sysfs: cannot create duplicate filename '//pci:"
	fail_each "$1" load "$(module_path "$2")" "$3" ${4:+"$4"}
	allow_no_warnings
}

# Set from, the number of the module's first own allocation, by a load that the module refuses.
count_loaders() { # MODULE [PARAMETERS]
	from=$(./faults_test count "$(module_path "$1")" "${2-}") || not_ok "faults_$1_is_refused" "$from"
}

# Memory that is a few seconds old and that two scans do not find is a leak.
end_faults() {
	echo 0 >/sys/kernel/rcu_expedited
	if [ -w "$kmemleak" ]; then
		sleep 6
		leaks=$(kmemleak_found)
		[ "$leaks" = 0 ] || sed 's/^/# /' "$kmemleak"
		check_eq "kmemleak finds nothing of iotimer" "$leaks" 0
	else
		skip "kmemleak finds nothing of iotimer" "needs CONFIG_DEBUG_KMEMLEAK"
	fi
}

# debugfs
# tick KEY: a value of the tick file
tick() {
	awk -v key="$1:" '$1 == key { print $2 }' "$IOTIMER/tick"
}

# column TABLE COLUMN: every row's name and its value in the column of that name
column() {
	awk -v column="$2" '
	NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) n = i }
	NR > 1 && n && !/^#/ { print $1, $n }' "$IOTIMER/$1"
}

# value TABLE NAME COLUMN: of the row of that name
value() {
	column "$1" "$3" | awk -v name="$2" '$1 == name { print $2 }'
}

# values TABLE PREFIX COLUMN: of all rows whose name begins so
values() {
	column "$1" "$3" | awk -v prefix="$2" 'index($1, prefix) == 1 { print $2 }'
}

# timers DEVICE COLUMN: a value of the table of timers
timers() {
	value timers "$1" "$2"
}

# rows TABLE: how many
rows() {
	grep -vc -e '^#' -e '^device ' -e '^controller ' "$IOTIMER/$1"
}

# No device, controller or interrupt exists, and the tick is not armed.
nothing_left() {
	left="$(rows timers) $(rows controllers) $(rows interrupts) $(tick armed)"
	[ "$left" = "0 0 0 0" ] || echo "# timers, controllers, interrupts, armed: $left"
	[ "$left" = "0 0 0 0" ]
}

# The core warns if it has to clean up after a driver: true if it has since the last mark_log.
left_behind() {
	log_since_mark | grep 'iotimer: module .* left'
}

# A driver that was unloaded since the last mark_log has deleted all its objects.
cleaned_up() {
	nothing_left && ! left_behind
}

# test_wdm_fail.ko fails in DriverEntry, in AddDevice or in START_DEVICE, after STEPS of its steps, which it takes
# back itself if CLEAN is y. Nothing may be left.
wdm_fails() { # entry|add|start STEPS CLEAN
	mark_log
	allow_warnings "iotimer: (module test_wdm_fail left |wdm_fail is deleted with 1 timers)"
	if [ "$1" = entry ]; then
		! load_mod test_wdm_fail where="$1" steps="$2" clean="$3" 2>/dev/null
	else
		load_mod test_wdm_fail where="$1" steps="$2" clean="$3" && unload_mod test_wdm_fail
	fi
	wdm_failed=$?
	allow_no_warnings
	[ "$wdm_failed" = 0 ] && nothing_left && [ ! -e /dev/wdm_fail ] && [ ! -e /dev/wdm_fail_link ] &&
		log_since_mark | grep -q "wdm-fail: failed in $1 after $2 steps" && wdm_cleaned "$2" "$3"
}

# A driver that takes its steps back is not named.
wdm_cleaned() { # STEPS CLEAN
	[ "$2" = n ] || ! log_since_mark | grep -E "iotimer: (module test_wdm_fail left|wdm_fail is deleted with)"
}

wdm_fails_after_each_step() { # entry|add|start FIRST
	for wdm_clean in y n; do
		wdm_step=$2
		while [ "$wdm_step" -le 7 ]; do
			wdm_fails "$1" "$wdm_step" "$wdm_clean" || return 1
			wdm_step=$((wdm_step + 1))
		done
	done
}

# The parameters of test_devices.ko: commands and counts
test_devices=/sys/module/test_devices/parameters

# called TIMES: by its devices in total
called() {
	[ "$(cat "$test_devices/calls")" -ge "$1" ]
}

# adds_up TICKS MISSED EXPECTED WITHIN: no tick was lost or made up for
adds_up() {
	echo "# $1 ticks and $2 missed, of $3"
	adds_up_to=$(($1 + $2 - $3))
	[ "$adds_up_to" -ge "-$4" ] && [ "$adds_up_to" -le "$4" ]
}

# Every deadline of its first device from start to stop was met or counted as missed.
deadlines_met() {
	adds_up "$(timers dev0 ticks)" "$(timers dev0 missed)" \
		$(($(cat "$test_devices/elapsed") / $(tick period_jiffies))) 1
}

# QEMU's edu device: the name of its PCI device
edu_device() {
	for pci_device in /sys/bus/pci/devices/*; do
		if [ "$(cat "$pci_device/vendor" "$pci_device/device" | tr -d '\n')" = 0x12340x11e8 ]; then
			echo "${pci_device##*/}"
			return
		fi
	done
	return 1
}

# dash and busybox do not run the EXIT trap for a signal: a time-out would leave the modules to the next script.
trap 'exit 143' TERM
trap at_exit EXIT
# that of the tree, where it has one
if [ -r ../kselftest/ktap_helpers.sh ]; then
	# shellcheck disable=SC1091
	. ../kselftest/ktap_helpers.sh
	ktap_print_header
else
	echo "TAP version 13"
fi
[ "$(id -u)" -eq 0 ] || skip_all "needs root"
built_in || module_path iotimer >/dev/null || skip_all "iotimer.ko is neither here nor installed"
[ ! -d /sys/module/iotimer ] || built_in || skip_all "iotimer is loaded already"
grep -q ' /sys/kernel/debug debugfs' /proc/mounts ||
	mount -t debugfs none /sys/kernel/debug || skip_all "needs debugfs"
