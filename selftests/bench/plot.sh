#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# plot.sh FOLDER NAME UNIT [KHZ]: draws FOLDER/NAME.csv (summary.awk): what a call costs, and the longest
# softirq run, against the number of devices, as FOLDER/NAME-{call,longest}.svg.

set -euo pipefail

folder=$1 name=$2 unit=$3 khz=${4:-1000000}
variants="loop global_list timer_list timer_rounded hrtimer delayed_work deferrable_work iotimer" # the last one is drawn on top, and thicker

# Columns: devices, then a value for each variant. EACH: divided by the number of devices.
columns() { # WHAT EACH
	awk -F , -v what="$1" -v each="$2" -v khz="$khz" -v variants="$variants" '
		$2 == "ordered" && $4 == what {
			value[$1, $3] = $5 * 1000000 / khz / (each ? $3 : 1)
			if ($1 == "loop")
				rows[++nr] = $3
		}
		END {
			n = split(variants, v, " ")
			for (i = 1; i <= nr; i++) {
				printf "%d", rows[i]
				for (j = 1; j <= n; j++)
					printf " %f", value[v[j], rows[i]]
				print ""
			}
		}' "$folder/$name.csv"
}

# The figures of iotimer for N devices, and the ratio of a timer_list's to them.
result() { # WHAT N
	awk -F , -v what="$1" -v n="$2" -v khz="$khz" -v unit="$unit" '
		$2 == "ordered" && $3 == n && $4 == what { value[$1] = $5 * 1000000 / khz }
		END {
			if (!value["iotimer"])
				exit
			each = what == "pass" ? sprintf("%.1f", value["iotimer"] / n) : value["iotimer"]
			printf "%d devices: iotimer %s %s, timer_list %.1f times that", n, each, unit,
				value["timer_list"] / value["iotimer"]
		}' "$folder/$name.csv"
}

draw() { # WHAT EACH TITLE OUTPUT
	gnuplot <<-END
		set terminal svg size 720,480 background "white" font "sans,12"
		set output "$4"
		set title "$3\n$(result "$1" 10000)" noenhanced
		set xlabel "devices"
		set ylabel "$unit"
		set logscale xy
		set format x "10^{%L}"
		set grid
		set key outside right noenhanced
		\$data << EOD
		$(columns "$1" "$2")
		EOD
		names = "$variants"
		plot for [i=1:words(names)] \$data using 1:(column(i + 1)) with linespoints \\
			linewidth (word(names, i) eq "iotimer" ? 5 : 1.5) title word(names, i)
	END
}

draw pass 1 "A pass, $unit per device" "$folder/$name-call.svg"
draw longest "" "Longest softirq run, $unit" "$folder/$name-longest.svg"
