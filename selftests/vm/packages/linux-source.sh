# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Sourced after lib.sh by the scripts that need something of the kernel's source: the distribution's
# linux-source packages. Called through with_package_lists, for a fresh machine has no lists.

# The package of the distribution's own kernel, or of that of the suite in the array apt
newest_source() {
	need_apt linux-source
	"${apt[@]}" apt-cache depends linux-source | sed -n 's/^ *Depends: \(linux-source-[0-9].*\)/\1/p' | first_line
}

source_version() { # PACKAGE
	need_apt "$1"
	apt-cache show "$1" | sed -n 's/^Version: //p' | first_line
}

# Unpacks PACKAGE, or only the MEMBERs of its tree, into FOLDER; OPTIONs are tar's.
unpack_source() { # PACKAGE[=VERSION] FOLDER [OPTION | MEMBER]...
	local package=${1%%=*} folder=$2
	note "$1: download and unpack"
	scratch
	download "$1" || return
	mkdir -p "$folder"
	dpkg-deb --fsys-tarfile "${work:?}/$package"_*.deb | tar -x -O "./usr/src/$package.tar.xz" |
		tar -x -J -C "$folder" --strip-components=1 "${@:3}"
}
