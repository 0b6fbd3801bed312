// SPDX-License-Identifier: GPL-2.0
/*
 * The front end for ported sources: a driver that fails after some of its steps, in
 * DriverEntry, in AddDevice or when its device is started.
 */
#include <iotimer/wdm/front.h>

static char *where = "entry";
module_param(where, charp, 0444);
MODULE_PARM_DESC(where, "what fails: entry, add, start or direct (the device's flags); left: nothing");

static int steps;
module_param(steps, int, 0444);
MODULE_PARM_DESC(steps, "after how many steps");

static int bar;
module_param(bar, int, 0444);
MODULE_PARM_DESC(bar, "which one the glue to PCI is to map");

static bool clean = true;
module_param(clean, bool, 0444);
MODULE_PARM_DESC(clean, "the driver takes its steps back");

typedef struct _FAIL_EXTENSION {
	PKINTERRUPT	Interrupt;
	KTIMER		Timer;
	KDPC		Dpc;
	PIO_WORKITEM	Item;
} FAIL_EXTENSION, *PFAIL_EXTENSION;

static UNICODE_STRING Name = RTL_CONSTANT_STRING(L"\\Device\\wdm_fail");
static UNICODE_STRING Link = RTL_CONSTANT_STRING(L"\\DosDevices\\wdm_fail_link");
static PDEVICE_OBJECT Device;

static VOID FailTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
}

static BOOLEAN FailService(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	return TRUE;
}

static VOID FailDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		    PVOID SystemArgument2)
{
}

static VOID FailWork(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoFreeWorkItem(Context);
}

static NTSTATUS FailSetTimer(PFAIL_EXTENSION Extension)
{
	LARGE_INTEGER Due = { .QuadPart = -10000 };

	KeInitializeTimer(&Extension->Timer);
	KeInitializeDpc(&Extension->Dpc, FailDpc, Extension);
	KeSetTimerEx(&Extension->Timer, Due, 1, &Extension->Dpc);
	return STATUS_SUCCESS;
}

static NTSTATUS FailQueueWork(PFAIL_EXTENSION Extension)
{
	Extension->Item = IoAllocateWorkItem(Device);
	if (Extension->Item == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	IoQueueWorkItem(Extension->Item, FailWork, DelayedWorkQueue, Extension->Item);
	return STATUS_SUCCESS;
}

static NTSTATUS FailStep(PDRIVER_OBJECT DriverObject, int Step)
{
	PFAIL_EXTENSION Extension = Device ? Device->DeviceExtension : NULL;

	switch (Step) {
	case 1:
		return IoCreateDevice(DriverObject, sizeof(FAIL_EXTENSION), &Name,
				      FILE_DEVICE_UNKNOWN, 0, FALSE, &Device);
	case 2:
		return IoCreateSymbolicLink(&Link, &Name);
	case 3:
		return IoInitializeTimer(Device, FailTimer, Extension);
	case 4:
		IoStartTimer(Device);
		return STATUS_SUCCESS;
	case 5:
		return IoConnectInterrupt(&Extension->Interrupt, FailService, Device, NULL,
					  IOTIMER_IRQ_VIRTUAL, IOTIMER_DIRQL, IOTIMER_DIRQL,
					  Latched, FALSE, 1, FALSE);
	case 6:
		return FailSetTimer(Extension);
	case 7:
		return FailQueueWork(Extension);
	}
	return STATUS_INVALID_PARAMETER;
}

static VOID FailTakeBack(int Steps)
{
	PFAIL_EXTENSION Extension = Device ? Device->DeviceExtension : NULL;

	if (Steps >= 6)
		KeCancelTimer(&Extension->Timer);
	if (Steps >= 5)
		IoDisconnectInterrupt(Extension->Interrupt);
	if (Steps >= 4)
		IoStopTimer(Device);
	if (Steps >= 2)
		IoDeleteSymbolicLink(&Link);
	if (Steps >= 1)
		IoDeleteDevice(Device);
	Device = NULL;
}

/* The steps from @First on, then the failure; the script does not expect STATUS_RETRY. */
static NTSTATUS Fail(PDRIVER_OBJECT DriverObject, int First)
{
	int Step;

	for (Step = First; Step <= steps; Step++)
		if (!NT_SUCCESS(FailStep(DriverObject, Step)))
			return STATUS_RETRY;
	pr_info("wdm-fail: failed in %s after %d steps\n", where, steps);
	return STATUS_NO_SUCH_DEVICE;
}

static VOID FailUnload(PDRIVER_OBJECT DriverObject)
{
	while (DriverObject->DeviceObject != NULL)
		IoDeleteDevice(DriverObject->DeviceObject);
	pr_info("wdm-fail: unloaded\n");
}

static NTSTATUS FailOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_SUCCESS;
}

/* DriverEntry succeeds. The front end begins with the newest device, and refuses the other one. */
static NTSTATUS FailDirect(PDRIVER_OBJECT DriverObject)
{
	DECLARE_CONST_UNICODE_STRING(First, L"\\Device\\wdm_fail_first");
	PDEVICE_OBJECT FirstDevice;
	NTSTATUS Status = FailStep(DriverObject, 1);

	if (!NT_SUCCESS(Status))
		return Status;
	Device->Flags |= DO_DIRECT_IO;
	DriverObject->DriverUnload = FailUnload;
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FailOpen;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = FailOpen;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FailOpen;
	return IoCreateDevice(DriverObject, 0, (PUNICODE_STRING)&First, FILE_DEVICE_UNKNOWN, 0,
			      FALSE, &FirstDevice);
}

static NTSTATUS FailAdd(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject)
{
	NTSTATUS Status;

	if (!strcmp(where, "start"))
		Status = FailStep(DriverObject, 1);
	else
		Status = Fail(DriverObject, 1);
	*DeviceObject = Device;
	if (!NT_SUCCESS(Status) && clean)
		FailTakeBack(steps);
	return Status;
}

/* The front end deletes the device. */
static NTSTATUS FailStart(PDEVICE_OBJECT DeviceObject, PVOID Registers, ULONG Vector)
{
	PFAIL_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status = Fail(DeviceObject->DriverObject, 2);

	if (clean && steps >= 6)
		KeCancelTimer(&Extension->Timer);
	return Status;
}

static VOID FailStop(PDEVICE_OBJECT DeviceObject)
{
}

static const struct pci_device_id ids[] = { { PCI_DEVICE(0x1234, 0x11e8) }, { } };

static struct iotimer_wdm_pci glue = {
	.pci.name	= "test_wdm_fail",
	.pci.id_table	= ids,
	.add		= FailAdd,
	.start		= FailStart,
	.stop		= FailStop,
};

static NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	NTSTATUS Status;

	glue.bar = bar;
	if (!strcmp(where, "direct"))
		return FailDirect(DriverObject);
	if (!strcmp(where, "left"))	/* without a dispatch routine, and without DriverUnload */
		return FailStep(DriverObject, 1);
	if (strcmp(where, "entry"))
		return STATUS_SUCCESS;
	Status = Fail(DriverObject, 1);
	if (clean)
		FailTakeBack(steps);
	return Status;
}

iotimer_wdm_driver(DriverEntry, .pci = &glue);

MODULE_DESCRIPTION("IoTimer selftest: a ported driver that fails");
MODULE_LICENSE("GPL");
