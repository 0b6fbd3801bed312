#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# torture.sh: boots KERNEL ("stock") with CPUS processors (4) and runs selftests/torture.sh in it, for as
# long as PROFILE says: stress, some minutes, or soak, an hour. SEED makes other choices.

. "$(dirname "$0")/lib.sh"

export CPUS=${CPUS:-4}
profile=${PROFILE:-stress}
case $profile in
smoke) seconds=300 ;;
stress) seconds=1200 ;;
soak) seconds=7200 ;;
*) die "no profile $profile" ;;
esac

"$vm/packages.sh" build vm
release=$("$vm/kernel.sh" "${KERNEL:-stock}")
note "$release: build"
"$vm/build.sh" "$release"
"$vm/rootfs.sh" "$release"
log=$top/.build/$release/torture.log
SECONDS_MAX=${SECONDS_MAX:-$seconds} RUN=run-torture "$vm/boot.sh" "$release" check-guest.sh \
	"TESTS=torture.sh" "PROFILE=$profile" "SEED=${SEED:-1}" "TIMEOUT=$seconds" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
read -r passed failed skipped <<<"$(awk -f "$vm/tap.awk" "$log" | tail -n 1)"
[ "$status" -eq 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
