# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced by the commands that count tests and by .ci/run, after lib.sh: each of them ends with the line
# "N passed, N failed, N skipped", which is written and read here only.

passed=0 failed=0 skipped=0
failures='' # the lines that name what failed, for a summary of several parts

add() { # PASSED FAILED SKIPPED
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# Runs a checker, which must print nothing and succeed: one that is killed has found nothing, either.
silent() { # COMMAND...
	local said status=0
	said=$("$@" 2>&1) || status=$?
	if [ -z "$said" ] && [ $status -eq 0 ]; then
		echo "$1: ok"
		add 1 0 0
	else
		printf '%s\n' "${said:-it ended with $status}" "failed: $1"
		add 0 1 0
	fi
}

# A run in which nothing has passed proves nothing.
summary() {
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}

# The three numbers of the last line of the input; fails if the last line is another one.
figures() {
	tail -n 1 | sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' | grep .
}

# Runs a COMMAND that counts and adds its figures. A COMMAND that does not end with them, or fails without
# having counted a failure, is one failure more.
part() { # NAME COMMAND...
	local name=$1 log named status=0 p f s
	shift
	log=$(mktemp)
	"$@" 2>&1 | tee "$log" || status=$?
	named=$(sed -nE "s/^ *(failed: |not ok )/$name: \1/p" "$log")
	if ! read -r p f s < <(figures <"$log") || { [ "$status" -ne 0 ] && [ "$f" -eq 0 ]; }; then
		named+="${named:+$'\n'}$name: failed: it did not end as it should (status $status)"
		echo "$name: failed: it did not end as it should (status $status)"
		p=${p:-0} f=1 s=${s:-0}
	fi
	[ -z "$named" ] || failures+=$named$'\n'
	rm -f "$log"
	add "$p" "$f" "$s"
}
