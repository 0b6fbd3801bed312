#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh: shows the module at work in a virtual machine, on KERNEL ("stock", or what kernel.sh takes).

. "$(dirname "$0")/../lib.sh"

"$vm/packages/packages.sh" build vm
release=$("$vm/kernels/kernel.sh" "${KERNEL:-stock}")
reserve "$release"
note "$release: build"
# a compiler newer than ours may know new warnings: no reason not to show anything
WARNINGS=allowed "$vm/machine/build.sh" "$release" modules
"$vm/machine/rootfs.sh" "$release"
note "$release: boot"
exec "$vm/machine/boot.sh" "$release" demo-guest.sh
