#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The context area: clauses C1 to C6, and the names of devices.
. ./functions.sh

run_test_module test_context
finish
