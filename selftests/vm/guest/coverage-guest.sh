#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: the selftests, then what gcov has counted on the console, packed. Counters of
# modules that are gone are kept (gcov_persist), and those of several loads add up.

sh /vm/check-guest.sh

gcov=/sys/kernel/debug/gcov
mkdir -p /tmp/gcov/core /tmp/gcov/wdm
find $gcov -path '*/module/core/*.gcda' -o -path '*/module/wdm/*.gcda' | while read -r file; do
	cat "$file" >"/tmp/gcov/${file##*/module/}"
done
echo "-----BEGIN GCOV-----"
tar -cz -C /tmp/gcov . | base64
echo "-----END GCOV-----"
exit 0
