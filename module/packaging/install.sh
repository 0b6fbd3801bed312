#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# install.sh install HEADERS: installs what was built for HEADERS: the modules, and for drivers the headers,
# iotimer.mk and the symbols with their checksums, of which each kernel release has its own.
# install.sh uninstall HEADERS: removes what that has installed for the kernel of HEADERS, and with the last
# kernel all the rest.
# install.sh headers: installs only what is the same for each kernel: headers and iotimer.mk.
# install.sh source: installs the source tree for DKMS, /usr/src/iotimer-VERSION.
# All of it below DESTDIR, if that is set: then nothing is signed, and no list of modules is made.

. "$(dirname "$0")/lib.sh"

root=${DESTDIR-}
shared=$root/usr/src/iotimer

# The folder of a release's modules
modules() { echo "$root/lib/modules/$1/updates/iotimer"; } # RELEASE

list_modules() { # RELEASE
	[ -n "$root" ] || depmod "$1"
}

# Not with modules_install, which complains that header packages have neither System.map nor the key that
# the kernel's own modules were signed with. A kernel that was built on this machine has it.
install_modules() { # HEADERS RELEASE
	local name folder keys=$1/certs/signing_key
	folder=$(modules "$2")
	rm -rf "$folder"
	for name in $(products); do
		install -D -m 644 -t "$folder" "$module/$name.ko"
	done
	if [ -z "$root" ] && [ -e "$keys.pem" ]; then
		KEY=$keys.pem CERT=$keys.x509 "$packaging/sign.sh" "$1" "$folder"/*.ko
	fi
}

do_headers() {
	rm -rf "$shared/include"
	copy_sources "$module" "$shared" include
	install -m 644 -t "$shared" "$packaging/iotimer.mk"
}

install_for_drivers() { # RELEASE
	do_headers
	install -D -m 644 -t "$shared/symvers/$1" "$module/Module.symvers"
}

do_install() { # HEADERS
	local release
	release=$(release_of "$1") || die "no release in $1"
	[ ! -e "$root/var/lib/dkms/iotimer/kernel-$release-$(uname -m)" ] ||
		die "DKMS has installed iotimer for $release; dkms remove iotimer/VERSION -k $release, or purge iotimer-dkms, first"
	install_modules "$1" "$release"
	install_for_drivers "$release"
	list_modules "$release"
}

# rmdir -p ends with the first folder that something else is in
remove_empty() { # FOLDER
	(cd "$root/" && rmdir -p --ignore-fail-on-non-empty "${1#"$root/"}" 2>/dev/null) || :
}

do_uninstall() { # HEADERS
	local release folder
	release=$(release_of "$1") || die "no release in $1"
	folder=$(modules "$release")
	[ -d "$folder" ] || [ -d "$shared/symvers/$release" ] || die "iotimer is not installed for $release"
	rm -rf "$folder" "$shared/symvers/$release"
	remove_empty "${folder%/*}"
	list_modules "$release"
	[ -z "$(ls "$shared/symvers" 2>/dev/null)" ] || return 0
	rm -rf "$shared"
	remove_empty "${shared%/*}"
}

do_source() {
	local release folder
	release=$(version)
	folder=$root/usr/src/iotimer-$release
	rm -rf "$folder"
	copy_sources "$module" "$folder" Kbuild core wdm include
	"$packaging/dkms-conf.sh" >"$folder/dkms.conf"
	install -m 755 -t "$folder" "$packaging/dkms/keep-symvers"
	[ -n "$root" ] || note "now: dkms install iotimer/$release [-k RELEASE]"
}

"do_${1:?install, uninstall, headers or source}" "${@:2}"
