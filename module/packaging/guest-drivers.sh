#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash disable=SC2153
# Runs in the virtual machine of boot-vm.sh: each of DRIVERS (separated by commas) is loaded with what it depends
# on, its timer routine is called, and it is unloaded. VERSION is that of iotimer.

timers=/sys/kernel/debug/iotimer/timers

fail() {
	echo "failed: $*"
	exit 1
}

ticks() { # DRIVER
	awk -v owner="$1" '$2 == owner { print $4 }' $timers
}

ticks_come() { # DRIVER
	tries=100
	until [ "$(ticks "$1")" -ge 2 ]; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.2
	done
}

drivers=$(echo "$DRIVERS" | tr , ' ')
for driver in $drivers; do
	modprobe "$driver" || fail "modprobe $driver"
done
[ "$(cat /sys/module/iotimer/version)" = "$VERSION" ] ||
	fail "version $(cat /sys/module/iotimer/version), not $VERSION"
for driver in $drivers; do
	ticks_come "$driver" || fail "the routine of $driver is not called"
done
cat $timers
[ ! -e /iotimer-top ] || sh /iotimer-top -n 1 -s name | grep -q "${drivers##* }" || fail "iotimer-top does not show ${drivers##* }"
[ ! -e /iotimer-bugreport ] || sh /iotimer-bugreport >/tmp/report || fail "iotimer-bugreport"
if [ -e /tmp/report ]; then
	grep -q "^iotimer: version .*loaded, version $VERSION" /tmp/report || fail "no version in the report: $(head -n 9 /tmp/report)"
	! grep -E 'ffff[0-9a-f]{12}' /tmp/report || fail "an address in the report"
fi
for driver in $drivers; do
	rmmod "$driver" || fail "rmmod $driver"
done
[ "$(grep -vc -e '^#' -e '^device ' $timers)" = 0 ] || fail "timers are left"
for name in $(lsmod | sed -n 's/^\(iotimer_[a-z_]*\).*/\1/p') iotimer; do
	rmmod "$name" || fail "rmmod $name"
done
echo "drivers: $drivers: ok"
