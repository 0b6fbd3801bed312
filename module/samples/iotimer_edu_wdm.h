/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iotimer_edu_wdm - what its files share: the device (iotimer_edu_wdm_driver.c), the
 * requests of open files with DriverEntry (iotimer_edu_wdm_file.c), and what is
 * Linux's (iotimer_edu_wdm_linux.c).
 */
#ifndef IOTIMER_EDU_WDM_H
#define IOTIMER_EDU_WDM_H

#include <ntddk.h>

/* The fault that a request is to meet. */
typedef enum _EDU_FAULT {
	EduFaultNone,
	EduFaultLoseInterrupt,
	EduFaultHang,
	EduFaultDead,
} EDU_FAULT;

/* How an attempt ended: what ISR or IoTimer routine tell the DpcForIsr. */
typedef enum _EDU_OUTCOME {
	EduPending,
	EduDone,
	EduResetDone,
	EduResetTimeout,
} EDU_OUTCOME;

/* An open file: FsContext of its file object. Under the device's executive spin lock. */
typedef struct _EDU_FILE {
	LIST_ENTRY	Requests;	/* written, not yet completed */
	LIST_ENTRY	Done;		/* completed, not yet read */
	LIST_ENTRY	Reads;		/* IRPs that wait for something to read */
	ULONG		Count;		/* of requests that were written and not yet read */
	ULONG		Offset;		/* read of the first one's line */
} EDU_FILE, *PEDU_FILE;

/*
 * A request to the device. It has an IRP of its own, because the one that has written
 * it is completed at once.
 */
typedef struct _EDU_REQUEST {
	LIST_ENTRY	ListEntry;
	LONG		RefCount;
	PIRP		Irp;
	PEDU_FILE	File;		/* NULL once that is closed */
	ULONG		Id;
	ULONG		Number;
	LONG		Limit;		/* periods that it, or a reset, may take */
	EDU_FAULT	Fault;
	LONG		FaultCount;	/* attempts still to be disturbed */
	ULONG		RetryCount;
	ULONG		Information;	/* the result */
	NTSTATUS	Status;
} EDU_REQUEST, *PEDU_REQUEST;

/* Shared with the ISR: only in the ISR and in SynchCritSections. */
typedef struct _EDU_ISR_STATE {
	LONG		TimerCounter;	/* periods left, -1: nothing is awaited */
	BOOLEAN		ResetExpected;
	BOOLEAN		Programmed;
	EDU_OUTCOME	Outcome;
	EDU_FAULT	Fault;
	ULONG		Id;
	LONG		Limit;
	ULONG		Information;
} EDU_ISR_STATE, *PEDU_ISR_STATE;

typedef struct _DEVICE_EXTENSION {
	PDEVICE_OBJECT	DeviceObject;
	ULONG		Number;		/* in its name */
	PKINTERRUPT	Interrupt;	/* while there is hardware */
	PUCHAR		Registers;	/* the same */

	EDU_ISR_STATE	Isr;

	/* Shared with other routines: under the executive spin lock. */
	KSPIN_LOCK	Lock;
	BOOLEAN		Started;
	ULONG		LastId;
	PEDU_REQUEST	Active;		/* that the device is programmed with */
	EDU_ISR_STATE	Snapshot;	/* for EduQueryState */
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

/* The device */
DRIVER_STARTIO EduStartIo;
NTSTATUS EduAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject);
NTSTATUS EduStartDevice(PDEVICE_OBJECT DeviceObject, PVOID Registers, ULONG Vector);
VOID EduStopDevice(PDEVICE_OBJECT DeviceObject);
VOID EduQueryState(PDEVICE_OBJECT DeviceObject, PEDU_ISR_STATE State);

/* Requests and files */
DRIVER_INITIALIZE DriverEntry;
DRIVER_CANCEL EduCancelRequest;
BOOLEAN EduIsReadable(PFILE_OBJECT FileObject);
BOOLEAN EduIsWritable(PFILE_OBJECT FileObject);
ULONG EduCountQueued(PDEVICE_OBJECT DeviceObject);

/* Linux's: somebody may read, and what is happening. Called at any IRQL. */
VOID EduNotify(PDEVICE_OBJECT DeviceObject);
VOID EduTrace(PDEVICE_OBJECT DeviceObject, ULONG Id, PCSTR Step, LONG Value);
VOID EduTraceFailure(PDEVICE_OBJECT DeviceObject, ULONG Id, NTSTATUS Status);

#endif /* IOTIMER_EDU_WDM_H */
