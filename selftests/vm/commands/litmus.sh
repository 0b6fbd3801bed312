#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# litmus.sh [FILE...]: checks the litmus tests and models in selftests/litmus, or FILEs, and each of
# their variants. At its head a file says what must be found in it: "Result: Never", and what in a
# variant: "Sometimes, DESCRIPTION: SED", with a sed script that makes it from the file, below the head.
# *.litmus are run by herd7 with the kernel's own memory model, *.pml by spin. Prints TAP, with the number
# of executions that herd7 or states that spin has looked at; ends with the line "N passed, N failed, N
# skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

files=("$@")
[ $# -gt 0 ] || files=("$top"/selftests/litmus/*.{litmus,pml})

"$vm/packages/packages.sh" litmus
model=$("$vm/packages/kselftest.sh")/tools/memory-model
mapfile -t herd < <("$vm/packages/herd.sh")
scratch

# Both print two words: Never or Sometimes, and a number. Anything else is an error.

# A plain access that races has no defined result, whatever is observed otherwise.
with_herd() { # FILE
	(cd "$model" && timeout 120 "${herd[@]}" -conf linux-kernel.cfg "$1") >"${work:?}/log" 2>&1 || return
	awk '/^Flag data-race/ { race = 1 }
		/^Observation/ { found = $3; n = $4 + $5 }
		END { if (!found) exit 1; print race && found == "Never" ? "a data race," : found, n }' "${work:?}/log"
}

with_spin() { # FILE
	(cd "${work:?}" && rm -f pan* && spin -a "$1" && gcc -O1 -w -o pan pan.c &&
		timeout 120 ./pan -m1000000) >"${work:?}/log" 2>&1 || return
	awk '/^error:/ { incomplete = 1 }
		/errors: / { found = $NF ? "Sometimes" : "Never" }
		/states, stored/ { n = $1 }
		END { if (!found) exit 1; print incomplete ? "incomplete:" : found, n }' "${work:?}/log"
}

# Name, expectation and sed script of a file's variants, the file itself first
variants() { # FILE
	printf '%s\t%s\t\n' "as it is" "$(sed -n 's/^ \* Result: //p' "$1")"
	sed -n 's/^ \* \(Never\|Sometimes\), \([^:]*\): \(.*\)$/\2\t\1\t\3/p' "$1"
}

make_variant() { # FILE SED
	sed "/^\( \*\/\|{\)\$/,\$ { $2
}" "$1" >"${work:?}/variant"
	[ -z "$2" ] || ! cmp -s "$1" "${work:?}/variant"
}

check() { # FILE EXPECTATION SED
	local found
	make_variant "$1" "$3" || { echo "the variant is the same as the file" && return 1; }
	case $1 in
	*.litmus) found=$(with_herd "${work:?}/variant") ;;
	*) found=$(with_spin "${work:?}/variant") ;;
	esac || found=
	echo "${found:-does not run: $(tail -n 1 "${work:?}/log")}"
	[ "${found%% *}" = "$2" ]
}

# The kernel's own tests say what is to be found in them, too.
check_herd() {
	local file found number=0 wrong=0
	for file in "$model"/litmus-tests/*.litmus; do
		number=$((number + 1))
		found=$(with_herd "$file") || found=
		[ "${found%% *}" = "$(sed -n 's/.*Result: \([A-Z][a-z]*\).*/\1/p' "$file")" ] || wrong=$((wrong + 1))
	done
	echo "$wrong of $number differ"
	[ $number -gt 0 ] && [ $wrong -eq 0 ]
}

number=0
report() { # STATUS DESCRIPTION FOUND
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		add 1 0 0
		echo "ok $number - $2 # $3"
	else
		add 0 1 0
		echo "not ok $number - $2 # $3"
	fi
}

skip() { # DESCRIPTION REASON
	number=$((number + 1))
	add 0 0 1
	echo "ok $number - $1 # SKIP $2"
}

check_file() { # FILE
	local name expected script found status
	while IFS=$'\t' read -r name expected script; do
		status=0
		found=$(check "$1" "$expected" "$script") || status=$?
		report $status "${1##*/}, $name: $expected" "$found"
	done < <(variants "$1")
}

if [ ${#herd[@]} -gt 0 ]; then
	status=0
	found=$(check_herd) || status=$?
	report $status "herd7 and the kernel's own litmus tests" "$found"
else
	report 1 "herd7" "is missing: no *.litmus is checked"
fi
for file in "${files[@]}"; do
	if [ ${#herd[@]} -eq 0 ] && [[ $file = *.litmus ]]; then
		skip "${file##*/}" "no herd7"
	else
		check_file "$(realpath "$file")"
	fi
done
echo "1..$number"
summary
