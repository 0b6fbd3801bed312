#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# check-packages.sh: builds the Debian packages and tries them as a user would, on a machine that has none of it: a
# chroot of this machine's suite, over which a layer lies that is thrown away. They are installed, drivers of both
# styles are made and built by hand and with DKMS, a second kernel and a new version come, and all is purged. What
# DKMS has built is loaded in virtual machines, with Secure Boot, too. Nothing is installed on this machine but what
# packages.sh names. Ends with the line "N passed, N failed, N skipped".
#
# PARTS: which of these are tried beside installation, the drivers and purge, or none; without it all.
#   boot		virtual machines load the modules and the drivers
#   secure	the same with Secure Boot
#   tracing	the bpftrace scripts and the commands of perf, in a virtual machine
#   kernel	a second kernel
#   upgrade	a new version
#   autopkgtest	the tests that the source package has, which boot, too
#
# The layer is mounted in a mount namespace of its own, which ends with this script, however that ends.

# shellcheck disable=SC2317 # check() calls what looks unreachable
. "$(dirname "$0")/../lib.sh"
. "$top/module/packaging/lib.sh"

[ "$(id -u)" -eq 0 ] || die "only root can make a chroot"
if [ -z "${IOTIMER_NAMESPACE-}" ]; then
	"$vm/packages/packages.sh" build vm man deb secureboot
	"$vm/packages/chroot.sh" "$(own_suite)" true
	IOTIMER_NAMESPACE=1 exec unshare --mount --propagation private "$0"
fi

. "$vm/commands/counts.sh"
version=$(version) first=$version
next=${version%.*}.$((${version##*.} + 1))
scratch
root=$work/root
trap 'umount -R -l "$root" 2>/dev/null; rm -rf "$work"' EXIT

parts=${PARTS:-boot secure tracing kernel upgrade autopkgtest}
wanted() { [[ " $parts " = *" $1 "* ]]; } # PART

check() { # NAME COMMAND...
	local start=$SECONDS
	if "${@:2}" >"$work/log" 2>&1; then
		echo "ok $1 ($((SECONDS - start)) s)"
		add 1 0 0
	else
		tail -n 30 "$work/log" | sed 's/^/# /'
		echo "failed: $1"
		add 0 1 0
	fi
}

machine() { # COMMAND...
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive \
		chroot "$root" "$@"
}

mount_machine() {
	mkdir -p "$work"/{upper,layer,root} "$cache/archives/partial"
	mount -t overlay -o "lowerdir=$cache/chroot-$(own_suite),upperdir=$work/upper,workdir=$work/layer" overlay "$root"
	mount -t proc proc "$root/proc"
	mount --bind /dev "$root/dev"
	mount -t tmpfs tmpfs "$root/tmp"
	mkdir -p "$root/mnt"
	mount --bind "$cache/archives" "$root/var/cache/apt/archives"
	cp /etc/resolv.conf "$root/etc/"
	# with the security updates, where the newest kernel is
	"$vm/packages/suite.sh" "$(own_suite)" true
	cp "$cache/apt-$(own_suite)/sources.list" "$root/etc/apt/sources.list.d/$(own_suite).list"
	rm -f "$root/etc/apt/apt.conf.d/docker-clean"
}

# DKMS signs with this pair, and the firmware of the virtual machine has been told to trust it: on a real machine the
# user enrols what DKMS has made by itself.
trust_key() {
	local snakeoil=/usr/share/ovmf/PkKek-1-snakeoil folder=$root/var/lib/dkms
	mkdir -p "$folder"
	openssl rsa -in "$snakeoil.key" -passin pass:snakeoil -out "$folder/mok.key"
	openssl x509 -in "$snakeoil.pem" -outform DER -out "$folder/mok.pub"
}

# The compressed image, which is what a firmware starts, signed with the same key
secure_image() { # RELEASE
	local image=$cache/kernel-$1/vmlinuz
	if [ ! -e "$image" ]; then
		download "linux-image-$1-unsigned" || download "linux-image-$1" || return
		dpkg-deb --fsys-tarfile "$work/linux-image-$1"*.deb | tar -x -O --wildcards './*/vmlinuz*' >"$work/vmlinuz" || return
		mv "$work/vmlinuz" "$image"
	fi
	# Debian's signature, if it has one, goes
	cp "$image" "$work/image" && { sbattach --remove "$work/image" || :; }
	sbsign --key "$root/var/lib/dkms/mok.key" --cert /usr/share/ovmf/PkKek-1-snakeoil.pem --output "$work/image.signed" "$work/image"
}

boots_securely() { # RELEASE
	secure_image "$1" || return
	cp "$root/lib/modules/$1/updates/dkms/iotimer.ko" "$work/unsigned.ko"
	objcopy --strip-debug "$work/unsigned.ko" # which drops what follows the sections, too
	FILES=$work/unsigned.ko QEMU=$qemu FIRMWARE=secure APPEND="module.sig_enforce=1 lockdown=integrity" \
		"$packaging/boot-vm.sh" "$root" "$1" "$work/image.signed" "$packaging/guest-secure.sh"
}

apt_get() { machine apt-get -qq -y -o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=true "$@"; }

# As a development box is: with the headers of the kernel that it will boot.
prepare_machine() {
	apt_get update && apt_get install --no-install-recommends make gcc "linux-headers-$1" man-db
}

make_here() { env -u IOTIMER_NAMESPACE make -C "$top" "$@"; }

packages_build() { # FOLDER
	rm -rf "$1"
	make_here deb KERNEL="$stock" && mkdir -p "$1" && cp "$top"/.build/deb/iotimer{-*.deb,_*} "$1/"
}

# The same with another version; the manual needs no second look
next_packages_build() {
	local tree=$work/next
	mkdir "$tree"
	tar -c -C "$top" --exclude=./.build --exclude=./.git . | tar -x -C "$tree"
	sed -i "s/\"$version\"/\"$next\"/" "$tree/module/include/linux/iotimer_version.h"
	sed -i '1s/(.*)/(2026-01-01)/' "$tree/module/Documentation/NEWS"
	sed -i "1i iotimer $next ($(date -u +%F))\n\n* A version to try the upgrade with.\n" "$tree/module/Documentation/NEWS"
	mkdir "$tree/.build" && cp -r -t "$tree/.build" "$top/.build/man" && "$tree/module/packaging/deb.sh" &&
		cp "$tree"/.build/deb/*.deb "$root/tmp/"
}

install_packages_there() { # VERSION
	apt_get install --no-install-recommends "/tmp/iotimer-dkms_$1_all.deb" "/tmp/iotimer-dev_$1_all.deb"
}

# MODULE VERSION RELEASE: DKMS has it installed there, and it is built for that kernel
is_installed() {
	machine dkms status "$1/$2" -k "$3"
	machine dkms status "$1/$2" -k "$3" | grep ": installed$" >/dev/null &&
		[[ $(machine modinfo -k "$3" -F vermagic "$1") = "$3 "* ]]
}

each_product_is_installed() { # VERSION RELEASE
	local name
	for name in $(products); do
		is_module "$name" "$1" "$2" || return
	done
	is_installed iotimer "$1" "$2"
}

is_module() { # NAME VERSION RELEASE
	[ "$(machine modinfo -k "$3" -F version "$1")" = "$2" ] || { echo "$1 is not of version $2 for $3" && return 1; }
	[ -n "$(machine modinfo -k "$3" -F signer "$1")" ] || { echo "$1 is not signed for $3" && return 1; }
}

# Not for the kernel that runs here, nor any other
only_for() { # RELEASE...
	machine dkms status iotimer
	[ "$(machine dkms status iotimer | sed -n 's/^[^,]*, \([^,]*\),.*/\1/p' | sort | paste -s -d ' ')" = \
		"$(printf '%s\n' "$@" | sort | paste -s -d ' ')" ]
}

# The driver was built with the checksums that the modules for that kernel have, of every symbol that it uses of them.
checksums_agree() { # DRIVER RELEASE
	local symbols=$root/var/lib/dkms/iotimer/kernel-$2-x86_64/module/Module.symvers
	machine modprobe --dump-modversions "$(machine modinfo -k "$2" -F filename "$1")" |
		awk -v symbols="$symbols" '
		BEGIN { while ((getline line <symbols) > 0) { split(line, f, "\t"); crc[f[2]] = f[1] } }
		$2 in crc { print $2, $1, crc[$2]; if ($1 == crc[$2]) right++; else wrong++ }
		END { exit !(right > 0 && !wrong) }'
}

driver_builds_by_hand() { # NAME STYLE RELEASE
	machine iotimer-new-driver "$1" "$2" /root && machine make -C "/root/$1" KERNEL="$3" KCFLAGS=-Werror &&
		machine make -C "/root/$1" KERNEL="$3" clean
}

driver_is_refused() { # NAME RELEASE
	local said
	said=$(machine make -C "/root/$1" HEADERS="/usr/src/linux-headers-$2" 2>&1) && return 1
	grep "iotimer is not installed for $2" <<<"$said"
}

driver_installs() { # NAME RELEASE
	machine dkms add "/root/$1" && machine dkms install "$1/0.1" -k "$2" && is_installed "$1" 0.1 "$2"
}

samples_build() { # RELEASE
	local there=/root/samples
	mkdir "$root$there"
	cp "$root"/usr/share/doc/iotimer-dev/examples/* "$root$there/" && gunzip -f "$root$there"/*.gz 2>/dev/null
	machine make -C "/lib/modules/$1/build" M="$there" CONFIG_DEBUG_INFO_BTF_MODULES= modules && rm -rf "$root$there"
}

manual_is_there() {
	machine man -P cat 4 iotimer | grep period_ms >/dev/null &&
		machine man -P cat 9 iotimer_start | grep 'start a device' >/dev/null &&
		machine man -P cat 8 iotimer-top >/dev/null && machine man -P cat 1 iotimer-new-driver >/dev/null
}

boots() { # RELEASE VERSION
	FILES="$root/usr/sbin/iotimer-top $root/usr/sbin/iotimer-bugreport" QEMU=$qemu "$packaging/boot-vm.sh" "$root" "$1" \
		"$cache/kernel-$1/vmlinux" "$packaging/guest-drivers.sh" DRIVERS=my_linux,my_wdm VERSION="$2"
}

# With the libraries that they need
get_tracers() {
	local program library
	apt_get install --no-install-recommends bpftrace linux-perf || return
	mkdir -p "$work/tracers"
	for program in /usr/bin/bpftrace /usr/bin/perf; do
		(cd "$root" && cp --parents --dereference "${program#/}" "$work/tracers/")
		machine ldd "$program"
	done | grep -o '/[^ :]*' | sort -u | while read -r library; do
		(cd "$root" && cp --parents --dereference "${library#/}" "$work/tracers/")
	done
}

tracers_see() { # RELEASE
	local files
	files=$(echo "$work"/tracers/*)
	FILES="$files $root/usr/share/iotimer/bpftrace" QEMU=$qemu MEMORY=2G "$packaging/boot-vm.sh" "$root" "$1" \
		"$cache/kernel-$1/vmlinux" "$packaging/guest-tracing.sh"
}

nothing_is_left() {
	local left
	left=$(find "$root" -xdev \( -iname '*iotimer*' -o -name 'my_linux*' -o -name 'my_wdm*' \) \
		! -path "$root/root/*" ! -path "$root/mnt/*" ! -path '*/var/cache/man/*')
	echo "$left"
	[ -z "$left" ] && ! machine dpkg -l 'iotimer*' 2>/dev/null | grep '^[a-z][a-z] '
}

# The tests of the source package, as a distribution runs them, and the one that its tools add for DKMS. That may spoil
# the machine, which is of no use any more anyway.
source_tests_pass() {
	apt_get install --no-install-recommends autopkgtest autodep8 || return
	mkdir -p "$root/root/source"
	cp "$work"/packages/iotimer_* "$root/root/source/"
	machine autopkgtest --ignore-restrictions=breaks-testbed /tmp/iotimer-dkms_"$first"_all.deb \
		/tmp/iotimer-dev_"$first"_all.deb "/root/source/iotimer_$first.dsc" -- null >"$work/tests.log" 2>&1 ||
		{ tail -n 60 "$work/tests.log" && return 1; }
	cat "$work/tests.log"
	grep -x 'load-in-vm *PASS' "$work/tests.log" && grep -xE 'dkms-autopkgtest *PASS.*' "$work/tests.log"
}

# Without DKMS, below DESTDIR: nothing runs depmod or complains about keys there.
installs_by_hand() { # RELEASE
	local symbols=usr/src/iotimer/symvers/$1/Module.symvers name
	make_here install KERNEL="$1" DESTDIR="$work/staged" >"$work/install.log" 2>&1 || { cat "$work/install.log" && return 1; }
	! grep -iE 'depmod|ssl|sign' "$work/install.log" || return
	cmp "$module/Module.symvers" "$work/staged/$symbols" || return
	for name in $(products); do
		[[ $(modinfo -F vermagic "$work/staged/lib/modules/$1/updates/iotimer/$name.ko") = "$1 "* ]] || return
	done
}

own_symbols() { # RELEASE...
	[ "$(sha256sum "$work"/staged/usr/src/iotimer/symvers/*/Module.symvers | cut -d ' ' -f 1 | sort -u | wc -l)" = $# ]
}

signs_by_hand() { # RELEASE
	local key=$root/var/lib/dkms/mok
	make_here sign KERNEL="$1" KEY="$key.key" CERT="$key.pub" || return
	[ -n "$(modinfo -F signer "$module/iotimer.ko")" ]
}

uninstalls_by_hand() { # RELEASE...
	local release
	for release in "$@"; do
		[ -e "$work/staged/usr/src/iotimer/iotimer.mk" ] && make_here uninstall KERNEL="$release" DESTDIR="$work/staged" || return
	done
	find "$work/staged" ! -type d
	[ -z "$(find "$work/staged" ! -type d)" ]
}

# Only then is there a machine to try the rest on.
require() { # NAME COMMAND...
	check "$@"
	[ "$failed" -eq 0 ] || {
		summary
		exit
	}
}

try_install() {
	check "apt install ./iotimer-dkms_*.deb ./iotimer-dev_*.deb" install_packages_there "$version"
	check "the modules are installed for $stock, and signed" each_product_is_installed "$version" "$stock"
	check "they are built for no other kernel" only_for "$stock"
	check "the manual" manual_is_there
	check "the samples are built with the package's headers" samples_build "$stock"
}

try_by_hand() { # RELEASE...
	local release
	for release in "$@"; do
		check "make install for $release" installs_by_hand "$release"
		check "make sign for $release" signs_by_hand "$release"
	done
	check "each kernel has symbols of its own" own_symbols "$@"
	check "make uninstall" uninstalls_by_hand "$@"
}

try_drivers() {
	local style
	for style in linux wdm; do
		check "new-driver, $style: builds by hand" driver_builds_by_hand "my_$style" $style "$stock"
		check "new-driver, $style: DKMS builds and installs it" driver_installs "my_$style" "$stock"
		check "new-driver, $style: has the module's checksums" checksums_agree "my_$style" "$stock"
	done
}

try_tracing() {
	check "bpftrace and perf" get_tracers
	check "the bpftrace scripts and perf on $stock" tracers_see "$stock"
}

try_kernel() {
	local style
	rt=$("$vm/kernels/kernel.sh" rt)
	releases+=("$rt")
	check "the headers of $rt are installed" apt_get install --no-install-recommends "linux-headers-$rt"
	check "the modules were rebuilt for $rt" each_product_is_installed "$version" "$rt"
	for style in linux wdm; do
		check "the driver my_$style was rebuilt for $rt" is_installed "my_$style" 0.1 "$rt"
		check "with the module's checksums" checksums_agree "my_$style" "$rt"
	done
	! wanted boot || check "$rt loads the drivers and the modules" boots "$rt" "$version"
}

try_upgrade() {
	local release
	check "packages of version $next are built" next_packages_build
	check "the upgrade" install_packages_there "$next"
	for release in "${releases[@]}"; do
		check "the upgrade is installed for $release" each_product_is_installed "$next" "$release"
	done
	! wanted boot || check "$stock loads the new modules with the old drivers" boots "$stock" "$next"
	version=$next
}

# As if it had failed to build for that kernel
try_without() { # RELEASE
	check "iotimer is removed for $1" machine dkms remove "iotimer/$version" -k "$1"
	check "a driver for $1 is then refused" driver_is_refused my_linux "$1"
}

try_purge() {
	local style
	for style in linux wdm; do
		check "the driver my_$style is removed" machine dkms remove "my_$style/0.1" --all
		rm -rf "$root/usr/src/my_$style-0.1"
	done
	check "purge" apt_get purge iotimer-dkms iotimer-dev
	check "nothing is left" nothing_is_left
}

qemu=$("$vm/packages/qemu.sh" | paste -s -d ' ')
stock=$("$vm/kernels/kernel.sh" stock)
releases=("$stock")
mount_machine
require "the packages are built, and lintian is content" packages_build "$work/packages"
cp "$work"/packages/*.deb "$root/tmp/"
require "a machine with the headers of $stock" prepare_machine "$stock"
check "a key to sign with" trust_key
try_install
try_drivers
! wanted boot || check "$stock loads the drivers and the modules" boots "$stock" "$version"
! wanted secure || check "$stock with Secure Boot" boots_securely "$stock"
! wanted tracing || try_tracing
! wanted kernel || try_kernel
! wanted upgrade || try_upgrade
try_by_hand "${releases[@]}"
try_without "${releases[-1]}"
try_purge
! wanted autopkgtest || check "the tests of the source package" source_tests_pass
summary
