#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-releases.sh: runs the two commands of README's quick start on a fresh Debian of each of SUITES
# ("bookworm trixie"), which has what README asks for: root, make, a compiler and a network connection. It is a
# chroot in the cache, with the tracked files of this tree and a cache of its own, so that the commands install,
# download and build everything as on a new machine. It is removed afterwards; nothing else of this machine is
# touched. COMMANDS ("demo check") restricts it to one of the two. Logs: .build/releases/SUITE-COMMAND.log.
# Ends with the line "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/debian.sh"
. "$vm/commands/counts.sh"

results=$top/.build/releases

# As an installed Debian has them, and as on one no list has been fetched yet.
sources() { # ROOT SUITE
	local security
	security=$(mirror_of "$(own_suite)-security")
	add_suite "$1" "$2-updates"
	[ -z "$security" ] || add_suite "$1" "$2-security" "$security"
	rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/archives/*.deb
}

fresh() { # SUITE ROOT
	unpack_debian "$1" "$2" make,gcc,libc6-dev || return
	sources "$2" "$1"
	git -C "$top" ls-files -z |
		rsync -a --from0 --files-from=- --ignore-missing-args "$top/" "$2/root/iotimer/"
}

# Nothing of this machine's environment is there, and no make that calls us.
inside() { # ROOT COMMAND...
	# shellcheck disable=SC2016 # for the shell in the namespace
	private bash -ec '
		mount -t proc proc "$0/proc"
		mount --bind /dev "$0/dev"
		exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$0" "$@"' "$@"
}

# The last line of the command, but not make's own word that it has failed.
verdict() { grep -v '^make: ' "$1" | tail -n 1; } # LOG

try() { # SUITE ROOT COMMAND
	local log=$results/$1-$3.log start=$SECONDS word=ok
	note "$1: make $3"
	if inside "$2" make -C /root/iotimer "$3" >"$log" 2>&1; then
		add 1 0 0
	else
		word=failed
		add 0 1 0
	fi
	printf '%s: %s: make %s, %d s: %s\n' "$word" "$1" "$3" $((SECONDS - start)) "$(verdict "$log")"
	[ $word = ok ] || sed -nE 's/^ *(failed: |not ok )/  &/p' "$log"
}

[ "$(id -u)" -eq 0 ] || die "only root can make a chroot"
git -C "$top" rev-parse >/dev/null || die "which files are tracked, git has to tell"
"$vm/packages/packages.sh" build chroot
mkdir -p "$results"
scratch
for suite in ${SUITES:-bookworm trixie}; do
	if fresh "$suite" "$work/$suite"; then
		for command in ${COMMANDS:-demo check}; do
			try "$suite" "$work/$suite" "$command"
		done
	else
		echo "failed: $suite: cannot be unpacked"
		add 0 1 0
	fi
	rm -rf --one-file-system "${work:?}/$suite"
done
summary
