#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# port-files.sh FOLDER [FILE...]: whether the Windows sources in FOLDER, all or these of them, compile as they are
# against the layer's headers, on the stock kernel. Nothing is built, and FOLDER is not written to. The include path
# is the layer's folder, that of the file, and each folder of FOLDER that has headers; message files (*.mc) become
# headers first, if windmc is there. Prints for each file "compiles", or its first error; ends with the line
# "N of M files compile" and fails if one does not.

. "$(dirname "$0")/../lib.sh"

[ -d "${1-}" ] || die "usage: make port-files FOLDER=path [FILES=\"a.c b.c\"]"
folder=$(cd "$1" && pwd)
shift
files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(cd "$folder" && find . -iname '*.c' -printf '%P\n' | sort)
[ ${#files[@]} -gt 0 ] || die "no C sources in $folder"

release=$("$vm/kernels/kernel.sh" "${KERNEL:-stock}")
headers=$cache/kernel-$release/headers
include=$top/module/include
scratch

# The command with which this kernel's modules are compiled, from a module of one line.
command_of_kernel() {
	mkdir "$work/probe"
	echo "obj-m := probe.o" >"$work/probe/Kbuild"
	echo "#include <linux/module.h>" >"$work/probe/probe.c"
	make -s -C "$headers" M="$work/probe" probe.o >&2 || die "the kernel's headers do not work"
	sed -n 's/^[a-z]*cmd_[^ ]* := *//p' "$work/probe/.probe.o.cmd" | first_line |
		sed 's/-Wp,-MMD,[^ ]*//; s/ -c -o .*//'
}

# A message compiler makes headers of a driver's messages, as in the driver's own build.
messages() {
	local windmc file
	windmc=$(command -v x86_64-w64-mingw32-windmc i686-w64-mingw32-windmc windmc | first_line) || return 0
	mkdir "$work/messages"
	find "$folder" -iname '*.mc' -print0 | while IFS= read -rd '' file; do
		(cd "$work/messages" && "$windmc" -A -h . -r . "$file") >&2 || note "$file: not compiled"
	done
}

# Names of files have no case on Windows: a header that is written in another way is found by that, too.
other_cases() {
	local file name
	mkdir "$work/cases"
	find "$folder" -iname '*.[ch]' -exec cat {} + | tr -d '\r' |
		sed -nE 's/^[ \t]*#[ \t]*include[ \t]*["<]([^">\\]*)[">].*/\1/p' | sort -u | while IFS= read -r name; do
		[ -z "$(find "$folder" -name "${name##*/}" -print -quit)" ] || continue
		file=$(find "$folder" -iname "${name##*/}" -print -quit)
		[ -z "$file" ] || [[ $name = */* ]] || ln -s "$file" "$work/cases/$name"
	done
}

# The first error in a file; nothing if it compiles
first_error() { # FILE
	local log=$work/log
	(cd "$headers" && "${compile[@]}" -I"$(dirname "$1")" "${path[@]}" -fms-extensions -w -fsyntax-only \
		-x c "$1") >"$log" 2>&1 || sed -n 's/^.*error: //p' "$log" | first_line || echo "no error was printed"
}

read -ra compile <<<"$(command_of_kernel)"
messages
other_cases
path=(-I"$include" -I"$include/iotimer/ddk" -I"$work/messages" -I"$work/cases")
while IFS= read -r dir; do
	path+=(-I"$dir")
done < <(find "$folder" -iname '*.h' -printf '%h\n' | sort -u)

good=0
for file in "${files[@]}"; do
	error=$(first_error "$folder/$file")
	[ -n "$error" ] || good=$((good + 1))
	printf '%-50s %s\n' "$file" "${error:-compiles}"
done
echo "$good of ${#files[@]} files compile"
[ "$good" -eq ${#files[@]} ]
