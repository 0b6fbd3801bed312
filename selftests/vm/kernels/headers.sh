#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# headers.sh [KERNEL]: prints the folder to build modules in for KERNEL (a release, or what
# kernel.sh takes), without it for the running kernel or else the newest headers installed.

. "$(dirname "$0")/../lib.sh"

# the plain kernels sort after the rt and cloud ones, the newest last
installed() {
	local all
	all=$(find /usr/src -maxdepth 1 -name 'linux-headers-*[0-9]*64' -printf '%f\n' | sort -V)
	{ grep -E -- '-(rt|cloud)-' <<<"$all" || :; grep -vE -- '-(rt|cloud)-' <<<"$all" || :; } | tail -n 1
}

release=${1:-$(uname -r)}
case $release in
stock | rt | cloud | debug | kcsan | rt-debug) release=$("$vm/kernels/kernel.sh" "$release") ;;
esac

for folder in "/lib/modules/$release/build" "/usr/src/linux-headers-$release" "$cache/kernel-$release/headers"; do
	[ -e "$folder/Makefile" ] && echo "$folder" && exit
done
[ $# -eq 0 ] || die "no headers for $release; on Debian: apt-get install linux-headers-$release"

newest=$(installed)
[ -n "$newest" ] || die "no kernel headers here; on Debian: apt-get install linux-headers-amd64"
note "no headers for the running kernel $release: building for ${newest#linux-headers-}"
echo "/usr/src/$newest"
