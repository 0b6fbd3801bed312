#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# A start that races with a stop publishes the caller's work to the stopper: clause T4.
. ./functions.sh

IOTIMER_PARAMS="period_ms=10"
run_test_module test_publish
finish
