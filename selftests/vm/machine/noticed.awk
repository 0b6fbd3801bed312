# SPDX-License-Identifier: GPL-2.0
# Reads what check.sh printed of a run with a mutant, and prints in one line what became of the mutant, a tab,
# and why. Only these two say something about the tests:
#   noticed	a test failed by its name, or the kernel reported something
#   survived	everything passed
# and these do not:
#   no-build	it does not build
#   time-out	a limit of time was reached, and nothing was named
#   no-run	packages are missing, or something broke off and nothing was named

function because(class, text) {
	count[class]++
	if (count[class] <= 3)
		why[class] = why[class] (why[class] == "" ? "" : "; ") substr(text, 1, 90)
}

/^ *failed: / {
	text = $0
	sub(/^ *failed: /, "", text)
	named = text
	sub(/^[^:]*: /, "", named) # the kernel
	if (text ~ /^the (verdict itself|commands themselves)/)
		because("no-run", text)
	else if (text ~ /: cannot be built$/)
		because("no-build", text)
	else if (named ~ /^[^:]*: not ok [0-9]/ || named ~ /^speed of /)
		because("noticed", named)
	else if (match(named, /splat: /))
		because("noticed", substr(named, RSTART))
	else if (named ~ /# TIMEOUT|verdict: time-out/)
		because("time-out", named)
	else
		because("no-run", text)
}

{ sub(/\r$/, ""); last = $0 }

END {
	if (!match(last, /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/)) {
		print "no-run\tbroken off: " substr(last, 1, 90)
		exit
	}
	split("noticed no-build time-out no-run", order, " ")
	for (i = 1; i <= 4; i++)
		if (count[order[i]]) {
			print order[i] "\t" why[order[i]]
			exit
		}
	split(last, figure, " ")
	if ((figure[3] > 0 && skips != "allowed") || figure[1] == 0)
		print "no-run\t" last
	else
		print "survived\t" last
}
