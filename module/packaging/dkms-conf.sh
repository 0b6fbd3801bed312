#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# dkms-conf.sh: prints dkms.conf. DKMS 3.0 wants each module named, and dh_dkms a literal version.

. "$(dirname "$0")/lib.sh"

cat <<END
PACKAGE_NAME="iotimer"
PACKAGE_VERSION="$(version)"
AUTOINSTALL="yes"
BUILD_EXCLUSIVE_KERNEL="^(6\.[1-9]|[7-9]\.|[1-9][0-9])"
# For the kernel that is asked for: \$kernel_source_dir is its headers. BTF would need its vmlinux.
MAKE[0]="make -C \${kernel_source_dir} M=\${dkms_tree}/iotimer/$(version)/build CONFIG_DEBUG_INFO_BTF_MODULES= modules"
CLEAN="make -C \${kernel_source_dir} M=\${dkms_tree}/iotimer/$(version)/build clean"
# Where DKMS 3.1.3 and newer keep it, too: drivers that use iotimer are built with it.
POST_BUILD="keep-symvers \${dkms_tree}/iotimer/$(version)/\${kernelver}/\${arch}/module"
END
index=0
for name in $(products); do
	printf '%s[%d]="%s"\n' BUILT_MODULE_NAME $index "$name" DEST_MODULE_LOCATION $index /updates/dkms
	index=$((index + 1))
done
