# SPDX-License-Identifier: GPL-2.0
# Counts tests in TAP as kselftest's runner prints it: names those that failed or were skipped, then
# prints "PASSED FAILED SKIPPED". What counts:
#   - a program that prints results of its own ("# ok", "# not ok") counts as those
#   - any other program counts as one, by its exit status
#   - a program that fails without a failed result, prints results without a plan, breaks its plan, plans nothing
#     or bails out is one failed test more, and so is one whose results are not numbered 1 to N
#   - a missing or broken plan of the whole run is a failed test, and so is a run in which all is skipped
#   - a test that is skipped and not in the file SKIPS (-v skips=FILE) for the kernel (-v kernel=RELEASE) has failed
#
# A line of SKIPS: which releases, which program, and the reason that it gives; all regular expressions, the third
# one up to the end of the line. A # begins a comment.

function pass() { passed++ }
function fail(what) { failed++; print "failed: " what }
function skip(what) {
	if (may_be_skipped(what)) {
		skipped++
		print "skipped: " what
	} else {
		fail(what " (must not be skipped on this kernel)")
	}
}
function may_be_skipped(what,   i) {
	for (i = 1; i <= allowed; i++)
		if (kernel ~ ("^(" release[i] ")$") && what ~ ("^(" script[i] ")[: ]") && what ~ reason[i])
			return 1
	return 0
}
function result(line, name) {
	if (line ~ /^not ok/)
		fail(name)
	else if (line ~ /# *(SKIP|XFAIL)/)
		skip(name)
	else
		pass()
}
function number_in(line) { return match(line, /ok [0-9]+/) ? substr(line, RSTART + 3, RLENGTH - 3) + 0 : -1 }
function forget() { results = program_failed = misnumbered = bailed = 0; program_plan = -1; last = "" }

BEGIN {
	forget()
	plan = -1
	while (skips && (getline line <skips) > 0) {
		if (line ~ /^[ \t]*(#|$)/)
			continue
		split(line, field, /[ \t]+/)
		release[++allowed] = field[1]
		script[allowed] = field[2]
		sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]*/, "", line)
		reason[allowed] = line
	}
}

{ sub(/\r$/, "") }

/^# selftests: / { forget(); program = $NF; next }

/^# 1\.\.[0-9]+/ {
	if (program_plan >= 0)
		misnumbered = 1
	program_plan = substr($2, 4) + 0
}

/^# (not )?ok( |$)/ {
	results++
	program_failed += /^# not ok/
	if (number_in($0) != results)
		misnumbered = 1
	result(substr($0, 3), program ": " substr($0, 3))
}

/^# Bail out!/ { bailed = 1 }

/^# ./ { last = substr($0, 3) }

/^1\.\.[0-9]+/ {
	plan = (plan < 0 ? 0 : plan) + substr($1, 4)
	in_order = 0
}

/^Bail out!/ { fail("the run: " $0) }

/^(not )?ok / {
	programs++
	if (number_in($0) != ++in_order) {
		fail("the run: number " number_in($0) " instead of " in_order)
		in_order = number_in($0)
	}
	name = $0
	sub(/^(not )?ok [0-9]* *(- )?/, "", name)
	sub(/^selftests: [^:]*: /, "", name)
	if (!results && program_plan == 0 && !/# SKIP/)
		fail(name ": plans nothing")
	else if (!results)
		result($0, name (/# (SKIP|exit=)/ && last != "" ? ": " last : ""))
	else if (/^not ok/ && !program_failed)
		fail(name)
	if (bailed && /^ok/)
		fail(name ": bailed out")
	if (results && program_plan < 0)
		fail(name ": results without a plan")
	if (program_plan >= 0 && program_plan != results)
		fail(name ": planned " program_plan ", ran " results)
	if (misnumbered)
		fail(name ": its results are not numbered 1 to " results)
	program = ""
	forget()
}

END {
	if (plan != programs)
		fail("the run: planned " (plan < 0 ? "nothing" : plan) ", ran " programs + 0 \
			(program ? ", stopped in " program : ""))
	if (!(passed + failed))
		fail("the run: no test has run")
	print passed + 0, failed + 0, skipped + 0
}
