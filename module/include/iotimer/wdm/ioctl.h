/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * How user space calls DeviceIoControl on a device of iotimer_wdm_front.ko. For
 * programs as well as for the kernel.
 */
#ifndef _IOTIMER_WDM_IOCTL_H
#define _IOTIMER_WDM_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct iotimer_wdm_ioctl - a device control request
 * @code: the control code, of METHOD_BUFFERED
 * @in_size: how many bytes the driver is given
 * @out_size: how many bytes it may return
 * @returned: out: how many it has returned, at @out
 * @status: out: the NTSTATUS that the request ended with
 * @reserved: 0
 * @in: address of the bytes for the driver
 * @out: address for the bytes of the driver
 */
struct iotimer_wdm_ioctl {
	__u32	code;
	__u32	in_size;
	__u32	out_size;
	__u32	returned;
	__u32	status;
	__u32	reserved;
	__u64	in;
	__u64	out;
};

#define IOTIMER_WDM_IOCTL	_IOWR('W', 0xd0, struct iotimer_wdm_ioctl)

#endif /* _IOTIMER_WDM_IOCTL_H */
