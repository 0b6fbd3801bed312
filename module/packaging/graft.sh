#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# graft.sh TREE: puts iotimer into the kernel source TREE and hooks it in: drivers/iotimer, the public header, samples,
# selftests, a page of documentation and an entry in MAINTAINERS. A second time it replaces what it has copied and
# leaves the hooks alone. LAYER=yes: with the layer for ported sources, whose camel case keeps it out of any
# submission to the kernel; else without it and what uses it.

# shellcheck disable=SC2016 # make's variables
. "$(dirname "$0")/lib.sh"

tree=${1:?TREE}
layer=${LAYER:-no}
if [ ! -e "$tree/MAINTAINERS" ] || [ ! -d "$tree/tools/testing/selftests" ]; then
	die "$tree is not a kernel's source tree"
fi
driver=$tree/drivers/iotimer
tests=$tree/tools/testing/selftests/iotimer

# hook FILE TEXT BEFORE: puts TEXT in front of the first line that matches BEFORE, unless the file has it
hook() {
	local text=$2
	grep -qF "${text%%$'\n'*}" "$tree/$1" && return
	grep -qE "$3" "$tree/$1" || die "$1: no line to hook in at"
	TEXT=$text BEFORE=$3 awk '!done && $0 ~ ENVIRON["BEFORE"] { print ENVIRON["TEXT"]; done = 1 } { print }' "$tree/$1" >"$tree/$1.new"
	cat "$tree/$1.new" >"$tree/$1"
	rm "$tree/$1.new"
}

# MAINTAINERS and the selftests are sorted.
hook_sorted() { # FILE TEXT SECTION: where lines that match SECTION have the order
	local text=$2 next
	next=$(TEXT=${text%%$'\n'*} SECTION=$3 awk '
		$0 ~ ENVIRON["SECTION"] && $0 > ENVIRON["TEXT"] { print; exit }' "$tree/$1" | sed 's/[][()*.+?\\^$|]/\\&/g')
	hook "$1" "$text" "^$next\$"
}

copy_driver() {
	rm -rf "$driver"
	copy_sources "$module" "$driver" Kbuild Kconfig core
	install -m 644 -t "$tree/include/linux" "$module"/include/linux/*.h
	if [ "$layer" != yes ]; then
		sed '/^obj-.*IOTIMER_WDM/d; /^ccflags-y/d' "$module/Kbuild" |
			awk -v RS= '!/wdm/ { printf "%s%s\n", between, $0; between = "\n" }' >"$driver/Kbuild"
		return
	fi
	copy_sources "$module" "$driver" wdm include/iotimer
	printf '\nsource "drivers/iotimer/wdm/Kconfig"\n' >>"$driver/Kconfig"
}

without_layer() { # FOLDER
	[ "$layer" = yes ] && return
	find "$1" -name '*wdm*' -delete
	find "$1" -name 'Kbuild' -exec sed -i -E 's/ iotimer_[a-z]+_wdm\.o//; /_wdm/d' {} +
}

# The public header is where those of the kernel are, those of the layer are beside it. Without the layer no file
# and no line of Kbuild has its names.
use_headers() { # FOLDER
	local layer_headers='$(srctree)/drivers/iotimer/include'
	[ "$layer" = yes ] || layer_headers=
	sed -i "s,^ccflags-y := .*,${layer_headers:+ccflags-y := -I$layer_headers -I$layer_headers/iotimer/ddk}," "$1/Kbuild"
	without_layer "$1"
}

copy_samples() {
	rm -rf "$tree/samples/iotimer"
	copy_sources "$module/samples" "$tree/samples/iotimer" .
	use_headers "$tree/samples/iotimer"
}

copy_tests() {
	rm -rf "$tests"
	copy_sources "$top/selftests" "$tests" Makefile config settings test_modules
	install -t "$tests" "$top"/selftests/*.sh
	install -m 644 -t "$tests" "$top"/selftests/*.[ch]
	use_headers "$tests/test_modules"
	without_layer "$tests"
	if [ "$layer" != yes ]; then
		# which try the sample of the layer, too
		sed -i '/^test_mode "wdm/d' "$tests/edu.sh"
		sed -i 's/^for driver in iotimer_edu iotimer_edu_wdm;/for driver in iotimer_edu;/' "$tests/unplug.sh"
		rm "$tests"/faults.sh "$tests"/faults_test.c
	fi
}

# Exported functions are described where they are defined.
document() {
	local page=$tree/Documentation/driver-api/iotimer.rst file
	install -m 644 "$packaging/graft/iotimer.rst" "$page"
	for file in "$driver"/core/*.c; do
		! grep -q EXPORT_SYMBOL "$file" ||
			printf '.. kernel-doc:: %s\n   :export:\n\n' "${file#"$tree/"}" >>"$page"
	done
	sed -i '$d' "$page"
}

copy_driver
copy_samples
copy_tests
document
hook drivers/Makefile 'obj-$(CONFIG_IOTIMER)		+= iotimer/' '^obj-'
hook drivers/Kconfig 'source "drivers/iotimer/Kconfig"
' '^endmenu'
hook samples/Makefile 'obj-$(CONFIG_SAMPLE_IOTIMER)	+= iotimer/' '^obj-'
hook samples/Kconfig "$(cat "$packaging/graft/samples.Kconfig")
" '^config SAMPLE_'
hook Documentation/driver-api/index.rst '   iotimer' '^   [a-z]'
hook_sorted tools/testing/selftests/Makefile 'TARGETS += iotimer' '^TARGETS [+]= '
hook_sorted MAINTAINERS "$(sed "s/@MAINTAINER@/$maintainer/" "$packaging/graft/MAINTAINERS")
" '^I[A-Z0-9 ]+$'
note "$tree: drivers/iotimer, samples/iotimer, tools/testing/selftests/iotimer; CONFIG_IOTIMER is to be switched on"
