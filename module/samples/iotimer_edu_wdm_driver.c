// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu_wdm - the driver proper, as a Windows driver has it
 *
 * The scenario that the Windows documentation gives for an IoTimer routine, with
 * each part under the name that it has there. iotimer_edu_main.c does the same
 * in Linux names; porting.md has both side by side.
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

// State shared with the ISR

// One more than the limit, because the first tick may come at once.
static VOID EduAwait(PDEVICE_EXTENSION Extension)
{
	Extension->Isr.TimerCounter = Extension->Isr.Limit + 1;
}

// The second to come, interrupt or time-out, finds -1.
static VOID EduConclude(PDEVICE_EXTENSION Extension, EDU_OUTCOME Outcome)
{
	Extension->Isr.TimerCounter = -1;
	Extension->Isr.Outcome = Outcome;
}

// The device never fails by itself.
static EDU_FAULT EduNextFault(PEDU_REQUEST Request)
{
	if (Request->FaultCount == 0)
		return EduFaultNone;
	Request->FaultCount--;
	return Request->Fault;
}

// The first SynchCritSection: sets the counter and programs the device.
static BOOLEAN EduProgramDevice(PVOID SynchronizeContext)
{
	PDEVICE_EXTENSION Extension = (PDEVICE_EXTENSION)SynchronizeContext;
	PEDU_REQUEST Request = Extension->Active;
	PEDU_ISR_STATE Isr = &Extension->Isr;

	Isr->Id = Request->Id;
	Isr->Limit = Request->Limit;
	Isr->ResetExpected = FALSE;
	Isr->Fault = EduNextFault(Request);
	Isr->Programmed = Isr->Fault != EduFaultHang && Isr->Fault != EduFaultDead &&
		!(EduRead(Extension, EDU_STATUS) & EDU_STATUS_COMPUTING);
	EduAwait(Extension);
	EduTrace(Extension->DeviceObject, Request->Id, "start: count down from",
		 Isr->TimerCounter);
	if (Isr->Programmed == TRUE) {
		EduWrite(Extension, EDU_STATUS,
			 Isr->Fault == EduFaultLoseInterrupt ? 0 : EDU_STATUS_IRQ);
		EduWrite(Extension, EDU_FACTORIAL, Request->Number);
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
	Extension->Active->Information = Extension->Isr.Information;
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

// Requests

// Nobody may find the IRP as the current one when it is gone.
static VOID EduFinish(PDEVICE_OBJECT DeviceObject, PIRP Irp, NTSTATUS Status)
{
	KIRQL OldIrql;

	IoAcquireCancelSpinLock(&OldIrql);
	DeviceObject->CurrentIrp = NULL;
	IoReleaseCancelSpinLock(OldIrql);
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	IoStartNextPacket(DeviceObject, TRUE);
}

// From here on it is the device's: it has no Cancel routine any more.
VOID EduStartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	BOOLEAN Started;
	KIRQL OldIrql;

	IoAcquireCancelSpinLock(&OldIrql);
	if (Irp != DeviceObject->CurrentIrp || IoSetCancelRoutine(Irp, NULL) == NULL) {
		IoReleaseCancelSpinLock(OldIrql);
		return;
	}
	IoReleaseCancelSpinLock(OldIrql);

	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	Started = Extension->Started;
	if (Started == TRUE) {
		Extension->Active =
			IoGetCurrentIrpStackLocation(Irp)->Parameters.Others.Argument1;
		KeSynchronizeExecution(Extension->Interrupt, EduProgramDevice, Extension);
	}
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	if (Started == FALSE)
		EduFinish(DeviceObject, Irp, STATUS_DEVICE_NOT_CONNECTED);
}

// Under the executive spin lock.
static BOOLEAN EduRetry(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	PEDU_REQUEST Request = Extension->Active;

	if (Request->RetryCount == EDU_MAX_RETRIES)
		return FALSE;
	Request->RetryCount++;
	EduTrace(DeviceObject, Request->Id, "retry: number", Request->RetryCount);
	return KeSynchronizeExecution(Extension->Interrupt, EduProgramDevice, Extension);
}

// Completes the request or tries it once more, then starts the next one.
static VOID EduDpcForIsr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	EDU_OUTCOME Outcome = EduPending;
	PEDU_REQUEST Request = NULL;

	UNREFERENCED_PARAMETER(Dpc);
	UNREFERENCED_PARAMETER(Irp);
	UNREFERENCED_PARAMETER(Context);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	if (Extension->Active != NULL)
		Outcome = KeSynchronizeExecution(Extension->Interrupt, EduTakeOutcome,
						 Extension);
	if (Outcome != EduPending &&
	    (Outcome != EduResetDone || EduRetry(DeviceObject) == FALSE)) {
		Request = Extension->Active;
		Extension->Active = NULL;
	}
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	if (Request != NULL)
		EduFinish(DeviceObject, Request->Irp,
			  Outcome == EduDone ? STATUS_SUCCESS : STATUS_IO_TIMEOUT);
}

static VOID EduIoTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	BOOLEAN Hope = TRUE;

	UNREFERENCED_PARAMETER(Context);
	KeAcquireSpinLockAtDpcLevel(&Extension->Lock);
	if (Extension->Active != NULL)
		Hope = KeSynchronizeExecution(Extension->Interrupt, EduCountDown, Extension);
	KeReleaseSpinLockFromDpcLevel(&Extension->Lock);
	if (Hope == FALSE)
		IoRequestDpc(DeviceObject, NULL, NULL);
}

// At PASSIVE_LEVEL

// A name that is in use still, by a device that has open files, is left out.
static NTSTATUS EduCreateDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject)
{
	WCHAR Name[] = L"\\Device\\iotimer_edu0";
	NTSTATUS Status = STATUS_OBJECT_NAME_COLLISION;
	UNICODE_STRING String;
	ULONG Number;

	for (Number = 0; Number < 10 && Status == STATUS_OBJECT_NAME_COLLISION; Number++) {
		Name[ARRAYSIZE(Name) - 2] = L'0' + Number;
		RtlInitUnicodeString(&String, Name);
		Status = IoCreateDevice(DriverObject, sizeof(DEVICE_EXTENSION), &String,
					FILE_DEVICE_UNKNOWN, 0, FALSE, DeviceObject);
		if (NT_SUCCESS(Status))
			((PDEVICE_EXTENSION)(*DeviceObject)->DeviceExtension)->Number = Number;
	}
	return Status;
}

NTSTATUS EduAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject)
{
	PDEVICE_EXTENSION Extension;
	NTSTATUS Status;

	PAGED_CODE();
	Status = EduCreateDevice(DriverObject, DeviceObject);
	if (!NT_SUCCESS(Status))
		return Status;
	Extension = (*DeviceObject)->DeviceExtension;
	Extension->DeviceObject = *DeviceObject;
	Extension->Isr.TimerCounter = -1;
	KeInitializeSpinLock(&Extension->Lock);
	IoInitializeDpcRequest(*DeviceObject, EduDpcForIsr);
	Status = IoInitializeTimer(*DeviceObject, EduIoTimer, *DeviceObject);
	if (!NT_SUCCESS(Status)) {
		IoDeleteDevice(*DeviceObject);
		return Status;
	}
	(*DeviceObject)->Flags |= DO_BUFFERED_IO;
	(*DeviceObject)->Flags &= ~DO_DEVICE_INITIALIZING;
	return STATUS_SUCCESS;
}

// The timer runs from here on, not only for requests.
NTSTATUS EduStartDevice(PDEVICE_OBJECT DeviceObject, PVOID Registers, ULONG Vector)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	NTSTATUS Status;
	KIRQL OldIrql;

	PAGED_CODE();
	Extension->Registers = Registers;
	if ((EduRead(Extension, EDU_ID) & EDU_ID_MASK) != EDU_ID_VALUE)
		return STATUS_NO_SUCH_DEVICE;
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

// Nobody uses the interrupt object or the registers afterwards. StartIo completes
// the requests that are queued.
VOID EduStopDevice(PDEVICE_OBJECT DeviceObject)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	PEDU_REQUEST Request;
	KIRQL OldIrql;

	PAGED_CODE();
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Extension->Started = FALSE;
	Request = Extension->Active;
	Extension->Active = NULL;
	KeSynchronizeExecution(Extension->Interrupt, EduSilenceDevice, Extension);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	if (Request != NULL)
		EduFinish(DeviceObject, Request->Irp, STATUS_DEVICE_NOT_CONNECTED);

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
