#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# port-check.sh FILE...: which names of Windows the sources use, and what becomes of each. The tables of
# module/Documentation/porting.md say what differs, and what to do about a name that is not there. Ends with
# the line "N of M names are covered (P %), D of them with a difference".

. "$(dirname "$0")/../lib.sh"

guide=$top/module/Documentation/porting.md
headers=$top/module/include/iotimer

[ $# -gt 0 ] || die "usage: make port-check FILES=\"a.c b.c\""
for file; do
	[ -r "$file" ] || die "cannot read $file"
done

# Without comments and strings
code() { # FILE...
	cat "$@" | tr -d '\r' | sed 's|//.*||' | tr '\n' '\001' |
		sed 's|/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/| |g' | tr '\001' '\n' | sed 's/"\(\\.\|[^"\\]\)*"/""/g'
}

# Names that belong to the system by their prefix, and that the files themselves do not define. A file need not
# have names of each kind.
names() { # FILE...
	local prefix='Io|Iof|Ke|Kei|Ex|Exf|Rtl|Mm|Zw|Nt|Ob|Ps|Po|Hal|Se|Cc|FsRtl|Wmi|Etw|Dbg|Kd|Interlocked|Wdf|Ndis'
	{
		code "$@" | grep -oE "\b($prefix)[A-Z][A-Za-z0-9_]*\b" || :
		code "$@" | grep -oE '\b(STATUS|IRP_MJ|IRP_MN|FILE_DEVICE|IO_TYPE|DO|METHOD|READ_REGISTER|READ_PORT|WRITE_REGISTER|WRITE_PORT)_[A-Z0-9_]+\b' || :
		code "$@" | grep -oE '\b(P|PR)?(K[A-Z]{3,}|IO_[A-Z_]{4,}|IRP|DEVICE_OBJECT|DRIVER_OBJECT|FILE_OBJECT|FAST_MUTEX|ERESOURCE|MDL|DMA_ADAPTER|LOOKASIDE_LIST|NPAGED_LOOKASIDE_LIST)\b' || :
		code "$@" | grep -oE '\b(InitializeListHead|IsListEmpty|InsertHeadList|InsertTailList|RemoveHeadList|RemoveTailList|RemoveEntryList|PagedPool|NonPagedPool[A-Za-z]*|PAGED_CODE|CONTAINING_RECORD|__try|__except|MdlAddress|__int64|_asm|__asm)\b' || :
	} | sort -u | comm -23 - <(own "$@")
}

own() { # FILE...
	code "$@" | sed -nE 's/^[ \t]*#[ \t]*define[ \t]+([A-Za-z0-9_]+).*/\1/p; s/^[A-Za-z_ \t*]*\b([A-Z][A-Za-z0-9_]+)[ \t]*\(([^;]*)$/\1/p; s/^[ \t]*\}[ \t]*([A-Z0-9_]+).*/\1/p' | sort -u
}

# The names of the headers: all words of their code
covered() {
	cat "$headers"/wdm.h "$headers"/wdm/*.h | sed 's|^ \*.*||; s|/\*.*\*/||' | grep -oE '\b[A-Za-z_][A-Za-z0-9_]*\b' | sort -u
	# what the macros make
	for size in UCHAR USHORT ULONG; do
		printf '%s\n' {READ,WRITE}_{REGISTER,PORT}_{,BUFFER_}$size
	done
	printf '%s\n' Ex{Acquire,Release}SpinLock{Shared,Exclusive} ExAcquireSpinLock{Shared,Exclusive}AtDpcLevel \
		ExReleaseSpinLock{Shared,Exclusive}FromDpcLevel
}

# The rows of the guide: NAME, tab, "there" or "not there", tab, what is said
rows() {
	awk -F ' *[|] *' '
	/^## / { gone = /no counterpart/ }
	/^[|]/ && $2 !~ /^(-|Windows|in the driver)/ {
		text = gone ? $3 : $4
		while (match($2, /`[^`]*`/)) {
			name = substr($2, RSTART + 1, RLENGTH - 2)
			$2 = substr($2, RSTART + RLENGTH)
			print name "\t" (gone ? "not there" : "there") "\t" text
		}
	}' "$guide"
}

# NAME [there or not there, and what is said]
table=$(mktemp)
trap 'rm -f "$table"' EXIT
rows >"$table"

known=$(covered | sort -u)
list=$(names "$@")
[ -n "$list" ] || die "no names of Windows in $*"
awk -F '\t' -v list="$list" -v known="$known" '
function pattern(name,	n) {
	n = name
	gsub(/[*]/, "[A-Za-z0-9_]*", n)
	return "^" n "$"
}
{ said[$1] = $3; kind[$1] = $2; if ($1 ~ /[*]/) globs[$1] = pattern($1) }
function row(name,	glob) {
	if (name in said)
		return name
	if (name ~ /^PR?/ && substr(name, 2) in said)
		return substr(name, 2)
	for (glob in globs)
		if (name ~ globs[glob] && kind[glob] == "not there")
			return glob
	return ""
}
END {
	n = split(known, k, "\n")
	for (i = 1; i <= n; i++)
		have[k[i]] = 1
	m = split(list, l, "\n")
	for (i = 1; i <= m; i++) {
		name = l[i]
		r = row(name)
		if (have[name] && kind[r] != "not there") {
			good++
			text = said[r]
			if (text != "") {
				differs++
				printf "  differs   %-34s %s\n", name, text
			} else {
				printf "  covered   %s\n", name
			}
		} else {
			text = kind[r] == "not there" ? said[r] : "not covered: it belongs to the entry points, or a name beside it does the same"
			printf "  missing   %-34s %s\n", name, text
		}
	}
	printf "%d of %d names are covered (%d %%), %d of them with a difference\n", good, m, good * 100 / m, differs
}' "$table" | sort -k 1,1 -s -r | awk '/^[0-9]/ { last = $0; next } { print } END { print last }'
