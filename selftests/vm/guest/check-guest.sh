#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine: all selftests, or those that TESTS names (separated by commas), with the
# kernel's own runner. Failures stand in its TAP lines, so its status is not asked.

# Slow machines get more time: each test by SLOW in its environment, the runner by its settings. TIMEOUT
# is for tests that were asked to take longer.
settings=/kselftest/iotimer/settings
seconds=${TIMEOUT:-$(sed -n 's/^timeout=//p' $settings)}
echo "timeout=$((seconds * ${SLOW:-1}))" >$settings

args=
for test in $(echo "$TESTS" | tr , ' '); do
	args="$args -t iotimer:$test"
done
# shellcheck disable=SC2086 # several arguments
/kselftest/run_kselftest.sh $args
exit 0
