#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The edu device disappears while requests are in progress (unplug_test.c) and comes back: its driver is
# unbound, its registers read as all ones, the kernel removes the device, and in the end it is pulled out
# of its slot. No edu device is left for tests that run later in the same boot.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

dev=/dev/iotimer_edu0
times=5
tracing=/sys/kernel/tracing
clients=

# Open files keep the iotimer device until their clients have seen the error.
is_gone() {
	[ ! -e "$dev" ] && nothing_left >/dev/null
}

is_there() {
	[ -e "$dev" ] && [ "$(timers iotimer_edu0 state)" = started ]
}

# At least REQUESTS have been written since the driver was bound.
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

# All clients exit with 0. A client whose file is closed when the device disappears does not see it.
stop_clients() { # GONE: how often clients must have seen it, at least
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

# Take the device away in the middle of requests, wait until all of it is gone, bring it back: $times times.
comes_and_goes() { # AWAY BACK
	n=0
	while [ "$n" -lt "$times" ]; do
		wait_until 60 is_used 6 && "$1" && wait_until 60 is_gone && "$2" && wait_until 60 is_there || return 1
		n=$((n + 1))
	done
}

load_driver() {
	load_iotimer period_ms=20
	[ "$driver" = iotimer_edu ] || { load_mod iotimer_wdm && load_mod iotimer_wdm_front; }
	load_mod "$driver"
	start_clients
	mark_log
}

unload_driver() { # GONE
	check "$driver clients have ended well" stop_clients "$1"
	check "$driver rmmod" unload_mod "$driver"
	check "$driver nothing is left" nothing_left
	check_eq "$driver nothing is left behind" "$(left_behind)" ""
	[ "$driver" = iotimer_edu ] || { unload_mod iotimer_wdm_front && unload_mod iotimer_wdm; }
	unload_iotimer
}

# Switch the slot's power off: the virtual machine then removes the device.
pull_out() {
	for slot in /sys/bus/pci/slots/*; do
		[ "$(cat "$slot/address")" = "${pci%.*}" ] && echo 0 >"$slot/power" && return
	done
	return 1
}

# A new scan of the bus does not find it.
is_pulled_out() {
	rescan
	! edu_device >/dev/null && is_gone
}

marked_gone() {
	grep -q '^gone: *1$' "$IOTIMER/devices/iotimer_edu0/context"
}

unhandled() {
	irq=$(sed -n 's/^ *\([0-9]*\):.*iotimer_edu0$/\1/p' /proc/interrupts)
	sed -n 's/^unhandled //p' "/proc/irq/$irq/spurious"
}

# The result of a request, or the error that reading it fails with.
result() { # REQUEST
	exec 3<>"$dev"
	echo "$1" >&3
	timeout $((30 * ${SLOW:-1})) cat <&3 2>&1 | sed 's/.*: //'
	exec 3>&-
}

# The steps of the last request, without ticks: their number depends on the machine.
last_steps() {
	sed -n 's/.*edu_step: edu0 #[0-9]* \([a-z-]*\).*/\1/p' $tracing/trace | grep -v tick |
		awk '/request/ { steps = "" } { steps = steps $0 " " } END { print steps }'
}

rebind() {
	unbind && wait_until 60 is_gone && bind && wait_until 60 is_there
}

# The driver simulates that the registers read as all ones. When the ISR runs on such a device ...
gone_in_isr() { # NAME
	before=$(unhandled)
	check_eq "$1 the ISR of a device that is gone ends the request" \
		"$(result "5 fault=gone-irq limit=60")" "No such device"
	check_eq "$1 steps" "$(last_steps)" "request start interrupt gone failure "
	check "$1 the device is marked gone" marked_gone
	if uname -v | grep -q PREEMPT_RT; then
		skip "$1 the ISR does not claim the interrupt" "the kernel does not account each thread's answer"
	else
		check_eq "$1 the ISR does not claim the interrupt" "$(unhandled)" $((before + 1))
	fi
	check_eq "$1 no request reaches a device that is gone" "$(result "5 limit=60")" "No such device"
	check_eq "$1 steps of that request" "$(last_steps)" "request start gone failure "
}

# ... and when no interrupt comes, so that the timer routine has to find out.
gone_without_interrupt() { # NAME
	check_eq "$1 a time-out finds that the device is gone" \
		"$(result "5 fault=gone limit=2")" "No such device"
	check_eq "$1 no reset of a device that is gone" "$(last_steps)" "request start gone failure "
}

test_gone() { # NAME INTX
	load_iotimer period_ms=1000
	load_mod "$driver" intx="$2"
	[ -d $tracing/events ] || mount -t tracefs none $tracing
	echo 1 >$tracing/events/iotimer_edu/enable
	gone_in_isr "$1"
	check "$1 bound again" rebind
	check_eq "$1 serves after that" "$(result "5 limit=60")" 120
	gone_without_interrupt "$1"
	check "$1 bound again after a time-out" rebind
	check_eq "$1 serves after the time-out" "$(result "5 limit=60")" 120
	echo 0 >$tracing/events/iotimer_edu/enable
	check "$1 rmmod" wait_until 20 unload_mod "$driver"
	unload_iotimer
}

pci=$(edu_device) || skip_all "no edu device: start QEMU with -device edu"
for driver in iotimer_edu iotimer_edu_wdm; do
	load_driver
	check "$driver unbound and bound $times times" comes_and_goes unbind bind
	check "$driver removed and found $times times" comes_and_goes remove rescan
	unload_driver "$times"
done

driver=iotimer_edu
test_gone "gone msi" 0
test_gone "gone intx" 1
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
