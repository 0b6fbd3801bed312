#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# readme.sh [FILE]: puts what `make bench` and `make bench-native` left in .build/bench into FILE
# (README.md beside this script), between the lines
#	<!-- FILE IN .build/bench: begin -->
#	<!-- end -->

set -euo pipefail

bench=$(cd "$(dirname "$0")" && pwd)
out=$bench/../../.build/bench
readme=${1:-$bench/README.md}

include() { # FILE
	case $1 in
	*.md) cat "$out/$1" ;;
	*) sed 's/^/    /' "$out/$1" ;;
	esac
}

while IFS= read -r line; do
	[ "$line" != "<!-- end -->" ] || skip=
	[ -n "${skip-}" ] || printf '%s\n' "$line"
	if [[ $line =~ ^'<!-- '(.*)': begin -->'$ ]]; then
		skip=yes
		printf '\n'
		include "${BASH_REMATCH[1]}"
		[[ $line = *.md:* ]] || printf '\n'
	fi
done <"$readme" >"$readme.new"
mv "$readme.new" "$readme"
