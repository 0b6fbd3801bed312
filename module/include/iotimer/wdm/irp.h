/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Requests: the IRP, its stack locations, completion and cancellation.
 *
 *	state of an IRP			CurrentLocation
 *	allocated, sent to nobody	StackCount + 1
 *	with a driver			1 to StackCount
 *	completed			StackCount + 1 again
 *
 * IoCompleteRequest() takes an IRP one location up for each driver that it was sent
 * to, and calls the completion routine that was set there. So a second completion
 * finds nothing to complete, reports that, and has no effect (R3).
 */
#ifndef _IOTIMER_WDM_IRP_H
#define _IOTIMER_WDM_IRP_H

#include <iotimer/wdm/device.h>
#include <iotimer/wdm/driver.h>
#include <iotimer/wdm/interlocked.h>
#include <iotimer/wdm/queue.h>
#include <iotimer/wdm/status.h>
#include <iotimer/wdm/timer.h>

#define IO_NO_INCREMENT			0
#define IO_DISK_INCREMENT		1
#define IO_CD_ROM_INCREMENT		1
#define IO_PARALLEL_INCREMENT		1
#define IO_NETWORK_INCREMENT		2
#define IO_SERIAL_INCREMENT		2
#define IO_VIDEO_INCREMENT		1
#define IO_KEYBOARD_INCREMENT		6
#define IO_MOUSE_INCREMENT		6
#define IO_SOUND_INCREMENT		8

/* IO_STACK_LOCATION.Control */
#define SL_PENDING_RETURNED		0x01
#define SL_INVOKE_ON_CANCEL		0x20
#define SL_INVOKE_ON_SUCCESS		0x40
#define SL_INVOKE_ON_ERROR		0x80

/* Control codes: how a device is spoken to beside read and write. */
#define METHOD_BUFFERED			0
#define METHOD_IN_DIRECT		1
#define METHOD_OUT_DIRECT		2
#define METHOD_NEITHER			3

#define FILE_ANY_ACCESS			0
#define FILE_SPECIAL_ACCESS		FILE_ANY_ACCESS
#define FILE_READ_ACCESS		0x0001
#define FILE_WRITE_ACCESS		0x0002
#define FILE_READ_DATA			0x0001
#define FILE_WRITE_DATA			0x0002

/* IO_STACK_LOCATION.Parameters.Create.Options */
#define FILE_DIRECTORY_FILE		0x00000001
#define FILE_WRITE_THROUGH		0x00000002
#define FILE_SEQUENTIAL_ONLY		0x00000004
#define FILE_SYNCHRONOUS_IO_ALERT	0x00000010
#define FILE_SYNCHRONOUS_IO_NONALERT	0x00000020
#define FILE_NON_DIRECTORY_FILE		0x00000040

#define CTL_CODE(TYPE, FUNCTION, METHOD, ACCESS)			\
	(((ULONG)(TYPE) << 16) | ((ACCESS) << 14) | ((FUNCTION) << 2) | (METHOD))
#define DEVICE_TYPE_FROM_CTL_CODE(CODE)	((ULONG)(CODE) >> 16)
#define METHOD_FROM_CTL_CODE(CODE)	((ULONG)(CODE) & 3)

/**
 * struct _IO_STATUS_BLOCK - how a request ended: IO_STATUS_BLOCK
 * @Status: the status
 * @Pointer: in its place
 * @Information: mostly the number of bytes
 */
typedef struct _IO_STATUS_BLOCK {
	union {
		NTSTATUS	Status;
		PVOID		Pointer;
	};
	ULONG_PTR		Information;
} IO_STATUS_BLOCK, *PIO_STATUS_BLOCK;

/**
 * struct _FILE_OBJECT - an open file: FILE_OBJECT
 * @Type: IO_TYPE_FILE
 * @Size: without effect
 * @DeviceObject: the device
 * @FsContext: the driver's
 * @FsContext2: the driver's
 * @FileName: empty
 * @Flags: without effect
 *
 * Differs from Windows: there are no other fields. Made by the front end.
 */
typedef struct _FILE_OBJECT {
	CSHORT		Type;
	CSHORT		Size;
	PDEVICE_OBJECT	DeviceObject;
	PVOID		FsContext;
	PVOID		FsContext2;
	ULONG		Flags;
	UNICODE_STRING	FileName;
} FILE_OBJECT, *PFILE_OBJECT;

/**
 * struct _IO_STACK_LOCATION - what one driver is asked for: IO_STACK_LOCATION
 * @MajorFunction: IRP_MJ_*
 * @MinorFunction: 0 from the front end
 * @Flags: without effect
 * @Control: SL_*
 * @Parameters: by @MajorFunction
 * @DeviceObject: the device
 * @FileObject: the open file, or NULL
 * @CompletionRoutine: of the driver above
 * @Context: passed to @CompletionRoutine
 */
typedef struct _IO_STACK_LOCATION {
	UCHAR	MajorFunction;
	UCHAR	MinorFunction;
	UCHAR	Flags;
	UCHAR	Control;
	union {
		struct {
			PVOID		SecurityContext;
			ULONG		Options;
			USHORT		FileAttributes;
			USHORT		ShareAccess;
			ULONG		EaLength;
		} Create;
		struct {
			ULONG		Length;
			ULONG		Key;
			LARGE_INTEGER	ByteOffset;
		} Read;
		struct {
			ULONG		Length;
			ULONG		Key;
			LARGE_INTEGER	ByteOffset;
		} Write;
		struct {
			ULONG		OutputBufferLength;
			ULONG		InputBufferLength;
			ULONG		IoControlCode;
			PVOID		Type3InputBuffer;
		} DeviceIoControl;
		struct {
			PVOID		Argument1;
			PVOID		Argument2;
			PVOID		Argument3;
			PVOID		Argument4;
		} Others;
	} Parameters;
	PDEVICE_OBJECT		DeviceObject;
	PFILE_OBJECT		FileObject;
	PIO_COMPLETION_ROUTINE	CompletionRoutine;
	PVOID			Context;
} IO_STACK_LOCATION, *PIO_STACK_LOCATION;

/**
 * struct _IRP - a request: IRP
 * @Type: IO_TYPE_IRP
 * @Size: in bytes, with the stack locations
 * @MdlAddress: the driver's, see wdm/mdl.h; NULL from the front end
 * @Flags: without effect
 * @AssociatedIrp: SystemBuffer, the request's bytes, of both directions
 * @IoStatus: how it ended
 * @RequestorMode: KernelMode, or UserMode from the front end
 * @PendingReturned: was the location just completed marked as pending?
 * @StackCount: how many locations it has
 * @CurrentLocation: see above
 * @Cancel: has IoCancelIrp() been called? Volatile, as drivers look at it meanwhile
 * @CancelIrql: for IoReleaseCancelSpinLock() in a Cancel routine
 * @CancelRoutine: set by IoSetCancelRoutine()
 * @UserBuffer: of IoBuildDeviceIoControlRequest(); NULL from the front end
 * @UserIosb: likewise
 * @UserEvent: likewise
 * @Tail: Overlay: the driver's that has the request, and CurrentStackLocation
 *
 * Differs from Windows: there are no other fields, and the front end does buffered I/O
 * only.
 */
struct _IRP {
	CSHORT			Type;
	USHORT			Size;
	struct _MDL		*MdlAddress;
	ULONG			Flags;
	union {
		PIRP		MasterIrp;
		LONG		IrpCount;
		PVOID		SystemBuffer;
	} AssociatedIrp;
	IO_STATUS_BLOCK		IoStatus;
	KPROCESSOR_MODE		RequestorMode;
	BOOLEAN			PendingReturned;
	CHAR			StackCount;
	CHAR			CurrentLocation;
	BOOLEAN volatile Cancel;
	KIRQL			CancelIrql;
	PDRIVER_CANCEL		CancelRoutine;
	PVOID			UserBuffer;
	PIO_STATUS_BLOCK	UserIosb;
	struct _KEVENT		*UserEvent;
	union {
		struct {
			union {
				KDEVICE_QUEUE_ENTRY	DeviceQueueEntry;
				PVOID			DriverContext[4];
			};
			LIST_ENTRY		ListEntry;
			PIO_STACK_LOCATION	CurrentStackLocation;
			PFILE_OBJECT		OriginalFileObject;
		} Overlay;
	} Tail;

	/* private: of a request that is made by IoBuildDeviceIoControlRequest() */
	void			(*finish)(PIRP irp);
	ULONG			user_size;
};

/* private: the locations lie behind the IRP, the first driver's last */
static inline PIO_STACK_LOCATION iotimer_wdm_locations(PIRP irp)
{
	return (PIO_STACK_LOCATION)(irp + 1);
}

PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota);
VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize);
VOID IoFreeIrp(PIRP Irp);
NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp);
VOID IofCompleteRequest(PIRP Irp, CCHAR PriorityBoost);
BOOLEAN IoCancelIrp(PIRP Irp);
VOID IoAcquireCancelSpinLock(PKIRQL Irql);
VOID IoReleaseCancelSpinLock(KIRQL Irql);
PIRP IoBuildDeviceIoControlRequest(ULONG Code, PDEVICE_OBJECT DeviceObject,
				   PVOID InputBuffer, ULONG InputBufferLength,
				   PVOID OutputBuffer, ULONG OutputBufferLength,
				   BOOLEAN InternalDeviceIoControl, struct _KEVENT *Event,
				   PIO_STATUS_BLOCK IoStatusBlock);

/**
 * IoSizeOfIrp() - how much memory an IRP takes
 * @StackSize: how many stack locations it has
 *
 * Context: Any IRQL.
 * Return: the number of bytes, for IoInitializeIrp().
 */
static inline USHORT IoSizeOfIrp(CCHAR StackSize)
{
	return sizeof(IRP) + StackSize * sizeof(IO_STACK_LOCATION);
}

/**
 * IoGetCurrentIrpStackLocation() - what this driver is asked for
 * @Irp: the request, which the driver has
 *
 * Context: Any IRQL.
 * Return: the location.
 */
static inline PIO_STACK_LOCATION IoGetCurrentIrpStackLocation(PIRP Irp)
{
	return Irp->Tail.Overlay.CurrentStackLocation;
}

/**
 * IoGetNextIrpStackLocation() - what the next driver will be asked for
 * @Irp: the request
 *
 * Context: Any IRQL.
 * Return: the location, to be filled in before IoCallDriver().
 */
static inline PIO_STACK_LOCATION IoGetNextIrpStackLocation(PIRP Irp)
{
	return Irp->Tail.Overlay.CurrentStackLocation - 1;
}

/**
 * IoSetNextIrpStackLocation() - make the next location the current one
 * @Irp: a request of the driver's own, for a location that it needs itself
 *
 * Context: Any IRQL.
 */
static inline VOID IoSetNextIrpStackLocation(PIRP Irp)
{
	Irp->CurrentLocation--;
	Irp->Tail.Overlay.CurrentStackLocation--;
}

/**
 * IoSkipCurrentIrpStackLocation() - leave this driver's location to the next one
 * @Irp: the request
 *
 * Context: Any IRQL.
 */
static inline VOID IoSkipCurrentIrpStackLocation(PIRP Irp)
{
	Irp->CurrentLocation++;
	Irp->Tail.Overlay.CurrentStackLocation++;
}

/**
 * IoCopyCurrentIrpStackLocationToNext() - ask the next driver for the same
 * @Irp: the request
 *
 * Context: Any IRQL.
 */
static inline VOID IoCopyCurrentIrpStackLocationToNext(PIRP Irp)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);

	*next = *IoGetCurrentIrpStackLocation(Irp);
	next->Control = 0;
	next->CompletionRoutine = NULL;
}

/**
 * IoSetCompletionRoutine() - be called when the next driver has completed a request
 * @Irp: the request
 * @CompletionRoutine: called by IoCompleteRequest()
 * @Context: passed to it
 * @InvokeOnSuccess: also after a success
 * @InvokeOnError: also after a failure
 * @InvokeOnCancel: also if IoCancelIrp() was called
 *
 * Context: Any IRQL.
 */
static inline
VOID IoSetCompletionRoutine(PIRP Irp, PIO_COMPLETION_ROUTINE CompletionRoutine,
			    PVOID Context, BOOLEAN InvokeOnSuccess,
			    BOOLEAN InvokeOnError, BOOLEAN InvokeOnCancel)
{
	PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(Irp);

	next->CompletionRoutine = CompletionRoutine;
	next->Context = Context;
	next->Control = (InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
			(InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
			(InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0);
}

/**
 * IoMarkIrpPending() - a dispatch routine will return STATUS_PENDING
 * @Irp: the request
 *
 * Context: IRQL <= DISPATCH_LEVEL, before the request can be completed.
 */
static inline VOID IoMarkIrpPending(PIRP Irp)
{
	IoGetCurrentIrpStackLocation(Irp)->Control |= SL_PENDING_RETURNED;
}

/**
 * IoSetCancelRoutine() - set or take back a request's Cancel routine: xchg()
 * @Irp: the request
 * @CancelRoutine: the routine, or NULL
 *
 * A full barrier. If this returns NULL where a routine was set, IoCancelIrp() has
 * taken it and calls it (R4).
 *
 * Context: Any IRQL; with the cancel spin lock or without.
 * Return: the routine before.
 */
static inline PDRIVER_CANCEL IoSetCancelRoutine(PIRP Irp, PDRIVER_CANCEL CancelRoutine)
{
	return xchg(&Irp->CancelRoutine, CancelRoutine);
}

/**
 * IoCallDriver() - send a request to a driver: its dispatch routine is called
 * @DEVICE: the device
 * @IRP: the request, whose next location says what for
 *
 * Context: as the dispatch routine wants it, mostly PASSIVE_LEVEL.
 * Return: what the dispatch routine returns; STATUS_INVALID_DEVICE_REQUEST, the
 * request then being completed with that, for a driver without one.
 */
#define IoCallDriver(DEVICE, IRP) ({					\
	NTSTATUS __status = IofCallDriver(DEVICE, IRP);			\
									\
	IOTIMER_WDM_NO_TAIL_CALL();					\
	__status;							\
})

/**
 * IoCompleteRequest() - complete a request
 * @IRP: the request, which is no longer the caller's afterwards and may be gone
 * @BOOST: without effect
 *
 * Differs from Windows: a second time stops the system there; here it is reported,
 * and has no effect (R3), as long as the memory is there. IoStatus.Status of
 * STATUS_PENDING, and a Cancel routine that is still set, are reported.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
#define IoCompleteRequest(IRP, BOOST)	IofCompleteRequest(IRP, BOOST)

#define IofCompleteRequest(IRP, BOOST) ({				\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoCompleteRequest"))	\
		IofCompleteRequest(IRP, BOOST);				\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#define IoCancelIrp(REQUEST)						\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoCancelIrp") ? IoCancelIrp(REQUEST) : FALSE)

#endif /* _IOTIMER_WDM_IRP_H */
