#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mutants.sh [PATCH...]: proves that the tests can fail. Each patch in selftests/mutants breaks one
# promise in a copy of the sources; the tests that its head names ("Tests: timer.sh stop.sh") are run
# on that, on the kernel that its head names ("Kernel: rt") or else on KERNEL (stock), and must notice it: a test
# fails by its name, or the kernel reports something. "Guest: PROFILE=stress" is passed on to the tests, where the
# mistake has to be looked for. JOBS of them at a time. First all these tests are run without a mutant, and have to
# pass. Prints a row per mutant with what became of it (noticed.awk); ends with how many of each there were and the
# line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

# what a mutant leaves unused is no reason not to try it
export WARNINGS=allowed SCRIPTS=untested
jobs=${JOBS:-$(nproc)}
mutants=("$@")
[ $# -gt 0 ] || mutants=("$top"/selftests/mutants/*.patch)
rows=$built/mutants.log

head_of() { sed -n "s/^$1: //p" "$2"; } # KEY PATCH

# Settings that a run without the mutant shares with one with it
surroundings() { # PATCH
	local kernel
	kernel=$(head_of Kernel "$1")
	printf '%s %s\n' "${kernel:-${KERNEL:-stock}}" "$(head_of Guest "$1")"
}

# by content, and new to make: a run that was cut short has left a broken file and its object behind
copy_sources() { # COPY
	mkdir -p "$1"
	rsync -rlp --checksum --delete --exclude=/.build --exclude=/.git "$top/" "$1/"
}

# Prints what became of it, a tab, and why.
run() { # COPY LOG TESTS SURROUNDINGS
	TESTS=$3 KERNEL=${4%% *} GUEST=${4#* } "$1/selftests/vm/commands/check.sh" >"$2" 2>&1 || :
	awk -f "$vm/machine/noticed.awk" "$2"
}

row() { # NAME WHAT WHY
	printf '%s\t%s\t%s\n' "$@" >>"$rows"
	printf '%-36s %-9s %s\n' "$@"
}

# A failure that is there without a mutant as well says nothing about a mutant.
control() { # COPY SURROUNDINGS
	local tests patch became log=$built/mutant-none.log
	tests=$(for patch in "${mutants[@]}"; do
		[ "$(surroundings "$patch")" != "$2" ] || head_of Tests "$patch"
	done | tr ' ' '\n' | sort -u | paste -s -d ' ')
	became=$(run "$1" "$log" "$tests" "$2")
	row "no mutant, ${2% }" "${became%%$'\t'*}" "${became#*$'\t'}"
	[[ $became = survived* ]] || die "the tests do not pass without a mutant, see $log"
}

controls() {
	local copy=$built/mutant-0 patch where
	copy_sources "$copy"
	for patch in "${mutants[@]}"; do
		surroundings "$patch"
	done | sort -u | while IFS= read -r where; do
		control "$copy" "$where" </dev/null
	done
}

try() { # COPY PATCH
	local name log became
	name=$(basename "$2" .patch)
	log=$built/mutant-$name.log
	if ! patch -s -d "$1" -p 1 --no-backup-if-mismatch <"$2" >"$log"; then
		row "$name" no-build "the patch does not apply"
		copy_sources "$1"
		return
	fi
	became=$(run "$1" "$log" "$(head_of Tests "$2")" "$(surroundings "$2")")
	row "$name" "${became%%$'\t'*}" "${became#*$'\t'}"
	patch -s -R -d "$1" -p 1 --no-backup-if-mismatch <"$2"
}

# Every so many-th of them, in a copy of its own.
work_off() { # NUMBER
	local copy=$built/mutant-$1 i
	copy_sources "$copy"
	for ((i = $1; i < ${#mutants[@]}; i += jobs)); do
		try "$copy" "${mutants[i]}" || :
	done
}

[ -e "${mutants[0]}" ] || die "no mutant ${mutants[0]}"
mkdir -p "$built"
rm -f "$rows"
"$vm/packages/packages.sh" mutants
controls
for ((job = 0; job < jobs; job++)); do
	work_off "$job" &
done
wait

became() { grep -c $'\t'"$1"$'\t' "$rows" || :; } # WHAT
echo "noticed $(became noticed), survived $(($(became survived) - $(grep -c '^no mutant' "$rows")))," \
	"time-out $(became time-out), no-build $(became no-build), no-run $(became no-run)"
passed=$(became noticed)
add 0 $((${#mutants[@]} - passed)) 0
summary
