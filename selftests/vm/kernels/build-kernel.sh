#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# build-kernel.sh FLAVOUR: builds a kernel from the distribution's linux-source, once, and prints its
# release. FLAVOUR:
#   debug     KASAN, lockdep, debugobjects, kmemleak, fault injection, gcov
#   kcsan     KCSAN
#   rt-debug  what debug has, with PREEMPT_RT
# The release ends in a hash of the source's version, the fragments of configuration (kconfig/) and the
# compiler, so what is in the cache (as kernel.sh describes it) is what would be built. A build that is
# cut short goes on where it was: CACHE/build-RELEASE.

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/linux-source.sh"
. "$vm/kernels/tree.sh"

flavour=${1:?FLAVOUR: debug, kcsan or rt-debug}
case $flavour in
debug) source=linux-source-6.1 fragments=(base debug) image=arch/x86/boot/bzImage ;; # KASAN: no PVH
kcsan) source=linux-source-6.12 fragments=(base trim kcsan) image=vmlinux ;;
rt-debug) source=linux-source-6.12 fragments=(base debug rt-debug) image=arch/x86/boot/bzImage ;;
*) die "no kernel $flavour" ;;
esac
fragments=("${fragments[@]/#/$vm/kernels/kconfig/}")
fragments=("${fragments[@]/%/.config}")

unpack() { # VERSION
	[ ! -e "$build/.unpacked" ] || return 0
	unpack_source "$source=$1" "$build" && touch "$build/.unpacked"
}

version=$(with_package_lists source_version "$source") || die "no $source"
localversion=-iotimer-$flavour-$(tree_hash "$version" "${fragments[@]}")
release=${version%%-*}$localversion
build=$cache/build-$release
done=$cache/kernel-$release

if [ ! -e "$done/vmlinux" ]; then
	"$vm/packages/packages.sh" build kernel
	if ! with_package_lists unpack "$version" || ! configure "$build" "$localversion" "${fragments[@]}" >&2; then
		die "cannot configure $flavour"
	fi
	note "$release: build, which takes a quarter of an hour and more"
	start=$SECONDS
	compile "$build" "$build/build.log" bzImage modules || die "$release does not build, see $build/build.log"
	mkdir -p "$done"
	cp "$build/$image" "$build/vmlinux.image"
	mv "$build/vmlinux.image" "$done/vmlinux.new"
	prune "$build" x86
	rm -rf "$done/headers"
	mv "$build" "$done/headers"
	mv "$done/vmlinux.new" "$done/vmlinux"
	note "$release: built in $((SECONDS - start)) s"
fi
echo "$release"
