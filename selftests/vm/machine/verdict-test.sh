#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# verdict-test.sh: shows verdict.sh logs of good and of bad boots, tap.awk what tests print, noticed.awk what
# check.sh printed of a mutant, and functions.sh tests that end early. Prints TAP.

. "$(dirname "$0")/../lib.sh"

run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
tests=0
failed=0

result() { # STATUS NAME
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		failed=$((failed + 1))
		echo "not ok $tests - $2"
	fi
}

# The logs of a good boot; LINE... is what the kernel said in between.
good_logs() { # LINE...
	printf '%s\r\n' "TAP version 13" "iotimer-guest: end 1234 0" >"$run/console.log"
	printf '%s\r\n' "[    0.1] Linux version 6.1" "[    4.0] iotimer-guest: begin 1234" "$@" \
		"[    9.0] reboot: Power down" >"$run/kernel.log"
}

wanted='' # what must be reported, anywhere
verdict() { # NAME WANTED [STATUS]
	local got=0
	"$vm/machine/verdict.sh" "$run" 1234 "${3:-0}" "$wanted" >"$run/said" || got=$?
	[ "$got" -eq 0 ] || grep -q '^verdict: ' "$run/said" || got=silent
	[ "$got" = "$2" ]
	result $? "$1"
}

good() { good_logs "${@:2}" && verdict "good: $1" 0; }
bad() { good_logs "${@:2}" && verdict "bad: $1" 1; }
counts() { # WANTED NAME LINE...
	[ "$(printf '%s\n' "${@:3}" | awk -v kernel=$kernel -v skips="$run/skips" -f "$vm/machine/tap.awk" | tail -n 1)" = "$1" ]
	result $? "counting: $2"
}
mutant() { # WANTED NAME LINE...
	[ "$(printf '%s\n' "${@:3}" | awk -f "$vm/machine/noticed.awk" | cut -f 1)" = "$1" ]
	result $? "mutant: $2"
}

kernel=6.1-amd64
printf '%s\t%s\t%s\n' '# a list' '' '' '.*' 'a\.sh' 'no device' '6\.1-.*' 'a\.sh' 'no lock_stat' >"$run/skips"
set +e

good "nothing special"
good "messages that only resemble splats" "[    5.0] iotimer: loading out-of-tree module taints kernel." \
	"[    5.0] iotimer: module verification failed: signature and/or required key missing" \
	"[    5.0] clocksource: timekeeping watchdog on CPU1: Marking clocksource 'tsc' as unstable"

good_logs && sed -i 's/Power down/System halted/' "$run/kernel.log" && verdict "good: halted, as user-mode Linux ends" 0

good_logs && : >"$run/console.log" && verdict "bad: no closing line" 1
good_logs && sed -i 's/ 1234 / 1235 /' "$run/console.log" && verdict "bad: the closing line of another boot" 1
good_logs && sed -i 's/^/# /' "$run/console.log" && verdict "bad: the closing line as a test's output" 1
good_logs && sed -i 's/ 0\r$/ 1\r/' "$run/console.log" && verdict "bad: the script failed" 1
good_logs && sed -i '/begin/d' "$run/kernel.log" && verdict "bad: a log without its beginning" 1
good_logs && sed -i '/Power down/d' "$run/kernel.log" && verdict "bad: no power-off" 1
good_logs && : >"$run/kernel.log" && verdict "bad: an empty log" 1
good_logs && verdict "bad: time-out after the closing line" 1 124
good_logs && verdict "bad: killed" 1 137
good_logs && verdict "bad: QEMU failed" 1 1

while read -r splat; do
	bad "$splat" "[    5.0] $splat"
done <<'END'
BUG: kernel NULL pointer dereference, address: 0000000000000000
BUG: KASAN: slab-use-after-free in iotimer_stop+0x12/0x40
BUG: KCSAN: data-race in tick_walk / iotimer_start
BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580
BUG: scheduling while atomic: swapper/1/0/0x00000100
BUG kmalloc-64 (Tainted: G           OE     ): Poison overwritten
WARNING: CPU: 1 PID: 71 at kernel/time/timer.c:1430 call_timer_fn+0x12/0x40
WARNING: kernel/time/timer.c:1430 at call_timer_fn+0x12/0x40, CPU#1: insmod/71
WARNING: possible circular locking dependency detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
Oops: 0000 [#1] PREEMPT SMP NOPTI
Oops: invalid opcode
invalid opcode: 0000 [#1] PREEMPT SMP NOPTI
kernel BUG at lib/list_debug.c:56!
Kernel panic - not syncing: Fatal exception
general protection fault, probably for non-canonical address 0xdead000000000100
INFO: task insmod:71 blocked for more than 120 seconds.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
rcu: INFO: rcu_sched self-detected stall on CPU
watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:71]
softirq: huh, entered softirq 1 TIMER 00000000 with preempt_count 00000100, exited with 00000101?
NMI watchdog: Watchdog detected hard LOCKUP on cpu 1
irq 22: nobody cared (try booting with the "irqpoll" option)
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
UBSAN: array-index-out-of-bounds in tick.c:12:3
Call Trace:
Call trace:
** 12 printk messages dropped **
debugfs: File 'timers' in directory 'iotimer' already present!
debugfs: Directory 'iotimer' with parent '/' already present!
NOHZ tick-stop error: local softirq work is pending, handler #80!!!
sched: RT throttling activated
workqueue: work_fn [iotimer_wdm] hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND
genirq: Flags mismatch irq 25. 00002000 (test_irq) vs. 00002000 (test)
edu_test[71]: segfault at 8 ip 0000000000401b2c sp 00007ffc8f7c0a10 error 4 in edu_test[401000+8e000]
traps: edu_test[71] trap invalid opcode ip:401b2c sp:7ffc8f7c0a10 error:0 in edu_test[401000+8e000]
iotimer: module test_wdm_leak left device test_wdm_leak.0 behind, deleting it
iotimer: module test_leak left behind, now deleted: devices: 1 orphan; controllers: 0
iotimer: module test_wdm_leak left 2 of its timers set, cancelled
iotimer: the timer of orphan is stopped for good: module test_leak, which leaves, owns its context
iotimer: an interrupt of orphan is disconnected: module test_leak, which leaves, owns its context
iotimer: module test_leak returned from its exit or init function with preempt count 1, bottom halves on, RCU nesting 0, interrupts on: restored
iotimer: one of the last 32 routines returned with preempt count 102, not 101, interrupts on
iotimer: routine vdev_routine [iotimer_vdev] of vdev00000 took 407 us, budget 100 us
iotimer: module test_wdm_thread goes, but a thread of it has been running for 10 seconds
iotimer: wdm_front goes, but its driver has kept a request for 10 seconds
iotimer: wdm_front: a request that is to end has been with the driver for 10 seconds
iotimer: test_wdm_ktimer.0 is deleted with 2 timers in it that are set, cancelled
END

begin="[    5.0] iotimer-expect-begin: WARNING: .*iotimer_stop"
warning="[    5.1] WARNING: CPU: 0 PID: 71 at device.c:12 iotimer_stop_sync+0x12/0x40"
trace="[    5.1] Call Trace:"
end="[    5.2] iotimer-expect-end"
good "an expected splat" "$begin" "$warning" "$trace" "$end"
good "two expected splats" "$begin" "$warning" "$end" "$begin" "$warning" "$end"
replay="** replaying previous printk message **"
good "a line of the log that is replayed" "$begin" "$warning" "$end" "$replay" "$end"
bad "a splat after a replayed line" "$begin" "$warning" "$end" "$replay" "$end" "$warning"
bad "a splat whose line was broken off and is replayed" "[    5.1] WARN" "$replay" "$warning"
bad "a line that is there twice and not replayed" "$begin" "$warning" "$end" "$end"
race="[    5.1] BUG: KCSAN: data-race in d_alloc_parallel / d_alloc_parallel"
frame="[    5.1]  d_alloc_parallel+0x24f/0x780"
ours="[    5.1]  tick_walk+0x12/0x40 [iotimer]"
line="[    5.1] =================================================================="
good "a data race of the kernel's own" "$line" "$race" "$frame" "$frame" "$line" 2>/dev/null
bad "a data race with a module's function" "$line" "$race" "$frame" "$frame" "$ours" "$line"
bad "a data race with a module's function after one of the kernel's own" \
	"$line" "$race" "$frame" "$line" "$line" "$race" "$ours" "$frame" "$line" 2>/dev/null
bad "a data race whose report does not end" "$line" "$race" "$frame"
bad "a data race in the report of another" "$line" "$race" "$frame" "$race" "$frame" "$line" 2>/dev/null
bad "a splat in the report of a data race" "$line" "$race" "$frame" "$warning" "$line" 2>/dev/null

at_boot() { # WANTED NAME LINE...: said before there is any module
	good_logs
	{ head -n 1 "$run/kernel.log" && printf '%s\r\n' "${@:3}" && tail -n +2 "$run/kernel.log"; } >"$run/longer"
	mv "$run/longer" "$run/kernel.log"
	verdict "$2" "$1" 2>/dev/null
}
rcu="[    0.1] WARNING: suspicious RCU usage"
tree="[    0.1] lib/maple_tree.c:860 suspicious rcu_dereference_check() usage!"
other="[    0.1] kernel/fork.c:12 suspicious rcu_dereference_check() usage!"
at_boot 0 "good: user-mode Linux looks into its maple trees" "$rcu" "$tree" "$trace"
at_boot 1 "bad: something else without RCU at boot" "$rcu" "$other" "$trace"
at_boot 1 "bad: a second trace below that of the maple trees" "$rcu" "$tree" "$trace" "$trace"
at_boot 1 "bad: a report at boot that breaks off" "$rcu"
at_boot 1 "bad: another report below that of the maple trees" "$rcu" "$tree" "$warning"
bad "a look into maple trees when there are modules" "$rcu" "$tree" "$trace"
bad "a trace in an expectation, of nothing that was announced" "$begin" "$trace" "$end"
bad "a second trace, of a report that was not announced" "$begin" "$warning" "$trace" "$trace" "$end"
bad "arm64: a second trace" "$begin" "$warning" "${trace/Trace/trace}" "${trace/Trace/trace}" "$end"
good "arm64: an expected report" "$begin" "$warning" "${trace/Trace/trace}" "$end"
bad "a trace after the end of the report that was announced" \
	"$begin" "$warning" "[    5.1] ---[ end trace 0000000000000000 ]---" "$trace" "$end"
bad "the trace of an announced report after the expectation" "$begin" "$warning" "$end" "$trace"
good "an announced line that is no splat, and its trace" "${begin/WARNING: /genirq: Flags mismatch}" \
	"[    5.1] genirq: Flags mismatch irq 25 of iotimer_stop" "$trace" "$end"
wanted="WARNING: .*iotimer_stop"
good "a report that is wanted" "$warning" "$trace"
bad "a report that is wanted and does not come"
bad "a report that is wanted, and another one" "$warning" "$trace" "[    5.1] BUG: sleeping function called"
bad "a report that is wanted, and the trace of another one" "$warning" "$trace" "$trace"
wanted="BUG: KCSAN: data-race in .*race"
good "a data race that is wanted, and one of the kernel's own" "$line" "${race//d_alloc_parallel/race}" "$ours" \
	"$line" "$line" "$race" "$frame" "$line" 2>/dev/null
wanted=
bad "another splat than the expected one" "$begin" "[    5.1] BUG: sleeping function called" "$end"
bad "a splat before an expected one" "$warning" "$begin" "$end"
bad "a splat after an expected one" "$begin" "$end" "$warning"
bad "an expectation without an end" "$begin" "$warning"
bad "an expectation without a beginning" "$end"
bad "an expectation in another" "$begin" "$begin" "$end" "$end"
bad "an expectation of nothing" "[    5.0] iotimer-expect-begin: " "$warning" "$end"

counts "1 0 0" "a program" 1..1 "# selftests: iotimer: a.sh" "# hello" "ok 1 selftests: iotimer: a.sh"
counts "0 1 0" "a failed program" 1..1 "# selftests: iotimer: a.sh" "not ok 1 selftests: iotimer: a.sh # exit=1"
counts "1 0 1" "a skipped program" 1..2 "# selftests: iotimer: a.sh" "# no device" \
	"ok 1 selftests: iotimer: a.sh # SKIP" "# selftests: iotimer: b.sh" "ok 2 selftests: iotimer: b.sh"
counts "1 1 1" "results of a program" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" "# not ok 2 - b" \
	"# ok 3 - c # SKIP no device" "# 1..3" "not ok 1 selftests: iotimer: a.sh # exit=1"
counts "1 1 0" "a program that dies after good results" 1..1 "# selftests: iotimer: a.sh" "# 1..1" "# ok 1 - a" \
	"not ok 1 selftests: iotimer: a.sh # TIMEOUT 45 seconds"
counts "1 1 0" "a program that breaks its plan" 1..1 "# selftests: iotimer: a.sh" "# 1..2" "# ok 1 - a" \
	"ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "a run that breaks its plan" 1..2 "# selftests: iotimer: a.sh" "ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "a run without a plan" "ok 1 selftests: iotimer: a.sh"
counts "0 1 1" "nothing but skipped programs" 1..1 "# selftests: iotimer: a.sh" "# no device" \
	"ok 1 selftests: iotimer: a.sh # SKIP"
counts "1 1 0" "results without a plan" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" "ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "a program that bails out with status 0" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" "# 1..1" \
	"# Bail out! no memory" "ok 1 selftests: iotimer: a.sh"
counts "0 1 0" "a program that bails out" 1..1 "# selftests: iotimer: a.sh" "# Bail out! no memory" \
	"not ok 1 selftests: iotimer: a.sh # exit=1"
counts "1 1 0" "a run that bails out" 1..1 "# selftests: iotimer: a.sh" "ok 1 selftests: iotimer: a.sh" "Bail out!"
counts "2 1 0" "a number twice" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" "# ok 1 - b" "# 1..2" \
	"ok 1 selftests: iotimer: a.sh"
counts "2 1 0" "a number left out" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" "# ok 3 - b" "# 1..2" \
	"ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "two plans" 1..1 "# selftests: iotimer: a.sh" "# 1..1" "# ok 1 - a" "# 1..1" \
	"ok 1 selftests: iotimer: a.sh"
counts "2 1 0" "a program's number twice" 1..2 "# selftests: iotimer: a.sh" "ok 1 selftests: iotimer: a.sh" \
	"# selftests: iotimer: b.sh" "ok 1 selftests: iotimer: b.sh"
counts "0 1 0" "a program that plans nothing" 1..1 "# selftests: iotimer: a.sh" "# 1..0" \
	"ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "a skip that is not on the list" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" \
	"# ok 2 - b # SKIP no time" "# 1..2" "ok 1 selftests: iotimer: a.sh"
counts "1 1 0" "a skip for a reason of another program" 1..1 "# selftests: iotimer: b.sh" "# ok 1 - a" \
	"# ok 2 - b # SKIP no lock_stat" "# 1..2" "ok 1 selftests: iotimer: b.sh"
kernel=7.3-amd64
counts "1 1 0" "a skip that is allowed on another kernel" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" \
	"# ok 2 - b # SKIP no lock_stat" "# 1..2" "ok 1 selftests: iotimer: a.sh"
kernel=6.1-amd64
counts "1 0 1" "a skip that is allowed on this kernel" 1..1 "# selftests: iotimer: a.sh" "# ok 1 - a" \
	"# ok 2 - b # SKIP no lock_stat" "# 1..2" "ok 1 selftests: iotimer: a.sh"
counts "0 1 0" "nothing planned" 1..0
counts "0 1 0" "nothing at all" ""

itself="the verdict itself: 109 passed, 0 failed, 0 skipped"
mutant noticed "a test fails by its name" "$itself" "stock (6.1): 1 passed, 1 failed, 0 skipped" \
	"  failed: stock: timer.sh: not ok 2 - T4 # got 1" "110 passed, 1 failed, 0 skipped"
mutant noticed "the kernel reports" "$itself" "stock (6.1): 1 passed, 0 failed, 0 skipped" \
	"  failed: stock: verdict: splat: [  5.0] BUG: KASAN: use-after-free" "110 passed, 1 failed, 0 skipped"
mutant noticed "a panic, after which the script does not end" "$itself" "  failed: stock: the run: planned 2, ran 1" \
	"  failed: stock: verdict: the guest's script did not end; verdict: splat: [  5.0] Oops: 0000" \
	"109 passed, 2 failed, 0 skipped"
mutant noticed "it is slower" "$itself" "  failed: stock, speed: speed of call: 20.1 instructions, limit 16.1" \
	"111 passed, 1 failed, 0 skipped"
mutant survived "all passes" "$itself" "stock (6.1): 2 passed, 0 failed, 0 skipped" "111 passed, 0 failed, 0 skipped"
mutant no-run "packages are missing" "  failed: packages are missing" "0 passed, 1 failed, 0 skipped"
mutant no-build "it does not build" "  failed: stock: cannot be built" "$itself" "109 passed, 1 failed, 0 skipped"
mutant time-out "a script reaches its limit" "$itself" "  failed: stock: timer.sh # TIMEOUT 240 seconds" \
	"  failed: stock: irq.sh: ok 1 - irq # SKIP iotimer is loaded already (must not be skipped on this kernel)" \
	"109 passed, 2 failed, 0 skipped"
mutant time-out "the machine reaches its limit" "$itself" \
	"  failed: stock: the run: planned 1, ran 0, stopped in timer.sh" \
	"  failed: stock: verdict: time-out; verdict: the guest's script did not end" "109 passed, 2 failed, 0 skipped"
mutant no-run "a script that breaks off and names nothing" "$itself" "  failed: stock: timer.sh # exit=1: Bail out!" \
	"109 passed, 1 failed, 0 skipped"
mutant no-run "the verdict itself has failed" "  failed: the verdict itself: not ok 3 - bad: no power-off" \
	"110 passed, 1 failed, 0 skipped"
mutant no-run "nothing was run" "0 passed, 0 failed, 0 skipped"
mutant no-run "the run breaks off" "$itself" "check.sh: line 3: Killed"
mutant no-run "nothing is printed"

# functions.sh, up to where it prints a header and looks at the machine; the last line is what the script has printed or done
script_says() { # WANTED NAME LINE...
	local functions=$run/functions.sh
	sed '/^if \[ -r .*ktap_helpers/,$d' "$top/selftests/functions.sh" >"$functions"
	printf '%s\n' "$functions" "${@:3}" | sed '1s/.*/. &/' >"$run/script.sh"
	[ "$(timeout 5 "${shell[@]}" "$run/script.sh" 2>/dev/null | grep -v '^Bail out!' | tail -n 1)" = "$1" ]
	result $? "${shell[*]}: $2"
}

for shell in dash "busybox sh"; do
	read -ra shell <<<"$shell"
	command -v "${shell[0]}" >/dev/null || continue
	script_says "removed iotimer" "what is loaded is removed at a time-out" \
		"rmmod() { echo removed \$1; }" loaded=iotimer "sleep 10"
	script_says "" "a test module that has run no test has not run to its end" \
		"echo 'iotimer-test: done 0' | log_verdicts"
	script_says "1..1" "what a machine must not suffer is skipped" \
		'needs_disposable "suspend it"' "echo suspended"
	script_says suspended "and done if that is allowed" \
		IOTIMER_DISPOSABLE=yes 'needs_disposable "suspend it"' "echo suspended"
	script_says "done" "a test module that has run one has" \
		"printf 'iotimer-test: %s\n' 'ok a' 'done 1' | log_verdicts"
	script_says "ok a" "a test module that stops in the middle has not" \
		"printf 'iotimer-test: %s\n' 'ok a' 'done 2' | log_verdicts"
done

echo "1..$tests"
exit $((failed > 0))
