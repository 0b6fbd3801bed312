#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The device's lock: clauses X1 to X4.
. ./functions.sh

# X4: the kernel measures how long locks are held
if [ -e /proc/lock_stat ]; then
	echo 0 >/proc/lock_stat
	echo 1 >/proc/sys/kernel/lock_stat
fi

run_test_module test_lock

if [ -e /proc/lock_stat ]; then
	echo 0 >/proc/sys/kernel/lock_stat
	check X4_device_lock_is_in_lock_stat grep -q iotimer_device /proc/lock_stat
	check X4_interrupt_lock_is_in_lock_stat grep -q iotimer_irq /proc/lock_stat
else
	skip X4_locks_are_in_lock_stat "needs CONFIG_LOCK_STAT"
fi
finish
