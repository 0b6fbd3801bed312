#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The device's lock: clauses X1 to X4.
. ./functions.sh

run_test_module test_lock

# X4: the kernel measures how long locks are held, under names that identify their owners. A lock is in the
# list as long as the module that declares it is loaded.
if [ -e /proc/lock_stat ]; then
	load_iotimer period_ms=20
	echo 0 >/proc/lock_stat
	echo 1 >/proc/sys/kernel/lock_stat
	load_mod test_lock only=X3 period_ms=20
	echo 0 >/proc/sys/kernel/lock_stat
	check X4_device_lock_is_in_lock_stat grep -q iotimer_device.lock /proc/lock_stat
	check X4_interrupt_lock_is_in_lock_stat grep -q iotimer_irq.lock /proc/lock_stat
	unload_mod test_lock
	unload_iotimer
else
	skip X4_locks_are_in_lock_stat "needs CONFIG_LOCK_STAT"
fi
finish
