#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The edu device goes while requests are under way (unplug_test.c) and comes again: its driver is
# unbound, the kernel forgets the device, and in the end it is pulled out of its slot. That leaves none
# for tests that come later in the same boot.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

dev=/dev/iotimer_edu0
times=5
clients=

# Open files keep the device object until their clients have been told.
is_gone() {
	[ ! -e "$dev" ] && nothing_left >/dev/null
}

is_there() {
	[ -e "$dev" ] && [ "$(timers iotimer_edu0 state)" = started ]
}

# So many requests have been written since it came.
is_used() { # REQUESTS
	is_there && [ "$(sed -n 's/^requests: *//p' "$IOTIMER/devices/iotimer_edu0/context")" -ge "$1" ]
}

start_clients() {
	clients=
	for client in 1 2 3; do
		./unplug_test "$dev" >"/tmp/unplug.$client" 2>&1 &
		clients="$clients $!"
	done
}

total() { # WORD: of all clients
	cat /tmp/unplug.? | awk -v word="$1" '{ for (i = 1; i < NF; i++) if ($i == word) sum += $(i + 1) } END { print sum + 0 }'
}

# Each of them ends well. One that has its file closed just when the device goes does not notice.
stop_clients() { # GONE: at least so often has the device been seen to go
	# shellcheck disable=SC2086 # several
	kill $clients
	status=0
	for client in $clients; do
		wait "$client" || status=1
	done
	sed 's/^/# client: /' /tmp/unplug.?
	[ "$status" = 0 ] && [ "$(total served)" -gt 0 ] && [ "$(total gone)" -ge "$1" ]
}

unbind() { bound_to=$(readlink -f "/sys/bus/pci/devices/$pci/driver") && echo "$pci" >"$bound_to/unbind"; }
bind() { echo "$pci" >"$bound_to/bind"; }
remove() { echo 1 >"/sys/bus/pci/devices/$pci/remove"; }
rescan() { echo 1 >/sys/bus/pci/rescan; }

# Again and again: away in the middle of requests, all of it, and back.
comes_and_goes() { # AWAY BACK
	n=0
	while [ "$n" -lt "$times" ]; do
		wait_until 60 is_used 6 && "$1" && wait_until 60 is_gone && "$2" && wait_until 60 is_there || return 1
		n=$((n + 1))
	done
}

load_driver() {
	load_iotimer period_ms=20
	[ "$driver" = iotimer_edu ] || load_mod iotimer_wdm
	load_mod "$driver"
	start_clients
	mark_log
}

unload_driver() { # GONE
	check "$driver clients have seen it all" stop_clients "$1"
	check "$driver rmmod" unload_mod "$driver"
	check "$driver nothing is left" nothing_left
	check_eq "$driver nothing is left behind" "$(left_behind)" ""
	[ "$driver" = iotimer_edu ] || unload_mod iotimer_wdm
	unload_iotimer
}

# The slot's power goes, and with it the device: virtual machines take it out.
pull_out() {
	for slot in /sys/bus/pci/slots/*; do
		[ "$(cat "$slot/address")" = "${pci%.*}" ] && echo 0 >"$slot/power" && return
	done
	return 1
}

# Whoever looks finds no device: a new scan does not bring it back.
is_pulled_out() {
	rescan
	! edu_device >/dev/null && is_gone
}

pci=$(edu_device) || skip_all "no edu device: start QEMU with -device edu"
for driver in iotimer_edu iotimer_edu_wdm; do
	load_driver
	check "$driver unbound and bound $times times" comes_and_goes unbind bind
	check "$driver removed and found $times times" comes_and_goes remove rescan
	unload_driver "$times"
done

driver=iotimer_edu
if grep -qs "^${pci%.*}$" /sys/bus/pci/slots/*/address; then
	load_driver
	check "$driver is used" wait_until 60 is_used 30
	check "$driver pulled out of its slot" pull_out
	check "$driver is gone" wait_until 60 is_pulled_out
	unload_driver 0
else
	skip "$driver pulled out of its slot" "the slot has no switch: needs CONFIG_HOTPLUG_PCI_ACPI or _PCIE"
fi
finish
