#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a start publishes to who stops at the same moment: clause T4.
. ./functions.sh

IOTIMER_PARAMS="period_ms=10"
run_test_module test_publish
finish
