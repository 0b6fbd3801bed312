#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# documents.sh: checks that the documents fit the tree, and prints what does not: links to files that do not
# exist, and in semantics.md files and functions that are said to keep a clause and are not there. Prints
# nothing if all is well. A part of lint.sh.

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

links
clauses
