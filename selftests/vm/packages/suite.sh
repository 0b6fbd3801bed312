#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# suite.sh SUITE COMMAND [ARGUMENT]...: runs apt-get or apt-cache on another SUITE of the archive that
# the machine has its packages from, or for another ARCHITECTURE: there the machine's own suite has its
# updates, as on the machine. The lists are in the cache: the system's sources, lists and architectures
# stay as they are.

. "$(dirname "$0")/../lib.sh"

suite=${1:?SUITE}
command=${2:?COMMAND}
shift 2
state=$cache/apt-$suite${ARCHITECTURE:+-$ARCHITECTURE}

# Where SUITE is to be found: as REPOSITORY SUITE
sources() {
	local archive
	archive=$(mirror)
	[ -z "$archive" ] || echo "$archive $suite"
	# shellcheck disable=SC2016 # apt-get's variables
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		grep -E " $suite-(updates|security)$" | sort -u || :
}

need_apt "packages of $suite"
mkdir -p "$state"/{lists,cache/archives}/partial || die "cannot write into $cache"
sources | sed 's,^,deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ,; s/$/ main/' >"$state/sources.list"
[ -s "$state/sources.list" ] || die "this machine has no sources of Debian's"
options=(-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=-
	-o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root)
if [ -n "${ARCHITECTURE-}" ]; then
	: >"$state/status" # nothing of it is installed
	options+=(-o APT::Architecture="$ARCHITECTURE" -o APT::Architectures::="$ARCHITECTURE"
		-o Dir::State::status="$state/status")
fi

# Lists older than a day may name what the archive has dropped since.
if [ -z "$(find "$state/updated" -mtime -1 2>/dev/null)" ]; then
	note "apt-get update of $suite"
	if apt-get -qq "${options[@]}" -o APT::Update::Error-Mode=any update >&2; then
		touch "$state/updated"
	elif compgen -G "$state/lists/*_Packages*" >/dev/null; then
		note "$suite: the archive is out of reach, the lists of $(date -r "$state/lists" +%F) have to do"
	else
		die "the archive is out of reach, and there are no lists of $suite"
	fi
fi
"$command" "${options[@]}" "$@"
