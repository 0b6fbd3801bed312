# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Sourced after lib.sh by the scripts that unpack another Debian into a folder, which only root can do.

# The mounts of a COMMAND and the processes that it leaves behind end with it.
private() { unshare --mount --propagation private --pid --fork --kill-child "$@"; } # COMMAND...

# The packages of SUITE are those of ARCHIVE, without it of the one that this machine's own come from.
add_suite() { # ROOT SUITE [ARCHIVE]
	local archive=${3-$(mirror)}
	[ -n "$archive" ] || die "this machine has no sources of Debian's"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $2 main" \
		>"$1/etc/apt/sources.list.d/$2.list"
}

# A minimal Debian SUITE, with PACKAGES, in the new folder ROOT, which is below the scratch folder.
unpack_debian() { # SUITE ROOT [PACKAGE,...]
	"$vm/packages/packages.sh" chroot
	note "$1: debootstrap"
	private debootstrap --variant=minbase ${3:+--include="$3"} "$1" "$2" "$(mirror)" >"$work/log" 2>&1 || {
		tail -n 3 "$work/log" >&2
		return 1
	}
	rm "$2/etc/apt/sources.list"
	add_suite "$2" "$1"
	cp /etc/resolv.conf "$2/etc/"
}
