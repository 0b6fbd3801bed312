#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# clang.sh: provides a kernel to compile modules for with clang, and prints its release. The distribution's
# headers are for its gcc, so this is a source tree that is prepared with LLVM=1 and the stock kernel's
# configuration. In CACHE/kernel-RELEASE are headers and llvm, the mark for Kbuild, and nothing to boot.

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/linux-source.sh"

source=linux-source-6.1
# the sources of these are not needed, their Kconfig files are
rest=(drivers sound fs net)

unpack() { # VERSION
	unpack_source "$source=$1" "${work:?}/headers" --exclude-from=<(printf "$source/%s/*.[chS]\n" "${rest[@]}")
}

# Symbols and their versions are those of the stock kernel: what it does not export is noticed.
prepare() {
	local stock tree=${work:?}/headers
	stock=$cache/kernel-$("$vm/kernels/kernel.sh" stock)/headers || return
	note "make LLVM=1 modules_prepare"
	cp "$stock/.config" "$tree/" &&
		make -s -C "$tree" LLVM=1 olddefconfig &&
		make -s -C "$tree" -j"$(nproc)" LLVM=1 modules_prepare &&
		cp "$stock/Module.symvers" "$tree/"
}

"$vm/packages/packages.sh" build kernel clang
version=$(with_package_lists source_version "$source") || die "no $source"
release=${version%%-*}-clang-$(clang -dumpversion)
done=$cache/kernel-$release
if [ ! -e "$done" ]; then
	scratch
	with_package_lists unpack "$version" || die "cannot unpack $source"
	prepare >"${work:?}/log" 2>&1 || { tail -n 5 "${work:?}/log" >&2 && die "cannot prepare $source for clang"; }
	mkdir "${work:?}/kernel"
	touch "${work:?}/kernel/llvm"
	mv -t "${work:?}/kernel" "${work:?}/headers"
	mv -T "${work:?}/kernel" "$done"
fi
echo "$release"
