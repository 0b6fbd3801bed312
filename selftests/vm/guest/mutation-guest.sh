#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine with a mutant: the selftests TESTS (separated by commas) in this order, with the kernel's
# own runner, up to the first failure, unless GO_ON is yes, or the failed test is one of /known, without its number.
# Each script may take TIMEOUT seconds.

failed() {
	if grep -q '^# not ok' /tmp/result && ! grep -q '^not ok.*TIMEOUT' /tmp/result; then
		sed -n 's/^# not ok [0-9]* - /not ok - /p' /tmp/result | sed 's/ # .*//' | grep -qvxFf /known
	else
		grep -q '^not ok' /tmp/result
	fi
}

echo "timeout=${TIMEOUT:-120}" >/kselftest/iotimer/settings
for test in $(echo "$TESTS" | tr , ' '); do
	/kselftest/run_kselftest.sh -t "iotimer:$test" | tee /tmp/result
	[ "$GO_ON" = yes ] || ! failed || break
done
exit 0
