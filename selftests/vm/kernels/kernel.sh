#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh SPEC: provides a Debian kernel and prints its release.
# SPEC is stock, rt, cloud (what the distribution's meta package of that flavour depends on), debug, kcsan or rt-debug
# (built from source: build-kernel.sh), uml-debug (user-mode Linux: uml.sh), clang (only to compile for:
# clang.sh) or [SUITE/]NAME, where NAME is
#   a release          6.12.117+deb12-amd64
#   a flavour          rt-amd64, arm64: what linux-image-FLAVOUR depends on
#   VERSION-FLAVOUR    7.2-amd64: the newest release of that version
# and SUITE another suite of Debian's, as in trixie-backports/7.2-amd64: what such headers need to build
# modules is in a chroot (chroot.sh). For another architecture the machine's own suite is SUITE.
# Afterwards there are in CACHE/kernel-RELEASE, of which nothing is installed,
#   headers    to build modules with
#   vmlinux    to boot; a bzImage where QEMU cannot boot a vmlinux; an Image on arm64
#   chroot     the suite in which modules are built; missing if they are built here
#   llvm       is there if modules are built with clang

. "$(dirname "$0")/../lib.sh"

# The image that linux-image-NAME depends on if there is one, or the newest release of a version.
resolve() { # NAME
	local release
	release=$("${apt[@]}" apt-cache depends "linux-image-$1" 2>/dev/null |
		sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p' | first_line) ||
		release=$(newest "$1") || return
	echo "$release"
}

newest() { # NAME
	[[ $1 =~ ^([0-9]+\.[0-9]+)-([a-z].*)$ ]] || { echo "$1" && return; }
	"${apt[@]}" apt-cache pkgnames "linux-headers-${BASH_REMATCH[1]}." |
		sed -n "s/^linux-headers-\([^-]*-${BASH_REMATCH[2]}\)$/\1/p" | sort -V | tail -n 1 | grep . ||
		{ note "there is no release of $1${suite:+ in $suite}" && return 1; }
}

keep() { # RELEASE FILE
	mkdir -p "$cache/kernel-$1"
	rm -f "$cache/kernel-$1/${2##*/}" # a link to headers that are installed no longer
	mv -t "$cache/kernel-$1" "$2"
}

# The packages that headers need to build modules with, where that is to happen.
install_needed() { # PACKAGE...
	"${place[@]}" dpkg -s "$@" >/dev/null 2>&1 && return
	if [ ${#place[@]} -eq 0 ]; then
		install_packages "$@"
	else
		note "apt-get install $* in the chroot"
		"${place[@]}" env DEBIAN_FRONTEND=noninteractive bash -ec 'apt-get -qq update
			apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
			apt-get clean' \
			bash make binutils perl "$@" >"${work:?}/log" 2>&1 && return
		tail -n 3 "${work:?}/log" >&2
		return 1
	fi
}

# Newer header packages pull in their kernel, and with it a change to what the machine boots next. So
# what they need to build is installed, but they themselves are only unpacked. Programs are those for this
# machine also when the kernel is not: from linux-kbuild, and a compiler that packages.sh installs.
headers() { # RELEASE
	local release=$1 name=linux-headers-$1 needed link
	[ ! -e "$cache/kernel-$release/headers/Makefile" ] || return 0
	if [ -e "/usr/src/$name/Makefile" ]; then
		scratch
		ln -s "/usr/src/$name" "${work:?}/headers"
		keep "$release" "${work:?}/headers"
		return
	fi
	note "$name: download and unpack"
	scratch
	needed=$("${apt[@]}" apt-cache depends "$name" |
		grep -oE 'linux-headers-.*-common.*|linux-kbuild-.*|linux-compiler-.*-x86|gcc-[0-9]+(-for-host)?\b') || return
	# shellcheck disable=SC2086 # several words
	install_needed $needed || return
	download "$name" &&
		dpkg-deb --fsys-tarfile "${work:?}/$name"_*.deb | tar -x -C "${work:?}" "./usr/src/$name" || return
	for link in scripts tools; do # from below /usr/src to beside it
		ln -sfnT "$(readlink "${work:?}/usr/src/$name/$link" | sed 's,^\.\./\.\.,/usr,')" "${work:?}/usr/src/$name/$link"
	done
	# since 7.0
	sed -i "s,^KBUILD_OUTPUT=.*,KBUILD_OUTPUT=$cache/kernel-$release/headers," "${work:?}/usr/src/$name/Makefile"
	mv "${work:?}/usr/src/$name" "${work:?}/headers" && keep "$release" "${work:?}/headers" || return
	[ ${#place[@]} -eq 0 ] || echo "$suite" >"$cache/kernel-$release/chroot"
}

# A bzImage is a real-mode part and the compressed vmlinux; its header says where that lies
# (Documentation/x86/boot.rst: setup_sects, payload_offset, payload_length).
number_at() { od -A n -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; } # FILE OFFSET BYTES

unpack() { # BZIMAGE
	local start=$((($(number_at "$1" 0x1f1 1) + 1) * 512 + $(number_at "$1" 0x248 4)))
	local length=$(($(number_at "$1" 0x24c 4) - 4)) # without the size that the build appends
	local payload=${work:?}/payload
	tail -c +$((start + 1)) "$1" | head -c $length >"$payload"
	case $(od -A n -t x1 -N 4 "$payload" | tr -d ' ') in
	fd377a58) xz -dc "$payload" ;;
	28b52ffd) zstd -qdc "$payload" ;;
	02214c18) lz4 -qdc "$payload" ;;
	*) die "$1: not compressed with xz, zstd or lz4" ;;
	esac
}

# The guest starts in half the time when it need not decompress itself: QEMU boots a vmlinux (PVH). That
# of arm64 is not compressed.
image() { # RELEASE
	local release=$1 name
	[ ! -e "$cache/kernel-$release/vmlinux" ] || return 0
	# since 7.0 a package of its own, which linux-image depends on
	name=$("${apt[@]}" apt-cache depends "linux-image-$release" 2>/dev/null | grep -o 'linux-binary-.*') ||
		name=linux-image-$release
	note "$name: download and unpack"
	scratch
	download "$name" || download "$name-unsigned" || return
	dpkg-deb --fsys-tarfile "${work:?}/$name"*.deb | tar -x -O --wildcards './*/vmlinuz*' >"${work:?}/vmlinuz" || return
	case $release in
	*-arm64) mv "${work:?}/vmlinuz" "${work:?}/vmlinux" ;;
	*) unpack "${work:?}/vmlinuz" >"${work:?}/vmlinux" ;;
	esac && keep "$release" "${work:?}/vmlinux"
}

provide() { # NAME
	local release
	release=$(resolve "$1") && headers "$release" && image "$release" && echo "$release"
}

name=${1:?SPEC: stock, rt, cloud, debug, kcsan, rt-debug, uml-debug, clang or [SUITE/]NAME} suite=
case $name in
debug | kcsan | rt-debug) exec "$vm/kernels/build-kernel.sh" "$name" ;;
uml-debug) exec "$vm/kernels/uml.sh" debug ;;
clang) exec "$vm/kernels/clang.sh" ;;
stock) name=amd64 ;;
rt | cloud) name=$name-amd64 ;;
*/*) suite=${name%%/*} name=${name#*/} ;;
esac

apt=() place=()
if [ -n "$suite" ]; then
	apt=("$vm/packages/suite.sh" "$suite") place=("$vm/packages/chroot.sh" "$suite")
fi
if [ "$(architecture "$name")" != "$(architecture)" ]; then
	ARCHITECTURE=$(architecture "$name")
	export ARCHITECTURE
	apt=("$vm/packages/suite.sh" "${suite:-$(own_suite)}")
fi
need_apt "linux-image and linux-headers of $1"
# the system's lists are not what other suites are looked up in
if [ ${#apt[@]} -eq 0 ]; then
	with_package_lists provide "$name"
else
	provide "$name"
fi || die "no kernel for $1"
