#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Interrupts and SynchCritSections: clauses I1 to I7.
. ./functions.sh

run_test_module test_irq_section
run_test_module test_irq_raise
run_test_module test_irq_line
run_test_module test_irq_connect
run_test_module test_irq_assert
run_test_module test_atomic only=I5
finish
