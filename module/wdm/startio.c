// SPDX-License-Identifier: GPL-2.0
/*
 * StartIo: what a device is to do next.
 *
 * A device has one slot for the request that StartIo is to be called with. The caller that
 * fills it works it off, in a loop; a caller that finds somebody in that loop, itself
 * further up the stack or another CPU, leaves the slot to it. So StartIo that
 * completes its request at once does not recurse, however many are queued, and does
 * not run on two CPUs for one device (R2).
 *
 * The slot is filled together with CurrentIrp. A request that is cancelled before
 * StartIo has seen it goes: its Cancel routine starts the next, which takes its place.
 */
#include <linux/export.h>

#include "wdm.h"

static bool starts_requests(PDEVICE_OBJECT device)
{
	return device->DriverObject && device->DriverObject->DriverStartIo;
}

static void fill_slot(PDEVICE_OBJECT device, PIRP irp)
{
	spin_lock(&device->start_lock);
	device->CurrentIrp = irp;
	device->start = irp;
	spin_unlock(&device->start_lock);
}

static void work_off_slot(PDEVICE_OBJECT device)
{
	PIRP irp;

	spin_lock(&device->start_lock);
	if (device->starting)
		goto unlock;
	device->starting = true;
	while ((irp = device->start)) {
		device->start = NULL;
		spin_unlock(&device->start_lock);
		device->DriverObject->DriverStartIo(device, irp);
		spin_lock(&device->start_lock);
	}
	device->starting = false;
unlock:
	spin_unlock(&device->start_lock);
}

static bool enqueue(PDEVICE_OBJECT device, PIRP irp, const ULONG *key)
{
	PKDEVICE_QUEUE_ENTRY entry = &irp->Tail.Overlay.DeviceQueueEntry;

	if (key)
		return KeInsertByKeyDeviceQueue(&device->DeviceQueue, entry, *key);
	return KeInsertDeviceQueue(&device->DeviceQueue, entry);
}

/* Returns false if the IRP was cancelled already, and its Cancel routine has run. */
static bool enqueue_cancelable(PDEVICE_OBJECT device, PIRP irp, const ULONG *key,
			       PDRIVER_CANCEL cancel)
{
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	IoSetCancelRoutine(irp, cancel);
	if (!enqueue(device, irp, key)) {
		if (device->non_cancelable)
			IoSetCancelRoutine(irp, NULL);
		fill_slot(device, irp);
	} else if (irp->Cancel && IoSetCancelRoutine(irp, NULL)) {
		iotimer_wdm_call_cancel(cancel, device, irp, irql);
		return false;
	}
	IoReleaseCancelSpinLock(irql);
	return true;
}

static noinline void no_startio(PDEVICE_OBJECT device, PIRP irp, unsigned long caller)
{
	iotimer_wdm_report(caller, "IoStartPacket() for %s, whose driver has no StartIo\n",
			   iotimer_device_name(device->device));
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	IofCompleteRequest(irp, IO_NO_INCREMENT);
}

/**
 * IoStartPacket() - have StartIo called with a request, or queue that
 * @DeviceObject: the device
 * @Irp: the request, marked as pending
 * @Key: its place in the queue, see KeInsertByKeyDeviceQueue(); NULL for the end
 * @CancelFunction: its Cancel routine, or NULL
 *
 * If the device is idle, the request becomes its CurrentIrp, and StartIo is called
 * before this returns; otherwise the request is queued (R1).
 *
 * Differs from Windows: while StartIo runs for the device already, as on another CPU,
 * it is called once that has returned (R2). A driver without StartIo is reported, and
 * the request completed with STATUS_INVALID_DEVICE_REQUEST.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoStartPacket(PDEVICE_OBJECT DeviceObject, PIRP Irp, PULONG Key,
		   PDRIVER_CANCEL CancelFunction)
{
	KIRQL irql;

	if (!starts_requests(DeviceObject)) {
		no_startio(DeviceObject, Irp, _RET_IP_);
		return;
	}
	irql = iotimer_wdm_raise();
	if (CancelFunction)
		enqueue_cancelable(DeviceObject, Irp, Key, CancelFunction);
	else if (!enqueue(DeviceObject, Irp, Key))
		fill_slot(DeviceObject, Irp);
	work_off_slot(DeviceObject);
	iotimer_wdm_lower(irql);
}
EXPORT_SYMBOL_GPL(IoStartPacket);

static void take_next(PDEVICE_OBJECT device, const ULONG *key)
{
	PKDEVICE_QUEUE_ENTRY entry;
	PIRP irp = NULL;

	/* As it is until the next is known: a Cancel routine looks for its own IRP. */
	fill_slot(device, NULL);
	if (key)
		entry = KeRemoveByKeyDeviceQueue(&device->DeviceQueue, *key);
	else
		entry = KeRemoveDeviceQueue(&device->DeviceQueue);
	if (!entry)
		return;
	irp = CONTAINING_RECORD(entry, IRP, Tail.Overlay.DeviceQueueEntry);
	if (device->non_cancelable)
		IoSetCancelRoutine(irp, NULL);
	fill_slot(device, irp);
}

static void start_next(PDEVICE_OBJECT device, bool cancelable, const ULONG *key)
{
	KIRQL irql = iotimer_wdm_raise();
	KIRQL cancel_irql;

	if (cancelable) {
		IoAcquireCancelSpinLock(&cancel_irql);
		take_next(device, key);
		IoReleaseCancelSpinLock(cancel_irql);
	} else {
		take_next(device, key);
	}
	work_off_slot(device);
	iotimer_wdm_lower(irql);
}

/**
 * IoStartNextPacket() - have StartIo called with the next request
 * @DeviceObject: the device, which has nothing to do
 * @Cancelable: do requests in the queue have Cancel routines?
 *
 * Without another request the device is idle, and CurrentIrp is NULL (R2).
 *
 * Differs from Windows: called in StartIo, or while that runs on another CPU, it does
 * not call StartIo itself: that happens once StartIo has returned.
 *
 * Context: IRQL <= DISPATCH_LEVEL; Windows wants DISPATCH_LEVEL. At DIRQL it is
 * reported and has no effect.
 */
VOID IoStartNextPacket(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable)
{
	start_next(DeviceObject, Cancelable, NULL);
}
EXPORT_SYMBOL_GPL(IoStartNextPacket);

/**
 * IoStartNextPacketByKey() - the same, with the next request in the order of keys
 * @DeviceObject: the device, which has nothing to do
 * @Cancelable: do requests in the queue have Cancel routines?
 * @Key: see KeRemoveByKeyDeviceQueue()
 *
 * Context: as IoStartNextPacket().
 */
VOID IoStartNextPacketByKey(PDEVICE_OBJECT DeviceObject, BOOLEAN Cancelable, ULONG Key)
{
	start_next(DeviceObject, Cancelable, &Key);
}
EXPORT_SYMBOL_GPL(IoStartNextPacketByKey);

/**
 * IoSetStartIoAttributes() - how StartIo is called
 * @DeviceObject: the device
 * @DeferredStartIo: without effect: StartIo is never called inside itself
 * @NonCancelable: a request loses its Cancel routine before StartIo is called
 *
 * Context: PASSIVE_LEVEL, before the first request.
 */
VOID IoSetStartIoAttributes(PDEVICE_OBJECT DeviceObject, BOOLEAN DeferredStartIo,
			    BOOLEAN NonCancelable)
{
	DeviceObject->non_cancelable = NonCancelable;
}
EXPORT_SYMBOL_GPL(IoSetStartIoAttributes);
