#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: the sample drivers at work, a timeline of what happened, the tables in
# debugfs, and a verdict on all of it in the last line.

period_ms=250
iotimer=/sys/kernel/debug/iotimer
tracing=/sys/kernel/tracing
wrong=0

title() {
	printf '\n== %s\n\n' "$*"
}

# expect WHAT GOT OPERATOR WANTED
expect() {
	test "$2" "$3" "$4" && return
	echo "$1: got '$2', wanted $3 '$4'"
	wrong=$((wrong + 1))
}

# request WANTED TEXT
request() {
	echo "$2" >&3
	echo "$1	$2" >>/tmp/requests
}

# Each read is the result of one request; one that failed fails the read.
results() {
	while IFS='	' read -r wanted text; do
		got=$(dd bs=64 count=1 <&3 2>/tmp/error)
		[ -n "$got" ] || got=$(sed -n 's/^dd: .*: //p' /tmp/error)
		printf '%-32s %s\n' "$text" "$got"
		expect "result of $text" "$got" = "$wanted"
	done </tmp/requests
}

timeline() {
	awk '
	BEGIN {
		who["request:"] = "write()"
		who["start:"] = "SynchCritSection 1"
		who["interrupt:"] = "ISR"
		who["tick:"] = who["time-out:"] = "IoTimer routine"
		who["retry:"] = who["result:"] = who["failure:"] = "DpcForIsr"
		printf "%8s  %-20s %s\n", "seconds", "who", "what"
	}
	match($0, /[0-9]+\.[0-9]+: edu_step: edu0 /) {
		time = substr($0, RSTART) + 0
		what = substr($0, RSTART + RLENGTH)
		if (!start)
			start = time
		split(what, word, " ")
		sub(/status 1$/, "done", what)
		sub(/status 2$/, "reset", what)
		sub(/-110$/, "-110 (ETIMEDOUT)", what)
		printf "%8.3f  %-20s %s\n", time - start, who[word[2]], what
	}' $tracing/trace
}

# steps NAME: how many of them the timeline has
steps() {
	grep -c "edu_step: edu0 #[0-9]* $1" $tracing/trace
}

rows() { # TABLE
	grep -vc -e '^#' -e '^device ' -e '^controller ' "$iotimer/$1"
}

show() { # FILE
	echo "-- $iotimer/$1"
	cat "$iotimer/$1"
	echo
}

title "iotimer with a period of $period_ms ms (the default is 1000), and two sample drivers"
insmod /modules/iotimer.ko period_ms=$period_ms stats=1 routine_budget_us=1000000
insmod /modules/iotimer_edu.ko
insmod /modules/iotimer_vdev.ko devices=10 context=controller
lsmod
echo 1 >$tracing/events/iotimer_edu/enable

title "requests to the edu device, all at once: its interrupt gets lost, it hangs, it is dead"
exec 3<>/dev/iotimer_edu0
request 120 "5"
request 720 "6 fault=lose-irq"
request 5040 "7 fault=hang"
request "Connection timed out" "8 fault=dead limit=1"
request 362880 "9"
request "Connection timed out" "10 fault=hang times=9 limit=1"
request 39916800 "11"
results
exec 3>&-
echo 0 >$tracing/events/iotimer_edu/enable

title "what happened"
timeline
expect "requests" "$(steps request:)" -eq 7
expect "results" "$(steps result:)" -eq 5
expect "failures" "$(steps failure:)" -eq 2
# how many exactly depends on how slow the machine is
expect "time-outs" "$(steps time-out:)" -ge 4
expect "retries" "$(steps retry:)" -ge 2

title "what debugfs shows"
for table in timers tick controllers interrupts; do
	show $table
done
dir=devices/iotimer_edu0
echo "-- $iotimer/$dir"
for file in owner state routine context_kind ticks missed last_ns max_ns over; do
	printf '%-14s %s\n' $file: "$(cat $iotimer/$dir/$file)"
done
echo
for file in context runtime lateness; do
	show $dir/$file
done
interrupts=$(awk '$1 == "iotimer_edu0" { print $3 }' $iotimer/interrupts)
expect "interrupts" "$interrupts" -ge "$(steps interrupt:)"
expect "timers" "$(rows timers)" -eq 11
expect "controllers" "$(rows controllers)" -eq 2

title "unloading"
rmmod iotimer_vdev
rmmod iotimer_edu
expect "timers left" "$(rows timers)" -eq 0
expect "tick armed" "$(awk '$1 == "armed:" { print $2 }' $iotimer/tick)" -eq 0
rmmod iotimer
expect "modules left" "$(lsmod | grep -c iotimer)" -eq 0

if [ $wrong -eq 0 ]; then
	echo "verdict: PASS 7 requests, 5 results, 2 failures, $interrupts interrupts, nothing left behind"
else
	echo "verdict: FAIL $wrong of the expectations, see above"
fi
exit $wrong
