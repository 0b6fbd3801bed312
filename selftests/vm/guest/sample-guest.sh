#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: a sample driver has devices whose timers tick, for something outside to look at. Ends after
# five minutes, if it is not ended before.

modprobe iotimer_vdev devices=3 || exit
until [ "$(awk '/^vdev/ && $4 >= 3' /sys/kernel/debug/iotimer/timers | wc -l)" = 3 ]; do
	sleep 0.1
done
echo "sample-guest: ready"
sleep 300
