#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# boot-uml.sh RELEASE GUEST [NAME=VALUE...]: as boot.sh, but in the user-mode Linux that uml.sh has built.
# Settings: MEMORY (1G), SECONDS_MAX (600), RUN (run), APPEND (the debugging options of the kernel), TRAVEL (no: idle
# time takes none, nor does anything else, so that all happens in the very jiffy that it was meant for).

. "$(dirname "$0")/../lib.sh"

release=${1:?RELEASE}
guest_script=${2:?GUEST}
shift 2
build=$built/$release
run=$build/${RUN:-run}
nonce=$(od -A n -t x8 -N 8 /dev/urandom | tr -d ' ')
travel=()
[ "${TRAVEL:-no}" = no ] || travel=(time-travel=inf-cpu)

# As in boot.sh, but for slub_debug=U: a stack there has addresses without a function, by which a leak would be known.
debug=${APPEND-slub_debug=FZP,kmalloc-*}

run_uml() { # NAME=VALUE...
	local guest watch status=0
	timeout --foreground -k 5 "${SECONDS_MAX:-600}" \
		"$cache/kernel-$release/linux" mem="${MEMORY:-1G}" initrd="$build/initramfs.cpio" \
		"${travel[@]}" con=null ssl=null ssl0=null,fd:1 ssl1=null,fd:3 console=ttyS1 loglevel=5 \
		panic=-1 oops=panic softlockup_panic=1 sysctl.kernel.hung_task_panic=1 "$debug" log_buf_len=2M \
		printk.devkmsg=on CONSOLE=ttyS0 "GUEST=$guest_script" "NONCE=$nonce" "$@" \
		</dev/null 2>"$run/host.log" 3>&4 4>&- &
	guest=$!
	end_with_owner $guest 4>&- 5>&- &
	watch=$!
	wait $guest || status=$?
	kill $watch 2>/dev/null || :
	echo $status >"$run/status"
}

# Scripts have the first serial line, the kernel's log has the second: both must be pipes.
rm -rf "$run"
mkdir -p "$run"
{
	{
		run_uml "$@" | tee "$run/console.log" | sed -u '/^iotimer-guest: end/d' >&5
	} 4>&1 | cat >"$run/kernel.log"
} 5>&1
status=$(cat "$run/status")

"$vm/machine/verdict.sh" "$run" "$nonce" "$status" | tee "$run/verdict.log" && exit
printf '%s\n' "last lines of $run/kernel.log:"
tail -n 60 "$run/kernel.log"
exit 1
