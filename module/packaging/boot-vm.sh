#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot-vm.sh ROOT RELEASE IMAGE GUEST [NAME=VALUE]...: boots the kernel IMAGE with the modules that are installed
# for RELEASE in lib/modules below ROOT, runs the script GUEST in it with NAME=VALUE in its environment, and
# succeeds if GUEST did, in this boot, and the kernel reported nothing. Needs nothing of this tree.
# QEMU: the command, qemu-system-x86_64. APPEND: more for the kernel's command line. FILES: what else GUEST
# needs, files and folders, found in / there. MEMORY: 1G. FIRMWARE=secure: UEFI with Secure Boot, which trusts the snakeoil key of Debian's
# ovmf; else IMAGE is booted directly.

set -euo pipefail

root=$1 release=$2 image=$3 guest=$4
shift 4
read -r -a qemu <<<"${QEMU:-qemu-system-x86_64}"
nonce=$(od -A n -t x8 -N 8 /dev/urandom | tr -d ' ')
work=$(mktemp -d "${TMPDIR:-/tmp}/boot-vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
export PATH=$PATH:/usr/sbin:/sbin

init() {
	cat <<'END'
#!/bin/busybox sh
# The kernel hands over NONCE and what GUEST wants as variables.
export PATH=/bin
/bin/busybox --install /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t debugfs debugfs /sys/kernel/debug
mount -t securityfs securityfs /sys/kernel/security
exec </dev/null >/dev/ttyS0 2>&1
sh /guest
status=$?
if dmesg | grep -E 'BUG:|WARNING:|Oops|general protection|Call Trace|left .* behind'; then
	status=1
fi
echo "boot-vm: end $NONCE $status"
sleep 1
poweroff -f
END
}

initramfs() {
	local tree=$work/initramfs modules=lib/modules/$release file
	mkdir -p "$tree"/{bin,dev,proc,sys,tmp,"$modules"}
	cp "$(command -v busybox)" "$tree/bin/busybox"
	ln -s busybox "$tree/bin/sh"
	cp -r -t "$tree/$modules" "$root/$modules"/modules.* "$root/$modules/updates"
	for file in ${FILES-}; do
		cp -r -t "$tree" "$file"
	done
	cp "$guest" "$tree/guest"
	init >"$tree/init"
	chmod +x "$tree/init"
	(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs.cpio"
}

firmware=()
secure() {
	local ovmf=/usr/share/OVMF
	cp "$ovmf/OVMF_VARS_4M.snakeoil.fd" "$work/variables"
	# shellcheck disable=SC2054 # the commas are QEMU's
	firmware=(-global driver=cfi.pflash01,property=secure,value=on -global ICH9-LPC.disable_s3=1
		-drive "if=pflash,format=raw,readonly=on,file=$ovmf/OVMF_CODE_4M.secboot.fd"
		-drive "if=pflash,format=raw,file=$work/variables")
}

machine=q35 accelerator=tcg
if grep -Eqw 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then
	accelerator=kvm
fi
if [ "${FIRMWARE-}" = secure ]; then
	secure
	machine=q35,smm=on
fi
initramfs
# A guest that panics ends QEMU with 0 as well: only its last line counts.
timeout --foreground -k 5 "${SECONDS_MAX:-400}" "${qemu[@]}" -M $machine -accel $accelerator -cpu max,-la57 -smp 2 -m "${MEMORY:-1G}" \
	-nodefaults -no-user-config -display none -no-reboot -nic none "${firmware[@]}" -serial stdio \
	-kernel "$image" -initrd "$work/initramfs.cpio" \
	-append "console=ttyS0 loglevel=4 no_timer_check tsc=reliable panic=-1 oops=panic ${APPEND-} NONCE=$nonce $*" \
	</dev/null | tr -d '\r' | tee "$work/log" || :
grep -q "boot-vm: end $nonce 0$" "$work/log"
