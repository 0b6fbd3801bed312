#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the test machine with a mutant: the selftests TESTS (separated by commas) in this order, with the kernel's
# own runner, up to the first failure, unless GO_ON is yes, or the failed test is one of /known, without its number.
# Each script may take TIMEOUT seconds. The rest of one that has failed is not waited for. Where idle time takes none
# (LEAKS=yes), kmemleak says at the end what has been lost.

# The last line may not be complete before the end.
results() {
	if [ -e /tmp/over ]; then
		cat /tmp/result
	else
		sed '$d' /tmp/result
	fi
}

failed() {
	results >/tmp/lines
	if grep -q '^# not ok' /tmp/lines && ! grep -q '^not ok.*TIMEOUT' /tmp/lines; then
		sed -n 's/^# not ok [0-9]* - /not ok - /p' /tmp/lines | sed 's/ # .*//' | grep -qvxFf /known
	else
		grep -q '^not ok' /tmp/lines
	fi
}

failed_in_log() {
	dmesg | sed -n 's/.*iotimer-test: not ok \([^ ]*\).*/not ok - \1/p' | grep -qvxFf /known
}

run() { # SCRIPT
	/kselftest/run_kselftest.sh -t "iotimer:$1" | tee /tmp/result
	: >/tmp/over
}

echo "timeout=${TIMEOUT:-120}" >/kselftest/iotimer/settings
for test in $(echo "$TESTS" | tr , ' '); do
	rm -f /tmp/over
	: >/tmp/result
	run "$test" &
	until [ -e /tmp/over ]; do
		sleep 1
		if [ "$GO_ON" != yes ] && { failed_in_log || failed; }; then
			exit 0
		fi
	done
	[ "$GO_ON" = yes ] || ! failed || exit 0
done
if [ "${LEAKS-}" = yes ]; then
	# it reports memory that is five seconds old and that two scans have not found
	for wait in 6 1; do
		sleep $wait
		echo scan >/sys/kernel/debug/kmemleak
	done
fi
