#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kselftest.sh: prints a folder with what we use of the kernel's source tree, as it lies there:
# kselftest (lib.mk, harness, runner), the checkers of lint.sh and the memory model of litmus.sh. It
# comes from the distribution's linux-source package, which is large, so only these files are kept.

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/linux-source.sh"

files=(
	scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc,subarch.include}
	tools/memory-model
	tools/testing/selftests/{Makefile,lib.mk,run_kselftest.sh,kselftest,kselftest.h,kselftest_harness.h}
)

provide() {
	local package folder
	package=$(newest_source) || return
	folder=$cache/$package
	if [ ! -e "$folder/tools/memory-model" ]; then
		scratch
		unpack_source "$package" "${work:?}/tree" "${files[@]/#/$package/}" || return
		# what was kept when less was wanted
		[ ! -e "$folder" ] || mv -T "$folder" "${work:?}/old"
		mv -T "${work:?}/tree" "$folder" || return
	fi
	echo "$folder"
}

with_package_lists provide || die "no linux-source package"
