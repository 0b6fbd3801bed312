/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IoCreateDeviceSecure: the mode of a device's node in /dev decides about its users.
 */
#ifndef _IOTIMER_WDM_SECURE_H
#define _IOTIMER_WDM_SECURE_H

#include <iotimer/wdm/device.h>
#include <iotimer/wdm/guid.h>

/* Without effect: the node has mode 0600, and belongs to root. */
#define SDDL_DEVOBJ_KERNEL_ONLY			IOTIMER_WDM_SDDL(L"D:P")
#define SDDL_DEVOBJ_SYS_ALL			IOTIMER_WDM_SDDL(L"D:P(A;;GA;;;SY)")
#define SDDL_DEVOBJ_SYS_ALL_ADM_ALL		IOTIMER_WDM_SDDL(L"D:P(A;;GA;;;SY)(A;;GA;;;BA)")
#define SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R	\
	IOTIMER_WDM_SDDL(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GR;;;WD)")
#define SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R	\
	IOTIMER_WDM_SDDL(L"D:P(A;;GA;;;SY)(A;;GRGWGX;;;BA)(A;;GRGW;;;WD)(A;;GR;;;RC)")
#define IOTIMER_WDM_SDDL(TEXT)	((UNICODE_STRING)RTL_CONSTANT_STRING(TEXT))

/**
 * IoCreateDeviceSecure() - create a device object: IoCreateDevice()
 * @DRIVER: as for IoCreateDevice()
 * @SIZE: likewise
 * @NAME: likewise
 * @TYPE: likewise
 * @FLAGS: likewise
 * @EXCLUSIVE: likewise
 * @SDDL: without effect: the node has mode 0600
 * @CLASS: likewise
 * @DEVICE: as for IoCreateDevice()
 *
 * Context: as IoCreateDevice().
 * Return: the same.
 */
#define IoCreateDeviceSecure(DRIVER, SIZE, NAME, TYPE, FLAGS, EXCLUSIVE, SDDL, CLASS, DEVICE) \
	((void)(SDDL), (void)(CLASS),					\
	 IoCreateDevice(DRIVER, SIZE, NAME, TYPE, FLAGS, EXCLUSIVE, DEVICE))

#endif /* _IOTIMER_WDM_SECURE_H */
