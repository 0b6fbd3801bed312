// SPDX-License-Identifier: GPL-2.0
/*
 * A driver in Windows names on the front end, for wdm_front.sh and wdm_front_test.c:
 * what is written is read by another request, which waits for it, and control codes
 * look at what the front end hands over.
 */
#include <ntddk.h>
#include <iotimer/wdm/front.h>

#include "../wdm_front.h"

static int cleanup_cancels;
module_param(cleanup_cancels, int, 0444);

static bool slow_cleanup;
module_param(slow_cleanup, bool, 0644);
MODULE_PARM_DESC(slow_cleanup, "IRP_MJ_CLEANUP stays with the driver for 300 ms");

static int creates, cleanups, closes, reads, cancels, unloads, deleted, waiting;
module_param(creates, int, 0444);
module_param(cleanups, int, 0444);
module_param(closes, int, 0444);
module_param(reads, int, 0444);
module_param(cancels, int, 0444);
module_param(unloads, int, 0444);
module_param(deleted, int, 0444);
module_param(waiting, int, 0444);

static int unload_ms;
module_param(unload_ms, int, 0644);
MODULE_PARM_DESC(unload_ms, "how long DriverUnload takes before it deletes the devices");

static bool slow;
module_param(slow, bool, 0644);
MODULE_PARM_DESC(slow, "IRP_MJ_CREATE stays with the driver until it is cancelled");

#define FRONT_NEVER	0xff

typedef struct _FRONT_EXTENSION {
	KSPIN_LOCK	Lock;
	BOOLEAN		Gone;
	LIST_ENTRY	Pending;	/* reads that wait for a write */
	UCHAR		Data[64];
	ULONG		Length;
	UCHAR		DeletedIn;	/* IRP_MJ_CREATE, CLEANUP or CLOSE, or FRONT_NEVER */
	struct front_last Last;
} FRONT_EXTENSION, *PFRONT_EXTENSION;

static PDEVICE_OBJECT FrontDevice;
static PIRP FrontKept;		/* of FRONT_KEEP, of any device: no Cancel routine */

static NTSTATUS FrontComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static VOID FrontCancelCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	FrontComplete(Irp, STATUS_CANCELLED, 0);
}

/* Never opened, only cancelled; the cancellation may have been before. */
static NTSTATUS FrontSlowCreate(PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, FrontCancelCreate);
	InterlockedIncrement(&waiting);
	if (Irp->Cancel && IoSetCancelRoutine(Irp, NULL) != NULL)
		FrontComplete(Irp, STATUS_CANCELLED, 0);
	return STATUS_PENDING;
}

/* The last use of the device object */
static VOID FrontMayDelete(PDEVICE_OBJECT DeviceObject, UCHAR MajorFunction)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;

	if (Extension->DeletedIn != MajorFunction)
		return;
	Extension->DeletedIn = FRONT_NEVER;	/* other files are closed meanwhile */
	IoDeleteDevice(DeviceObject);
}

static NTSTATUS FrontCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	if (slow)
		return FrontSlowCreate(Irp);
	if (((PFRONT_EXTENSION)DeviceObject->DeviceExtension)->DeletedIn == IRP_MJ_CREATE) {
		FrontComplete(Irp, STATUS_SUCCESS, 0);
		FrontMayDelete(DeviceObject, IRP_MJ_CREATE);
		return STATUS_SUCCESS;
	}
	FileObject->FsContext = ExAllocatePoolZero(NonPagedPool, 16, 'tnrF');
	if (FileObject->FsContext == NULL)
		return FrontComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	InterlockedIncrement(&creates);
	return FrontComplete(Irp, STATUS_SUCCESS, 0);
}

static VOID FrontCancelCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	InterlockedIncrement(&cleanup_cancels);
	FrontComplete(Irp, STATUS_CANCELLED, 0);
}

static WORK_QUEUE_ITEM FrontCleanupEnd;

static VOID FrontEndCleanup(PVOID Parameter)
{
	PIRP Irp = Parameter;
	int Before = cleanup_cancels;

	msleep(300);
	if (cleanup_cancels == Before && IoSetCancelRoutine(Irp, NULL) != NULL)
		FrontComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS FrontSlowCleanup(PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoSetCancelRoutine(Irp, FrontCancelCleanup);
	ExInitializeWorkItem(&FrontCleanupEnd, FrontEndCleanup, Irp);
	ExQueueWorkItem(&FrontCleanupEnd, DelayedWorkQueue);
	return STATUS_PENDING;
}

static NTSTATUS FrontCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	InterlockedIncrement(&cleanups);
	if (slow_cleanup)
		return FrontSlowCleanup(Irp);
	FrontComplete(Irp, STATUS_SUCCESS, 0);
	FrontMayDelete(DeviceObject, IRP_MJ_CLEANUP);
	return STATUS_SUCCESS;
}

static NTSTATUS FrontClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFILE_OBJECT FileObject = IoGetCurrentIrpStackLocation(Irp)->FileObject;

	ExFreePoolWithTag(FileObject->FsContext, 'tnrF');
	InterlockedIncrement(&closes);
	FrontComplete(Irp, STATUS_SUCCESS, 0);
	FrontMayDelete(DeviceObject, IRP_MJ_CLOSE);
	return STATUS_SUCCESS;
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

/* The parts of a request that do not depend on what it is for */
static BOOLEAN FrontIsRight(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	PFILE_OBJECT FileObject = Location->FileObject;

	return Irp->RequestorMode == UserMode && FileObject->Type == IO_TYPE_FILE &&
	       FileObject->DeviceObject == DeviceObject &&
	       Irp->Tail.Overlay.OriginalFileObject == FileObject &&
	       Location->DeviceObject == DeviceObject && Location->MinorFunction == 0 &&
	       KeGetCurrentIrql() == PASSIVE_LEVEL;
}

static VOID FrontRemember(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	PIO_STACK_LOCATION Location = IoGetCurrentIrpStackLocation(Irp);
	BOOLEAN Right = FrontIsRight(DeviceObject, Irp);
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Extension->Last.major = Location->MajorFunction;
	Extension->Last.length = Location->Parameters.Read.Length;
	Extension->Last.offset = Location->Parameters.Read.ByteOffset.QuadPart;
	Extension->Last.right = Right;
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
}

static NTSTATUS FrontRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PFRONT_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status = STATUS_PENDING;
	KIRQL OldIrql;

	FrontRemember(DeviceObject, Irp);
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

	FrontRemember(DeviceObject, Irp);
	if (Length > sizeof(Extension->Data))
		return FrontComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	RtlCopyMemory(Extension->Data, Irp->AssociatedIrp.SystemBuffer, Length);
	Extension->Length = Length;
	Reader = FrontTakePending(Extension);
	if (Reader != NULL)
		FrontServe(Extension, Reader);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	iotimer_wdm_wake(DeviceObject);
	return FrontComplete(Irp, STATUS_SUCCESS, Length);
}

static __poll_t FrontPoll(PFILE_OBJECT FileObject)
{
	PFRONT_EXTENSION Extension = FileObject->DeviceObject->DeviceExtension;

	return READ_ONCE(Extension->Length) ? EPOLLIN | EPOLLRDNORM : EPOLLOUT | EPOLLWRNORM;
}

static NTSTATUS FrontLast(PFRONT_EXTENSION Extension, PIRP Irp, ULONG Out)
{
	KIRQL OldIrql;

	if (Out < sizeof(Extension->Last))
		return FrontComplete(Irp, STATUS_BUFFER_TOO_SMALL, 0);
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, &Extension->Last, sizeof(Extension->Last));
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return FrontComplete(Irp, STATUS_SUCCESS, sizeof(Extension->Last));
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

static NTSTATUS FrontRelease(VOID)
{
	PIRP Kept = InterlockedExchangePointer((PVOID *)&FrontKept, NULL);

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
		Irp = InterlockedExchangePointer((PVOID *)&FrontKept, Irp);
		if (Irp != NULL)
			FrontComplete(Irp, STATUS_DEVICE_BUSY, 0);
		return STATUS_PENDING;
	case FRONT_FORGET:	/* does not mark what it keeps, and returns a success */
		Irp = InterlockedExchangePointer((PVOID *)&FrontKept, Irp);
		if (Irp != NULL)
			FrontComplete(Irp, STATUS_DEVICE_BUSY, 0);
		return STATUS_SUCCESS;
	case FRONT_LAST:
		return FrontLast(Extension, Irp, Out);
	case FRONT_DELETE:
		FrontComplete(Irp, STATUS_SUCCESS, 0);
		IoDeleteDevice(DeviceObject);
		return STATUS_SUCCESS;
	case FRONT_RELEASE:
		return FrontComplete(Irp, FrontRelease(), 0);
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
	msleep(unload_ms);
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
	Extension->DeletedIn = FRONT_NEVER;
	(*DeviceObject)->Flags |= Flags;
	return STATUS_SUCCESS;
}

/* One that is deleted when a file of it is closed */
static NTSTATUS FrontAddDeleted(PDRIVER_OBJECT DriverObject, PCWSTR Name, UCHAR DeletedIn)
{
	PDEVICE_OBJECT DeviceObject;
	PFRONT_EXTENSION Extension;
	NTSTATUS Status;

	Status = FrontAdd(DriverObject, Name, DO_BUFFERED_IO, FALSE, &DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = DeviceObject->DeviceExtension;
	Extension->DeletedIn = DeletedIn;
	return STATUS_SUCCESS;
}

/* Requests for which a driver has no routine */
static BOOLEAN FrontRefuses(PDRIVER_DISPATCH Dispatch)
{
	PIRP Irp = IoAllocateIrp(1, FALSE);
	NTSTATUS Status, Said;

	if (Irp == NULL)
		return FALSE;
	IoSetNextIrpStackLocation(Irp);
	Said = Dispatch(NULL, Irp);
	Status = Irp->IoStatus.Status;
	IoFreeIrp(Irp);
	return Said == STATUS_INVALID_DEVICE_REQUEST && Status == STATUS_INVALID_DEVICE_REQUEST;
}

/* The driver object as the front end hands it over */
static BOOLEAN FrontDriverIsRight(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	DECLARE_CONST_UNICODE_STRING(Name, L"\\Driver\\test_wdm_front");
	ULONG i;

	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		if (DriverObject->MajorFunction[i] == NULL ||
		    DriverObject->MajorFunction[i] != DriverObject->MajorFunction[0])
			return FALSE;
	return FrontRefuses(DriverObject->MajorFunction[0]) &&
	       DriverObject->Type == IO_TYPE_DRIVER && DriverObject->DeviceObject == NULL &&
	       DriverObject->DriverExtension->DriverObject == DriverObject &&
	       RtlEqualUnicodeString(&DriverObject->DriverName, (PUNICODE_STRING)&Name, FALSE) &&
	       DriverObject->DriverName.MaximumLength >= DriverObject->DriverName.Length &&
	       RegistryPath->Length == 0 && KeGetCurrentIrql() == PASSIVE_LEVEL;
}

static NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	PDEVICE_OBJECT DeviceObject;
	NTSTATUS Status;

	if (!FrontDriverIsRight(DriverObject, RegistryPath))
		return STATUS_UNSUCCESSFUL;
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
	if (NT_SUCCESS(Status))
		Status = FrontAddDeleted(DriverObject, L"\\Device\\wdm_front_create",
					 IRP_MJ_CREATE);
	if (NT_SUCCESS(Status))
		Status = FrontAddDeleted(DriverObject, L"\\Device\\wdm_front_cleanup",
					 IRP_MJ_CLEANUP);
	if (NT_SUCCESS(Status))
		Status = FrontAddDeleted(DriverObject, L"\\Device\\wdm_front_close",
					 IRP_MJ_CLOSE);
	if (!NT_SUCCESS(Status))
		FrontUnload(DriverObject);
	return Status;
}

static WORK_QUEUE_ITEM FrontDeletion;

static VOID FrontDelete(PVOID Parameter)
{
	IoDeleteDevice(Parameter);
	deleted = 1;
}

/*
 * Writing to this deletes the device, while files are open. Meanwhile the other parameters
 * can be read and written.
 */
static int delete_device(const char *value, const struct kernel_param *kp)
{
	PDEVICE_OBJECT device = xchg(&FrontDevice, NULL);

	if (!device)
		return -ENODEV;
	ExInitializeWorkItem(&FrontDeletion, FrontDelete, device);
	ExQueueWorkItem(&FrontDeletion, DelayedWorkQueue);
	return 0;
}

static const struct kernel_param_ops delete_ops = { .set = delete_device };
module_param_cb(delete, &delete_ops, NULL, 0200);

/* Writing to this does what FRONT_RELEASE does, also for a device that goes. */
static int release_kept(const char *value, const struct kernel_param *kp)
{
	FrontRelease();
	return 0;
}

static const struct kernel_param_ops release_ops = { .set = release_kept };
module_param_cb(release, &release_ops, NULL, 0200);

iotimer_wdm_driver(DriverEntry);

/* Whether the driver has a routine for poll() */
static int set_poll(const char *value, const struct kernel_param *kp)
{
	WRITE_ONCE(__iotimer_wdm_driver.poll, *value == '1' ? FrontPoll : NULL);
	return 0;
}

static const struct kernel_param_ops poll_ops = { .set = set_poll };
module_param_cb(poll, &poll_ops, NULL, 0200);

MODULE_DESCRIPTION("iotimer self-test: a driver on the front end");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
