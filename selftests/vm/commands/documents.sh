#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# documents.sh: checks that the documents fit the tree, and prints each misfit: links to files that do not exist;
# files and functions that keep a clause according to semantics.md and are not there; messages of the core that
# inspection.md does not list. Prints nothing if all is well. A part of lint.sh.

. "$(dirname "$0")/../lib.sh"

cd "$top"
mapfile -t documents < <(find . \( -path ./.build -o -path ./.git \) -prune -o -name '*.md' -print | sort)

links() {
	local document link
	for document in "${documents[@]}"; do
		grep -oE '\]\([^)#]+' "$document" | sed 's/^](//' | grep -v '^[a-z]*:' | while read -r link; do
			[ -e "$(dirname "$document")/$link" ] || echo "$document: no $link"
		done || :
	done
}

# The last column is "FILE: the essay "TITLE", FUNCTION(), ...; FILE: ..."
clauses() {
	local clause where part file name
	while IFS='|' read -r _ clause _ _ where _; do
		while IFS= read -r -d ';' part; do
			file=module/$(cut -d : -f 1 <<<"${part// /}")
			[ -f "$file" ] || { echo "${clause// /}: no $file" && continue; }
			grep -oE '[A-Za-z_]+\(\)|"[^"]+"' <<<"$part" | tr -d '"' | while read -r name; do
				grep -qF "${name%)}" "$file" || echo "${clause// /}: no $name in $file"
			done || :
		done <<<"$where;"
	done < <(grep -E '^\| [A-Z][0-9]+ \|' module/Documentation/semantics.md | grep -v '| being built |$')
}

# Each piece of a message that is the same in every case, but for short ones
messages() {
	local piece
	grep -hoE '"(iotimer: |routine )[^"]+\\n"' module/core/*.c | tr -d '"' |
		sed 's/^iotimer: //; s/\\n$//; s/%[0-9]*[a-z]*/\n/g' | grep -E '.{16}' | sort -u | while read -r piece; do
		grep -qF -- "$piece" module/Documentation/inspection.md || echo "inspection.md: no message with: $piece"
	done
}

links
clauses
messages
