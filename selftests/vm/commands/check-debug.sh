#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-debug.sh: all selftests, or TESTS, on the debug kernels (KERNEL, "debug rt-debug kcsan"), then, without TESTS,
# the reports of drivers' mistakes (verifier.sh). Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

export KERNEL=${KERNEL:-debug rt-debug kcsan}
part check.sh "$vm/commands/check.sh"
[ -n "${TESTS-}" ] || part verifier.sh "$vm/commands/verifier.sh"
summary
