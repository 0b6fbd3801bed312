#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# chroot.sh SUITE COMMAND [ARGUMENT]...: runs COMMAND in a minimal Debian SUITE, which debootstrap unpacks
# into the cache once: newer kernels' headers need its compiler and C library. This tree and the cache
# are there where they are here. SUITE may end in -backports: that is one more source of packages.
#
# The mounts for that are in a mount namespace of their own, which ends with the last of its
# processes, however that ends. From outside nothing is ever mounted there, so removing the folder
# removes nothing else.

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/debian.sh"

suite=${1:?SUITE}
base=${suite%-backports}
root=$cache/chroot-$base
shift

unpack() {
	scratch
	unpack_debian "$base" "$work/root" && mv -T "$work/root" "$root"
}

# Shared files lie inside where they lie outside.
enter() { # COMMAND [ARGUMENT]...
	# shellcheck disable=SC2016 # for the shell in the namespace
	private bash -ec '
		root=$0 top=$1 cache=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount --bind /dev "$root/dev"
		mount --bind "$top" "$root$top"
		mount --bind "$cache" "$root$cache"
		exec chroot "$root" "$@"' "$root" "$top" "$cache" "$@"
}

[ "$(id -u)" -eq 0 ] || die "only root can make a chroot of $base"
[ -d "$root" ] || unpack || die "cannot make a chroot of $base"
[ -e "$root/etc/apt/sources.list.d/$suite.list" ] || add_suite "$root" "$suite"
mkdir -p "$root$top" "$root$cache"
cp /etc/resolv.conf "$root/etc/"
enter "$@"
