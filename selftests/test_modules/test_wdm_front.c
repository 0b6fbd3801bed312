// SPDX-License-Identifier: GPL-2.0
/*
 * A driver in Windows names on the front end, for wdm_front.sh and wdm_front_test.c:
 * what is written is read by another request, which waits for it, and control codes
 * look at what the front end hands over.
 */
#include <ntddk.h>
#include <iotimer/wdm/front.h>

#include "../wdm_front.h"

static int creates, cleanups, closes, reads, cancels, unloads;
module_param(creates, int, 0444);
module_param(cleanups, int, 0444);
module_param(closes, int, 0444);
module_param(reads, int, 0444);
module_param(cancels, int, 0444);
module_param(unloads, int, 0444);

typedef struct _FRONT_EXTENSION {
	KSPIN_LOCK	Lock;
	BOOLEAN		Gone;
	LIST_ENTRY	Pending;	/* reads that wait for a write */
	PIRP		Kept;		/* FRONT_KEEP: no Cancel routine */
	UCHAR		Data[64];
	ULONG		Length;
} FRONT_EXTENSION, *PFRONT_EXTENSION;

static PDEVICE_OBJECT FrontDevice;

static NTSTATUS FrontComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static NTSTATUS FrontCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	UNREFERENCED_PARAMETER(DeviceObject);
	FileObject->FsContext = ExAllocatePoolZero(NonPagedPool, 16, 'tnrF');
	if (FileObject->FsContext == NULL)
		return FrontComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	InterlockedIncrement(&creates);
	return FrontComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS FrontCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	InterlockedIncrement(&cleanups);
	return FrontComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS FrontClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	UNREFERENCED_PARAMETER(DeviceObject);
	ExFreePoolWithTag(FileObject->FsContext, 'tnrF');
	InterlockedIncrement(&closes);
	return FrontComplete(Irp, STATUS_SUCCESS, 0);
}

static VOID FrontCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	KIRQL OldIrql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	InterlockedIncrement(&cancels);
	FrontComplete(Irp, STATUS_CANCELLED, 0);
}

// A read that can be served is taken off the list, if it is not being cancelled.
static PIRP FrontTakePending(PFRONT_EXTENSION Extension)
{
	PLIST_ENTRY Entry;
	PIRP Irp;

	for (Entry = Extension->Pending.Flink; Entry != &Extension->Pending;
	     Entry = Entry->Flink) {
		Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
		if (IoSetCancelRoutine(Irp, NULL) == NULL)
			continue;
		RemoveEntryList(Entry);
		return Irp;
	}
	return NULL;
}

static NTSTATUS FrontServe(PFRONT_EXTENSION Extension, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;

	Length = min(Length, Extension->Length);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Extension->Data, Length);
	Extension->Length = 0;
	InterlockedIncrement(&reads);
	return FrontComplete(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS FrontRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status = STATUS_PENDING;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	if (Extension->Length != 0) {
		Status = FrontServe(Extension, Irp);
		KeReleaseSpinLock(&Extension->Lock, OldIrql);
		return Status;
	}
	IoMarkIrpPending(Irp);
	InsertTailList(&Extension->Pending, &Irp->Tail.Overlay.ListEntry);
	IoSetCancelRoutine(Irp, FrontCancel);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL) {
		RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
		InterlockedIncrement(&cancels);
		FrontComplete(Irp, STATUS_CANCELLED, 0);
	}
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return STATUS_PENDING;
}

static NTSTATUS FrontWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	KIRQL OldIrql;
	PIRP Reader;

	if (Length > sizeof(Extension->Data))
		return FrontComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	RtlCopyMemory(Extension->Data, Irp->AssociatedIrp.SystemBuffer, Length);
	Extension->Length = Length;
	Reader = FrontTakePending(Extension);
	if (Reader != NULL)
		FrontServe(Extension, Reader);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return FrontComplete(Irp, STATUS_SUCCESS, Length);
}

static NTSTATUS FrontSizes(PIRP Irp, ULONG In, ULONG Out)
{
	PULONG Answer = Irp->AssociatedIrp.SystemBuffer;
	PUCHAR Bytes = Irp->AssociatedIrp.SystemBuffer;
	ULONG Sum = 0, Behind = 0, i;

	for (i = 0; i < In; i++)
		Sum += Bytes[i];
	for (; i < Out; i++)
		Behind |= Bytes[i];
	if (Out < 4 * sizeof(ULONG))
		return FrontComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	Answer[0] = In;
	Answer[1] = Out;
	Answer[2] = Sum;
	Answer[3] = Behind;
	return FrontComplete(Irp, STATUS_SUCCESS, 4 * sizeof(ULONG));
}

static NTSTATUS FrontRelease(PFRONT_EXTENSION Extension)
{
	PIRP Kept = InterlockedExchangePointer((PVOID *)&Extension->Kept, NULL);

	return Kept ? FrontComplete(Kept, STATUS_SUCCESS, 0) : STATUS_NOT_FOUND;
}

static NTSTATUS FrontControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	ULONG Out = Location->Parameters.DeviceIoControl.OutputBufferLength;
	ULONG In = Location->Parameters.DeviceIoControl.InputBufferLength;

	switch (Location->Parameters.DeviceIoControl.IoControlCode) {
	case FRONT_ECHO:
		return FrontComplete(Irp, STATUS_SUCCESS, min(In, Out));
	case FRONT_SIZES:
		return FrontSizes(Irp, In, Out);
	case FRONT_TOO_MUCH:
		return FrontComplete(Irp, STATUS_SUCCESS, Out + 1000);
	case FRONT_OVERFLOW:
		return FrontComplete(Irp, STATUS_BUFFER_OVERFLOW, Out);
	case FRONT_STATUS:
		if (In < sizeof(NTSTATUS))
			return FrontComplete(Irp, STATUS_INVALID_PARAMETER, 0);
		return FrontComplete(Irp, *(PNTSTATUS)Irp->AssociatedIrp.SystemBuffer, Out);
	case FRONT_KEEP:
		IoMarkIrpPending(Irp);
		Irp = InterlockedExchangePointer((PVOID *)&Extension->Kept, Irp);
		if (Irp != NULL)
			FrontComplete(Irp, STATUS_DEVICE_BUSY, 0);
		return STATUS_PENDING;
	case FRONT_RELEASE:
		return FrontComplete(Irp, FrontRelease(Extension), 0);
	case FRONT_READ_ACCESS:
	case FRONT_WRITE_ACCESS:
		return FrontComplete(Irp, STATUS_SUCCESS, 0);
	default:
		return FrontComplete(Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
	}
}

static VOID FrontUnload(PDRIVER_OBJECT DriverObject)
{
	unloads++;
	while (DriverObject->DeviceObject != NULL)
		IoDeleteDevice(DriverObject->DeviceObject);
	pr_info("wdm-front: created %d, cleaned up %d, closed %d, unloads %d\n",
		creates, cleanups, closes, unloads);
}

// The link is the node's name; a second one, and one to nothing, are refused.
static NTSTATUS FrontLink(PUNICODE_STRING DeviceName)
{
	DECLARE_CONST_UNICODE_STRING(Link, L"\\DosDevices\\wdm_front_exclusive");
	DECLARE_CONST_UNICODE_STRING(Other, L"\\DosDevices\\other");
	NTSTATUS Status = IoCreateSymbolicLink((PUNICODE_STRING)&Link, DeviceName);

	if (!NT_SUCCESS(Status))
		return Status;
	if (IoCreateSymbolicLink((PUNICODE_STRING)&Other, DeviceName) != STATUS_OBJECT_NAME_COLLISION ||
	    IoCreateSymbolicLink((PUNICODE_STRING)&Other, (PUNICODE_STRING)&Other) !=
	    STATUS_OBJECT_NAME_NOT_FOUND ||
	    IoDeleteSymbolicLink((PUNICODE_STRING)&Other) != STATUS_OBJECT_NAME_NOT_FOUND)
		return STATUS_UNSUCCESSFUL;
	return STATUS_SUCCESS;
}

static NTSTATUS FrontAdd(PDRIVER_OBJECT DriverObject, PCWSTR Name, ULONG Flags,
			 BOOLEAN Exclusive, PDEVICE_OBJECT *DeviceObject)
{
	PFRONT_EXTENSION Extension;
	UNICODE_STRING String;
	NTSTATUS Status;

	RtlInitUnicodeString(&String, Name);
	Status = IoCreateDevice(DriverObject, sizeof(FRONT_EXTENSION), &String,
				FILE_DEVICE_UNKNOWN, 0, Exclusive, DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	if (Exclusive == TRUE && !NT_SUCCESS(FrontLink(&String))) {
		IoDeleteDevice(*DeviceObject);
		return STATUS_UNSUCCESSFUL;
	}
	Extension = (*DeviceObject)->DeviceExtension;
	KeInitializeSpinLock(&Extension->Lock);
	InitializeListHead(&Extension->Pending);
	(*DeviceObject)->Flags |= Flags;
	return STATUS_SUCCESS;
}

static NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = FrontCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = FrontCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = FrontClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = FrontRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = FrontWrite;
	DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = FrontControl;
	DriverObject->DriverUnload = FrontUnload;
	Status = FrontAdd(DriverObject, L"\\Device\\wdm_front", DO_BUFFERED_IO, FALSE,
			  &FrontDevice);
	if (NT_SUCCESS(Status))
		Status = FrontAdd(DriverObject, L"\\Device\\wdm_front_neither", 0, FALSE,
				  &DeviceObject);
	if (NT_SUCCESS(Status))
		Status = FrontAdd(DriverObject, L"\\Device\\wdm_front_third",
				  DO_BUFFERED_IO, TRUE, &DeviceObject);
	if (!NT_SUCCESS(Status))
		FrontUnload(DriverObject);
	return Status;
}

/* Writing to this deletes the device, whoever has it open. */
static int delete_device(const char *value, const struct kernel_param *kp)
{
	PDEVICE_OBJECT device = xchg(&FrontDevice, NULL);

	if (!device)
		return -ENODEV;
	IoDeleteDevice(device);
	return 0;
}

static const struct kernel_param_ops delete_ops = { .set = delete_device };
module_param_cb(delete, &delete_ops, NULL, 0200);

iotimer_wdm_driver(DriverEntry);

MODULE_DESCRIPTION("iotimer self-test: a driver on the front end");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
