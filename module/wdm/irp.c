// SPDX-License-Identifier: GPL-2.0
/*
 * Requests: an IRP goes down from driver to driver, and up again when it is
 * completed.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "wdm.h"

/* Guards CurrentLocation while an IRP goes up: of two completions one finds nothing. */
static DEFINE_RAW_SPINLOCK(location_lock);

static DEFINE_SPINLOCK(cancel_lock);
static struct task_struct *cancel_owner;	/* in whose thread it is held */

/**
 * IoInitializeIrp() - set up an IRP in memory of the driver's own
 * @Irp: the memory
 * @PacketSize: its size, IoSizeOfIrp() at least
 * @StackSize: how many stack locations it has
 *
 * Context: Any IRQL.
 */
VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
	memset(Irp, 0, PacketSize);
	Irp->Type = IO_TYPE_IRP;
	Irp->Size = PacketSize;
	Irp->StackCount = StackSize;
	Irp->CurrentLocation = StackSize + 1;
	Irp->Tail.Overlay.CurrentStackLocation = iotimer_wdm_locations(Irp) + StackSize;
}
EXPORT_SYMBOL_GPL(IoInitializeIrp);

/**
 * IoAllocateIrp() - allocate an IRP: kzalloc()
 * @StackSize: how many stack locations it has, 1 at least
 * @ChargeQuota: without effect
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the IRP, which IoFreeIrp() frees; NULL without memory.
 */
PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
	PIRP irp;

	if (StackSize < 1)
		return NULL;
	irp = kzalloc(IoSizeOfIrp(StackSize), iotimer_wdm_gfp());
	if (irp)
		IoInitializeIrp(irp, IoSizeOfIrp(StackSize), StackSize);
	return irp;
}
EXPORT_SYMBOL_GPL(IoAllocateIrp);

/**
 * IoFreeIrp() - free an IRP: kfree()
 * @Irp: from IoAllocateIrp(), with no driver
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
VOID IoFreeIrp(PIRP Irp)
{
	if (Irp && Irp->finish)
		kfree(Irp->AssociatedIrp.SystemBuffer);
	kfree(Irp);
}
EXPORT_SYMBOL_GPL(IoFreeIrp);

static NTSTATUS invalid_request(PIRP irp)
{
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	irp->IoStatus.Information = 0;
	IofCompleteRequest(irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* Driver code calls the IoCallDriver macro. */
NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDRIVER_OBJECT driver = DeviceObject->DriverObject;
	PDRIVER_DISPATCH dispatch = NULL;
	PIO_STACK_LOCATION location;

	if (Irp->CurrentLocation <= 1) {
		iotimer_wdm_report(_RET_IP_, "IoCallDriver() of an IRP without a stack location\n");
		return STATUS_INVALID_PARAMETER;
	}
	IoSetNextIrpStackLocation(Irp);
	location = IoGetCurrentIrpStackLocation(Irp);
	location->DeviceObject = DeviceObject;
	if (driver && location->MajorFunction <= IRP_MJ_MAXIMUM_FUNCTION)
		dispatch = driver->MajorFunction[location->MajorFunction];
	return dispatch ? dispatch(DeviceObject, Irp) : invalid_request(Irp);
}
EXPORT_SYMBOL_GPL(IofCallDriver);

/* Takes the IRP one location up; NULL where no driver has it. */
static PIO_STACK_LOCATION leave_location(PIRP irp)
{
	PIO_STACK_LOCATION location = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&location_lock, flags);
	if (irp->CurrentLocation <= irp->StackCount) {
		location = irp->Tail.Overlay.CurrentStackLocation;
		IoSkipCurrentIrpStackLocation(irp);
	}
	raw_spin_unlock_irqrestore(&location_lock, flags);
	return location;
}

/* The completion routine that is to be called for how the IRP ended. */
static PIO_COMPLETION_ROUTINE wanted_routine(PIRP irp, PIO_STACK_LOCATION location)
{
	UCHAR when = NT_SUCCESS(irp->IoStatus.Status) ? SL_INVOKE_ON_SUCCESS :
							SL_INVOKE_ON_ERROR;

	if (irp->Cancel)
		when |= SL_INVOKE_ON_CANCEL;
	return location->Control & when ? location->CompletionRoutine : NULL;
}

/* Is the IRP whose location that was to go up further? If not, it may be gone. */
static bool goes_on(PIRP irp, PIO_STACK_LOCATION location)
{
	PIO_COMPLETION_ROUTINE routine = wanted_routine(irp, location);
	bool is_last = irp->CurrentLocation > irp->StackCount;
	PDEVICE_OBJECT device = NULL;

	irp->PendingReturned = !!(location->Control & SL_PENDING_RETURNED);
	if (!is_last)
		device = IoGetCurrentIrpStackLocation(irp)->DeviceObject;
	if (routine)
		return routine(device, irp, location->Context) !=
			STATUS_MORE_PROCESSING_REQUIRED;
	if (irp->PendingReturned && !is_last)
		IoMarkIrpPending(irp);
	return true;
}

static noinline void completed_twice(unsigned long caller)
{
	iotimer_wdm_report(caller, "IoCompleteRequest() of an IRP that is completed already\n");
}

static noinline void completed_wrongly(PIRP irp, unsigned long caller)
{
	if (irp->CancelRoutine)
		iotimer_wdm_report(caller, "IoCompleteRequest() of an IRP with a Cancel routine\n");
	else
		iotimer_wdm_report(caller, "IoCompleteRequest() with STATUS_PENDING\n");
	irp->CancelRoutine = NULL;
}

/* Driver code calls the IoCompleteRequest macro. */
VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost)
{
	PIO_STACK_LOCATION location = leave_location(Irp);

	if (!location) {
		completed_twice(_RET_IP_);
		return;
	}
	/* IoCancelIrp() may be looking for the routine that the driver has taken back. */
	if (unlikely(Irp->IoStatus.Status == STATUS_PENDING || READ_ONCE(Irp->CancelRoutine)))
		completed_wrongly(Irp, _RET_IP_);
	while (location && goes_on(Irp, location))
		location = leave_location(Irp);
	if (!location && Irp->finish)
		Irp->finish(Irp);
}
EXPORT_SYMBOL_GPL(IofCompleteRequest);

/**
 * IoAcquireCancelSpinLock() - take the one lock of all cancellations
 * @Irql: where to put the IRQL before
 *
 * Guards what IoCancelIrp() decides on: Cancel, CancelRoutine and, where a Cancel
 * routine looks at it, DeviceObject->CurrentIrp (R4).
 *
 * Context: IRQL <= DISPATCH_LEVEL. Raises to DISPATCH_LEVEL.
 */
VOID IoAcquireCancelSpinLock(PKIRQL Irql)
{
	*Irql = iotimer_wdm_raise();
	spin_lock(&cancel_lock);
	WRITE_ONCE(cancel_owner, current);
	__release(&cancel_lock);	/* for sparse: another function does */
}
EXPORT_SYMBOL_GPL(IoAcquireCancelSpinLock);

/**
 * IoReleaseCancelSpinLock() - release it
 * @Irql: the IRQL before; in a Cancel routine Irp->CancelIrql
 *
 * Context: DISPATCH_LEVEL, with the cancel spin lock held.
 */
VOID IoReleaseCancelSpinLock(KIRQL Irql)
{
	__acquire(&cancel_lock);	/* for sparse: another function did */
	WRITE_ONCE(cancel_owner, NULL);
	spin_unlock(&cancel_lock);
	iotimer_wdm_lower(Irql);
}
EXPORT_SYMBOL_GPL(IoReleaseCancelSpinLock);

/* Calls a Cancel routine, which releases the cancel spin lock. */
void iotimer_wdm_call_cancel(PDRIVER_CANCEL routine, PDEVICE_OBJECT device, PIRP irp,
			     KIRQL irql)
{
	irp->CancelIrql = irql;
	routine(device, irp);
	if (READ_ONCE(cancel_owner) != current)
		return;
	WARN(iotimer_wdm_first_report((unsigned long)routine),
	     "iotimer: Cancel routine %ps returned with the cancel spin lock held\n", routine);
	IoReleaseCancelSpinLock(irql);
}

/**
 * IoCancelIrp() - ask for a request to be cancelled
 * @Irp: the request, which must not be freed meanwhile
 *
 * Its Cancel routine is called, once; the driver then completes the request with
 * STATUS_CANCELLED. One without, as StartIo has it, is the driver's to end (R4).
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: TRUE if a Cancel routine was called.
 */
BOOLEAN IoCancelIrp(PIRP Irp)
{
	PDRIVER_CANCEL routine;
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	/*
	 * Pairs with those that keep a request: they set its Cancel routine, and then look at
	 * Cancel. Both exchanges of the routine are full barriers, so that one side sees the
	 * other's store (R4).
	 */
	Irp->Cancel = TRUE;
	routine = IoSetCancelRoutine(Irp, NULL);
	if (!routine) {
		IoReleaseCancelSpinLock(irql);
		return FALSE;
	}
	iotimer_wdm_call_cancel(routine, IoGetCurrentIrpStackLocation(Irp)->DeviceObject,
				Irp, irql);
	return TRUE;
}
EXPORT_SYMBOL_GPL(IoCancelIrp);
