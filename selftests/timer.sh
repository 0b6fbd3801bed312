#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Init, start and calls: clauses T1 to T4, T7 to T9; names and other queries.
. ./functions.sh

run_test_module test_timer
run_test_module test_tick
run_test_module test_query
finish
