#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# uml.sh: builds user-mode Linux from the distribution's linux-source, once, and prints its release. In
# it kernel code runs at native speed where there is no KVM. The release ends in a hash of the source's
# version, of uml.config and of the compiler. Afterwards there are in CACHE/kernel-RELEASE
#   headers    to build modules with, with ARCH=um in the environment
#   linux      to run, by boot-uml.sh

. "$(dirname "$0")/lib.sh"

export ARCH=um
config=$vm/uml.config

source_package() {
	apt-cache depends linux-source | sed -n 's/^ *Depends: \(linux-source-[0-9].*\)/\1/p' | grep -m 1 .
}

source_version() { # PACKAGE
	apt-cache show "$1" | sed -n 's/^Version: //p' | grep -m 1 .
}

unpack() { # PACKAGE VERSION
	note "$1: download and unpack"
	scratch
	download "$1=$2" || return
	mkdir "$work/tree"
	dpkg-deb --fsys-tarfile "$work/$1"_*.deb | tar -x -O "./usr/src/$1.tar.xz" |
		tar -x -J -C "$work/tree" --strip-components=1
}

# A line that does not hold in the end is a mistake in the list.
configure() { # LOCALVERSION
	local line
	make -s -C "$work/tree" tinyconfig >"$cache/uml-build.log" 2>&1 || return
	{ cat "$config" && echo "CONFIG_LOCALVERSION=\"$1\""; } >>"$work/tree/.config"
	make -s -C "$work/tree" olddefconfig >>"$cache/uml-build.log" 2>&1 || return
	grep '^CONFIG' "$config" | while read -r line; do
		grep -qxF "$line" "$work/tree/.config" || { note "not taken: $line"; return 1; }
	done
}

compile() {
	note "user-mode Linux: build, some minutes"
	make -C "$work/tree" -j"${BUILD_JOBS:-2}" linux modules >>"$cache/uml-build.log" 2>&1 && return
	grep -E 'error|Error' "$cache/uml-build.log" >&2
	return 1
}

# Of the tree only what modules are built with.
prune() {
	cd "$work/tree" || return
	find . -mindepth 1 -maxdepth 1 ! -name Makefile ! -name .config ! -name Module.symvers ! -name arch \
		! -name include ! -name scripts -exec rm -rf {} +
	find arch -mindepth 1 -maxdepth 1 ! -name um ! -name x86 -exec rm -rf {} +
	find arch \( -name '*.[cSo]' -o -name '*.a' \) -delete
	find . -name '.*.cmd' -delete
	cd "$OLDPWD" || return
}

build() { # PACKAGE VERSION RELEASE
	unpack "$1" "$2" && configure "${3#"${2%%-*}"}" && compile || return
	mkdir "$work/kernel"
	cp "$work/tree/linux" "$work/kernel/linux" && prune || return
	mv "$work/tree" "$work/kernel/headers"
	mv -T "$work/kernel" "$cache/kernel-$3"
}

provide() {
	local package version release
	package=$(source_package) && version=$(source_version "$package") || return
	release=${version%%-*}-uml-$({ echo "$version" && gcc --version | head -n 1 && cat "$config"; } | sha256sum | head -c 8)
	[ -e "$cache/kernel-$release" ] || build "$package" "$version" "$release" || return
	echo "$release"
}

"$vm/packages.sh" build kernel
with_package_lists provide || die "no user-mode Linux, see $cache/uml-build.log"
