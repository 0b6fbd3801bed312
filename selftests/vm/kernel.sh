#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# kernel.sh SPEC: provides a Debian kernel and prints its release.
# SPEC is stock, rt, cloud (what the distribution's meta package of that flavour depends on) or a
# release such as 6.12.117+deb12-amd64; debug and kcsan are built (build-kernel.sh). Afterwards there are in CACHE/kernel-RELEASE, of which nothing
# is installed,
#   headers    to build modules with
#   vmlinux    to boot; a bzImage where QEMU cannot boot a vmlinux

. "$(dirname "$0")/lib.sh"

resolve() { # SPEC
	local flavour
	case $1 in
	stock) flavour=amd64 ;;
	rt | cloud) flavour=$1-amd64 ;;
	*) echo "$1" && return ;;
	esac
	apt-cache depends "linux-image-$flavour" | sed -n 's/^ *Depends: linux-image-\([0-9].*\)/\1/p' | grep -m 1 .
}

keep() { # RELEASE FILE
	mkdir -p "$cache/kernel-$1"
	rm -f "$cache/kernel-$1/${2##*/}" # a link to headers that are installed no longer
	mv -t "$cache/kernel-$1" "$2"
}

# Newer header packages pull in their kernel, and with it a change to what the machine boots next. So
# what they need to build is installed, but they themselves are only unpacked.
headers() { # RELEASE
	local release=$1 name=linux-headers-$1 needed link
	[ ! -e "$cache/kernel-$release/headers/Makefile" ] || return 0
	if [ -e "/usr/src/$name/Makefile" ]; then
		scratch
		ln -s "/usr/src/$name" "$work/headers"
		keep "$release" "$work/headers"
		return
	fi
	note "$name: download and unpack"
	needed=$(apt-cache depends "$name" | grep -oE 'linux-headers-.*-common.*|linux-(kbuild|compiler)-.*|gcc-[0-9]+$') || return
	# shellcheck disable=SC2086 # several words
	dpkg -s $needed >/dev/null 2>&1 || install_packages $needed || return
	scratch
	download "$name" &&
		dpkg-deb --fsys-tarfile "$work/$name"_*.deb | tar -x -C "$work" "./usr/src/$name" || return
	for link in scripts tools; do # from below /usr/src to beside it
		ln -sfnT "$(readlink "$work/usr/src/$name/$link" | sed 's,^\.\./\.\.,/usr,')" "$work/usr/src/$name/$link"
	done
	mv "$work/usr/src/$name" "$work/headers" && keep "$release" "$work/headers"
}

# A bzImage is a real-mode part and the compressed vmlinux; its header says where that lies
# (Documentation/x86/boot.rst: setup_sects, payload_offset, payload_length).
number_at() { od -A n -v -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; } # FILE OFFSET BYTES

unpack() { # BZIMAGE
	local start=$((($(number_at "$1" 0x1f1 1) + 1) * 512 + $(number_at "$1" 0x248 4)))
	local length=$(($(number_at "$1" 0x24c 4) - 4)) # without the size that the build appends
	local payload=$work/payload
	tail -c +$((start + 1)) "$1" | head -c $length >"$payload"
	case $(od -A n -t x1 -N 4 "$payload" | tr -d ' ') in
	fd377a58) xz -dc "$payload" ;;
	28b52ffd) zstd -qdc "$payload" ;;
	02214c18) lz4 -qdc "$payload" ;;
	*) die "$1: not compressed with xz, zstd or lz4" ;;
	esac
}

# The guest starts in half the time when it need not decompress itself: QEMU boots a vmlinux (PVH).
image() { # RELEASE
	local release=$1 name=linux-image-$1
	[ ! -e "$cache/kernel-$release/vmlinux" ] || return 0
	note "$name: download and unpack"
	scratch
	download "$name" || download "$name-unsigned" || return
	dpkg-deb --fsys-tarfile "$work/$name"*.deb | tar -x -C "$work" "./boot/vmlinuz-$release" &&
		unpack "$work/boot/vmlinuz-$release" >"$work/vmlinux" &&
		keep "$release" "$work/vmlinux"
}

provide() { # SPEC
	local release
	release=$(resolve "$1") && headers "$release" && image "$release" && echo "$release"
}

case ${1-} in
debug | kcsan) exec "$vm/build-kernel.sh" "$1" ;;
esac
with_package_lists provide "${1:?SPEC: stock, rt, cloud, debug, kcsan or a release}" || die "no kernel for $1"
