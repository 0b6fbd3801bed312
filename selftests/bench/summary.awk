# SPDX-License-Identifier: GPL-2.0
# Turns results ("bench: VARIANT,ORDER,DEVICES,WHAT,VALUE", other lines are skipped) into CSV: a row
# for each figure, with the median of its values, the lowest, the highest and how many there were. With
# -v counted=1 the figure of a pass is the lowest: where nothing is by chance, the other values contain
# more of the kernel's own work in the same softirq run.

BEGIN {
	FS = ","
	print "variant,order,devices,what,figure,lowest,highest,samples"
}

sub(/^bench: /, "") && sub(/\r?$/, "") && NF == 5 {
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
		middle = counted && key ~ /,pass$/ ? 1 : int((n + 1) / 2)
		printf "%s,%.0f,%.0f,%.0f,%d\n", key, value[key, middle], value[key, 1], value[key, n], n
	}
}
