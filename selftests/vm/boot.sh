#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot.sh RELEASE GUEST [NAME=VALUE...]: boots what rootfs.sh packed for RELEASE, runs the script GUEST
# in it with NAME=VALUE in its environment, shows what it prints and judges the run (verdict.sh).
# Logs: .build/RELEASE/run/{console,kernel}.log. Settings: MEMORY (1G), SECONDS_MAX (300).

. "$(dirname "$0")/lib.sh"

release=${1:?RELEASE}
guest=${2:?GUEST}
shift 2
build=$top/.build/$release
run=$build/run
nonce=$(od -A n -t x8 -N 8 /dev/urandom | tr -d ' ')

# /dev/kvm alone proves nothing: without vmx or svm it may hang a guest
accelerator="-accel tcg,thread=multi -cpu max"
if grep -Eqw 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]; then
	accelerator="-accel kvm -cpu host"
fi

# A panic ends QEMU (panic=-1 reboots, -no-reboot ends) and so do an oops and a soft lockup, which
# rarely leave a guest that can go on. Tests mark expected splats through /dev/kmsg: no rate limit.
append="console=ttyS1 loglevel=5 printk.devkmsg=on mitigations=off panic=-1 oops=panic softlockup_panic=1"

rm -rf "$run"
mkdir -p "$run"
status=0
# shellcheck disable=SC2086 # the accelerator is several words
timeout --foreground -k 5 "${SECONDS_MAX:-300}" \
	qemu-system-x86_64 -M q35 $accelerator -smp 2 -m "${MEMORY:-1G}" \
	-nodefaults -no-user-config -display none -no-reboot -nic none -device edu \
	-serial stdio -serial "file:$run/kernel.log" \
	-kernel "$cache/kernel-$release/vmlinux" -initrd "$build/initramfs.cpio" \
	-append "$append GUEST=$guest NONCE=$nonce $*" </dev/null |
	tee "$run/console.log" | sed -u '/^iotimer-guest: end/d' || status=${PIPESTATUS[0]}

"$vm/verdict.sh" "$run" "$nonce" "$status" && exit
printf '%s\n' "last lines of ${run#"$top/"}/kernel.log:"
tail -n 60 "$run/kernel.log"
exit 1
