#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# rootfs.sh RELEASE: packs what build.sh made for RELEASE, with busybox, into the initramfs of the
# test machine: .build/RELEASE/initramfs.cpio. In it are
#   /init                    init.sh
#   /vm/                     the scripts *-guest.sh
#   /lib/modules/RELEASE/    our modules, for insmod and for modprobe; /modules leads there
#   /kselftest/              the installed selftests, if they were built

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
build=$built/$release
root=$build/root

# Programs that the real kselftest runner and bash scripts need and busybox lacks.
programs=(/usr/bin/timeout /bin/bash)

copy() { # FILE... into the same place of the guest
	cp --parents --dereference -t "$root" "$@"
}

programs_of_this_machine() {
	cp --remove-destination "$(command -v busybox)" "$root/bin/busybox"
	copy "${programs[@]}"
	ldd "${programs[@]}" | grep -o '/[^ :]* ' | sort -u | while read -r library; do
		copy "$library"
	done
}

# For another architecture: from its packages.
programs_of() { # ARCHITECTURE
	local folder=$cache/guest-$1 package
	if [ ! -e "$folder" ]; then
		scratch
		export ARCHITECTURE=$1
		apt=("$vm/packages/suite.sh" "$(own_suite)")
		for package in busybox-static bash-static coreutils libc6; do
			download "$package" || die "no $package for $1"
			dpkg-deb -x "${work:?}/$package"_*.deb "${work:?}/guest"
		done
		mv -T "${work:?}/guest" "$folder"
	fi
	cp --remove-destination "$folder/bin/busybox" "$root/bin/busybox"
	cp "$folder/bin/bash-static" "$root/bin/bash"
	cp "$folder/usr/bin/timeout" "$root/usr/bin/"
	cp --dereference -t "$root/lib" "$folder"/lib/{ld-linux-*,*/libc.so.6}
}

rm -rf "$root"
mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,lib,dev,proc,sys,tmp,etc,vm}
for applet in $(busybox --list); do
	ln -s busybox "$root/bin/$applet"
done
if [ "$(architecture "$release")" = "$(architecture)" ]; then
	programs_of_this_machine
else
	programs_of "$(architecture "$release")"
fi

install "$vm/guest/init.sh" "$root/init"
install -t "$root/vm" "$vm"/guest/*-guest.sh
cp -r "$build/lib/modules" "$root/lib/"
# Debugging information and the build ID depend on the name of this folder: without them a guest is the same everywhere.
find "$root/lib/modules" -name '*.ko' -exec "$(cross "$release" | sed -n 's/.*CROSS_COMPILE=//p')strip" --strip-debug -R .note.gnu.build-id {} +
ln -s "lib/modules/$release" "$root/modules"
[ ! -d "$build/kselftest" ] || cp -r "$build/kselftest" "$root/"

# not compressed: unpacking takes the guest longer than reading
find "$root" -exec touch --no-dereference --date=@0 {} +
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet --reproducible -o -H newc -R 0:0) >"$build/initramfs.cpio"
