#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# PID 1 of the test machine. The kernel hands over what stands on its command line as variables:
# GUEST, the script in /vm to run, NONCE, which proves that a closing line is of this boot, and CONSOLE,
# the serial port that scripts have. The kernel's log has another one to itself.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/tmp MODULES_DIR=/modules IOTIMER_DISPOSABLE=yes

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs /sys/kernel/tracing
ln -s /proc/self/fd /dev/fd
ln -s fd/1 /dev/stdout # where the runner of kselftest appends what tests print
exec </dev/null >"/dev/$CONSOLE" 2>&1
stty -F "/dev/$CONSOLE" -opost

# From here on every message reaches the log, whatever a test does to the console's level ...
echo Y >/sys/module/printk/parameters/ignore_loglevel
# ... and here is the proof, without which the log is not believed to be free of splats.
echo "<4>iotimer-guest: begin $NONCE" >/dev/kmsg

# KCSAN reports what the kernel itself does without marking it, too: what it has said so far of code that is
# not ours, whoever calls that.
for function in hrtimer_wakeup schedule_hrtimeout_range_clock __synchronize_hardirq; do
	[ ! -e /sys/kernel/debug/kcsan ] || echo "!$function" >/sys/kernel/debug/kcsan
done

sh "/vm/$GUEST"
echo "iotimer-guest: end $NONCE $?"

# stty returns when the port has sent everything
stty -F "/dev/$CONSOLE" opost
poweroff -f
