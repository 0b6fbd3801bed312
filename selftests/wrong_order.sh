#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Clause X3 the wrong way round. lockdep reports one thing per boot, which is why the name of this
# test comes last.
. ./functions.sh

run_test_module test_order
finish
