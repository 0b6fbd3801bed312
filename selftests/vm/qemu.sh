#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# qemu.sh: prints the command that starts a machine, one word a line. QEMU before 8.1 (Debian 12 has
# 7.2), where it emulates, may go on for ever with code as it was in the middle of a change: one CPU
# translates an instruction while another writes it. Linux changes its code whenever it switches a
# static key or a tracepoint. The one CPU then runs into a breakpoint that is not in memory any more,
# with a run queue's lock held that the other one waits for: the machine hangs and says nothing. (On two
# CPUs, switching sched_switch on and off: 7.2 hung after 150 times, 10.0 did not in 4,800.) There the
# QEMU of the suite's backports is used, unpacked into the cache, not installed.

. "$(dirname "$0")/lib.sh"

backport=$cache/qemu-backport

version() { "$@" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'; }
reliable() { printf '%s\n' 8.1 "$(version "$@")" | sort -VC; }

# The libraries are those of the installed one.
command_of() { # FOLDER
	printf '%s\n' "$1/usr/bin/qemu-system-x86_64" -L "$1/usr/share/qemu" -L "$1/usr/share/seabios"
}

get_backport() {
	local suite
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")-backports
	note "qemu-system-x86 of $suite: download and unpack"
	scratch
	(cd "$work" && "$vm/suite.sh" "$suite" apt-get -qq download qemu-system-x86 qemu-system-data seabios) >&2 || return
	mkdir "$work/qemu"
	for package in "$work"/*.deb; do
		dpkg-deb -x "$package" "$work/qemu" || return
	done
	version "$work/qemu/usr/bin/qemu-system-x86_64" >&2 &&
		{ mv -T "$work/qemu" "$backport" || [ -d "$backport" ]; } # somebody else was faster
}

"$vm/packages.sh" vm
if hardware_virtualization || reliable qemu-system-x86_64; then
	echo qemu-system-x86_64
elif [ -d "$backport" ] || get_backport; then
	command_of "$backport"
else
	note "qemu.sh: QEMU $(version qemu-system-x86_64) may hang its guests, and no newer one is to be had"
	echo qemu-system-x86_64
fi
