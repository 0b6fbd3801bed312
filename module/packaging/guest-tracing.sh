#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the virtual machine of boot-vm.sh: bpftrace runs each script in /bpftrace, and perf each of the commands in
# installing.md, while a driver comes, works and goes. Their output has the driver's device or a histogram.

fail() {
	echo "failed: $*"
	cat /tmp/out
	exit 1
}

attached() {
	tries=600
	until grep -q 'Attaching' /tmp/out; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] && kill -0 $pid || return 1
		sleep 0.2
	done
	sleep 3 # it says so before it has
}

# The work that is watched. perf starts this script anew for it.
work() {
	modprobe my_linux
	sleep 4
	rmmod my_linux
}

# look SCRIPT PATTERN...
look() {
	script=$1
	shift
	/usr/bin/bpftrace "/bpftrace/$script" >/tmp/out 2>&1 &
	pid=$!
	attached || fail "$script does not start"
	work
	kill -INT $pid
	wait $pid
	for pattern in "$@"; do
		grep -q "$pattern" /tmp/out || fail "$script: no $pattern"
	done
	cat /tmp/out
}

perf_shows() { # PATTERN COMMAND...
	pattern=$1
	shift
	"$@" >/tmp/out 2>&1 || fail "$*"
	grep -E "$pattern" /tmp/out || fail "$*: no $pattern"
}

perf_sees() {
	perf_shows '^ +[1-9][0-9]* +iotimer:iotimer_routine_entry' perf stat -e iotimer:iotimer_routine_entry -a -- sh /guest work
	perf_shows 'Captured and wrote' perf record -o /tmp/perf.data -e iotimer:iotimer_start,iotimer:iotimer_stop -ag -- sh /guest work
	perf_shows 'iotimer_start: dev=my_linux' perf script -i /tmp/perf.data
	perf_shows 'iotimer:iotimer_routine_entry\(.*my_linux' perf trace -e 'iotimer:*' -a -- sh /guest work
}

export PATH=$PATH:/usr/bin
export LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu:/lib/x86_64-linux-gnu
if [ "${1-}" = work ]; then
	work
	exit
fi
modprobe iotimer period_ms=500
look runtime.bt '^@ns\[my_linux\]' '|@'
look lateness.bt '^@late_ms' '^@chunk_us' '|@'
look startstop.bt '^@start\[my_linux, modprobe' 'iotimer_start'
perf_sees
echo "tracing: ok"
