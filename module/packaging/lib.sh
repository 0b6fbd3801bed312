# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
# Sourced by the scripts here and by those in selftests/vm/commands that try them: where the product is, its version and its modules.

# shellcheck source=../../selftests/vm/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../selftests/vm/lib.sh"

packaging=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=$top/module
# The maintainer whom packages and MAINTAINERS name
maintainer=${MAINTAINER:-"The iotimer authors <iotimer@users.noreply.github.com>"}
# One umask for all that is installed or packed, so that it comes out the same everywhere.
umask 022

version() {
	sed -n 's/^#define IOTIMER_VERSION "\(.*\)"$/\1/p' "$module/include/linux/iotimer_version.h" | grep .
}

# The names of the modules, which module/Kbuild alone knows.
products() {
	make -s --no-print-directory -f "$packaging/products.mk" -C "$module"
}

# The release that a folder of headers builds for.
release_of() { # HEADERS
	local generated=include/generated/utsrelease.h
	sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$1/$generated" | grep .
}

# Copies the folders and files NAME from FROM to TO, but nothing that was built. They are new there: the objects that make has
# built of others in their place are older.
copy_sources() { # FROM TO NAME...
	mkdir -p "$2"
	tar -c -C "$1" --exclude-from="$packaging/built" -- "${@:3}" | tar -x -m --no-same-owner -C "$2"
}
