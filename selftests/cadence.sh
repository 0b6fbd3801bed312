#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The cadence at the default period, and the bounds of the first call: T7 and T8. Where the machine skips the time
# in which it is idle (CLOCK=virtual) ten minutes are watched, in which each call has its jiffy; else some seconds.
. ./functions.sh

IOTIMER_PARAMS=period_ms=1000
if [ "${CLOCK-}" = virtual ]; then
	run_test_module test_cadence seconds=600 exact=1
else
	run_test_module test_cadence
fi
finish
