#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# deb.sh: builds the Debian packages iotimer-dkms and iotimer-dev in .build/deb, from the tree as it is, with the
# manual that man.sh has made, and has lintian look at them. MAINTAINER="NAME <ADDRESS>" is whom they name.

. "$(dirname "$0")/lib.sh"

version=$(version)
deb=$top/.build/deb
tree=$deb/iotimer-$version

# NEWS is paragraphs that begin with "iotimer VERSION (DATE)".
changelog() {
	local line date=
	finish() { [ -z "$date" ] || printf '\n -- %s  %s\n' "$maintainer" "$(date -R -u -d "$date")"; }
	while IFS= read -r line; do
		case $line in
		"iotimer "*" ("*")")
			finish
			[ -z "$date" ] || echo
			line=${line#iotimer } date=${line##*(}
			date=${date%)}
			printf 'iotimer (%s) unstable; urgency=medium\n\n' "${line%% *}"
			;;
		"") ;;
		*) printf '  %s\n' "$line" ;;
		esac
	done <"$module/Documentation/NEWS"
	finish
}

# The files that git knows or would add; of a tree without git all of them.
files() {
	if git -C "$top" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$top" ls-files -z --cached --others --exclude-standard
	else
		(cd "$top" && find . -path ./.build -prune -o \( -type f -o -type l \) -print0)
	fi
}

source_tree() {
	rm -rf "$deb"
	mkdir -p "$tree"
	files | tar -c -C "$top" --null --exclude-from="$packaging/built" --ignore-failed-read -T - | tar -x -C "$tree"
	cp -r "$tree/module/packaging/debian" "$tree/debian"
	sed -i "s/@MAINTAINER@/$maintainer/" "$tree/debian/control"
	changelog >"$tree/debian/changelog"
	mkdir "$tree/debian/man"
	cp "$top"/.build/man/*.[1-9] "$tree/debian/man/"
}

"$vm/packages/packages.sh" deb
head -n 1 "$module/Documentation/NEWS" | grep -qF "iotimer $version (" ||
	die "module/Documentation/NEWS does not begin with version $version"
source_tree
(cd "$tree" && dpkg-buildpackage -us -uc) >"$deb/build.log" 2>&1 || { tail -n 20 "$deb/build.log" >&2; die "the packages do not build"; }
lintian --allow-root --pedantic --info --fail-on error,warning,info,pedantic "$deb"/*.changes
(cd "$top" && ls .build/deb/*.deb)
