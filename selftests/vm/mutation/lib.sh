# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154
# Sourced after lib.sh: the form of a mutant. A line of a list of mutants has the fields, with tabs in between,
#	FILE OPERATOR LINE START END TEXT [START END TEXT]...
# as operators.cocci prints them: TEXT takes the place of the bytes from START to before END.

mutation=$vm/mutation

# Prints all mutants of the FILEs, which are below the folder TREE.
all_mutants() { # TREE FILE...
	local tree=$1 file none
	shift
	none=$(mktemp)
	for file; do
		# without isomorphisms, which would find what is not written there
		spatch --sp-file "$mutation/operators.cocci" --iso-file "$none" --no-includes --very-quiet \
			"$tree/$file" 2>"$none.said" | sort -u | sed "s|^|$file\t|"
		[ "${PIPESTATUS[0]}" -eq 0 ] || { cat "$none.said" >&2 && die "$file: no mutants"; }
	done
	rm -f "$none" "$none.said"
}

# The lines of the input in an order that SEED decides, on any machine.
shuffled() { # SEED
	awk -v seed="$1" '
	function below(n) { x = (x * 16807) % 2147483647; return int(x / 2147483647 * n) }
	{ line[NR] = $0 }
	END {
		x = seed % 2147483646 + 1
		for (i = 0; i < 10; i++)
			below(1)
		for (i = NR; i > 0; i--) {
			at = 1 + below(i)
			print line[at]
			line[at] = line[i]
		}
	}'
}

# The part of the product that FILE belongs to
part_of() { # FILE
	case $1 in
	module/core/*) echo core ;;
	*) echo layer ;;
	esac
}

# Breaks FILE; its lines keep their numbers.
edit() { # FILE [START END TEXT]...
	local file=$1
	shift
	while [ $# -gt 0 ]; do
		{
			head -c "$1" "$file"
			printf '%s' "$3"
			head -c "$2" "$file" | tail -c +$(($1 + 1)) | tr -cd '\n'
			tail -c +$(($2 + 1)) "$file"
		} >"$file.edited"
		cat "$file.edited" >"$file"
		rm "$file.edited"
		shift 3
	done
}

# Prints the mutant MUTANT of the folder TREE as a patch. Like edit, it needs no more than standard programs.
as_patch() { # TREE MUTANT
	local fields file work status=0
	mapfile -t fields < <(tr '\t' '\n' <<<"$2")
	file=${fields[0]}
	work=$(mktemp)
	cp "$1/$file" "$work"
	edit "$work" "${fields[@]:3}"
	printf '%s\n\n' "${fields[1]}"
	diff -u --label "a/$file" --label "b/$file" "$1/$file" "$work" || status=$?
	rm -f "$work"
	[ $status -eq 1 ]
}

# The lines that a patch takes away and those in their place, wherever they are: FILE, old lines and new lines, with tabs in
# between and single blanks within
content() { # PATCH
	awk '
	function add(text, line) {
		sub(/^./, "", line)
		gsub(/[ \t]+/, " ", line)
		sub(/^ /, "", line)
		sub(/ $/, "", line)
		return text == "" || line == "" ? text line : text " " line
	}
	/^--- a\// { file = substr($2, 3); next }
	/^\+\+\+ / { next }
	/^-/ { old = add(old, $0) }
	/^\+/ { new = add(new, $0) }
	END { print file "\t" old "\t" new }' "$1"
}

# Prints why the mutant in PATCH is no mistake; fails if it is one.
equivalent() { # PATCH
	awk -F '\t' -v wanted="$(content "$1" | sed 's/\\/\\\\/g')" '
	/^#|^$/ { next }
	$1 "\t" $2 "\t" $3 == wanted { print $4; found = 1; exit }
	END { exit !found }' "$mutation/equivalent"
}

# Entries of the list of equivalents whose lines are not in the sources any more
outdated() { # TREE
	grep -v -e '^#' -e '^$' "$mutation/equivalent" | while IFS=$'\t' read -r file old _; do
		awk -v wanted="${old//\\/\\\\}" '
		{ gsub(/[ \t]+/, " "); sub(/^ /, ""); sub(/ $/, ""); text = text (text == "" || $0 == "" ? "" : " ") $0 }
		END { exit !index(text, wanted) }' "$1/$file" || echo "$file: $old"
	done
}
