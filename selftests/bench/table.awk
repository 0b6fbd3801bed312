# SPDX-License-Identifier: GPL-2.0
# Prints the CSV of summary.awk as Markdown: a table for each kind of figure and order. -v unit=NAME
# names the clock's unit; with -v khz=RATE it is turned into ns. With -v spread=1 each cell has the
# lowest and the highest value beside the figure.

BEGIN {
	FS = ","
	nr_variants = split("loop iotimer global_list timer_list timer_rounded hrtimer delayed_work deferrable_work", variants, " ")
	scale = khz ? 1000000 / khz : 1
}

FNR > 1 {
	figure[$1, $2, $3, $4] = $5
	lowest[$1, $2, $3, $4] = $6
	highest[$1, $2, $3, $4] = $7
	if ($4 == "pass" && $1 == "loop" && !(($2, $3) in seen)) {
		seen[$2, $3] = 1
		devices[++nr_devices[$2]] = $3
		rows[$2, nr_devices[$2]] = $3
	}
}

function number(x) {
	return sprintf(x < 100 ? "%.1f" : "%.0f", x)
}

function cell(variant, order, n, what, each,    key, by) {
	key = variant SUBSEP order SUBSEP n SUBSEP what
	if (!(key in figure))
		return "-"
	by = each ? n / scale : 1 / scale
	if (!spread || lowest[key] == highest[key])
		return number(figure[key] / by)
	return number(figure[key] / by) " (" number(lowest[key] / by) "-" number(highest[key] / by) ")"
}

function commas(n) {
	while (match(n, /[0-9][0-9][0-9][0-9]($|,)/))
		n = substr(n, 1, RSTART) "," substr(n, RSTART + 1)
	return n
}

function table(title, order, what, each,    i, v, line) {
	if (!nr_devices[order])
		return
	printf "%s, %s\n\n%9s", title, order == "retpoline" ? "ordered" : order, "| devices"
	for (v = 1; v <= nr_variants; v++)
		printf " | %*s", width, variants[v]
	printf " |\n|---:"
	for (v = 1; v <= nr_variants; v++)
		printf "|---:"
	print "|"
	for (i = 1; i <= nr_devices[order]; i++) {
		printf "| %9s", commas(rows[order, i])
		for (v = 1; v <= nr_variants; v++)
			printf " | %*s", width, cell(variants[v], order, rows[order, i], what, each)
		print " |"
	}
	print ""
}

END {
	width = spread ? 20 : 15
	nr_orders = split("ordered shuffled", orders, " ")
	for (o = 1; o <= nr_orders; o++)
		table("Pass, " unit " per device", orders[o], "pass", 1)
	for (o = 1; o <= nr_orders; o++)
		table("Longest softirq run, " unit, orders[o], "longest", 0)
	table("Pass, " unit " per device, with retpolines", "retpoline", "pass", 1)
	table("Start, " unit " per device", "ordered", "start", 1)
	table("Stop without waiting, " unit " per device", "ordered", "stop", 1)
}
