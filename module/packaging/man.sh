#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# man.sh: makes the manual in .build/man: the pages in man/, with the parameters that modinfo prints of
# the modules that are built and the messages that inspection.md lists, and a page in section 9 for each function and type that is described in the
# sources, but for what only the headers' own macros call. The same as HTML in .build/man/html.

. "$(dirname "$0")/lib.sh"

man=$top/.build/man
date=$(sed -n '1s/.*(\(.*\))/\1/p' "$module/Documentation/NEWS")
version=$(version)

parameters() {
	modinfo -p "$module/iotimer.ko" | while IFS=: read -r name text; do
		type=${text##*(}
		printf '.TP\n.BI %s " (%s)"\n%s\n' "$name" "${type%)}" "${text% (*}"
	done | sed 's/-/\\-/g'
}

# The table in inspection.md
messages() {
	awk -F ' *[|] *' '
	/^## / { on = /^## Messages/ }
	on && /^[|] `/ { gsub(/`/, ""); printf ".TP\n%s\n%s%s.\n", $2, toupper(substr($5, 1, 1)), substr($5, 2) }' \
		"$module/Documentation/inspection.md" | sed 's/-/\\-/g'
}

fill_in() { # PAGE.in
	sed -e "s/@DATE@/$date/; s/@VERSION@/$version/; s/@MODULES@/$(products | sed 's/^iotimer //; s/ /, /g')/" \
		-e "/^@PARAMETERS@$/ { r $work/parameters
			d }" -e "/^@MESSAGES@$/ { r $work/messages
			d }" "$1"
}

# A name that the sources have and the page has not was forgotten there.
complete() { # NAME...
	local name missing=()
	for name in "$@"; do
		grep -q "\b$name\b" "$man/iotimer.4" || missing+=("$name")
	done
	[ ${#missing[@]} -eq 0 ] || die "not in iotimer.4: ${missing[*]}"
}

events() { grep -ohE '^(TRACE|DEFINE)_EVENT\((iotimer_[a-z]+_class, )?\w+' "$module/core/trace.h" | grep -oE '\w+$'; }

# kernel-doc prints all pages in one; split() gives each its own file and title. It leaves a backslash as it is that
# is no more than that.
functions() {
	KBUILD_BUILD_TIMESTAMP=$date "$("$vm/packages/kselftest.sh")/scripts/kernel-doc" -man \
		"$module"/include/linux/iotimer.h "$module"/core/*.c \
		"$module"/include/iotimer/wdm/*.h "$module"/wdm/*.c 2>/dev/null |
		sed -E 's/\\([^-f&(]|f[^BIPR])/\\e\1/g'
}

split() {
	awk -v folder="$man" -v date="$date" -v version="$version" '
	/^\.TH / { file = ""; next }
	/^\.SH NAME/ { next }
	file == "" && / \\- / {
		name = $0
		sub(/ \\- .*/, "", name)
		sub(/.* _?/, "", name)
		internal = name ~ /_(keyed|owned|begin|end)$|_trampoline$/
		file = internal ? "/dev/null" : folder "/" name ".9"
		printf ".TH %s 9 %s \"iotimer %s\" \"Kernel Developer'\''s Manual\"\n.SH NAME\n%s\n",
			toupper(name), date, version, name substr($0, index($0, " \\- ")) >file
		next
	}
	file == "" { next }
	/^\.(B|BI) "[^"]*$/ { $0 = $0 "\"" }	# kernel-doc leaves macros so
	{ print >file }'
}

html() {
	local page
	mkdir "$man/html"
	for page in "$man"/*.[1489]; do
		mandoc -T html -O 'man=%N.%S.html' "$page" >"$man/html/${page##*/}.html"
	done
}

"$vm/packages/packages.sh" man
scratch
rm -rf "$man"
mkdir -p "$man"
parameters >"$work/parameters"
[ -s "$work/parameters" ] || die "no parameters: build the modules first"
messages >"$work/messages"
[ -s "$work/messages" ] || die "no messages in module/Documentation/inspection.md"
for page in "$packaging"/man/*.in; do
	name=${page##*/}
	fill_in "$page" >"$man/${name%.in}"
done
mapfile -t events < <(events)
complete "${events[@]}"
functions | split
html
wrong=$({ mandoc -T lint -W warning "$man"/*.[148]; mandoc -T lint -W error "$man"/*.9; } |
	grep -v 'referenced manual not found' || :)
[ -z "$wrong" ] || die "$wrong"
echo "${man#"$top/"}: $(find "$man" -name '*.[1489]' | wc -l) pages"
