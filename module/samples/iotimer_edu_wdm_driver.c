// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu_wdm - the driver proper, as a Windows driver has it
 *
 * The scenario that the Windows documentation gives for an IoTimer routine, with
 * each part under the name that it has there. iotimer_edu_main.c does the same
 * in Linux names; the README has both side by side.
 *
 * A request has a counter of seconds. The IoTimer routine counts it down, resets
 * the device when it is over, and gives the request up when the reset is not
 * reported either. ISR and DpcForIsr do the rest.
 */
#include "edu_hw.h"
#include "iotimer_edu_wdm.h"

#define EDU_MAX_RETRIES	3

static KSERVICE_ROUTINE		EduInterruptService;
static KSYNCHRONIZE_ROUTINE	EduProgramDevice;
static KSYNCHRONIZE_ROUTINE	EduCountDown;
static KSYNCHRONIZE_ROUTINE	EduTakeOutcome;
static KSYNCHRONIZE_ROUTINE	EduSilenceDevice;
static KSYNCHRONIZE_ROUTINE	EduTakeSnapshot;
static IO_TIMER_ROUTINE		EduIoTimer;
static IO_DPC_ROUTINE		EduDpcForIsr;

static ULONG EduRead(PDEVICE_EXTENSION Extension, ULONG Offset)
{
	return READ_REGISTER_ULONG((PULONG)(Extension->Registers + Offset));
}

static VOID EduWrite(PDEVICE_EXTENSION Extension, ULONG Offset, ULONG Value)
{
	WRITE_REGISTER_ULONG((PULONG)(Extension->Registers + Offset), Value);
}

// What is shared with the ISR

// One more than the limit, because the first tick may come at once.
static VOID EduAwait(PDEVICE_EXTENSION Extension)
{
	Extension->Isr.TimerCounter = Extension->Isr.Limit + 1;
}

// Who comes second, the interrupt or the time-out, finds -1.
static VOID EduConclude(PDEVICE_EXTENSION Extension, EDU_OUTCOME Outcome)
{
	Extension->Isr.TimerCounter = -1;
	Extension->Isr.Outcome = Outcome;
}

// The device never fails by itself.
static EDU_FAULT EduNextFault(PEDU_REQUEST Irp)
{
	if (Irp->FaultCount == 0)
		return EduFaultNone;
	Irp->FaultCount--;
	return Irp->Fault;
}

// The first SynchCritSection: sets the counter and programs the device.
static BOOLEAN EduProgramDevice(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;
	PEDU_REQUEST Irp = EDU_CURRENT(Extension->DeviceObject);
	PEDU_ISR_STATE Isr = &Extension->Isr;

	Isr->Id = Irp->Id;
	Isr->Limit = Irp->Limit;
	Isr->ResetExpected = FALSE;
	Isr->Fault = EduNextFault(Irp);
	Isr->Programmed = Isr->Fault != EduFaultHang && Isr->Fault != EduFaultDead &&
		!(EduRead(Extension, EDU_STATUS) & EDU_STATUS_COMPUTING);
	EduAwait(Extension);
	EduTrace(Extension->DeviceObject, Irp->Id, "start: count down from",
		 Isr->TimerCounter);
	if (Isr->Programmed == TRUE) {
		EduWrite(Extension, EDU_STATUS,
			 Isr->Fault == EduFaultLoseInterrupt ? 0 : EDU_STATUS_IRQ);
		EduWrite(Extension, EDU_FACTORIAL, Irp->Number);
	}
	return TRUE;
}

static VOID EduClear(PDEVICE_EXTENSION Extension)
{
	EduWrite(Extension, EDU_STATUS, 0);
	EduWrite(Extension, EDU_IRQ_ACK, 0xffffffff);
}

// The device has no reset: an interrupt that we raise ourselves reports it.
static VOID EduResetDevice(PDEVICE_EXTENSION Extension)
{
	Extension->Isr.ResetExpected = TRUE;
	EduAwait(Extension);
	EduTrace(Extension->DeviceObject, Extension->Isr.Id,
		 "time-out: reset, count down from", Extension->Isr.TimerCounter);
	EduClear(Extension);
	if (Extension->Isr.Fault != EduFaultDead)
		EduWrite(Extension, EDU_IRQ_RAISE, EDU_IRQ_RESET);
}

// The second SynchCritSection: FALSE when the reset has timed out, too.
static BOOLEAN EduCountDown(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;
	PEDU_ISR_STATE Isr = &Extension->Isr;

	if (Isr->TimerCounter < 0)
		return TRUE;
	Isr->TimerCounter--;
	EduTrace(Extension->DeviceObject, Isr->Id, "tick: count", Isr->TimerCounter);
	if (Isr->TimerCounter != 0)
		return TRUE;
	if (Isr->ResetExpected == FALSE) {
		EduResetDevice(Extension);
		return TRUE;
	}
	EduConclude(Extension, EduResetTimeout);
	return FALSE;
}

// Is it what we wait for, or a straggler?
static BOOLEAN EduIsAwaited(PDEVICE_EXTENSION Extension, ULONG Status)
{
	if (Extension->Isr.TimerCounter < 0)
		return FALSE;
	if (Extension->Isr.ResetExpected == TRUE)
		return (Status & EDU_IRQ_RESET) != 0;
	return Extension->Isr.Programmed && (Status & EDU_IRQ_FACTORIAL) != 0 &&
		!(EduRead(Extension, EDU_STATUS) & EDU_STATUS_COMPUTING);
}

static BOOLEAN EduInterruptService(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	PDEVICE_OBJECT DeviceObject = (PDEVICE_OBJECT)ServiceContext;
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	ULONG Status = EduRead(Extension, EDU_IRQ_STATUS);

	UNREFERENCED_PARAMETER(Interrupt);
	if (Status == 0)
		return FALSE;
	EduWrite(Extension, EDU_IRQ_ACK, Status);
	EduTrace(DeviceObject, Extension->Isr.Id, "interrupt: status", Status);
	if (EduIsAwaited(Extension, Status) == TRUE) {
		Extension->Isr.Information = EduRead(Extension, EDU_FACTORIAL);
		EduConclude(Extension, Extension->Isr.ResetExpected ? EduResetDone : EduDone);
		IoRequestDpc(DeviceObject, DeviceObject->CurrentIrp, NULL);
	}
	return TRUE;
}

static BOOLEAN EduTakeOutcome(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;
	EDU_OUTCOME Outcome = Extension->Isr.Outcome;

	Extension->Isr.Outcome = EduPending;
	EDU_CURRENT(Extension->DeviceObject)->Information = Extension->Isr.Information;
	return (BOOLEAN)Outcome;
}

static BOOLEAN EduSilenceDevice(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;

	EduConclude(Extension, EduPending);
	EduClear(Extension);
	return TRUE;
}

static BOOLEAN EduTakeSnapshot(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;

	Extension->Snapshot = Extension->Isr;
	return TRUE;
}

// Requests, under the executive spin lock

static VOID EduStartIo(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	PLIST_ENTRY Entry;

	if (IsListEmpty(&Extension->Queue) == TRUE)
		return;
	Entry = RemoveHeadList(&Extension->Queue);
	DeviceObject->CurrentIrp = (PIRP)CONTAINING_RECORD(Entry, EDU_REQUEST, ListEntry);
	KeSynchronizeExecution(Extension->Interrupt, EduProgramDevice, Extension);
}

NTSTATUS EduStartPacket(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Irp)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;

	if (Extension->Started == FALSE)
		return STATUS_DEVICE_NOT_CONNECTED;
	Irp->Id = ++Extension->LastId;
	EduTrace(DeviceObject, Irp->Id, "request: factorial of", Irp->Number);
	InsertTailList(&Extension->Queue, &Irp->ListEntry);
	if (EDU_CURRENT(DeviceObject) == NULL)
		EduStartIo(DeviceObject);
	return STATUS_PENDING;
}

static BOOLEAN EduRetry(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	PEDU_REQUEST Irp = EDU_CURRENT(DeviceObject);

	if (Irp->RetryCount == EDU_MAX_RETRIES)
		return FALSE;
	Irp->RetryCount++;
	EduTrace(DeviceObject, Irp->Id, "retry: number", Irp->RetryCount);
	return KeSynchronizeExecution(Extension->Interrupt, EduProgramDevice, Extension);
}

static VOID EduFinish(PDEVICE_OBJECT DeviceObject, NTSTATUS Status)
{
	PEDU_REQUEST Irp = EDU_CURRENT(DeviceObject);

	DeviceObject->CurrentIrp = NULL;
	EduCompleteIrp(DeviceObject, Irp, Status);
}

// Completes the request or tries it once more, then starts the next one.
static VOID EduDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	EDU_OUTCOME Outcome = EduPending;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Irp);
	UNREFERENCED_PARAMETER(Context);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	if (EDU_CURRENT(DeviceObject) != NULL)
		Outcome = KeSynchronizeExecution(Extension->Interrupt, EduTakeOutcome,
						 Extension);
	if (Outcome != EduPending &&
	    (Outcome != EduResetDone || EduRetry(DeviceObject) == FALSE)) {
		EduFinish(DeviceObject, Outcome == EduDone ? STATUS_SUCCESS : STATUS_IO_TIMEOUT);
		EduStartIo(DeviceObject);
	}
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
}

static VOID EduIoTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	BOOLEAN Hope = TRUE;

	UNREFERENCED_PARAMETER(Context);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	if (EDU_CURRENT(DeviceObject) != NULL)
		Hope = KeSynchronizeExecution(Extension->Interrupt, EduCountDown, Extension);
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	if (Hope == FALSE)
		IoRequestDpc(DeviceObject, NULL, NULL);
}

// Called by the entry points, at PASSIVE_LEVEL

NTSTATUS EduAddDevice(PUNICODE_STRING DeviceName, PDEVICE_OBJECT *DeviceObject)
{
	PDEVICE_EXTENSION Extension;
	NTSTATUS Status;

	PAGED_CODE();
	Status = IoCreateDevice(NULL, sizeof(DEVICE_EXTENSION), DeviceName,
				FILE_DEVICE_UNKNOWN, 0, FALSE, DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = (*DeviceObject)->DeviceExtension;
	Extension->DeviceObject = *DeviceObject;
	Extension->Isr.TimerCounter = -1;
	KeInitializeSpinLock(&Extension->Lock);
	InitializeListHead(&Extension->Queue);
	IoInitializeDpcRequest(*DeviceObject, EduDpcForIsr);
	Status = IoInitializeTimer(*DeviceObject, EduIoTimer, *DeviceObject);
	if (!NT_SUCCESS(Status))
		IoDeleteDevice(*DeviceObject);
	return Status;
}

// The timer runs from here on, not only for requests.
NTSTATUS EduStartDevice(PDEVICE_OBJECT DeviceObject, PVOID Registers, ULONG Vector)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status;
	KIRQL OldIrql;

	PAGED_CODE();
	Extension->Registers = Registers;
	Status = IoConnectInterrupt(&Extension->Interrupt, EduInterruptService, DeviceObject,
				    NULL, Vector, IOTIMER_DIRQL, IOTIMER_DIRQL,
				    LevelSensitive, TRUE, (KAFFINITY)-1, FALSE);
	if (!NT_SUCCESS(Status))
		return Status;
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Extension->Started = TRUE;
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	IoStartTimer(DeviceObject);
	return STATUS_SUCCESS;
}

// Nobody uses the interrupt object or the registers afterwards.
VOID EduStopDevice(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	KIRQL OldIrql;

	PAGED_CODE();
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Extension->Started = FALSE;
	KeSynchronizeExecution(Extension->Interrupt, EduSilenceDevice, Extension);
	if (EDU_CURRENT(DeviceObject) != NULL)
		EduFinish(DeviceObject, STATUS_DEVICE_NOT_CONNECTED);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);

	IoStopTimer(DeviceObject);
	IoDisconnectInterrupt(Extension->Interrupt);
	KeFlushQueuedDpcs();
}

// Under the executive spin lock.
VOID EduQueryState(PDEVICE_OBJECT DeviceObject, PEDU_ISR_STATE State)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;

	KeSynchronizeExecution(Extension->Interrupt, EduTakeSnapshot, Extension);
	*State = Extension->Snapshot;
}
