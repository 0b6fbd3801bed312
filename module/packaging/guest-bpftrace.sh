#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the virtual machine of boot-vm.sh: bpftrace runs each script in /bpftrace while a driver comes, works and
# goes, and its output has the driver's device or a histogram.

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

# look SCRIPT PATTERN...
look() {
	script=$1
	shift
	/usr/bin/bpftrace "/bpftrace/$script" >/tmp/out 2>&1 &
	pid=$!
	attached || fail "$script does not start"
	modprobe my_linux
	sleep 4
	rmmod my_linux
	kill -INT $pid
	wait $pid
	for pattern in "$@"; do
		grep -q "$pattern" /tmp/out || fail "$script: no $pattern"
	done
	cat /tmp/out
}

export LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu:/lib/x86_64-linux-gnu
modprobe iotimer period_ms=500
look runtime.bt '^@ns\[my_linux\]' '|@'
look lateness.bt '^@late_ms' '^@chunk_us' '|@'
look startstop.bt '^@start\[my_linux, modprobe' 'iotimer_start'
echo "bpftrace: ok"
