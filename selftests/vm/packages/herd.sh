#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# herd.sh: prints the command that runs herd7, the simulator of memory models, one word a line. That on
# the PATH is taken, else Debian's package: only sid has it, so it is unpacked into the cache with the C
# library that it wants, and not installed.

. "$(dirname "$0")/../lib.sh"

unpacked=$cache/herd7

command_of() { # FOLDER
	local lib=$1/usr/lib/x86_64-linux-gnu
	printf '%s\n' "$lib/ld-linux-x86-64.so.2" --library-path "$lib" "$1/usr/bin/herd7" \
		-set-libdir "$1/usr/share/herdtools7/herd"
}

get_package() {
	local package command
	note "herdtools7 of sid: download and unpack"
	scratch
	apt=("$vm/packages/suite.sh" sid)
	download herdtools7 libc6 libgmp10 || return
	mkdir "${work:?}/herd7"
	for package in "${work:?}"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "${work:?}/herd7" --wildcards --no-anchored \
			'bin/herd7' 'herdtools7/herd/*.cat' 'x86_64-linux-gnu/*.so.*' 2>/dev/null || : # not all are in each
	done
	mapfile -t command < <(command_of "${work:?}/herd7")
	"${command[@]}" -version >&2 &&
		{ mv -T "${work:?}/herd7" "$unpacked" || [ -d "$unpacked" ]; } # somebody else was faster
}

if command -v herd7; then
	:
elif [ -d "$unpacked" ] || get_package; then
	command_of "$unpacked"
else
	die "no herd7 on the PATH, and no package of it to be had"
fi
