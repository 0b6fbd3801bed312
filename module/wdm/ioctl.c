// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that one driver makes for another one's device: control codes.
 *
 * Such an IRP has nobody above it. When it has been completed by all drivers, its result
 * goes to the caller's buffer and status block, it is freed, and the caller's event is
 * set, which comes last: all of these may be on the caller's stack.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "wdm.h"

static void wdm_ioctl_finish(PIRP irp)
{
	PIO_STATUS_BLOCK iosb = irp->UserIosb;
	PKEVENT event = irp->UserEvent;
	size_t moved = min_t(ULONG_PTR, irp->IoStatus.Information, irp->user_size);

	if (irp->UserBuffer && irp->AssociatedIrp.SystemBuffer &&
	    !NT_ERROR(irp->IoStatus.Status))
		memcpy(irp->UserBuffer, irp->AssociatedIrp.SystemBuffer, moved);
	if (iosb)
		*iosb = irp->IoStatus;
	IoFreeIrp(irp);
	if (event)
		iotimer_wdm_set_state(&event->Header, 1);
}

/* METHOD_BUFFERED: one buffer for both directions. False without memory. */
static bool wdm_ioctl_buffer(PIRP irp, PVOID in, ULONG in_size, ULONG out_size)
{
	size_t size = max(in_size, out_size);

	if (!size)
		return true;
	irp->AssociatedIrp.SystemBuffer = kzalloc(size, iotimer_wdm_gfp());
	if (!irp->AssociatedIrp.SystemBuffer)
		return false;
	if (in)
		memcpy(irp->AssociatedIrp.SystemBuffer, in, in_size);
	return true;
}

/**
 * IoBuildDeviceIoControlRequest() - make a request with a control code
 * @IoControlCode: METHOD_BUFFERED or METHOD_NEITHER
 * @DeviceObject: the device that it will be sent to, with IoCallDriver()
 * @InputBuffer: the input, or NULL
 * @InputBufferLength: its size in bytes
 * @OutputBuffer: the place for the result, or NULL
 * @OutputBufferLength: its size in bytes
 * @InternalDeviceIoControl: TRUE: IRP_MJ_INTERNAL_DEVICE_CONTROL
 * @Event: set when the request has been completed, and freed
 * @IoStatusBlock: set before that
 *
 * Differs from Windows: direct I/O is not covered. A request that is never sent is the
 * caller's to free, with IoFreeIrp().
 *
 * Context: PASSIVE_LEVEL.
 * Return: the request; NULL without memory, and for a code with direct I/O.
 */
PIRP IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
				   PVOID InputBuffer, ULONG InputBufferLength,
				   PVOID OutputBuffer, ULONG OutputBufferLength,
				   BOOLEAN InternalDeviceIoControl, PKEVENT Event,
				   PIO_STATUS_BLOCK IoStatusBlock)
{
	ULONG method = METHOD_FROM_CTL_CODE(IoControlCode);
	PIO_STACK_LOCATION location;
	PIRP irp;

	if (method != METHOD_BUFFERED && method != METHOD_NEITHER)
		return NULL;
	irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
	if (!irp)
		return NULL;
	irp->finish = wdm_ioctl_finish;
	irp->UserIosb = IoStatusBlock;
	irp->UserEvent = Event;
	irp->UserBuffer = OutputBuffer;
	irp->user_size = OutputBufferLength;
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	if (InternalDeviceIoControl)
		location->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	location->Parameters.DeviceIoControl.IoControlCode = IoControlCode;
	location->Parameters.DeviceIoControl.InputBufferLength = InputBufferLength;
	location->Parameters.DeviceIoControl.OutputBufferLength = OutputBufferLength;
	if (method == METHOD_NEITHER) {
		location->Parameters.DeviceIoControl.Type3InputBuffer = InputBuffer;
	} else if (!wdm_ioctl_buffer(irp, InputBuffer, InputBufferLength, OutputBufferLength)) {
		IoFreeIrp(irp);
		return NULL;
	}
	return irp;
}
EXPORT_SYMBOL_GPL(IoBuildDeviceIoControlRequest);
