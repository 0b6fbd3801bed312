#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# lint.sh: runs each checker over the sources; one that says anything has failed. Ends with the line
# "N passed, N failed, N skipped".

. "$(dirname "$0")/lib.sh"

"$vm/packages.sh" build vm lint
release=$("$vm/kernel.sh" stock)
scripts=$("$vm/kselftest.sh")/scripts
cd "$top"

mapfile -t sources < <(find module selftests -name '*.[ch]' ! -name '*.mod.c' | sort)
mapfile -t core < <(printf '%s\n' "${sources[@]}" | grep '^module/')
mapfile -t bench < <(printf '%s\n' "${sources[@]}" | grep '^selftests/bench/')
mapfile -t shell < <(find . -path ./.build -prune -o -name '*.sh' -print | sort)

# What Kbuild says beside the names of the files that it makes: all of it if it fails
complaints() { # ARGUMENT...
	local log
	log=$(kbuild "$release" "$@" modules 2>&1) && log=$(grep ': warning: ' <<<"$log")
	grep -v '^  [A-Z]' <<<"$log"
}

# MACRO_ARG_REUSE: main.c makes several names of one. USE_LOCKDEP: the assertions are to work without.
checkpatch() {
	"$scripts/checkpatch.pl" --strict --no-tree --quiet --no-summary --show-types \
		--ignore MACRO_ARG_REUSE,USE_LOCKDEP --file "${core[@]}" "${bench[@]}"
}

warnings() { # of gcc, at W=1, and of modpost and objtool
	"$vm/build.sh" "$release" modules
}

sparse() {
	complaints C=2
}

kernel_doc() {
	local all=()
	# newer ones also say what is not described, but only when told to
	grep -q -e -Wall "$scripts/kernel-doc" && all=(-Wall)
	"$scripts/kernel-doc" -none "${all[@]}" "${core[@]}"
}

shell_scripts() {
	shellcheck -x -P SCRIPTDIR "${shell[@]}" .ci/run
}

# the driver in the README is code, too
readme() {
	local folder=$top/.build/$release/readme
	mkdir -p "$folder"
	echo "obj-m := example.o" >"$folder/Kbuild"
	# shellcheck disable=SC2016 # no commands
	sed -n '/^```c$/,/^```$/ { /^```/d; p }' README.md >"$folder/example.c"
	complaints M="$folder" KCFLAGS="-I$top/module/include" \
		KBUILD_EXTRA_SYMBOLS="$top/.build/$release/Module.symvers"
}

# what differs between kernels is probed for, in one place
version_checks() {
	grep -nE 'LINUX_VERSION_CODE|KERNEL_VERSION\(' "${sources[@]}" | grep -v '^[^:]*/compat\.h:'
}

passed=0 failed=0
for checker in checkpatch warnings sparse kernel_doc readme shell_scripts version_checks; do
	said=$("$checker" 2>&1) || :
	if [ -z "$said" ]; then
		echo "$checker: ok"
		passed=$((passed + 1))
	else
		printf '%s\n' "$said" "$checker: failed"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed, 0 skipped"
[ "$failed" -eq 0 ]
