#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kselftest.sh: prints a folder with what we use of the kernel's source tree, as it lies there:
# kselftest (lib.mk, harness, runner), the checkers of lint.sh and the memory model of litmus.sh. It
# comes from the distribution's linux-source package, which is large, so only these files are kept.

. "$(dirname "$0")/lib.sh"

files=(
	scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc,subarch.include}
	tools/memory-model
	tools/testing/selftests/{Makefile,lib.mk,run_kselftest.sh,kselftest,kselftest.h,kselftest_harness.h}
)

provide() {
	local package folder tarball
	package=$(apt-cache depends linux-source | sed -n 's/^ *Depends: \(linux-source-[0-9].*\)/\1/p' | grep -m 1 .) || return
	folder=$cache/$package
	if [ ! -e "$folder/tools/memory-model" ]; then
		note "$package: download and extract kselftest"
		scratch
		download "$package" || return
		tarball=./usr/src/$package.tar.xz
		dpkg-deb --fsys-tarfile "$work"/*.deb | tar -x -O "$tarball" |
			tar -x -J -C "$work" "${files[@]/#/$package/}" || return
		# what was kept when less was wanted
		[ ! -e "$folder" ] || mv -T "$folder" "$work/old"
		mv -T "$work/$package" "$folder" || return
	fi
	echo "$folder"
}

with_package_lists provide || die "no linux-source package"
