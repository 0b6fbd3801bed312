#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# gate.sh RELEASE: counts the instructions of what is called most often and compares them with
# selftests/bench/limits. Prints TAP. build.sh and rootfs.sh have been called for RELEASE.

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
run=$top/.build/$release/gate
COUNT=yes APPEND='' RUN=gate "$vm/machine/boot.sh" "$release" bench-guest.sh WHAT=calls,quick >"$run.log" || {
	sed 's/^/# /' "$run.log"
	exit 1 # no plan: the run has failed
}
awk -f "$top/selftests/bench/summary.awk" "$run.log" >"$run.csv"

awk '
FNR == NR { if (!/^#/) limit[$1] = $2; next }
FNR == 1 { FS = ","; next }
{ value[$1, $4] = $5 / $3 }

function check(name, figure) {
	ok = figure > 0 && figure <= limit[name] * (1 + limit["slack"] / 100)
	printf "%s %d - speed of %s: %.1f instructions, limit %.1f\n", ok ? "ok" : "not ok", ++n, name,
		figure, limit[name]
	if (ok && figure < limit[name] * (1 - limit["slack"] / 100))
		print "# faster than the limit: selftests/bench/limits can be lowered"
	failed += !ok
}

END {
	check("call", value["iotimer", "pass"])
	check("start", value["iotimer", "start"])
	check("synchronize", value["iotimer", "synchronize"] - value["iotimer", "spinlock"])
	print "1.." n
	exit failed > 0
}' "$top/selftests/bench/limits" "$run.csv"
