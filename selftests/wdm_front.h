/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control codes of test_wdm_front.ko, for programs as well.
 */
#ifndef _IOTIMER_WDM_FRONT_CODES_H
#define _IOTIMER_WDM_FRONT_CODES_H

#define FRONT_CODE(N, METHOD, ACCESS)	(0x22u << 16 | (ACCESS) << 14 | (0x800 + (N)) << 2 | (METHOD))

#define FRONT_ECHO		FRONT_CODE(0, 0, 0)
#define FRONT_SIZES		FRONT_CODE(1, 0, 0)
#define FRONT_TOO_MUCH		FRONT_CODE(2, 0, 0)
#define FRONT_OVERFLOW		FRONT_CODE(3, 0, 0)
#define FRONT_STATUS		FRONT_CODE(4, 0, 0)
#define FRONT_KEEP		FRONT_CODE(5, 0, 0)
#define FRONT_RELEASE		FRONT_CODE(6, 0, 0)
#define FRONT_READ_ACCESS	FRONT_CODE(7, 0, 1)
#define FRONT_WRITE_ACCESS	FRONT_CODE(8, 0, 2)
#define FRONT_NEITHER		FRONT_CODE(9, 3, 0)
#define FRONT_DIRECT		FRONT_CODE(10, 1, 0)
#define FRONT_LAST		FRONT_CODE(11, 0, 0)
#define FRONT_FORGET		FRONT_CODE(12, 0, 0)
#define FRONT_DELETE		FRONT_CODE(13, 0, 0)

#ifndef __KERNEL__
/* As <iotimer/wdm/ioctl.h> has it. */
struct iotimer_wdm_ioctl {
	uint32_t code, in_size, out_size, returned, status, reserved;
	uint64_t in, out;
};

#define IOTIMER_WDM_IOCTL	_IOWR('W', 0xd0, struct iotimer_wdm_ioctl)
#endif

/* The result of FRONT_LAST: the last read or write, as the driver has seen it */
struct front_last {
	unsigned int		major;
	unsigned int		length;
	unsigned long long	offset;
	unsigned int		right;		/* what is the same in each request */
	unsigned int		unused;
};

#endif /* _IOTIMER_WDM_FRONT_CODES_H */
