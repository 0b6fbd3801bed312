// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_disk_wdm - two drives on one controller, in the manner of the disk
 * drivers that controller objects were made for, and in Windows names
 *
 *	insmod iotimer_disk_wdm.ko requests=100 lose=10
 *	grep -r . /sys/module/iotimer_disk_wdm/parameters
 *	cat /sys/kernel/debug/iotimer/controllers
 *
 * Each drive reads a number of sectors. The controller can do one thing at a
 * time, so that a drive has to be given it first:
 *
 *	DiskRead -> IoStartPacket -> DiskStartIo
 *		-> IoAllocateController -> DiskControllerControl (KeepObject)
 *		-> DiskStartTransfer	[SynchCritSection]
 *		-> hardware -> DiskInterruptService -> DiskDpcForIsr
 *		-> IoFreeController, IoStartNextPacket, IoCompleteRequest
 *
 * What ISR, timer and drives share lies in the controller extension. The timer
 * is the first drive's, its context is the controller extension: it counts down,
 * and when an interrupt gets lost it has the request tried once more.
 *
 * The hardware is a model: a disk that turns once in a while, and raises the
 * interrupt itself when it has got to the sector.
 */
#include <linux/module.h>

#include <iotimer/wdm.h>

#define DRIVES		2
#define LIMIT		2		/* periods that a transfer may take */
#define SECTOR_SIZE	512

static unsigned int requests = 100;
module_param(requests, uint, 0444);
MODULE_PARM_DESC(requests, "sectors that each drive reads, default 100");

static unsigned int lose;
module_param(lose, uint, 0444);
MODULE_PARM_DESC(lose, "each LOSE-th interrupt gets lost, default 0: none");

static int completed;
module_param(completed, int, 0444);
MODULE_PARM_DESC(completed, "requests that have been completed");

static int timeouts;
module_param(timeouts, int, 0444);
MODULE_PARM_DESC(timeouts, "transfers whose interrupt did not come");

static int errors;
module_param(errors, int, 0444);
MODULE_PARM_DESC(errors, "sectors with the wrong contents, or requests out of order");

typedef enum _DISK_STATUS {
	DiskIdle,
	DiskReading,
	DiskDone,
	DiskTimedOut,
} DISK_STATUS;

// The model of the hardware; the driver knows Command and Data.
typedef struct _DISK_HARDWARE {
	LONG volatile Command;	/* DiskIdle or DiskReading */
	ULONG		Drive;
	ULONG		Sector;
	ULONG		Data;
	ULONG		InterruptCount;
	BOOLEAN		InterruptPending;
	KTIMER		Turn;
	KDPC		TurnDpc;
} DISK_HARDWARE, *PDISK_HARDWARE;

typedef struct _CONTROLLER_EXTENSION {
	PKINTERRUPT	Interrupt;
	DISK_HARDWARE	Hardware;

	/* Shared with the ISR: only in the ISR and in SynchCritSections. */
	PDEVICE_OBJECT	CurrentDevice;
	LONG		TimerCounter;	/* -1: nothing is awaited */
	DISK_STATUS	Status;
	ULONG		Data;
} CONTROLLER_EXTENSION, *PCONTROLLER_EXTENSION;

typedef struct _DEVICE_EXTENSION {
	PCONTROLLER_OBJECT	Controller;
	ULONG			Drive;
	ULONG			NextSector;	/* that is due to be completed */
	ULONG			Data;		/* its contents, the DPC's */
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

static KSERVICE_ROUTINE		DiskInterruptService;
static KSYNCHRONIZE_ROUTINE	DiskStartTransfer;
static KSYNCHRONIZE_ROUTINE	DiskCheckTimer;
static KSYNCHRONIZE_ROUTINE	DiskTakeStatus;
static DRIVER_CONTROL		DiskControllerControl;
static IO_TIMER_ROUTINE		DiskIoTimer;
static IO_DPC_ROUTINE		DiskDpcForIsr;
static KDEFERRED_ROUTINE	DiskTurn;
static DRIVER_DISPATCH		DiskRead;
static DRIVER_STARTIO		DiskStartIo;
static IO_COMPLETION_ROUTINE	DiskReadDone;

// What DriverEntry would have filled in.
static DRIVER_OBJECT DiskDriver = {
	.Type				= IO_TYPE_DRIVER,
	.DriverStartIo			= DiskStartIo,
	.MajorFunction[IRP_MJ_READ]	= DiskRead,
};

static PCONTROLLER_OBJECT DiskController;
static PDEVICE_OBJECT DiskDrives[DRIVES];

// The hardware

static ULONG DiskContents(ULONG Drive, ULONG Sector)
{
	return (Drive + 1) * 1000000 + Sector;
}

static VOID DiskTurn(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)DeferredContext;
	PDISK_HARDWARE Hardware = &Extension->Hardware;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(SystemArgument1);
	UNREFERENCED_PARAMETER(SystemArgument2);
	if (InterlockedCompareExchange(&Hardware->Command, DiskIdle, DiskReading) !=
	    DiskReading)
		return;
	Hardware->Data = DiskContents(Hardware->Drive, Hardware->Sector);
	Hardware->InterruptCount++;
	if (lose != 0 && Hardware->InterruptCount % lose == 0)
		return;
	Hardware->InterruptPending = TRUE;
	iotimer_wdm_raise_interrupt(Extension->Interrupt);
}

// A transfer, from the time that a drive has been given the controller

static ULONG DiskSectorOf(PIRP Irp)
{
	return IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.ByteOffset.LowPart /
		SECTOR_SIZE;
}

static BOOLEAN DiskStartTransfer(PVOID SynchronizeContext)
{
	PDEVICE_OBJECT DeviceObject = (PDEVICE_OBJECT)SynchronizeContext;
	PDEVICE_EXTENSION Drive = DeviceObject->DeviceExtension;
	PCONTROLLER_EXTENSION Extension = Drive->Controller->ControllerExtension;

	Extension->CurrentDevice = DeviceObject;
	Extension->Status = DiskIdle;
	Extension->TimerCounter = LIMIT + 1; // the first tick may come at once
	Extension->Hardware.Drive = Drive->Drive;
	Extension->Hardware.Sector = DiskSectorOf(DeviceObject->CurrentIrp);
	InterlockedExchange(&Extension->Hardware.Command, DiskReading);
	return TRUE;
}

static IO_ALLOCATION_ACTION DiskControllerControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
						  PVOID MapRegisterBase, PVOID Context)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)Context;

	UNREFERENCED_PARAMETER(MapRegisterBase);
	ASSERT(Irp == DeviceObject->CurrentIrp);
	KeSynchronizeExecution(Extension->Interrupt, DiskStartTransfer, DeviceObject);
	return KeepObject;
}

static BOOLEAN DiskInterruptService(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)ServiceContext;

	UNREFERENCED_PARAMETER(Interrupt);
	if (Extension->Hardware.InterruptPending == FALSE)
		return FALSE;
	Extension->Hardware.InterruptPending = FALSE;
	if (Extension->TimerCounter < 0)
		return TRUE;
	Extension->TimerCounter = -1;
	Extension->Status = DiskDone;
	Extension->Data = Extension->Hardware.Data;
	IoRequestDpc(Extension->CurrentDevice, Extension->CurrentDevice->CurrentIrp, NULL);
	return TRUE;
}

// The second to come, interrupt or timer, finds -1.
static BOOLEAN DiskCheckTimer(PVOID SynchronizeContext)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)SynchronizeContext;

	if (Extension->TimerCounter < 0 || --Extension->TimerCounter > 0)
		return FALSE;
	Extension->TimerCounter = -1;
	Extension->Status = DiskTimedOut;
	IoRequestDpc(Extension->CurrentDevice, NULL, NULL);
	return TRUE;
}

static VOID DiskIoTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)Context;

	UNREFERENCED_PARAMETER(DeviceObject);
	KeSynchronizeExecution(Extension->Interrupt, DiskCheckTimer, Extension);
}

static BOOLEAN DiskTakeStatus(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Drive = (PDEVICE_EXTENSION)SynchronizeContext;
	PCONTROLLER_EXTENSION Extension = Drive->Controller->ControllerExtension;
	DISK_STATUS Status = Extension->Status;

	Extension->Status = DiskIdle;
	Drive->Data = Extension->Data;
	return (BOOLEAN)Status;
}

// Requests

static NTSTATUS DiskRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoStartPacket(DeviceObject, Irp, NULL, NULL);
	return STATUS_PENDING;
}

static VOID DiskStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION Drive = DeviceObject->DeviceExtension;

	UNREFERENCED_PARAMETER(Irp);
	IoAllocateController(Drive->Controller, DeviceObject, DiskControllerControl,
			     Drive->Controller->ControllerExtension);
}

static VOID DiskComplete(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Drive = DeviceObject->DeviceExtension;
	PIRP Irp = DeviceObject->CurrentIrp;
	ULONG Sector = DiskSectorOf(Irp);

	Irp->IoStatus.Status = STATUS_SUCCESS;
	Irp->IoStatus.Information = Drive->Data;
	if (Drive->Data != DiskContents(Drive->Drive, Sector) || Sector != Drive->NextSector)
		InterlockedIncrement(&errors);
	Drive->NextSector = Sector + 1;
	IoFreeController(Drive->Controller);
	IoStartNextPacket(DeviceObject, FALSE);
	IoCompleteRequest(Irp, IO_DISK_INCREMENT);
}

static VOID DiskDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PDEVICE_EXTENSION Drive = DeviceObject->DeviceExtension;
	PCONTROLLER_EXTENSION Extension = Drive->Controller->ControllerExtension;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Irp);
	UNREFERENCED_PARAMETER(Context);
	switch (KeSynchronizeExecution(Extension->Interrupt, DiskTakeStatus, Drive)) {
	case DiskDone:
		DiskComplete(DeviceObject);
		break;
	case DiskTimedOut:
		InterlockedIncrement(&timeouts);
		KdPrint(("drive %lu: sector %lu again\n", Drive->Drive,
			 DiskSectorOf(DeviceObject->CurrentIrp)));
		KeSynchronizeExecution(Extension->Interrupt, DiskStartTransfer, DeviceObject);
		break;
	default:
		break;
	}
}

// What DriverEntry and DriverUnload did, called by the entry points below

// The requests are the driver's own: there is nobody else who would read.
static NTSTATUS DiskReadDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Context);
	if (NT_SUCCESS(Irp->IoStatus.Status))
		InterlockedIncrement(&completed);
	IoFreeIrp(Irp);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS DiskRequest(PDEVICE_OBJECT DeviceObject, ULONG Sector)
{
	PIRP Irp = IoAllocateIrp(DeviceObject->StackSize, FALSE);
	PIO_STACK_LOCATION Location;

	if (Irp == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Location = IoGetNextIrpStackLocation(Irp);
	Location->MajorFunction = IRP_MJ_READ;
	Location->Parameters.Read.Length = SECTOR_SIZE;
	Location->Parameters.Read.ByteOffset.QuadPart = (LONGLONG)Sector * SECTOR_SIZE;
	IoSetCompletionRoutine(Irp, DiskReadDone, NULL, TRUE, TRUE, TRUE);
	return IoCallDriver(DeviceObject, Irp);
}

static NTSTATUS DiskCreateDrive(ULONG Number)
{
	PDEVICE_EXTENSION Drive;
	NTSTATUS Status;

	Status = IoCreateDevice(&DiskDriver, sizeof(DEVICE_EXTENSION), NULL, FILE_DEVICE_DISK,
				0, FALSE, &DiskDrives[Number]);
	if (!NT_SUCCESS(Status))
		return Status;
	Drive = DiskDrives[Number]->DeviceExtension;
	Drive->Controller = DiskController;
	Drive->Drive = Number;
	IoInitializeDpcRequest(DiskDrives[Number], DiskDpcForIsr);
	return STATUS_SUCCESS;
}

static NTSTATUS DiskCreateController(VOID)
{
	PCONTROLLER_EXTENSION Extension;

	DiskController = IoCreateController(sizeof(CONTROLLER_EXTENSION));
	if (DiskController == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Extension = DiskController->ControllerExtension;
	Extension->TimerCounter = -1;
	KeInitializeTimer(&Extension->Hardware.Turn);
	KeInitializeDpc(&Extension->Hardware.TurnDpc, DiskTurn, Extension);
	return IoConnectInterrupt(&Extension->Interrupt, DiskInterruptService, Extension,
				  NULL, IOTIMER_IRQ_VIRTUAL, IOTIMER_DIRQL, IOTIMER_DIRQL,
				  Latched, FALSE, (KAFFINITY)-1, FALSE);
}

// Data on its way to the driver gets lost, and nothing follows.
static BOOLEAN DiskSilence(PVOID SynchronizeContext)
{
	PCONTROLLER_EXTENSION Extension = (PCONTROLLER_EXTENSION)SynchronizeContext;

	Extension->Hardware.InterruptPending = FALSE;
	Extension->TimerCounter = -1;
	return TRUE;
}

static VOID DiskStop(PCONTROLLER_EXTENSION Extension)
{
	KeCancelTimer(&Extension->Hardware.Turn);
	IoStopTimer(DiskDrives[0]);
	KeFlushQueuedDpcs();
	KeSynchronizeExecution(Extension->Interrupt, DiskSilence, Extension);
	KeFlushQueuedDpcs();
}

static NTSTATUS DiskStart(VOID)
{
	PCONTROLLER_EXTENSION Extension = DiskController->ControllerExtension;
	LARGE_INTEGER DueTime;
	ULONG Number, Sector;
	NTSTATUS Status;

	Status = IoInitializeTimer(DiskDrives[0], DiskIoTimer, Extension);
	if (!NT_SUCCESS(Status))
		return Status;
	DueTime.QuadPart = -10000;
	KeSetTimerEx(&Extension->Hardware.Turn, DueTime, 1, &Extension->Hardware.TurnDpc);
	IoStartTimer(DiskDrives[0]);
	for (Number = 0; Number < DRIVES; Number++)
		for (Sector = 0; Sector < requests && NT_SUCCESS(Status); Sector++)
			Status = DiskRequest(DiskDrives[Number], Sector);
	if (!NT_SUCCESS(Status))
		DiskStop(Extension);
	return Status;
}

static VOID DiskCancel(PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_CANCELLED;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

// With requests pending as well. Deleting it frees the controller for the other.
static VOID DiskDeleteDrive(PDEVICE_OBJECT DeviceObject)
{
	PIRP Irp = DeviceObject->CurrentIrp;
	PKDEVICE_QUEUE_ENTRY Entry;

	while ((Entry = KeRemoveDeviceQueue(&DeviceObject->DeviceQueue)) != NULL)
		DiskCancel(CONTAINING_RECORD(Entry, IRP, Tail.Overlay.DeviceQueueEntry));
	IoDeleteDevice(DeviceObject);
	if (Irp != NULL)
		DiskCancel(Irp);
}

static VOID DiskDeleteController(VOID)
{
	PCONTROLLER_EXTENSION Extension = DiskController->ControllerExtension;

	if (Extension->Interrupt != NULL)
		IoDisconnectInterrupt(Extension->Interrupt);
	IoDeleteController(DiskController);
}

// The entry points, in Linux names

static void disk_delete(void)
{
	int i;

	for (i = 0; i < DRIVES; i++)
		if (DiskDrives[i])
			DiskDeleteDrive(DiskDrives[i]);
	if (DiskController)
		DiskDeleteController();
}

static int __init disk_init(void)
{
	NTSTATUS status = DiskCreateController();
	ULONG i;

	for (i = 0; i < DRIVES && NT_SUCCESS(status); i++)
		status = DiskCreateDrive(i);
	if (NT_SUCCESS(status))
		status = DiskStart();
	if (NT_SUCCESS(status))
		return 0;
	disk_delete();
	return -ENOMEM;
}
module_init(disk_init);

static void __exit disk_exit(void)
{
	DiskStop(DiskController->ControllerExtension);
	disk_delete();
}
module_exit(disk_exit);

MODULE_DESCRIPTION("iotimer sample: two drives on a controller object, in Windows names");
MODULE_LICENSE("GPL");
