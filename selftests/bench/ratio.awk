# SPDX-License-Identifier: GPL-2.0
# Prints, from a CSV of summary.awk, how a call of iotimer compares with the limit and with a timer_list
# per device, and the bounds that these ratios should keep on a quiet machine. Nothing fails: what time
# something takes depends on the machine and on what else it does.

BEGIN { FS = "," }

FNR > 1 && $4 == "pass" {
	pass[$1, $2, $3] = $5
	if ($1 == "loop")
		rows[++nr] = $2 SUBSEP $3
}

function verdict(n, good) {
	return n != 10000 && n != 100000 ? "" : good ? " (kept)" : " (missed)"
}

END {
	print "| devices | order | iotimer / loop (bound: 1.3) | timer_list / iotimer (bound: 5) |\n|---:|---|---:|---:|"
	for (i = 1; i <= nr; i++) {
		split(rows[i], row, SUBSEP)
		a = pass["iotimer", rows[i]] / pass["loop", rows[i]]
		b = pass["timer_list", rows[i]] / pass["iotimer", rows[i]]
		printf "| %d | %s | %.2f%s | %.1f%s |\n", row[2], row[1], a, verdict(row[2], a <= 1.3), b, verdict(row[2], b >= 5)
	}
}
