#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# configurations.sh [NAME...]: compiles iotimer, the layer and the samples as a part of the kernel's tree, in the
# configurations of kernels/kconfig/configurations, or those that are NAMEd, built in and as modules. A warning is an
# error. The configuration "early" is a whole user-mode Linux without modules, in which iotimer is built in and a
# driver (kernels/early) is initialized before it; it is booted. Ends with "N passed, N failed, N skipped".

. "$(dirname "$0")/../lib.sh"
. "$vm/packages/linux-source.sh"
. "$vm/kernels/tree.sh"
. "$vm/commands/counts.sh"
packaging=$top/module/packaging

table=$vm/kernels/kconfig/configurations
base=$vm/kernels/kconfig/configurations.config
folder=$cache/configurations
log=$folder/log
newest_suite=trixie-backports

# Puts iotimer, as it is now, into a source that is unpacked once, and prints the tree.
tree() { # own | newest
	local package
	[ "$1" = own ] || apt=("$vm/packages/suite.sh" "$newest_suite")
	package=$(newest_source) || return
	if [ ! -e "$folder/$package" ]; then
		scratch
		unpack_source "$package" "${work:?}/$package" && mv -T "$work/$package" "$folder/$package" || return
	fi
	LAYER=yes "$packaging/graft.sh" "$folder/$package" 2>/dev/null || return
	add_early_driver "$folder/$package"
	echo "$folder/$package"
}

# In front of iotimer, and only if make is told so
add_early_driver() { # TREE
	rm -rf "$1/drivers/iotimer_early"
	cp -r "$vm/kernels/early" "$1/drivers/iotimer_early"
	# shellcheck disable=SC2016 # make's variable
	grep -q IOTIMER_EARLY "$1/drivers/Makefile" ||
		sed -i '0,/^obj-/s//obj-$(IOTIMER_EARLY) += iotimer_early\/\n&/' "$1/drivers/Makefile"
}

# The suffix of a clang that knows -fsanitize=kcfi; that of Debian 12 is not its default.
clang_suffix() {
	local suffix
	for suffix in "" -19; do
		! echo | "clang$suffix" -fsanitize=kcfi -x c -c -o /dev/null - 2>/dev/null || { echo "$suffix" && return; }
	done
	return 1
}

# Sets the array make to a command for a configuration's tree and objects.
prepare() { # SOURCE ARCH COMPILER
	local suffix=
	trees[$1]=${trees[$1]:-$(tree "$1")} && [ -n "${trees[$1]}" ] || return
	[ "$3" = gcc ] || suffix=$(clang_suffix) || return
	objects=$folder/$(basename "${trees[$1]}")-$2-$3
	mkdir -p "$objects"
	make=(make -s -C "${trees[$1]}" "O=$objects" "ARCH=$2")
	[ "$3" = gcc ] || make+=("LLVM=${suffix:-1}")
}

configure_objects() { # OPTION...: on top of the files FRAGMENTS
	cat "${fragments[@]}" >"$folder/fragment"
	printf 'CONFIG_%s\n' "$@" >>"$folder/fragment"
	KCONFIG_ALLCONFIG=$folder/fragment "${make[@]}" allnoconfig >"$log" 2>&1 || return
	missed=$(not_taken "$objects" "$folder/fragment")
	[ -z "$missed" ] || { echo "not taken: ${missed//$'\n'/, }" >"$log" && return 1; }
}

check() { # NAME COMMAND...
	if "${@:2}"; then
		echo "$1: ok"
		add 1 0 0
	else
		tail -n 30 "$log"
		echo "failed: $1"
		add 0 1 0
	fi
}

# All objects of iotimer and, as modules, of its samples. Objects of another configuration are removed.
compiles() { # y|m OPTION...
	local samples=() folders=(drivers/iotimer/)
	if [ "$1" = m ]; then
		samples=(SAMPLE_IOTIMER=m)
		folders+=(samples/iotimer/)
	fi
	configure_objects "${@:2}" "IOTIMER=$1" "IOTIMER_WDM=$1" "${samples[@]}" || return
	rm -rf "$objects"/{drivers,samples}/iotimer
	"${make[@]}" -j"${BUILD_JOBS:-$(nproc)}" "${folders[@]}" >"$log" 2>&1 &&
		[ -e "$objects/drivers/iotimer/core/tick.o" ] && [ -e "$objects/drivers/iotimer/wdm/main.o" ]
}

try() { # NAME SOURCE ARCH COMPILER OPTION...
	local name=$1
	if ! prepare "$2" "$3" "$4"; then
		echo "$name: skipped, $([ "$4" = gcc ] && echo "no source" || echo "no clang with -fsanitize=kcfi")"
		add 0 0 1
		return
	fi
	shift 4
	check "$name, built in" compiles y "$@"
	[[ " $* " = *" MODULES=n "* ]] || check "$name, modules" compiles m "$@"
}

# Without a file system to boot from: the driver prints its result and powers off.
boot_early() {
	timeout -k 5 120 "$objects/linux" mem=64M con=null con0=null,fd:1 console=tty0 iotimer.period_ms=100 panic=-1 \
		</dev/null >"$log" 2>&1
	grep -q 'iotimer-early: ok' "$log"
}

early_runs() {
	prepare own um gcc || return
	objects+=-early make[4]=O=$objects
	mkdir -p "$objects"
	sed 's/^CONFIG_MODULE.*//' "$vm/kernels/kconfig/uml.config" >"$folder/early.config"
	fragments=("$folder/early.config")
	configure_objects MODULES=n IOTIMER=y IOTIMER_WDM=y &&
		"${make[@]}" -j"${BUILD_JOBS:-$(nproc)}" IOTIMER_EARLY=y linux >"$log" 2>&1 && boot_early
}

wanted() { # NAME
	[ ${#names[@]} -eq 0 ] || [[ " ${names[*]} " = *" $1 "* ]]
}

names=("$@")
fragments=("$base")
declare -A trees
mkdir -p "$folder"
exec {lock}>"$folder.lock"
flock "$lock"
"$vm/packages/packages.sh" build kernel
! can_install || clang_suffix >/dev/null || install_packages clang-19 lld-19 llvm-19 || :
while read -r name source arch compiler options; do
	[[ $name = [!#]* ]] || continue
	# shellcheck disable=SC2086 # several options
	! wanted "$name" || try "$name" "$source" "$arch" "$compiler" $options </dev/null
done <"$table"
! wanted early || check "early, booted" early_runs
summary
