#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gate.sh RELEASE: counts the instructions of the calls that drivers make most often, and those of their peers in
# the same boot, and compares them (selftests/bench/limits). Prints TAP. build.sh and rootfs.sh have been called
# for RELEASE.

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
bench=$top/selftests/bench
run=$built/$release/gate
COUNT=yes APPEND='' RUN=gate "$vm/machine/boot.sh" "$release" bench-guest.sh WHAT=calls,quick >"$run.log" || {
	sed 's/^/# /' "$run.log"
	exit 1 # no plan: the run has failed
}
awk -v counted=1 -f "$bench/summary.awk" "$run.log" >"$run.csv"
awk -f "$bench/gate.awk" "$bench/limits" "$run.csv"
