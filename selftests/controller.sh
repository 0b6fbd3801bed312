#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Controllers: clauses O1 to O5.
. ./functions.sh

# Ten thousand devices need no directories in debugfs.
IOTIMER_PARAMS="period_ms=20 dirs=0"
run_test_module test_controller
run_test_module test_atomic only=O1
run_test_module test_atomic only=O2
finish
