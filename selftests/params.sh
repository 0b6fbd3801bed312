#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Module parameters: bad values are refused with the parameter's name, good values are accepted.
#
# shellcheck disable=SC2317 # functions are called by their names
. ./functions.sh

# refused PARAMETER=VALUE MESSAGE
refused() {
	mark_log
	if load_iotimer "$1" 2>/dev/null; then
		unload_iotimer
		return 1
	fi
	log_since_mark | grep -qF "iotimer: $2"
}

# bad PARAMETER RANGE VALUE...
bad() {
	bad_name=$1
	bad_range=$2
	shift 2
	for value in "$@"; do
		check "refused_$bad_name=$value" refused "$bad_name=$value" \
			"$bad_name: $value is not in $bad_range"
	done
}

# good PARAMETER=VALUE...: accepted together
good() {
	load_iotimer "$@"
	for good in "$@"; do
		check_eq "taken_$good" \
			"$(cat "/sys/module/iotimer/parameters/${good%=*}")" "${good#*=}"
	done
	unload_iotimer
}

# The values without any parameter, as documented
defaults() { # PARAMETER=VALUE...
	load_iotimer
	for default in "$@"; do
		check_eq "default_$default" \
			"$(cat "/sys/module/iotimer/parameters/${default%=*}")" "${default#*=}"
	done
	unload_iotimer
}

defaults period_ms=1000 budget_us=200 routine_budget_us=100 dirs=1024 stats=N
bad period_ms 10..3600000 9 3600001 0 -1 abc 20ms 99999999999 ""
bad budget_us 10..1000000 9 1000001
bad routine_budget_us 1..1000000 0 1000001
bad dirs 0..1000000 -1 1000001
check refused_stats=2 refused stats=2 "\`2' invalid for parameter \`stats'"
good period_ms=10 budget_us=10 routine_budget_us=1 dirs=0 stats=N
good period_ms=3600000 budget_us=1000000 routine_budget_us=1000000 dirs=1000000 stats=Y
finish
