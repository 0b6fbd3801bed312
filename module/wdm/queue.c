// SPDX-License-Identifier: GPL-2.0
/*
 * Device queues.
 *
 * The insertion that finds the device idle marks it busy instead, and the removal
 * that finds nothing marks it idle: both under the queue's lock, so that exactly one
 * caller is told to begin.
 */
#include <linux/export.h>

#include "wdm.h"

static KIRQL queue_lock(PKDEVICE_QUEUE queue)
	__acquires(&queue->Lock)
{
	KIRQL irql = iotimer_wdm_raise();

	spin_lock(&queue->Lock);
	return irql;
}

static void queue_unlock(PKDEVICE_QUEUE queue, KIRQL irql)
	__releases(&queue->Lock)
{
	spin_unlock(&queue->Lock);
	iotimer_wdm_lower(irql);
}

/* The entry in front of which a new one with this key goes: equal keys are in order. */
static PLIST_ENTRY queue_position(PKDEVICE_QUEUE queue, ULONG key)
{
	PKDEVICE_QUEUE_ENTRY entry;
	PLIST_ENTRY link;

	for (link = queue->DeviceListHead.Flink; link != &queue->DeviceListHead;
	     link = link->Flink) {
		entry = CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
		if (entry->SortKey > key)
			break;
	}
	return link;
}

static BOOLEAN queue_insert(PKDEVICE_QUEUE queue, PKDEVICE_QUEUE_ENTRY entry,
			    const ULONG *key)
{
	KIRQL irql = queue_lock(queue);
	BOOLEAN busy = queue->Busy;

	entry->SortKey = key ? *key : 0;
	entry->Inserted = busy;
	queue->Busy = TRUE;
	if (busy && key)
		InsertTailList(queue_position(queue, *key), &entry->DeviceListEntry);
	else if (busy)
		InsertTailList(&queue->DeviceListHead, &entry->DeviceListEntry);
	queue_unlock(queue, irql);
	return busy;
}

/**
 * KeInsertDeviceQueue() - queue an entry if the device is busy, at the end
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry, which is in no queue
 *
 * Context: IRQL <= DISPATCH_LEVEL; Windows wants DISPATCH_LEVEL. At DIRQL it is
 * reported and has no effect.
 * Return: TRUE if it is queued; FALSE if the device was idle: it is busy now, with
 * this entry, which is not in the queue (R1).
 */
BOOLEAN KeInsertDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
			    PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
	return queue_insert(DeviceQueue, DeviceQueueEntry, NULL);
}
EXPORT_SYMBOL_GPL(KeInsertDeviceQueue);

/**
 * KeInsertByKeyDeviceQueue() - queue an entry if the device is busy, in order
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry, which is in no queue
 * @SortKey: behind all entries whose keys are not higher
 *
 * Context: as KeInsertDeviceQueue().
 * Return: the same.
 */
BOOLEAN KeInsertByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry, ULONG SortKey)
{
	return queue_insert(DeviceQueue, DeviceQueueEntry, &SortKey);
}
EXPORT_SYMBOL_GPL(KeInsertByKeyDeviceQueue);

static PKDEVICE_QUEUE_ENTRY queue_take(PKDEVICE_QUEUE queue, PLIST_ENTRY link)
{
	PKDEVICE_QUEUE_ENTRY entry;

	if (IsListEmpty(&queue->DeviceListHead)) {
		queue->Busy = FALSE;
		return NULL;
	}
	if (link == &queue->DeviceListHead)
		link = link->Flink;
	entry = CONTAINING_RECORD(link, KDEVICE_QUEUE_ENTRY, DeviceListEntry);
	RemoveEntryList(link);
	entry->Inserted = FALSE;
	return entry;
}

/**
 * KeRemoveDeviceQueue() - take the first entry
 * @DeviceQueue: the queue
 *
 * Context: as KeInsertDeviceQueue().
 * Return: the entry; NULL if there was none: the device is idle now.
 */
PKDEVICE_QUEUE_ENTRY KeRemoveDeviceQueue(PKDEVICE_QUEUE DeviceQueue)
{
	KIRQL irql = queue_lock(DeviceQueue);
	PKDEVICE_QUEUE_ENTRY entry;

	entry = queue_take(DeviceQueue, DeviceQueue->DeviceListHead.Flink);
	queue_unlock(DeviceQueue, irql);
	return entry;
}
EXPORT_SYMBOL_GPL(KeRemoveDeviceQueue);

static PLIST_ENTRY queue_find(PKDEVICE_QUEUE queue, ULONG key)
{
	/* The first that is not lower; the head, and so the first, if all are. */
	return key ? queue_position(queue, key - 1) : queue->DeviceListHead.Flink;
}

/**
 * KeRemoveByKeyDeviceQueue() - take the next entry, in order
 * @DeviceQueue: the queue
 * @SortKey: the first entry whose key is not lower, or else the first of all
 *
 * Context: as KeInsertDeviceQueue().
 * Return: the entry; NULL if there was none: the device is idle now.
 */
PKDEVICE_QUEUE_ENTRY KeRemoveByKeyDeviceQueue(PKDEVICE_QUEUE DeviceQueue, ULONG SortKey)
{
	KIRQL irql = queue_lock(DeviceQueue);
	PKDEVICE_QUEUE_ENTRY entry;

	entry = queue_take(DeviceQueue, queue_find(DeviceQueue, SortKey));
	queue_unlock(DeviceQueue, irql);
	return entry;
}
EXPORT_SYMBOL_GPL(KeRemoveByKeyDeviceQueue);

/**
 * KeRemoveEntryDeviceQueue() - take an entry out, as its request is cancelled
 * @DeviceQueue: the queue
 * @DeviceQueueEntry: the entry
 *
 * Context: as KeInsertDeviceQueue().
 * Return: TRUE if it was in the queue; FALSE otherwise, as for one that the device
 * is busy with.
 */
BOOLEAN KeRemoveEntryDeviceQueue(PKDEVICE_QUEUE DeviceQueue,
				 PKDEVICE_QUEUE_ENTRY DeviceQueueEntry)
{
	KIRQL irql = queue_lock(DeviceQueue);
	BOOLEAN inserted = DeviceQueueEntry->Inserted;

	if (inserted)
		RemoveEntryList(&DeviceQueueEntry->DeviceListEntry);
	DeviceQueueEntry->Inserted = FALSE;
	queue_unlock(DeviceQueue, irql);
	return inserted;
}
EXPORT_SYMBOL_GPL(KeRemoveEntryDeviceQueue);
