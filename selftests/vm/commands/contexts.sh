#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# contexts.sh: looks in the samples and in what new-driver makes for calls in the wrong context
# (tools/coccinelle), and sees that each check finds the mistakes that are made in copies here. Says nothing if all
# is well.

. "$(dirname "$0")/../lib.sh"
. "$top/module/packaging/lib.sh"

checks=("$packaging"/tools/coccinelle/*.cocci)

findings() { # FILE...
	local check
	for check in "${checks[@]}"; do
		spatch --sp-file "$check" -D report --no-includes --very-quiet "$@" 2>&1 || :
	done
}

# A copy of SAMPLE, changed by SED, must have as many findings as COUNT, each of which says TEXT.
planted() { # COUNT TEXT SAMPLE SED
	local copy=$work/planted.c found
	sed "$4" "$module/samples/$3" >"$copy"
	! cmp -s "$copy" "$module/samples/$3" || { echo "not planted: $2 in $3"; return; }
	found=$(findings "$copy")
	[ "$(grep -cF "$2" <<<"$found")" = "$1" ] && [ "$(grep -c . <<<"$found")" = "$1" ] ||
		printf 'planted in %s, to be found %d times: %s\nfound: %s\n' "$3" "$1" "$2" "$found"
}

command -v spatch >/dev/null || "$vm/packages/packages.sh" lint
scratch
for style in linux wdm; do
	"$packaging/new-driver/iotimer-new-driver" "my_$style" $style "$work" >/dev/null
done
findings "$module"/samples/*.c "$work"/my_*/*.c

planted 1 'msleep() may sleep, vdev_routine() must not' iotimer_vdev.c \
	's/^	struct vdev \*vdev = iotimer_device_ext(dev);$/&\n	msleep(1);/'
planted 1 'GFP_KERNEL may sleep, vdev_take_events() must not' iotimer_vdev.c \
	's/^	int events = ctx->events;$/&\n	kfree(kmalloc(1, GFP_KERNEL));/'
planted 1 'mutex_lock() may sleep, vdev_isr() must not' iotimer_vdev.c \
	's/^	ctx->events++;$/&\n	mutex_lock(\&vdev_mutex);/'
planted 1 'mutex_lock() may sleep, vdev_control() must not' iotimer_vdev.c \
	's/^	ctx->turns++;$/&\n	mutex_lock(\&vdev_mutex);/'
planted 1 'IoDeleteDevice() may sleep, DiskIoTimer() must not' iotimer_disk_wdm.c \
	's/^	UNREFERENCED_PARAMETER(DeviceObject);$/&\n	IoDeleteDevice(DeviceObject);/'
planted 1 'iotimer_device_delete() with lock held' iotimer_vdev.c \
	's/^	iotimer_device_delete(dev);$/	spin_lock_bh(\&ctx->guard->lock);\n&\n	spin_unlock_bh(\&ctx->guard->lock);/'
planted 0 'iotimer_device_delete() with lock held' iotimer_vdev.c \
	's/^	iotimer_device_delete(dev);$/	spin_lock_bh(\&ctx->guard->lock);\n	spin_unlock_bh(\&ctx->guard->lock);\n&/'
