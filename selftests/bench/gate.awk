# SPDX-License-Identifier: GPL-2.0
# Compares the figures of a CSV of summary.awk with `limits`, which is read first. Prints TAP.

FNR == NR {
	if (NF == 6 && !/^#/)
		limit[++n] = $0
	next
}

FNR == 1 { FS = ","; next }
{ value[$1 " " $4] = $5 / $3 }

# A figure that was not measured fails.
function check(number, name, figure, most, peer) {
	ok = figure > 0 && peer > 0 && figure <= most * peer
	printf "%s %d - speed of %s: %.1f instructions, %.3f times", ok ? "ok" : "not ok", number, name, figure,
		peer ? figure / peer : 0
	failed += !ok
}

END {
	for (i = 1; i <= n; i++) {
		split(limit[i], l, " +|\t+")
		check(i, l[1], value[l[2] " " l[3]], l[4], value[l[5] " " l[6]])
		printf " %s (%s), limit %s\n", l[5], l[6], l[4]
	}
	print "1.." n
	exit failed > 0 || !n
}
