#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# commands-test.sh: shows the scripts machines on which something is missing, full, unusual or broken off: they
# name what is missing and leave everything else alone. Nothing is installed, downloaded or booted. Prints TAP.

. "$(dirname "$0")/../lib.sh"
. "$vm/commands/counts.sh"

box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
number=0

result() { # STATUS NAME
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$box/said"
	fi
}

# Succeeds if COMMAND fails and prints a line that matches REGEX.
fails_with() { # REGEX COMMAND...
	! "${@:2}" >"$box/said" 2>&1 </dev/null && grep -qE -- "$1" "$box/said"
}

succeeds_with() { # REGEX COMMAND...
	"${@:2}" >"$box/said" 2>&1 </dev/null && grep -qE -- "$1" "$box/said"
}

test_that() { # NAME COMMAND...
	local status=0
	"${@:2}" || status=$?
	result $status "$1"
}

# A program NAME in $box/bin, which comes first on the PATH of what is run with stubs
stub() { # NAME LINE...
	mkdir -p "$box/bin"
	printf '%s\n' '#!/bin/bash' "${@:2}" >"$box/bin/$1"
	chmod +x "$box/bin/$1"
}
with_stubs() { env PATH="$box/bin:$PATH" "$@"; }

# All programs of this machine but some
without() { # NAME... -- COMMAND...
	local folder=$box/few names=()
	while [ "$1" != -- ]; do
		names+=("$1")
		shift
	done
	rm -rf "$folder"
	mkdir "$folder"
	ln -s /usr/bin/* /usr/sbin/* "$folder/" 2>/dev/null || :
	rm -f "${names[@]/#/$folder/}"
	env PATH="$folder" "${@:2}"
}

# bash -c with lib.sh read
shell() { # LINES
	bash -c ". '$vm/lib.sh'
$1"
}

# Where nothing can be written nothing may go elsewhere: as root "" is the root directory, or where we are.
no_folder_no_work() { # CACHE
	mkdir -p "$box/here"
	(cd "$box/here" && fails_with "cannot write into $1/iotimer; IOTIMER_CACHE=" env XDG_CACHE_HOME="$1" bash -c ". '$vm/lib.sh'
		f() { scratch; touch went-on \"\${work-}/went-on\"; }
		f || true") && [ -z "$(ls "$box/here")" ]
}

full_cache() {
	[ "$(id -u)" -ne 0 ] || [ -e /dev/full ] || return
	touch "$box/file"
	no_folder_no_work "$box/file"
}

other_folder() {
	mkdir -p "$box/elsewhere/selftests/vm" "$box/elsewhere/.ci"
	succeeds_with "^$vm\$" env CDPATH="$box/elsewhere" bash -c "cd '$top' && . selftests/vm/lib.sh && echo \"\$vm\""
}

# As after git clone, with a folder's name that has a space.
tree_with_a_space() {
	local tree="$box/a tree"
	mkdir -p "$tree/selftests/vm"
	cp "$vm/lib.sh" "$tree/selftests/vm/"
	succeeds_with "^$box/cache/iotimer/build-[0-9]+\$" env XDG_CACHE_HOME="$box/cache" \
		bash -c ". '$tree/selftests/vm/lib.sh' && echo \"\$built\""
}

cache_with_a_space() {
	fails_with "make cannot build in $box/a cache/iotimer; IOTIMER_CACHE=" env XDG_CACHE_HOME="$box/a cache" \
		bash -c ". '$vm/lib.sh'; scratch"
}

# Nobody's permissions, or a file system that is mounted so: for root the latter.
read_only_tree() {
	local tree=$box/read-only
	mkdir -p "$tree/selftests/vm"
	cp "$vm/lib.sh" "$tree/selftests/vm/"
	touch "$tree/.build" # even root cannot make a folder there
	chmod a-w "$tree"
	succeeds_with "^$box/cache/iotimer/build-[0-9]+\$" env XDG_CACHE_HOME="$box/cache" \
		bash -c ". '$tree/selftests/vm/lib.sh' && echo \"\$built\""
}

no_home() {
	succeeds_with '^/.*[^/]/\.cache/iotimer$' env -u HOME -u XDG_CACHE_HOME -u IOTIMER_CACHE bash -c ". '$vm/lib.sh' && echo \"\$cache\""
}

no_apt() { # SCRIPT... WHAT
	fails_with "no apt-get here to get .*${*: -1}" without apt-get apt-cache apt -- env IOTIMER_CACHE="$box/empty" \
		"${@:1:$#-1}"
}

no_packages() {
	stub id 'echo 1000'
	fails_with 'install: .*qemu-system-x86' without qemu-system-x86_64 -- \
		env PATH="$box/bin:$box/few" "$vm/packages/packages.sh" vm
}

# A package of ours, whole or broken off, and lists that know it
a_package() { # NAME
	mkdir -p "$box/deb/DEBIAN"
	printf '%s\n' "Package: $1" "Version: 1" "Architecture: all" "Maintainer: nobody <nobody@localhost>" \
		"Description: nothing" >"$box/deb/DEBIAN/control"
	head -c 100000 /dev/urandom >"$box/deb/filling"
	dpkg-deb --root-owner-group -b "$box/deb" "$box/whole.deb" >/dev/null
	stub apt-cache "echo SHA256: $(sha256sum <"$box/whole.deb" | cut -d ' ' -f 1)"
}

whole_download() {
	a_package nothing
	stub apt-get "cp '$box/whole.deb' nothing_1_all.deb"
	with_stubs env IOTIMER_CACHE="$box/cache" bash -c ". '$vm/lib.sh'; scratch; download nothing" >"$box/said" 2>&1
}

broken_download() { # BYTES
	a_package nothing
	stub apt-get "head -c $1 '$box/whole.deb' >nothing_1_all.deb"
	fails_with 'not what the archive has' with_stubs env IOTIMER_CACHE="$box/cache" \
		bash -c ". '$vm/lib.sh'; scratch; download nothing"
}

# Of the archive's lists only the old ones are to be had, or none.
offline() {
	# shellcheck disable=SC2016 # for that shell
	stub apt-get 'case "$*" in
	*indextargets*RELEASE*REPO_URI*) echo "$(. /etc/os-release && echo "$VERSION_CODENAME") http://nowhere.invalid" ;;
	*indextargets*) ;;
	*update*) exit 100 ;;
	esac'
	stub apt-cache 'echo from the lists'
}

offline_with_lists() {
	offline
	mkdir -p "$box/cache/apt-sid/lists"
	touch "$box/cache/apt-sid/lists/nowhere.invalid_Packages"
	succeeds_with 'from the lists' with_stubs env IOTIMER_CACHE="$box/cache" "$vm/packages/suite.sh" sid apt-cache show nothing
}

offline_without() {
	offline
	fails_with 'out of reach, and there are no lists of sid' with_stubs env IOTIMER_CACHE="$box/nothing" \
		"$vm/packages/suite.sh" sid apt-cache show nothing
}

# The second run of two waits for the first one, and for no longer.
two_runs() {
	local first i
	rm -f "$box"/{first,second}
	(built=$box/built && reserve a b && touch "$box/first" && sleep 2 && touch "$box/first-done" &&
		rm "$box/first") &
	first=$!
	for ((i = 0; i < 300; i++)); do
		[ ! -e "$box/first" ] || break
		sleep 0.1
	done
	(built=$box/built && reserve b a && [ -e "$box/first-done" ]) 2>"$box/said" && grep -q waiting "$box/said" &&
		wait $first
}

a_run_in_a_run() {
	(built=$box/built && reserve a && (reserve a) && bash -c ". '$vm/lib.sh'; built=$box/built; reserve a") >"$box/said" 2>&1
}

# A copy of the scripts, to put others in their places
copy_scripts() {
	rm -rf "$box/tree"
	mkdir -p "$box/tree"
	(cd "$top" && cp -r --parents -t "$box/tree" "${vm#"$top/"}")
}

# QEMU's command line is what the process sleeps with.
guest_runs() { grep -qs "[i]otimer-guest-$$" /proc/[0-9]*/cmdline; }

booted() { # COMMAND: of the one that boots
	local i
	# shellcheck disable=SC2016 # for that shell
	stub qemu-system-x86_64 '[ "$1" != --version ] || { echo "QEMU emulator version 10.0" && exit; }' \
		"exec -a iotimer-guest-$$ sleep 60"
	copy_scripts
	mkdir -p "$box/tree/.build/6.1-amd64"
	rm -f "$box/owner"
	{
		env -u IOTIMER_OWNER PATH="$box/bin:$PATH" bash -c "$1" bash "$box/tree/selftests/vm" >"$box/said" 2>&1 &
		echo $! >"$box/owner"
		wait $! || :
	} 2>/dev/null & # where bash prints what was killed
	for ((i = 0; i < 300; i++)); do
		! guest_runs || return 0
		sleep 0.1
	done
	return 1
}

gone_soon() {
	local i
	for ((i = 0; i < 300; i++)); do
		guest_runs || return 0
		sleep 0.1
	done
	return 1
}

# As make ends them: a signal to the script that it called, and to no other.
ends_with() { # SIGNAL COMMAND
	local status=0
	booted "$2" || { echo "nothing was booted" >>"$box/said" && return 1; }
	kill -s "$1" "$(cat "$box/owner")"
	gone_soon || status=1
	wait
	return $status
}

silent_checkers() {
	(silent true && silent echo something && silent false && silent bash -c 'kill -9 $$' && [ "$passed $failed" = "1 3" ]) \
		>"$box/said" 2>&1
}

# part NAME WANTED: the counts that are added for a command that ends so
counted() { # WANTED LINES
	(part a bash -c "$2" && [ "$passed $failed $skipped" = "$1" ]) >"$box/said" 2>&1
}

nothing_passed() {
	! (add 0 0 1 && summary) >"$box/said" && (add 1 0 1 && summary) >"$box/said"
}

# The commands that run tests, where these are not: on a kernel that has none of them, or by a name that none has.
speed_elsewhere() {
	local script
	copy_scripts
	for script in packages/packages.sh packages/qemu.sh machine/build.sh machine/rootfs.sh machine/verdict-test.sh \
		commands/commands-test.sh; do
		printf '%s\n' '#!/bin/bash' 'echo "ok 1 - a"; echo 1..1' >"$box/tree/${vm#"$top/"}/$script"
	done
	printf '%s\n' '#!/bin/bash' 'echo 6.1-rt-amd64' >"$box/tree/${vm#"$top/"}/kernels/kernel.sh"
	fails_with 'rt: nothing to run' env KERNEL=rt TESTS=speed "$box/tree/${vm#"$top/"}/commands/check.sh"
}

no_herd() {
	copy_scripts
	printf '%s\n' '#!/bin/bash' exit >"$box/tree/${vm#"$top/"}/packages/packages.sh"
	printf '%s\n' '#!/bin/bash' "echo $box" >"$box/tree/${vm#"$top/"}/packages/kselftest.sh"
	printf '%s\n' '#!/bin/bash' 'exit 1' >"$box/tree/${vm#"$top/"}/packages/herd.sh"
	fails_with '^not ok 1 - herd7' "$box/tree/${vm#"$top/"}/commands/litmus.sh" "$box/a.litmus"
}

no_such_mistake() {
	fails_with 'no mistake nonsense' "$vm/commands/verifier.sh" nonsense
}

# Of the selftests those that do what a machine's owner would not like ask for it.
machine_is_asked_for() {
	local script
	grep -lE '/sys/power/state|/cpu[^ ]*/online|drop_caches$' "$top"/selftests/*.sh >"$box/said"
	[ -s "$box/said" ] && while read -r script; do
		grep -q disposable "$script" || { echo "$script does not ask" >"$box/said" && return 1; }
	done <"$box/said"
}

# As somebody does who has only the folder of tests, in a kernel's tree
drop_in() {
	local tree=$box/linux selftests=$box/linux/tools/testing/selftests script status
	mkdir -p "$tree"
	cp -r "$("$vm/packages/kselftest.sh")/." "$tree" &&
		rsync -a --exclude={'.*','*.o','*.ko','*.mod*','*_test',vm,mutants,litmus} "$top/selftests/" "$selftests/iotimer/" &&
		make -s -C "$selftests" TARGETS=iotimer FORCE_TARGETS=1 USERCFLAGS=-Werror \
			KSFT_INSTALL_PATH="$box/installed" install || return
	stub modinfo 'exit 1'
	stub mount 'echo mounted >&2'
	stub id 'echo 0'
	cd "$box/installed/iotimer" || return
	for script in *.sh; do
		[ "$script" != functions.sh ] || continue
		status=0
		with_stubs "./$script" || status=$?
		[ $status -eq 4 ] || { echo "$script ended with $status" && return 1; }
	done
	! grep mounted "$box/said" && [ -x edu_test ]
}

without_the_module() {
	(drop_in) >"$box/said" 2>&1 && [ "$(grep -cx 'TAP version 13' "$box/said")" -ge 20 ] &&
		[ "$(grep -c 'SKIP iotimer.ko is neither here nor installed' "$box/said")" -ge 20 ]
}

# All mutants that operators.cocci makes of a C file that has each thing once
operators() {
	mkdir -p "$box/c"
	cat >"$box/c/a.c" <<-'END'
	int f(struct a *a, int n)
	{
		guarded(a);
		if (!a || n > 3)
			return -EINVAL;
		else
			a->z += 2;
		spin_lock(&a->lock);
		a->y = n - a->z;
		spin_unlock(&a->lock);
		return g(a,
			 n);
	}
	END
	# shellcheck disable=SC2016 # for that shell
	shell '. "$vm/mutation/lib.sh"; all_mutants "'"$box/c"'" a.c' >"$box/said" 2>&1 && diff - "$box/said" <<-'END'
	a.c	delete-call	3	28	38	
	a.c	drop-condition	4	44	55	false
	a.c	drop-condition	4	44	55	true
	a.c	drop-lock-pair	8	127	148		89	108	
	a.c	drop-operand	4	44	50	
	a.c	drop-operand	4	46	55	
	a.c	negate-condition	4	44	55	!(!a || n > 3)
	a.c	no-error	5	64	71	0
	a.c	off-by-one	4	54	55	2
	a.c	off-by-one	4	54	55	4
	a.c	off-by-one	7	86	87	1
	a.c	off-by-one	7	86	87	3
	a.c	other-constant	4	54	55	0
	a.c	other-constant	7	86	87	0
	a.c	other-error	5	65	71	EIO
	a.c	return-zero	11	157	165	0
	a.c	skip-assignment	7	78	87	
	a.c	skip-assignment	9	110	125	
	a.c	skip-else	7	72	88	
	a.c	swap-comparison	4	52	53	>=
	a.c	swap-operands	9	117	125	a->z - (n)
	a.c	swap-operator	7	83	85	-=
	a.c	swap-operator	9	119	120	+
	END
}

# The lines below a mutant keep their numbers, and what it does is found again wherever it is.
patch_of_a_mutant() {
	operators || return
	# shellcheck disable=SC2016 # for that shell
	shell '. "$vm/mutation/lib.sh"; cd "'"$box/c"'"
	as_patch . "$(all_mutants . a.c | grep return-zero)" >patch && content patch && patch -s -o - a.c patch | wc -l' \
		>"$box/said" 2>&1 && diff - "$box/said" <<-'END'
	a.c	return g(a, n);	return 0 ;
	13
	END
}

seeds() {
	# shellcheck disable=SC2016 # for that shell
	shell '. "$vm/mutation/lib.sh"; for seed in 1 1 2; do seq 8 | shuffled $seed | paste -s -d " "; done' \
		>"$box/said" 2>&1 && [ "$(sort -u "$box/said" | wc -l)" = 2 ] && [ "$(sort -n <(tr ' ' '\n' <"$box/said") | uniq | wc -l)" = 8 ]
}

# mutation.sh on a tree with one function and no machine: WITHOUT and WITH are what a boot without and with a mutant
# writes, BECAME what the table has to say of tried, noticed by a test, by a report, in the machine and by its speed,
# time-out, not run and survived. SPEED is what the limits of speed say with a mutant (ok).
mutation() { # fails_with|succeeds_with WITHOUT WITH BECAME [SPEED]
	local tree=$box/tree/${vm#"$top/"}
	copy_scripts
	mkdir -p "$box"/tree/{module/{core,wdm},selftests}
	touch "$box/tree/selftests/timer.sh"
	: >"$tree/mutation/equivalent" # of other sources
	printf '%s\n' 'int f(int a)' '{' '	return a;' '}' >"$box/tree/module/core/a.c"
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' ': >"${BASH_SOURCE[0]%/selftests/*}/.build/6.1-amd64/initramfs.cpio"' >"$tree/machine/rootfs.sh"
	printf '%s\n' '#!/bin/bash' exit >"$tree/packages/packages.sh"
	printf '%s\n' '#!/bin/bash' 'echo 6.1-amd64' >"$tree/kernels/kernel.sh"
	# shellcheck disable=SC2016
	printf '%s\n' '#!/bin/bash' 'cd "${BASH_SOURCE[0]%/selftests/*}" && mkdir -p .build/6.1-amd64 && cp -r module .build/6.1-amd64/' \
		>"$tree/machine/build.sh"
	# shellcheck disable=SC2016 # for that script
	printf '%s\n' '#!/bin/bash' 'run=${BASH_SOURCE[0]%/selftests/*}/.build/6.1-amd64' 'mkdir -p $run/run' \
		'if grep -q "return a" $run/module/core/a.c; then' "$2" else "$3" 'fi >$run/run/console.log' \
		'touch $run/run/{verdict,kernel}.log' >"$tree/machine/boot.sh"
	# shellcheck disable=SC2016 # for that script
	printf '%s\n' '#!/bin/bash' 'run=${BASH_SOURCE[0]%/selftests/*}/.build/6.1-amd64' \
		'grep -q "return a" $run/module/core/a.c && now=ok || now="'"${5:-ok}"'"' \
		'echo "$now 1 - speed of call: 18 instructions"; echo 1..1' >"$tree/commands/gate.sh"
	# shellcheck disable=SC2016
	stub make 'for word; do case $word in M=*) cd "${word#M=}" ;; esac; done' \
		'case $word in *.o) cp "${word%.o}.c" "$word" ;; *) cp core/a.c core/a.o; touch iotimer.ko ;; esac'
	# shellcheck disable=SC2016
	stub objcopy 'cp "$2" "$3"'
	stub spatch "printf 'return-zero\t3\t22\t23\t0\n'"
	"$1" "$4" with_stubs env SIEVE=vm N=1 QUEUE= "$tree/commands/mutation.sh"
}

results() { # LINE...: of the script timer.sh
	printf "echo '%s'\n" "TAP version 13" 1..1 "# selftests: iotimer: timer.sh" "$@"
}
all_is_well() { results '# 1..1' '# ok 1 - T1_init' 'ok 1 selftests: iotimer: timer.sh'; }
a_test_fails() { results '# 1..1' '# not ok 1 - T1_init' 'not ok 1 selftests: iotimer: timer.sh # exit=1'; }
time_is_up() { results 'not ok 1 selftests: iotimer: timer.sh # TIMEOUT 120 seconds'; }
# shellcheck disable=SC2016 # for boot.sh
fails_once() {
	echo 'if [ -e $run/once ]; then'
	all_is_well
	echo 'else touch $run/once'
	a_test_fails
	echo 'fi'
}
# shellcheck disable=SC2016
machine_hangs() { results; echo 'echo "verdict: time-out" >$run/run/verdict.log'; }

test_that "a cache that cannot be written into: nothing is written elsewhere" full_cache
test_that "CDPATH does not lead elsewhere" other_folder
test_that "a tree whose name has a space is built in the cache" tree_with_a_space
test_that "a tree that is read-only is built in the cache" read_only_tree
test_that "a cache whose name has a space is refused" cache_with_a_space
test_that "without HOME the user's folder is used" no_home
test_that "without apt: kernel.sh names what it wants" no_apt "$vm/kernels/kernel.sh" stock "of stock"
test_that "without apt: kselftest.sh names what it wants" no_apt "$vm/packages/kselftest.sh" linux-source
test_that "without apt: build-kernel.sh names what it wants" no_apt "$vm/kernels/build-kernel.sh" debug linux-source-6.1
test_that "without apt: suite.sh names what it wants" no_apt "$vm/packages/suite.sh" sid apt-cache "packages of sid"
test_that "an ordinary user is told what to install" no_packages
test_that "a package that is whole is taken" whole_download
test_that "a package that is broken off is not" broken_download 90000
test_that "a package of which there is hardly anything is not" broken_download 10
test_that "offline: old lists have to do" offline_with_lists
test_that "offline and no lists: that is said" offline_without
test_that "two runs in a tree: the second one waits" two_runs
test_that "a run in a run does not wait for itself" a_run_in_a_run
# shellcheck disable=SC2016 # for that shell
test_that "a guest ends when the script that boots it is ended" \
	ends_with TERM 'exec "$1/machine/boot.sh" 6.1-amd64 check-guest.sh'
# shellcheck disable=SC2016
test_that "a guest ends when the script is ended that has called that one" \
	ends_with TERM '. "$1/lib.sh"; "$1/machine/boot.sh" 6.1-amd64 check-guest.sh | cat'
# shellcheck disable=SC2016
test_that "a guest ends when that script is killed" \
	ends_with KILL '. "$1/lib.sh"; "$1/machine/boot.sh" 6.1-amd64 check-guest.sh | cat'
test_that "a checker that is killed or fails in silence has failed" silent_checkers
test_that "a part is counted by its last line" counted "3 1 2" 'echo "failed: a"; echo "3 passed, 1 failed, 2 skipped"; exit 1'
test_that "a part that does not count is a failure" counted "0 1 0" 'echo "3 passed"'
test_that "a part that counts no failure and fails is one" counted "3 1 0" 'echo "3 passed, 0 failed, 0 skipped"; exit 1'
test_that "a part that is killed is a failure" counted "0 1 0" 'echo "3 passed, 0 failed, 0 skipped"; echo; kill -9 $$'
test_that "a run in which nothing passes has failed" nothing_passed
test_that "limits of speed on a kernel that has none" speed_elsewhere
test_that "litmus tests without herd7" no_herd
test_that "a mistake that the verifier does not know" no_such_mistake
test_that "a selftest that suspends, takes CPUs or drops caches asks" machine_is_asked_for
test_that "the selftests in a kernel's tree build, are installed, and skip without the module" without_the_module
if command -v spatch >/dev/null; then
	test_that "mutation: what the operators make of a function" operators
	test_that "mutation: a mutant as a patch, and its content" patch_of_a_mutant
else
	number=$((number + 1))
	echo "ok $number - mutation: operators.cocci # SKIP needs spatch"
fi
test_that "mutation: a seed decides about the order" seeds
test_that "mutation: a run without a mutant that fails ends it" \
	mutation fails_with "$(a_test_fails)" "$(a_test_fails)" 'the tests do not pass without a mutant.*T1_init'
test_that "mutation: a test that fails once without a mutant is named" \
	mutation fails_with "$(fails_once)" "$(all_is_well)" 'not steady: T1_init'
test_that "mutation: ... and does not notice one" \
	mutation fails_with "$(fails_once)" "$(a_test_fails)" '\| core .*\| 1 \| 0 \| 0 \| 0 \| 0 \| 0 \| [01] \| [01] \| 0 % \|'
test_that "mutation: a mutant that a test notices" \
	mutation succeeds_with "$(all_is_well)" "$(a_test_fails)" '\| core .*\| 1 \| 1 \| 0 \| 1 \| 0 \| 0 \| 0 \| 0 \| 100 % \|'
test_that "mutation: a mutant that survives" \
	mutation fails_with "$(all_is_well)" "$(all_is_well)" '\| core .*\| 1 \| 0 \| 0 \| 0 \| 0 \| 0 \| 0 \| 1 \| 0 % \|'
test_that "mutation: a mutant that only costs time is noticed" \
	mutation succeeds_with "$(all_is_well)" "$(all_is_well)" '\| core .*\| 1 \| 1 \| 0 \| 0 \| 1 \| 0 \| 0 \| 0 \| 100 % \|' "not ok"
test_that "mutation: a time-out of a script is not noticed" \
	mutation fails_with "$(all_is_well)" "$(time_is_up)" '\| core .*\| 1 \| 0 \| 0 \| 0 \| 0 \| 1 \| 0 \| 0 \| 0 % \|'
test_that "mutation: a time-out of a machine is not noticed" \
	mutation fails_with "$(all_is_well)" "$(machine_hangs)" '\| core .*\| 1 \| 0 \| 0 \| 0 \| 0 \| 1 \| 0 \| 0 \| 0 % \|'
echo "1..$number"
