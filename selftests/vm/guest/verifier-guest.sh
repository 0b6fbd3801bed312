#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: makes MISTAKE, and has kmemleak look for what is lost.

insmod /modules/iotimer.ko period_ms=20 &&
	insmod /modules/test_mistakes.ko period_ms=20 mistake="$MISTAKE" || exit 1
if [ "$MISTAKE" = leak-context ]; then
	# what is young is not reported yet
	sleep 6
	for scan in 1 2 3; do
		echo "scan $scan"
		echo scan >/sys/kernel/debug/kmemleak
	done
fi
exit 0
