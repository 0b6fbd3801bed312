#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# verdict.sh RUN NONCE STATUS [REGEX]: judges a boot by its logs, RUN/{console,kernel}.log, the nonce it was
# given and QEMU's exit status. Prints what is wrong and fails, unless there is proof of all this:
#   - the guest's script ended, with 0, in this boot
#   - warnings of the kernel reached the log, and no report is in it that was not announced
#   - the machine powered off by itself: QEMU also ends with 0 when the guest panics
#
# A test that provokes a report writes to /dev/kmsg, around it,
#   iotimer-expect-begin: REGEX
#   iotimer-expect-end
# REGEX is an awk regular expression (no {n}). Between the two, lines of a report that match it are allowed, and
# after such a line one stack trace: the trace of another report has no line before it that was announced. With
# the argument REGEX such a report is expected anywhere in the boot, and must come.
#
# KCSAN watches all of the kernel, which has data races of its own: a report with no function of any module in
# it is only shown. So is that user-mode Linux of 6.1 looks into its own maple trees without a lock at the first fork,
# before there is any module.

. "$(dirname "$0")/../lib.sh"

run=$1 nonce=$2 status=$3 wanted=${4-}

# How a kernel begins to say that something is broken. A report that always comes with one of these (lockdep's
# and KASAN's, refcount_t, list corruption ...) needs no line of its own.
splats='BUG[: ]
WARNING:
Oops
\\[#[0-9]+\\]
Kernel panic
general protection
UBSAN:
kmemleak: .* leak
rcu.* (stall|starved)
INFO: task .* blocked
hard LOCKUP
huh, entered softirq
nobody cared
[0-9] printk messages dropped
debugfs: .* already present
NOHZ tick-stop error
sched: RT throttling activated
workqueue: .* hogged CPU
genirq: Flags mismatch
 segfault at 
traps: 
iotimer: module .* left 
iotimer: .*module .*, which leaves
iotimer: .* returned .*with preempt count
iotimer: routine .* took [0-9]+ us, budget
iotimer: .* goes, but 
iotimer: .* is deleted with [0-9]+ timers in it
iotimer: .*: a request that is to end has been with
[Cc]all [Tt]race:'

no_splats() {
	tr -d '\r' <"$run/kernel.log" | awk -v splats="${splats//$'\n'/|}" -v wanted="$wanted" '
		# a console that is taken over begins its line anew, also when it was complete
		/\*\* replaying previous printk message \*\*/ { replayed = last; next }
		$0 == replayed { replayed = ""; next }
		{ replayed = ""; last = $0 }
		/iotimer-expect-begin:/ {
			if (expect)
				bad("expected reports begin twice: " $0)
			expect = $0
			sub(/.*iotimer-expect-begin: */, "", expect)
			trace_due = 0
			next
		}
		/iotimer-expect-end/ {
			if (!expect)
				bad("expected reports end but do not begin: " $0)
			expect = ""
			trace_due = 0
			next
		}
		/BUG: KCSAN: / && !announced() && !race { race = $0; modules = 0; next }
		race && / \[[a-z0-9_]+\]$/ { modules++ }
		race && /=====/ {
			if (modules)
				bad("splat: " race)
			else
				print "not ours: " race >"/dev/stderr"
			race = ""
		}
		announced() { trace_due = 1; found += (wanted && $0 ~ wanted); next }
		/iotimer-guest: begin/ { begun = 1 }
		/WARNING: suspicious RCU usage/ && !begun { rcu = $0; next }
		rcu && /suspicious rcu_/ {
			trace_due = $0 ~ /\] lib\/maple_tree\.c:/
			if (trace_due)
				print "not ours: " $0 >"/dev/stderr"
			else
				bad("splat: " rcu)
			rcu = ""
			next
		}
		# the trace has a line of its own, below the one that says what is wrong
		/[Cc]all [Tt]race:/ && trace_due { trace_due = 0; next }
		/end trace/ { trace_due = 0 }
		$0 ~ splats { bad("splat: " $0) }
		END {
			if (expect)
				bad("expected reports do not end: " expect)
			if (race)
				bad("splat: " race)
			if (rcu)
				bad("splat: " rcu)
			if (wanted && !found)
				bad("not reported: " wanted)
			exit failed
		}
		function announced() { return (expect && $0 ~ expect) || (wanted && $0 ~ wanted) }
		function bad(text) { print text; failed = 1 }'
}

failed=0
fail() { echo "verdict: $*"; failed=1; }

case $status in
0) ;;
124 | 137) fail "time-out" ;; # what timeout(1) ends with, the latter when it has to kill
*) fail "QEMU ended with $status" ;;
esac
end=$(tr -d '\r' <"$run/console.log" | sed -n "s/^iotimer-guest: end $nonce //p")
case $end in
0) ;;
'') fail "the guest's script did not end" ;;
*) fail "the guest's script ended with $end" ;;
esac
grep -q "iotimer-guest: begin $nonce" "$run/kernel.log" || fail "the kernel's log has no beginning"
grep -qE "reboot: (Power down|System halted)" "$run/kernel.log" || fail "no clean power-off"
found=$(no_splats) || while read -r line; do
	fail "$line"
done <<<"$found"
exit $failed
