#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# suite.sh SUITE COMMAND [ARGUMENT]...: runs apt-get or apt-cache on another SUITE of the archive that
# the machine has its packages from. Its lists are in the cache: the system's sources and lists stay as
# they are.

. "$(dirname "$0")/lib.sh"

suite=${1:?SUITE}
command=${2:?COMMAND}
shift 2
state=$cache/apt-$suite

command -v apt-get >/dev/null || die "no apt-get to look into $suite with"
archive=$(mirror)
[ -n "$archive" ] || die "this machine has no sources of Debian's"
mkdir -p "$state"/{lists,cache/archives}/partial
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" >"$state/sources.list"
options=(-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=-
	-o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" -o APT::Sandbox::User=root)

# Lists older than a day may name what the archive has dropped since.
if [ -z "$(find "$state/updated" -mtime -1 2>/dev/null)" ]; then
	note "apt-get update of $suite"
	apt-get -qq "${options[@]}" update >&2
	touch "$state/updated"
fi
"$command" "${options[@]}" "$@"
