#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
# Runs in the virtual machine of boot-vm.sh, with Secure Boot and a kernel that is locked down: modules that are signed
# with a key that the firmware trusts are loaded, /unsigned.ko is not, and all of debugfs can be read.

dir=/sys/kernel/debug/iotimer

fail() {
	echo "failed: $*"
	exit 1
}

cat /sys/kernel/security/lockdown
grep -q '\[integrity\]' /sys/kernel/security/lockdown || fail "the kernel is not locked down"
[ "$(cat /sys/module/module/parameters/sig_enforce)" = Y ] || fail "signatures are not enforced"
dmesg | grep -q 'Secure boot enabled' || fail "Secure Boot is not enabled"

insmod /unsigned.ko && fail "an unsigned module was loaded"
dmesg | tail -n 5 | grep 'Loading of unsigned module is rejected' || fail "it was refused for another reason"
modprobe my_linux || fail "the signed driver is refused"
modprobe iotimer_wdm || fail "the signed layer is refused"

find $dir -type f >/tmp/files
while read -r file; do
	cat "$file" >/tmp/contents || fail "$file cannot be read"
done </tmp/files
[ "$(wc -l </tmp/files)" -ge 10 ] || fail "too few files"
if ! echo 1 >/sys/module/iotimer/parameters/stats || [ "$(cat $dir/stats)" != 1 ]; then
	fail "statistics cannot be switched on"
fi
echo "secure: ok"
