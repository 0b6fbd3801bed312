#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# packages.sh JOB...: sees to it that the commands which a JOB (build, vm, lint, kernel, plot, litmus,
# chroot, clang, arm64, mutants, mutation, man, deb, secureboot, drgn) needs are there.
# As root on Debian what is missing is installed; elsewhere it is named and the script fails.

. "$(dirname "$0")/../lib.sh"

declare -A commands=(
	[build]="make gcc libc.a perl-modules rsync xz"
	[vm]="qemu-system-x86_64 static-busybox cpio depmod xz zstd lz4 bash timeout"
	[lint]="sparse shellcheck spatch"
	[mutants]="patch"
	[mutation]="spatch python3"
	[man]="mandoc"
	[deb]="dpkg-buildpackage dh dh_dkms lintian"
	[secureboot]="sbsign ovmf"
	[drgn]="drgn"
	[kernel]="flex bison bc gelf.h"
	[plot]="gnuplot"
	[litmus]="spin gcc libc.a timeout"
	[chroot]="debootstrap"
	[clang]="clang ld.lld llvm-ar openssl.h"
	[arm64]="aarch64-linux-gnu-gcc arm64-libc.a qemu-system-aarch64"
)
declare -A package=(
	[make]=make [gcc]=gcc [libc.a]=libc6-dev [rsync]=rsync [xz]=xz-utils [zstd]=zstd [lz4]=lz4
	[qemu-system-x86_64]=qemu-system-x86 [static-busybox]=busybox-static [cpio]=cpio
	[depmod]=kmod [bash]=bash [timeout]=coreutils
	[flex]=flex [bison]=bison [bc]=bc [gelf.h]=libelf-dev [gnuplot]=gnuplot-nox
	[spin]=spin
	[debootstrap]=debootstrap
	[aarch64-linux-gnu-gcc]=gcc-aarch64-linux-gnu [arm64-libc.a]=libc6-dev-arm64-cross
	[clang]=clang [ld.lld]=lld [llvm-ar]=llvm [openssl.h]=libssl-dev
	[qemu-system-aarch64]=qemu-system-arm
	[perl-modules]=perl [sparse]=sparse [shellcheck]=shellcheck [patch]=patch [spatch]=coccinelle
	[python3]=python3
	[mandoc]=mandoc [dpkg-buildpackage]=dpkg-dev [dh]=debhelper [dh_dkms]=dh-dkms [lintian]=lintian
	[sbsign]=sbsigntool [ovmf]=ovmf [drgn]=python3-drgn
)

have() {
	case $1 in
	# the C tests are linked statically, the guest has no C library for busybox
	arm64-libc.a) [ -e /usr/aarch64-linux-gnu/lib/libc.a ] ;;
	libc.a) [ -e "$(gcc -print-file-name=libc.a 2>/dev/null)" ] ;;
	# W=1 runs kernel-doc; the perl of a minimal Debian is not enough for it
	perl-modules) perl -M{Getopt::Long,Pod::Usage} -e 1 2>/dev/null ;;
	# objtool, which unwinds the kernel's stacks beforehand
	gelf.h) [ -e /usr/include/gelf.h ] ;;
	# signs modules, as configured
	openssl.h) [ -e /usr/include/openssl/ssl.h ] ;;
	static-busybox) command -v busybox >/dev/null && ! ldd "$(command -v busybox)" >/dev/null 2>&1 ;;
	ovmf) [ -e /usr/share/OVMF/OVMF_VARS_4M.snakeoil.fd ] ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

missing=()
for job in "$@"; do
	for command in ${commands[$job]}; do
		have "$command" || missing+=("$command")
	done
done
[ ${#missing[@]} -gt 0 ] || exit 0

packages=()
for command in "${missing[@]}"; do
	packages+=("${package[$command]}")
done
note "missing: ${missing[*]}"
install_packages "${packages[@]}"
