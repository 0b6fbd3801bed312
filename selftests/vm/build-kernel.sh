#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build-kernel.sh FLAVOUR [cached]: builds a kernel from the distribution's linux-source, once, and prints its
# release. FLAVOUR:
#   debug   KASAN, lockdep, debugobjects, kmemleak, fault injection, gcov
#   kcsan   KCSAN
# The release ends in a hash of the source's version, the fragments of configuration (kconfig/) and the
# compiler, so what is in the cache (as kernel.sh describes it) is what would be built. A build that is
# cut short goes on where it was: CACHE/build-RELEASE. With "cached" it fails instead of building.

. "$(dirname "$0")/lib.sh"

flavour=${1:?FLAVOUR: debug or kcsan}
case $flavour in
debug) source=linux-source-6.1 fragments=(base debug) image=arch/x86/boot/bzImage ;; # KASAN: no PVH
kcsan) source=linux-source-6.12 fragments=(base trim kcsan) image=vmlinux ;;
*) die "no kernel $flavour" ;;
esac
fragments=("${fragments[@]/#/$vm/kconfig/}")
fragments=("${fragments[@]/%/.config}")

available() {
	apt-cache show "$source" | sed -n 's/^Version: //p' | grep -m 1 .
}

# What is built now: nothing else may change what comes out.
hash() { # VERSION
	{ echo "$1" && gcc --version | head -n 1 && cat "${fragments[@]}"; } | sha256sum | head -c 8
}

unpack() { # VERSION
	[ ! -e "$build/.unpacked" ] || return 0
	note "$source $1: download and unpack"
	scratch
	download "$source=$1" || return
	mkdir -p "$build"
	dpkg-deb --fsys-tarfile "$work/$source"_*.deb | tar -x -O "./usr/src/$source.tar.xz" |
		tar -x -J -C "$build" --strip-components=1 || return
	touch "$build/.unpacked"
}

# A line of a fragment that does not hold in the end is a mistake in the fragments: "n" and "is not
# set" are the same.
taken() {
	local line
	sed -n 's/^# \(CONFIG_.*\) is not set$/\1=n/p; /^CONFIG_/p' "${fragments[@]}" |
		awk -F = '{ last[$1] = $0 } END { for (c in last) print last[c] }' | while read -r line; do
		if [[ $line = *=n ]]; then
			! grep -q "^${line%=n}=" "$build/.config"
		else
			grep -qxF "$line" "$build/.config"
		fi || echo "$line"
	done
}

configure() { # LOCALVERSION
	local missed
	[ ! -e "$build/.config" ] || return 0
	make -s -C "$build" tinyconfig >/dev/null || return
	(cd "$build" && scripts/kconfig/merge_config.sh -m .config "${fragments[@]}") >/dev/null || return
	echo "CONFIG_LOCALVERSION=\"$1\"" >>"$build/.config"
	make -s -C "$build" olddefconfig || return
	missed=$(taken)
	[ -z "$missed" ] && return
	mv "$build/.config" "$build/.config.refused"
	note "not taken: ${missed//$'\n'/, }"
	return 1
}

# What modules are built with, much as the distribution's header packages: no C code but that of
# scripts, no objects but those of programs.
prune() {
	find "$build" -mindepth 1 -maxdepth 1 ! -name Makefile ! -name .config ! -name Module.symvers \
		! -name arch ! -name include ! -name scripts ! -name tools ! -name vmlinux -exec rm -rf {} +
	find "$build/arch" -mindepth 1 -maxdepth 1 ! -name x86 -exec rm -rf {} +
	find "$build/tools" -mindepth 1 -maxdepth 1 ! -name objtool -exec rm -rf {} +
	find "$build/arch" \( -name '*.[cSo]' -o -name '*.a' -o -name 'vmlinux*' -o -name bzImage \) -delete
	find "$build" \( -name '*.o' -o -name '.*.cmd' \) -path '*/scripts/*' -delete
}

compile() {
	make -C "$build" -j"${BUILD_JOBS:-$(nproc)}" bzImage modules >"$build/build.log" 2>&1 && return
	grep -E 'error|Error' "$build/build.log" >&2 || :
	return 1
}

version=$(with_package_lists available) || die "no $source"
localversion=-iotimer-$flavour-$(hash "$version")
release=${version%%-*}$localversion
build=$cache/build-$release
done=$cache/kernel-$release

if [ ! -e "$done/vmlinux" ]; then
	[ "${2-}" != cached ] || die "$release is not in the cache"
	"$vm/packages.sh" build kernel
	with_package_lists unpack "$version" && configure "$localversion" >&2 || die "cannot configure $flavour"
	note "$release: build, which takes a quarter of an hour and more"
	start=$SECONDS
	compile || die "$release does not build, see $build/build.log"
	mkdir -p "$done"
	cp "$build/$image" "$build/vmlinux.image"
	mv "$build/vmlinux.image" "$done/vmlinux.new"
	prune
	rm -rf "$done/headers"
	mv "$build" "$done/headers"
	mv "$done/vmlinux.new" "$done/vmlinux"
	note "$release: built in $((SECONDS - start)) s"
fi
echo "$release"
