# SPDX-License-Identifier: GPL-2.0
# Counts tests in TAP as kselftest's runner prints it: names those that failed or were skipped, then
# prints "PASSED FAILED SKIPPED". What counts:
#   - a program that prints results of its own ("# ok", "# not ok") counts as those
#   - any other program counts as one, by its exit status
#   - a program that fails without a failed result, or breaks its plan, is one failed test more
#   - a missing or broken plan of the whole run is a failed test, and so is a run in which all is skipped

function pass() { passed++ }
function fail(what) { failed++; print "failed: " what }
function skip(what) { skipped++; print "skipped: " what }
function result(line, name) {
	if (line ~ /^not ok/)
		fail(name)
	else if (line ~ /# *(SKIP|XFAIL)/)
		skip(name)
	else
		pass()
}
function forget() { results = program_failed = 0; program_plan = -1; last = "" }

BEGIN { forget(); plan = -1 }

{ sub(/\r$/, "") }

/^# selftests: / { forget(); program = $NF; next }

/^# 1\.\.[0-9]+/ { program_plan = substr($2, 4) + 0 }

/^# (not )?ok( |$)/ {
	results++
	program_failed += /^# not ok/
	result(substr($0, 3), program ": " substr($0, 3))
}

/^# ./ { last = substr($0, 3) }

/^1\.\.[0-9]+/ { plan = (plan < 0 ? 0 : plan) + substr($1, 4) }

/^(not )?ok / {
	programs++
	name = $0
	sub(/^(not )?ok [0-9]* *(- )?/, "", name)
	if (!results)
		result($0, name (/# (SKIP|exit=)/ && last != "" ? ": " last : ""))
	else if (/^not ok/ && !program_failed)
		fail(name)
	if (program_plan >= 0 && program_plan != results)
		fail(name ": planned " program_plan ", ran " results)
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
