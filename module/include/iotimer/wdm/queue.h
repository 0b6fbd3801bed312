/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Device queues: what waits while a device is busy, in the order of arrival or of
 * sort keys. IoStartPacket() keeps a device's requests in one.
 */
#ifndef _IOTIMER_WDM_QUEUE_H
#define _IOTIMER_WDM_QUEUE_H

#include <iotimer/wdm/list.h>
#include <iotimer/wdm/spinlock.h>

/**
 * struct _KDEVICE_QUEUE - a device queue: KDEVICE_QUEUE
 * @DeviceListHead: the entries
 * @Lock: guards them, and @Busy
 * @Busy: an insertion was refused because the device was idle, and no removal has
 *	found the queue empty since
 */
typedef struct _KDEVICE_QUEUE {
	LIST_ENTRY	DeviceListHead;
	KSPIN_LOCK	Lock;
	BOOLEAN		Busy;
} KDEVICE_QUEUE, *PKDEVICE_QUEUE;

/**
 * struct _KDEVICE_QUEUE_ENTRY - an entry of a device queue: KDEVICE_QUEUE_ENTRY
 * @DeviceListEntry: its link
 * @SortKey: of an insertion by key
 * @Inserted: is it in the queue?
 */
typedef struct _KDEVICE_QUEUE_ENTRY {
	LIST_ENTRY	DeviceListEntry;
	ULONG		SortKey;
	BOOLEAN		Inserted;
} KDEVICE_QUEUE_ENTRY, *PKDEVICE_QUEUE_ENTRY;

/**
 * KeInitializeDeviceQueue() - set up a device queue, for a device that is idle
 * @QUEUE: memory of the driver's own, nonpaged
 *
 * A macro, so that lockdep can tell the queues of each place from the others.
 *
 * Context: Any IRQL.
 */
#define KeInitializeDeviceQueue(QUEUE) ({				\
	PKDEVICE_QUEUE __queue = (QUEUE);				\
									\
	InitializeListHead(&__queue->DeviceListHead);			\
	KeInitializeSpinLock(&__queue->Lock);				\
	__queue->Busy = FALSE;						\
})

BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
			    PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, ULONG SortKey);
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue);
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey);
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry);

#define KeInsertDeviceQueue(QUEUE, ENTRY)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeInsertDeviceQueue") ?	\
	 KeInsertDeviceQueue(QUEUE, ENTRY) : FALSE)
#define KeInsertByKeyDeviceQueue(QUEUE, ENTRY, KEY)			\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeInsertByKeyDeviceQueue") ?	\
	 KeInsertByKeyDeviceQueue(QUEUE, ENTRY, KEY) : FALSE)
#define KeRemoveDeviceQueue(QUEUE)					\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeRemoveDeviceQueue") ?	\
	 KeRemoveDeviceQueue(QUEUE) : NULL)
#define KeRemoveByKeyDeviceQueue(QUEUE, KEY)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeRemoveByKeyDeviceQueue") ?	\
	 KeRemoveByKeyDeviceQueue(QUEUE, KEY) : NULL)
#define KeRemoveEntryDeviceQueue(QUEUE, ENTRY)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeRemoveEntryDeviceQueue") ?	\
	 KeRemoveEntryDeviceQueue(QUEUE, ENTRY) : FALSE)

#endif /* _IOTIMER_WDM_QUEUE_H */
