#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml.sh [debug]: builds user-mode Linux from the distribution's linux-source, once, and prints its release. In
# it kernel code runs at native speed where there is no KVM. With "debug" it reports mistakes (uml-debug.config).
# The release ends in a hash of the source's version, of the fragments in kconfig/ and of the compiler. Afterwards
# there are in CACHE/kernel-RELEASE
#   headers    to build modules with
#   linux      to run, by boot-uml.sh

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/linux-source.sh"
. "$vm/kernels/tree.sh"

export ARCH=um
flavour=uml${1:+-$1}
fragments=("$vm/kernels/kconfig/uml.config")
[ $# -eq 0 ] || fragments+=("$vm/kernels/kconfig/$flavour.config")
[ -e "${fragments[-1]}" ] || die "no user-mode Linux $1"
log=$cache/$flavour-build.log

build() { # PACKAGE VERSION RELEASE
	scratch
	unpack_source "$1=$2" "${work:?}/tree" && configure "${work:?}/tree" "${3#"${2%%-*}"}" "${fragments[@]}" >"$log" 2>&1 || return
	note "user-mode Linux: build, some minutes"
	compile "${work:?}/tree" "$log" linux modules || return
	mkdir "${work:?}/kernel"
	cp "${work:?}/tree/linux" "${work:?}/kernel/linux" && prune "${work:?}/tree" um x86 || return
	rm -f "${work:?}/tree/vmlinux" # the same as linux
	mv "${work:?}/tree" "${work:?}/kernel/headers"
	mv -T "${work:?}/kernel" "$cache/kernel-$3"
}

provide() {
	local package version release
	package=$(newest_source) && version=$(source_version "$package") || return
	release=${version%%-*}-$flavour-$(tree_hash "$version" "${fragments[@]}")
	[ -e "$cache/kernel-$release" ] || build "$package" "$version" "$release" || return
	echo "$release"
}

"$vm/packages/packages.sh" build kernel
with_package_lists provide || die "no user-mode Linux, see $log"
