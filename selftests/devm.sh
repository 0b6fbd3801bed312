#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Managed devices and interrupts, which are released when their parent is unbound.
. ./functions.sh

run_test_module test_devm
finish
