#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# qemu.sh [ARCHITECTURE]: prints the command that starts a machine, one word a line. QEMU before 8.1
# (Debian 12 has 7.2), where it emulates, may go on for ever with code as it was in the middle of a
# change: one CPU translates an instruction while another writes it. Linux changes its code whenever it
# switches a static key or a tracepoint. The one CPU then runs into a breakpoint that is not in memory any
# more, with a run queue's lock held that the other one waits for: the machine hangs and says nothing. (On
# two CPUs, switching sched_switch on and off: 7.2 hung after 150 times, 10.0 did not in 4,800.) There the
# QEMU of the suite's backports is used, unpacked into the cache, not installed. That of arm64 has to be
# 9.2, the first one with a second serial port.

. "$(dirname "$0")/../lib.sh"

architecture=${1:-amd64}
case $architecture in
amd64)
	program=qemu-system-x86_64 packages=(qemu-system-x86 seabios)
	backport=$cache/qemu-backport job=vm needed=8.1
	;;
arm64)
	program=qemu-system-aarch64 packages=(qemu-system-arm)
	backport=$cache/qemu-backport-arm64 job=arm64 needed=9.2
	;;
*) die "no machine of architecture $architecture" ;;
esac

version() { "$@" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/\1/p'; }
reliable() { printf '%s\n' "$needed" "$(version "$@")" | sort -VC; }

# The libraries are those of the installed one.
command_of() { # FOLDER
	printf '%s\n' "$1/usr/bin/$program" -L "$1/usr/share/qemu" -L "$1/usr/share/seabios"
}

get_backport() {
	local suite package
	suite=$(own_suite)-backports
	note "${packages[0]} of $suite: download and unpack"
	scratch
	apt=("$vm/packages/suite.sh" "$suite")
	download "${packages[@]}" qemu-system-data || return
	mkdir "${work:?}/qemu"
	for package in "${work:?}"/*.deb; do
		dpkg-deb -x "$package" "${work:?}/qemu" || return
	done
	version "${work:?}/qemu/usr/bin/$program" >&2 &&
		{ mv -T "${work:?}/qemu" "$backport" || [ -d "$backport" ]; } # somebody else was faster
}

native() { [ "$architecture" = "$(architecture)" ] && hardware_virtualization; }

"$vm/packages/packages.sh" "$job"
if native || reliable "$program"; then
	echo "$program"
elif [ -d "$backport" ] || get_backport; then
	command_of "$backport"
else
	note "qemu.sh: QEMU $(version "$program") may hang its guests, and no newer one is to be had"
	echo "$program"
fi
