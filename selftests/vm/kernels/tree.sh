# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Sourced after lib.sh by the scripts that build a kernel from its source: how a tree is configured, and
# what is kept of it. ARCH is make's.

# All that decides about the result: the version of the source, the compiler and the fragments.
tree_hash() { # VERSION FRAGMENT...
	{ echo "$1" && gcc --version | head -n 1 && cat "${@:2}"; } | sha256sum | head -c 8
}

# A line of a fragment that does not hold in the end is a mistake in the fragments: "n" and "is not
# set" are the same.
not_taken() { # TREE FRAGMENT...
	local line
	sed -n 's/^# \(CONFIG_.*\) is not set$/\1=n/p; /^CONFIG_/p' "${@:2}" |
		awk -F = '{ last[$1] = $0 } END { for (c in last) print last[c] }' | while read -r line; do
		if [[ $line = *=n ]]; then
			! grep -q "^${line%=n}=" "$1/.config"
		else
			grep -qxF "$line" "$1/.config"
		fi || echo "$line"
	done
}

# tinyconfig and the fragments, with which the tree must agree.
configure() { # TREE LOCALVERSION FRAGMENT...
	local tree=$1 missed
	[ ! -e "$tree/.config" ] || return 0
	make -s -C "$tree" tinyconfig >/dev/null || return
	(cd "$tree" && scripts/kconfig/merge_config.sh -m .config "${@:3}") >/dev/null || return
	echo "CONFIG_LOCALVERSION=\"$2\"" >>"$tree/.config"
	make -s -C "$tree" olddefconfig || return
	missed=$(not_taken "$tree" "${@:3}")
	[ -z "$missed" ] && return
	mv "$tree/.config" "$tree/.config.refused"
	note "not taken: ${missed//$'\n'/, }"
	return 1
}

keep_only() { # FOLDER NAME...
	local folder=$1 names=()
	shift
	[ ! -d "$folder" ] || {
		names=("${@/#/! -name }")
		# shellcheck disable=SC2068 # an option and a name each
		find "$folder" -mindepth 1 -maxdepth 1 ${names[@]} -exec rm -rf {} +
	}
}

# Keeps the files that modules are built with, much as the distribution's header packages: no C code but
# that of scripts, no objects but those of programs.
prune() { # TREE ARCHITECTURE...
	local tree=$1
	keep_only "$tree" Makefile .config Module.symvers arch include scripts tools vmlinux
	keep_only "$tree/arch" "${@:2}"
	keep_only "$tree/tools" objtool
	find "$tree/arch" \( -name '*.[cSo]' -o -name '*.a' -o -name 'vmlinux*' -o -name bzImage \) -delete
	find "$tree" \( -name '*.o' -o -name '.*.cmd' \) -path '*/scripts/*' -delete
}

# Leaves what make says in LOG, and the errors on stderr if it fails.
compile() { # TREE LOG TARGET...
	make -C "$1" -j"${BUILD_JOBS:-$(nproc)}" "${@:3}" >"$2" 2>&1 && return
	grep -E 'error|Error' "$2" >&2 || :
	return 1
}
