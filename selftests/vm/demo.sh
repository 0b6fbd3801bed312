#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# demo.sh: shows the module at work in a virtual machine, on KERNEL ("stock", or what kernel.sh takes).

. "$(dirname "$0")/lib.sh"

"$vm/packages.sh" build vm
release=$("$vm/kernel.sh" "${KERNEL:-stock}")
note "$release: build"
# a compiler newer than ours may know new warnings: no reason not to show anything
WARNINGS=allowed "$vm/build.sh" "$release" modules
"$vm/rootfs.sh" "$release"
note "$release: boot"
exec "$vm/boot.sh" "$release" demo-guest.sh
