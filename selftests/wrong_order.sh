#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Clause X3, violated. lockdep reports one problem per boot, so this test has a name that sorts last.
. ./functions.sh

run_test_module test_order
finish
