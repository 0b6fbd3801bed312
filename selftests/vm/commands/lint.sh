#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lint.sh: runs each checker over the sources; one that prints anything or does not end with 0 has failed. Ends
# with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

"$vm/packages/packages.sh" build vm lint mutants
release=$("$vm/kernels/kernel.sh" stock)
reserve "$release"
scripts=$("$vm/packages/kselftest.sh")/scripts
cd "$top"

mapfile -t sources < <(find module selftests -name '*.[ch]' ! -name '*.mod.c' | sort)
mapfile -t core < <(printf '%s\n' "${sources[@]}" | grep '^module/')
# what is in Windows names
mapfile -t windows < <(printf '%s\n' "${core[@]}" | grep '/wdm\|_wdm')
mapfile -t linux < <(printf '%s\n' "${core[@]}" | grep -v '/wdm\|_wdm')
mapfile -t bench < <(printf '%s\n' "${sources[@]}" | grep '^selftests/bench/')
mapfile -t shell < <(find . -path ./.build -prune -o -name '*.sh' -print | sort)
# the scripts in packages have no suffix
mapfile -t -O ${#shell[@]} shell < <(grep -rlE '^#!/bin/(ba)?sh' module/packaging --exclude='*.sh' | sort)

# Here finding nothing is no failure.
find_lines() { # ARGUMENT OF GREP...
	grep "$@" || [ $? -eq 1 ]
}

# What Kbuild prints beside the names of the files that it makes: all of it if it fails
complaints() { # ARGUMENT...
	local log status=0
	log=$(kbuild "$release" "$@" modules 2>&1) || status=$?
	[ $status -ne 0 ] || log=$(find_lines ': warning: ' <<<"$log")
	find_lines -v '^  [A-Z]\|^$' <<<"$log"
	return $status
}

# MACRO_ARG_REUSE: main.c makes several names of one. USE_LOCKDEP: the assertions are to work without.
# The layer for ported sources has names in camel case and typedefs, that is what it is for.
checkpatch() {
	local ignored=MACRO_ARG_REUSE,USE_LOCKDEP
	checkpatch_files $ignored "${linux[@]}" "${bench[@]}" &&
		checkpatch_files $ignored,$windows_ways --typedefsfile <(windows_types) "${windows[@]}"
}

# Names, types and idioms of Windows, and macros that make functions of them.
windows_ways=CAMELCASE,NEW_TYPEDEFS,BOOL_COMPARISON,COMPARISON_TO_NULL,VOLATILE
windows_ways+=,COMPLEX_MACRO,MACRO_WITH_FLOW_CONTROL,FUNCTION_ARGUMENTS

windows_types() {
	grep -hE '^typedef|^}' module/include/iotimer/wdm/*.h | grep -oE '\b(__)?[A-Z][A-Z_0-9]+\b' | sort -ru
}

checkpatch_files() { # IGNORED ARGUMENT...
	"$scripts/checkpatch.pl" --strict --no-tree --quiet --no-summary --show-types \
		--ignore "$1" --file "${@:2}" || [ $? -eq 1 ]
}

warnings() { # of gcc, at W=1, and of modpost and objtool
	"$vm/machine/build.sh" "$release" modules
}

# pool tags of Windows are of that kind
sparse() {
	complaints C=2 | find_lines -v 'multi-character character constant'
}

kernel_doc() {
	local all=()
	# newer ones also say what is not described, but only when told to
	grep -q -e -Wall "$scripts/kernel-doc" && all=(-Wall)
	"$scripts/kernel-doc" -none "${all[@]}" "${core[@]}"
}

shell_scripts() {
	shellcheck -x -P SCRIPTDIR:selftests/vm "${shell[@]}" .ci/run
}

# the driver in the README is code, too
readme() {
	local folder=$built/$release/readme
	mkdir -p "$folder"
	echo "obj-m := example.o" >"$folder/Kbuild"
	# shellcheck disable=SC2016 # no commands
	sed -n '/^```c$/,/^```$/ { /^```/d; p }' README.md >"$folder/example.c"
	complaints M="$folder" KCFLAGS="-I$top/module/include" \
		KBUILD_EXTRA_SYMBOLS="$built/$release/Module.symvers"
}

# what <iotimer/wdm.h> does not cover does not compile
uncovered() {
	"$vm/commands/uncovered.sh" "$release"
}

# a porter finds each function of <iotimer/wdm.h> in the guide
not_in_the_guide() {
	grep -hv '^ \*\|^/\*' module/include/iotimer/wdm/*.h |
		grep -oE '\b(Io|Ke|Ex|Rtl|Dbg|Kd|Interlocked|Insert|Remove|Append|Push|Pop|IsList|Initialize)[A-Z][A-Za-z0-9]*[(,]' |
		tr -d '(,' | sort -u | while read -r name; do
		grep -qF "\`$name\`" module/Documentation/porting.md || echo "not in porting.md: $name"
	done
}

# calls in wrong contexts, in the samples
contexts() {
	"$vm/commands/contexts.sh"
}

# links, and the files and functions that keep a clause
documents() {
	"$vm/commands/documents.sh"
}

# what differs between kernels is probed for, in one place
version_checks() {
	find_lines -nE 'LINUX_VERSION_CODE|KERNEL_VERSION\(' "${sources[@]}" | find_lines -v '^[^:]*/compat\.h:'
}

# a mutant that has to be looked for would break something else one day
mutants() {
	local mutant
	for mutant in selftests/mutants/*.patch; do
		patch -s -f -p 1 -F 0 --dry-run <"$mutant" >/dev/null || echo "does not apply: $mutant"
	done
}

for checker in checkpatch warnings sparse kernel_doc readme uncovered not_in_the_guide documents shell_scripts version_checks \
	contexts mutants; do
	silent "$checker"
done
summary
