#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot.sh RELEASE GUEST [NAME=VALUE...]: boots what rootfs.sh packed for RELEASE, runs the script GUEST
# in it with NAME=VALUE in its environment, shows what it prints and judges the run (verdict.sh).
# Logs: .build/RELEASE/RUN/{console,kernel}.log. Settings: MEMORY (1G), CPUS (2), SLOW (1, or more for
# the kernels that build-kernel.sh builds: how many times longer anything may take), SECONDS_MAX (600
# and 400 times SLOW), WANTED (a report that must come, see verdict.sh), APPEND (the debugging options of the
# kernel, below), MITIGATIONS (mitigations=off), RUN (run), COUNT (no; else a machine that does the same in each boot and whose time stamp
# counter counts instructions, with one CPU).

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
guest=${2:?GUEST}
shift 2
build=$built/$release
run=$build/${RUN:-run}
nonce=$(od -A n -t x8 -N 8 /dev/urandom | tr -d ' ')
cpus=${CPUS:-2}
architecture=$(architecture "$release")

# Kernels that check everything take longer for everything, and for longer.
case $release in
*-iotimer-kcsan-*) slow=${SLOW:-3} ;;
*-iotimer*) slow=${SLOW:-6} ;;
*) slow=${SLOW:-1} ;;
esac

# Without five-level page tables: with them KASAN has been seen to take an address of the kernel's own for a
# wild one, while it booted.
accelerator="-accel tcg,thread=multi -cpu max,-la57"
if [ "$architecture" = "$(architecture)" ] && hardware_virtualization; then
	accelerator="-accel kvm -cpu host"
fi

# The first port is for the tests, the kernel's log has the second to itself. A CPU with pointer
# authentication, as max is, would be slow to emulate.
case $architecture in
amd64) machine=(-M q35) ports=(ttyS0 ttyS1) ;;
arm64) machine=(-M "virt,gic-version=3") ports=(ttyAMA0 ttyAMA1) accelerator=${accelerator/max,-la57/cortex-a57} ;;
esac

# An instruction takes a nanosecond, and idle time none: the clock is set on to the next timer. Nothing
# of what the guest sees is by chance, nor the nonce, which the kernel mixes into its random numbers.
same=()
if [ "${COUNT:-no}" != no ]; then
	accelerator="-accel tcg,thread=single -icount shift=0,sleep=off -cpu max,-rdrand,-rdseed
		-rtc base=2024-01-01,clock=vm -seed 1"
	cpus=1 nonce=0123456789abcdef same=(nokaslr norandmaps)
fi

# An emulated TSC is that of the host.
tsc_khz() {
	local program=$built/tsc-khz
	case $accelerator in
	*icount*) echo tsc_early_khz=1000000 && return ;;
	*tcg*) ;;
	*) return 0 ;;
	esac
	[ "$architecture$(uname -m)" = amd64x86_64 ] || return 0
	[ "$program" -nt "$vm/machine/tsc-khz.c" ] || cc -O2 -o "$program" "$vm/machine/tsc-khz.c" || return 0
	echo "tsc_early_khz=$("$program")"
}

# Overruns and use after free of kmalloc memory are reported also by kernels that are not debug kernels.
debug=${APPEND-slub_debug=FZPU,kmalloc-*}

# A work item that keeps a CPU for 10 ms on a machine that shares its CPUs with others has been kept waiting.
hogged=workqueue.cpu_intensive_thresh_us=200000

# A panic ends QEMU (panic=-1 reboots, -no-reboot ends), and so does what a guest rarely recovers from.
# Tests mark expected splats through /dev/kmsg: no rate limit there.
# On a busy host too few timer ticks arrive for the check of the timer: it stops a boot now and then.
# It takes the TSC for unstable: then local_clock() stands still while an idle CPU's tick is off. Or it
# is wrong about its frequency, and time flies.
append=("$debug" "$hogged" "${same[@]}" no_timer_check tsc=reliable "$(tsc_khz)"
	"CONSOLE=${ports[0]}" "console=${ports[1]}" loglevel=5 printk.devkmsg=on "${MITIGATIONS-mitigations=off}"
	panic=-1 oops=panic softlockup_panic=1
	sysctl.kernel.hung_task_panic=1 sysctl.kernel.panic_on_rcu_stall=1
	"SLOW=$slow" "GUEST=$guest" "NONCE=$nonce" "$@")

# Where all has to happen at the same time in each boot the console is a file, which unlike a pipe never
# keeps the guest waiting: it is shown in the end.
console=stdio
[ ${#same[@]} -eq 0 ] || console=file:$run/console.log

run_qemu() {
	local guest watch status=0
	# shellcheck disable=SC2086 # the accelerator is several words
	timeout --foreground -k 5 "${SECONDS_MAX:-$((600 + 400 * slow))}" \
		"${qemu[@]}" "${machine[@]}" $accelerator -smp "$cpus" -m "${MEMORY:-1G}" \
		-nodefaults -no-user-config -display none -no-reboot -nic none \
		-device pcie-root-port,id=slot0,chassis=1 -device edu,bus=slot0 \
		-serial "$console" -serial "file:$run/kernel.log" \
		-kernel "$cache/kernel-$release/vmlinux" -initrd "$build/initramfs.cpio" \
		-append "${append[*]}" </dev/null &
	guest=$!
	end_with_owner $guest &
	watch=$!
	wait $guest || status=$?
	kill $watch 2>/dev/null || :
	return $status
}

show() { sed -u '/^iotimer-guest: end/d'; }

mapfile -t qemu < <("$vm/packages/qemu.sh" "$architecture")
[ ${#qemu[@]} -gt 0 ] || die "no QEMU for $architecture"
rm -rf "$run"
mkdir -p "$run"
status=0
if [ "$console" = stdio ]; then
	run_qemu | tee "$run/console.log" | show || status=${PIPESTATUS[0]}
else
	run_qemu || status=$?
	show <"$run/console.log"
fi

"$vm/machine/verdict.sh" "$run" "$nonce" "$status" "${WANTED-}" | tee "$run/verdict.log" && exit
printf '%s\n' "last lines of $run/kernel.log:"
tail -n 60 "$run/kernel.log"
exit 1
