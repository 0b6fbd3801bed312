# SPDX-License-Identifier: GPL-2.0
# Turns results ("bench: VARIANT,ORDER,DEVICES,WHAT,VALUE", other lines are skipped) into CSV: a row
# for what was measured, with the median of all values, the lowest, the highest and how many there were.

BEGIN {
	FS = ","
	print "variant,order,devices,what,median,lowest,highest,samples"
}

sub(/^bench: /, "") {
	sub(/\r$/, "")
	key = $1 "," $2 "," $3 "," $4
	if (!(key in samples))
		keys[++nr_keys] = key
	value[key, ++samples[key]] = $5 + 0
}

# of an even number the lower of the two in the middle, so that what is printed was measured
function sort(key,    i, j, v) {
	for (i = 2; i <= samples[key]; i++) {
		v = value[key, i]
		for (j = i - 1; j && value[key, j] > v; j--)
			value[key, j + 1] = value[key, j]
		value[key, j + 1] = v
	}
}

END {
	for (i = 1; i <= nr_keys; i++) {
		key = keys[i]
		n = samples[key]
		sort(key)
		printf "%s,%.0f,%.0f,%.0f,%d\n", key, value[key, int((n + 1) / 2)], value[key, 1], value[key, n], n
	}
}
