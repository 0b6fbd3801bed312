#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# mutation.sh: a score of the tests. Of all mutants that operators.cocci makes of module/core and of module/wdm, or
# of the sources ONLY ("core/tick.c wdm/front"), N (100) are drawn by chance, which SEED (1) decides, half of them
# from each of the two parts. Each is built into a copy of the sources and must be noticed: a test fails by its
# name, or the kernel reports something (noticed.awk). A mutant that the compiler refuses, that makes the same object
# file on the kernel KERNEL (stock), or that is in the list of equivalents is dropped, and another one is drawn.
#
# The scripts that fit the file come first (mutation/scripts), first in user-mode Linux, which is quick and has one
# CPU: some in a boot that skips the time in which nothing happens (uml), the others in one by the clock (real). Then
# come all of them in a virtual machine (vm), and for the core the limits of speed (speed: gate.sh). The first failure
# ends a boot. Without a mutant all must pass. LIST=yes
# only prints what would be tried. SIEVE=uml leaves out the virtual machine, SIEVE=vm user-mode Linux.
# QUEUE is a command that boots of virtual machines are run with, where they have to wait for each other.
#
# Leaves below .build/mutation/ the patches of the last run with a SEED in seed-SEED/: NUMBER-WHAT.patch, and with
# those that survived in survived/ as well. Prints a row for each mutant and a table; fails if less than WANTED (90)
# per cent of a part are noticed.

. "$(dirname "$0")/../lib.sh"
. "$vm/mutation/lib.sh"

n=${N:-100} seed=${SEED:-1} sieve=${SIEVE:-all} wanted=${WANTED:-90}
[[ $n$seed =~ ^[0-9]+$ ]] || die "N and SEED are numbers"
[[ $sieve =~ ^(all|uml|vm)$ ]] || die "SIEVE is uml or vm"
out=$built/mutation/seed-$seed
tree=$built/mutation/tree
rows=$out/rows

# Files of the product, as names below the top folder
files() {
	local only paths=(core wdm)
	[ -z "${ONLY-}" ] || read -ra paths <<<"$ONLY"
	(cd "$top" && for only in "${paths[@]#module/}"; do
		find "module/$only" -name '*.c' ! -name '*.mod.c'
	done | sort -u)
}

candidates() {
	local names
	mapfile -t names < <(files)
	[ ${#names[@]} -gt 0 ] || die "no such files: ${ONLY-}"
	all_mutants "$top" "${names[@]}" >"$out/all"
	# in the order in which they are drawn
	sed -n '\|^module/core/|p' "$out/all" | shuffled "$seed" >"$out/core.order"
	sed '\|^module/core/|d' "$out/all" | shuffled "$seed" >"$out/layer.order"
}

# How many mutants of PART are tried: half of them, if there are two parts
share() { # PART
	if [ -s "$out/core.order" ] && [ -s "$out/layer.order" ]; then
		[ "$1" = core ] && echo $(((n + 1) / 2)) || echo $((n / 2))
	else
		echo "$n"
	fi
}

list() {
	local part mutant file operator line
	for part in core layer; do
		sed -n "1,$(share $part)p" "$out/$part.order" | while IFS= read -r mutant; do
			IFS=$'\t' read -r file operator line _ <<<"$mutant"
			echo "$file:$line $operator"
			as_patch "$top" "$mutant" | grep '^[-+][^-+]'
		done
	done
}

# The scripts for FILE: those that fit it, then all others that can notice something in it
scripts() { # FILE
	local fits all=()
	read -ra fits < <(awk -v file="${1#module/}" '
	!/^#/ && NF && (file == $1 || index(file, $1 "/") == 1) && length($1) > best { best = length($1); $1 = ""; line = $0 }
	END { print line }' "$mutation/scripts")
	case $(part_of "$1") in
	layer) read -ra all < <(sed -n 's/^layer[ \t]*//p' "$mutation/scripts") ;;
	core) mapfile -t all < <(cd "$top/selftests" && printf '%s\n' *.sh speed | grep -vx functions.sh) ;;
	esac
	printf '%s\n' "${fits[@]}" "${all[@]}" | awk '!seen[$0]++' | paste -s -d ' '
}

# Those of the SCRIPTs that STAGE can run
fit_for() { # STAGE SCRIPT...
	local can
	[ "$1" != vm ] || { printf '%s\n' "${@:2}" | grep -vx speed | paste -s -d ' ' && return; }
	can=" $(sed -n "s/^$1[ \t]*//p" "$mutation/scripts") "
	printf '%s\n' "${@:2}" | while IFS= read -r script; do
		[[ $can != *" $script "* ]] || echo "$script"
	done | paste -s -d ' '
}

# The stages in the order in which they are tried: the virtual machine last, the one with the first of the SCRIPTs first
stages_for() { # SCRIPT...
	local stages_now=("${stages[@]}")
	if [[ " ${stages[*]} " = *" uml "* && -n $(fit_for real "$1") && -z $(fit_for uml "$1") ]]; then
		stages_now=(real uml "${stages[@]:2}")
	fi
	echo "${stages_now[@]}"
}

# As Kbuild is called in the copy, for the product alone
product() { # RELEASE TARGET
	# shellcheck disable=SC2034 # for kbuild
	local built=$tree/.build FOLDER=module
	kbuild "$1" "$2" >"$tree/.build/$1.log" 2>&1
}

# A run that was killed has left the object of a mutant, which is newer than the source as it was.
forget_broken() { # BUILD
	local file
	if [ -e "$1/broken" ]; then
		file=$(cat "$1/broken")
		rm -f "$1/${file%.c}.o" "$1/broken"
	fi
}

# A copy of the sources, its objects and what rootfs.sh packs, without a mutant
prepare() { # RELEASE
	local build=$tree/.build/$1
	forget_broken "$build"
	note "$1: build"
	"$tree/selftests/vm/machine/build.sh" "$1"
	"$tree/selftests/vm/machine/rootfs.sh" "$1"
	mv "$build/initramfs.cpio" "$build/whole.cpio"
	product "$1" modules || die "$1: does not build, see $tree/.build/$1.log"
	rsync -a --delete "$build/module/" "$build/whole/"
}

copy_sources() {
	mkdir -p "$tree"
	rsync -rlp --checksum --delete --exclude=/.build --exclude=/.git "$top/" "$tree/"
}

# The modules of the copy as they are now, and which failures end a boot: none of STAGE that is known. A file that is later
# in an initramfs replaces what is earlier.
pack() { # STAGE
	local build=$tree/.build/${releases[$1]} root
	root=$build/changed
	rm -rf "$root"
	mkdir -p "$root/lib/modules/${releases[$1]}"
	cp "$build"/module/*.ko "$root/lib/modules/${releases[$1]}/"
	{
		sed -n 's/.*: \(not ok - .*\)/\1/p' "$out/$1.known"
		by_the_clock "$1"
	} >"$root/known"
	{
		cat "$build/whole.cpio"
		(cd "$root" && find . -type f | cpio --quiet -o -H newc -R 0:0)
	} >"$build/initramfs.cpio"
}

# The tests that compare with another clock, which user-mode Linux does not have when it skips time
by_the_clock() { # STAGE
	[ "$1" != uml ] || sed -n 's/^clock[ \t]*//p' "$mutation/scripts" | tr ' ' '\n' | sed 's/^/not ok - /'
}

# Boots the copy and prints what check.sh would print.
boot() { # STAGE SCRIPT...
	local stage=$1 release=${releases[$1]} queue=() program=boot.sh arguments
	shift
	read -ra queue <<<"${QUEUE-}"
	[ "$stage" != speed ] || { count_instructions "$release" "${queue[@]}" && return; }
	arguments=(mutation-guest.sh "TESTS=$(tr ' ' , <<<"$*")" "GO_ON=${go_on-no}")
	if [ "$stage" != vm ]; then
		queue=() program=boot-uml.sh
		arguments+=(sysctl.kernel.watchdog_thresh=5)
	fi
	# time passes while the CPU is busy, and is skipped while it is idle
	[ "$stage" != uml ] || arguments+=(time-travel LEAKS=yes CLOCK=virtual TIMEOUT=3600)
	SECONDS_MAX=${limit[$stage]} "${queue[@]}" "$tree/selftests/vm/machine/$program" "$release" "${arguments[@]}" \
		>/dev/null 2>&1 || :
	judge "$stage" "$release" "$tree/.build/$release/run"
}

# The limits of speed, as check.sh looks at them
count_instructions() { # RELEASE [QUEUE...]
	local p f s
	"${@:2}" "$tree/selftests/vm/commands/gate.sh" "$1" >"$out/speed.tap" 2>&1 || :
	awk -v kernel="$1" -f "$vm/machine/tap.awk" "$out/speed.tap" >"$out/speed.results"
	sed "\$d; s/^failed: /failed: $1: /" "$out/speed.results"
	read -r p f s <<<"$(tail -n 1 "$out/speed.results")"
	echo "$p passed, $f failed, $s skipped"
}

# The failures of a boot, but for those of user-mode Linux itself. One that was ended from outside says
# that it ends in an interrupt.
judge() { # STAGE RELEASE RUN
	local results p f s
	results=$(awk -v kernel="$2" -v skips="$vm/machine/skips" -f "$vm/machine/tap.awk" "$3/console.log")
	{
		sed '$d' <<<"$results"
		# of a test module that was not waited for
		sed -n 's/\r$//; s/.*iotimer-test: not ok \([^ ]*\)\(.*\)/log: not ok 0 - \1 #\2/p' "$3/kernel.log"
		if grep -q '^verdict: time-out' "$3/verdict.log"; then
			grep -v 'kernel/irq/manage\.c:.* free_irq' "$3/verdict.log"
		else
			cat "$3/verdict.log"
		fi
	} | sed "s/^failed: //; s/^/failed: $2: /" >"$out/$1.failed"
	without_known "$1" <"$out/$1.failed"
	read -r p f s <<<"${results##*$'\n'}"
	echo "$p passed, $f failed, $s skipped"
}

# A failure without what differs between two runs
failure() { sed -E 's/: [a-z_]+(\.sh)?: (not )?ok/: \2ok/; s/ok [0-9]+ - /ok - /; s/ # .*//; s/0x[0-9a-f]+//g; s/(CPU|PID): [0-9]+//g; s|/[0-9]+$||; s/\[ *[0-9.]+\]//; s|/[^ ]*/module/|module/|'; }

# The failures but those that the list of known ones has
without_known() { # STAGE
	local line
	{
		cat "$out/$1.known"
		by_the_clock "$1" | sed "s/^/failed: ${releases[$1]}: /"
	} >"$out/$1.expected"
	while IFS= read -r line; do
		failure <<<"$line" | grep -qxFf "$out/$1.expected" || printf '%s\n' "$line"
	done
}

# The fate of the mutant in the copy, as noticed.awk prints it
run() { # STAGE TRIES SCRIPT...
	local became tries
	for tries in 1 2 3; do
		boot "$1" "${@:3}" >"$out/$1.log"
		became=$(awk -v skips=allowed -f "$vm/machine/noticed.awk" "$out/$1.log")
		# skipping time makes user-mode Linux hang now and then
		[[ $1 != vm && $became = time-out* && $tries -lt $2 ]] || break
	done
	echo "$became"
}

# All that decides about a run without a mutant
sources_hash() { # STAGE SCRIPT...
	{
		echo "${releases[$1]} ${*:2}"
		(cd "$tree" && find module selftests -path selftests/vm/commands -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
	} | sha256sum
}

# Tests that fail without a mutant now and then, as on a machine that is busy, say nothing about one, either: they
# are named. The others have to pass.
steady() { # BECAME
	local scripts
	failure <"$out/vm.failed" | sort -u >"$out/vm.known"
	mapfile -t scripts < <(sed -n 's/^failed: [^ ]*: \([a-z_]*\.sh\): not ok .*/\1/p' "$out/vm.failed" | sort -u)
	[[ $1 = noticed* && ${#scripts[@]} -gt 0 ]] || die "the tests do not pass without a mutant, see $out/vm.log: ${1#*$'\t'}"
	cp "$out/vm.failed" "$out/vm.unsteady"
	go_on=yes run vm 1 "${scripts[@]}" >/dev/null || :
	! failure <"$out/vm.failed" | grep -xFf "$out/vm.known" >&2 ||
		die "the tests do not pass without a mutant, see $out/vm.unsteady: ${1#*$'\t'}"
	failure <"$out/vm.failed" >>"$out/vm.known"
	note "not steady: $(sed 's/.*- //' "$out/vm.known" | sort -u | paste -s -d ' ')"
}

# Without a mutant everything passes, but in user-mode Linux: a test that fails there without a mutant says nothing about
# one. How long that takes limits what follows. The same sources are not tried twice.
control() { # STAGE SCRIPT...
	local became start=$SECONDS hash=$built/mutation/$1.passed
	if [ "$(sources_hash "$@")" = "$(head -n 1 "$hash" 2>/dev/null)" ]; then
		limit[$1]=$(sed -n 2p "$hash")
		sed 1,2d "$hash" >"$out/$1.known"
		row - - 0 "no mutant" "$1" "passed before"
		return
	fi
	note "${releases[$1]}: without a mutant"
	: >"$out/$1.known"
	pack "$1"
	limit[$1]=1800
	[ "$1" = vm ] || limit[$1]=300
	became=$(go_on=yes run "$1" 3 "${@:2}")
	case $1 in
	uml | real)
		! grep -E ': (verdict: [^s]|the run: )' "$out/$1.failed" >&2 || die "user-mode Linux does not get to the end of $*"
		failure <"$out/$1.failed" | sort -u >"$out/$1.known"
		;;
	vm) [[ $became = survived* ]] || steady "$became" ;;
	speed) [[ $became = survived* ]] || die "the limits of speed are not met without a mutant: ${became#*$'\t'}" ;;
	esac
	limit[$1]=$((60 + (SECONDS - start)))
	[ "$1" != vm ] || limit[$1]=$((60 + 3 * (SECONDS - start)))
	{ sources_hash "$@" && echo "${limit[$1]}" && cat "$out/$1.known"; } >"$hash"
	row - - $((SECONDS - start)) "no mutant" "$1" "$(tail -n 1 "$out/$1.log")"
}

# PART NUMBER SECONDS WHAT STAGE WHY, and of which mutant
row() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" "${where-}" >>"$rows"
	[ "$4" = dropped ] || printf '%-5s %4s %5s s  %-9s %-5s %-44s %s\n' "$1" "$2" "$3" "$4" "$5" "${where-}" "$6"
}

# Breaks FILE in the copies, and compiles it where it is decided whether the mutant is one. Prints why it is not.
break_it() { # FILE [START END TEXT]...
	local file=$1 kernel object release=${releases[vm]} # decides whether a mutant is one
	shift
	for kernel in "${kernels[@]}"; do
		echo "$file" >"$tree/.build/$kernel/broken"
		cp "$top/$file" "$tree/.build/$kernel/$file"
		edit "$tree/.build/$kernel/$file" "$@"
	done
	object=${file%.c}.o
	[ -e "$tree/.build/$release/whole/${object#module/}" ] || { echo "not built for $release" && return 1; }
	product "$release" "${object#module/}" || { echo refused && return 1; }
	objcopy --strip-debug "$tree/.build/$release/whole/${object#module/}" "$tree/before.o"
	objcopy --strip-debug "$tree/.build/$release/$object" "$tree/after.o"
	! cmp -s "$tree/before.o" "$tree/after.o" || { echo "same object" && return 1; }
}

restore() {
	local kernel
	for kernel in "${kernels[@]}"; do
		rsync -a --delete "$tree/.build/$kernel/"{whole,module}/
		rm -f "$tree/.build/$kernel/broken"
	done
}

# The same mutant of the same sources is not tried twice, for a run that was cut short, or had SIEVE=uml, to go on.
once() { # STAGE SCRIPT...
	local before became
	before=$built/mutation/before/$({ cat "$out/patch" && echo "$*" && head -n 1 "$built/mutation/$1.passed"; } | sha256sum | cut -c 1-16)
	if [ ! -e "$before" ]; then
		product "${releases[$1]}" modules ||
			{ echo "no-build	see $tree/.build/${releases[$1]}.log" && return; }
		pack "$1"
		became=$(run "$1" 2 "${@:2}")
		# and twice is not by chance
		[[ $1 = vm || $became != noticed* ]] || became=$(run "$1" 2 "${@:2}")
		[[ $became != noticed* && $became != survived* ]] || { mkdir -p "${before%/*}" && echo "$became" >"$before"; }
	fi
	cat "$before" 2>/dev/null || echo "$became"
}

# Prints what became of the mutant that is in the copies, with the stage that found out.
try() { # FILE
	local stage became="survived	nothing to run" all here
	read -ra all < <(scripts "$1")
	for stage in $(stages_for "${all[@]}"); do
		read -ra here < <(fit_for "$stage" "${all[@]}") || :
		[ ${#here[@]} -gt 0 ] || continue
		became=$(once "$stage" "${here[@]}")
		# of the machine a time-out remains one, of user-mode Linux it means little
		[[ $became != noticed* && ( $stage != vm || $became = survived* ) ]] || break
	done
	printf '%s\t%s\n' "$stage" "$became"
}

# One mutant drawn; succeeds if it was tried.
draw() { # PART NUMBER MUTANT
	local fields patch=$out/patch why stage became start=$SECONDS where
	mapfile -t fields < <(tr '\t' '\n' <<<"$3")
	where="${fields[0]#module/}:${fields[2]} ${fields[1]}"
	as_patch "$top" "$3" >"$patch" || { row "$1" "$2" 0 dropped - "no change" && return 1; }
	if why=$(equivalent "$patch"); then
		row "$1" "$2" 0 dropped - "equivalent: $why"
		return 1
	fi
	if ! why=$(break_it "${fields[0]}" "${fields[@]:3}"); then
		restore
		row "$1" "$2" 0 dropped - "$why"
		return 1
	fi
	IFS=$'\t' read -r stage became why < <(try "${fields[0]}")
	restore
	row "$1" "$2" $((SECONDS - start)) "$became" "$stage" "$why"
	patch=$(printf '%s/%s-%03d-%s.patch' "$out" "$1" "$2" "$became")
	mv "$out/patch" "$patch"
	[ "$became" != survived ] || cp "$patch" "$out/survived/"
}

draw_part() { # PART
	local number=1 wanted mutant
	wanted=$(share "$1")
	while [ $number -le "$wanted" ] && IFS= read -r mutant <&3; do
		! draw "$1" $number "$mutant" </dev/null || number=$((number + 1))
	done 3<"$out/$1.order"
}

# How many rows of PART are so; any of the three last ones may be left out
rows_of() { # PART [WHAT [STAGE [WHY]]]
	awk -F '\t' -v part="$1" -v what="${2-.}" -v stage="${3-.}" -v why="${4-.}" '
	$1 == part && $4 ~ what && $5 ~ stage && $6 ~ why { n++ }
	END { print n + 0 }' "$rows"
}

table() {
	local part tried noticed short=0
	echo "| part | drawn | refused | same object | equivalent | tried | noticed by a test | by a report | of these only in the machine | by its speed | time-out | not run | survived | noticed |"
	echo "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
	for part in core layer; do
		tried=$(($(rows_of $part) - $(rows_of $part dropped)))
		[ $tried -gt 0 ] || continue
		noticed=$(rows_of $part noticed)
		printf '|'
		printf ' %s |' $part "$(rows_of $part)" "$(rows_of $part dropped . refused)" \
			"$(rows_of $part dropped . '^(same|not built|no change)')" "$(rows_of $part dropped . ^equivalent)" $tried \
			"$((noticed - $(rows_of $part noticed . ^splat)))" "$(rows_of $part noticed . ^splat)" \
			"$(rows_of $part noticed vm)" "$(rows_of $part noticed speed)" "$(rows_of $part time-out)" "$(rows_of $part '^no-')" "$(rows_of $part survived)" \
			"$((100 * noticed / tried)) %"
		printf '\n'
		[ $((100 * noticed)) -ge $((wanted * tried)) ] || short=1
	done
	return $short
}

reserve mutation
rm -rf "${out:?}"
mkdir -p "$out/survived"
"$vm/packages/packages.sh" mutation build vm
candidates
if [ "${LIST-}" = yes ]; then
	list
	exit
fi
[ -z "$(outdated "$top")" ] || die "mutation/equivalent has what is not in the sources: $(outdated "$top")"

declare -A releases limit
case $sieve in
all) stages=(uml real vm speed) ;;
uml) stages=(uml real) ;;
vm) stages=(vm speed) ;;
esac
releases[vm]=$("$vm/kernels/kernel.sh" "${KERNEL:-stock}")
releases[speed]=${releases[vm]}
kernels=("${releases[vm]}")
if [ "$sieve" != vm ]; then
	releases[uml]=$("$vm/kernels/uml.sh" debug)
	releases[real]=${releases[uml]}
	kernels+=("${releases[uml]}")
fi
copy_sources
for kernel in "${kernels[@]}"; do
	prepare "$kernel"
done
mapfile -t sources < <(files)
for stage in "${stages[@]}"; do
	mapfile -t all < <(for file in "${sources[@]}"; do scripts "$file" | tr ' ' '\n'; done | awk '!seen[$0]++')
	read -ra here < <(fit_for "$stage" "${all[@]}") || continue
	[ ${#here[@]} -eq 0 ] || control "$stage" "${here[@]}"
done
draw_part core
draw_part layer
echo "seed $seed, $n mutants, $SECONDS s, $(git -C "$top" describe --always --dirty 2>/dev/null || echo "no commit")"
table
