/* SPDX-License-Identifier: GPL-2.0 */
/*
 * StartIo: a device's requests one after another. The request that a device is busy
 * with is its CurrentIrp; the ones that wait are in its DeviceQueue.
 */
#ifndef _IOTIMER_WDM_STARTIO_H
#define _IOTIMER_WDM_STARTIO_H

#include <iotimer/wdm/irp.h>

VOID IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
		   PDRIVER_CANCEL CancelFunction);
VOID IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable);
VOID IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key);
VOID IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
			    BOOLEAN NonCancelable);

#define IoStartPacket(DEVICE, IRP, KEY, CANCEL) ({			\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoStartPacket"))		\
		IoStartPacket(DEVICE, IRP, KEY, CANCEL);		\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#define IoStartNextPacket(DEVICE, CANCELABLE) ({			\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoStartNextPacket"))	\
		IoStartNextPacket(DEVICE, CANCELABLE);			\
})

#define IoStartNextPacketByKey(DEVICE, CANCELABLE, KEY) ({		\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoStartNextPacketByKey"))	\
		IoStartNextPacketByKey(DEVICE, CANCELABLE, KEY);	\
})

#endif /* _IOTIMER_WDM_STARTIO_H */
