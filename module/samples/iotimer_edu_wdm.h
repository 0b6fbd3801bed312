/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iotimer_edu_wdm - what its two files share: the driver proper, in Windows names,
 * and the entry points around it, which are Linux's.
 */
#ifndef IOTIMER_EDU_WDM_H
#define IOTIMER_EDU_WDM_H

#include <iotimer/wdm.h>

/* What is to go wrong with a request. */
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

/* A request, which CurrentIrp points to as if it were an IRP. */
typedef struct _EDU_REQUEST {
	LIST_ENTRY	ListEntry;
	PVOID		FileObject;
	ULONG		Id;
	ULONG		Number;
	LONG		Limit;		/* periods that it, or a reset, may take */
	EDU_FAULT	Fault;
	LONG		FaultCount;	/* attempts still to be disturbed */
	ULONG		RetryCount;
	ULONG		Information;	/* the result */
} EDU_REQUEST, *PEDU_REQUEST;

#define EDU_CURRENT(D)	((PEDU_REQUEST)(D)->CurrentIrp)

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
	PKINTERRUPT	Interrupt;	/* while there is hardware */
	PUCHAR		Registers;	/* the same */
	PVOID		Entry;		/* the entry points' own */

	EDU_ISR_STATE	Isr;

	/* Shared with other routines: under the executive spin lock. */
	KSPIN_LOCK	Lock;
	BOOLEAN		Started;
	ULONG		LastId;
	LIST_ENTRY	Queue;		/* behind DeviceObject->CurrentIrp */
	EDU_ISR_STATE	Snapshot;	/* for EduQueryState */
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

/* The driver proper */
NTSTATUS EduAddDevice(PUNICODE_STRING DeviceName, PDEVICE_OBJECT *DeviceObject);
NTSTATUS EduStartDevice(PDEVICE_OBJECT DeviceObject, PVOID Registers, ULONG Vector);
VOID EduStopDevice(PDEVICE_OBJECT DeviceObject);
NTSTATUS EduStartPacket(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Irp);
VOID EduQueryState(PDEVICE_OBJECT DeviceObject, PEDU_ISR_STATE State);

/* The entry points: called with the executive spin lock held, and anywhere */
VOID EduCompleteIrp(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Irp, NTSTATUS Status);
VOID EduTrace(PDEVICE_OBJECT DeviceObject, ULONG Id, PCSTR Step, LONG Value);

#endif /* IOTIMER_EDU_WDM_H */
