// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu_wdm - DriverEntry and the dispatch routines: what is written and read
 *
 * To user space it is iotimer_edu, with the names and the language of that: see
 * iotimer_edu_file.c. Only one of the two can be loaded.
 *
 * Each write becomes a request, with an IRP that the driver sends to itself, and which
 * IoStartPacket queues. A read takes the line of the first request that is done, or
 * waits for it.
 */
#include "edu_hw.h"
#include "iotimer_edu_wdm.h"

#define EDU_MAX_LIMIT		60
#define EDU_DEFAULT_LIMIT	2
#define EDU_MAX_REQUESTS	16	/* of an open file, not yet read */
#define EDU_LINE		64
#define EDU_TAG			'udEE'

static DRIVER_CANCEL		EduCancelRead;
static IO_COMPLETION_ROUTINE	EduRequestDone;

static NTSTATUS EduComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
	Irp->IoStatus.Status = Status;
	Irp->IoStatus.Information = Information;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return Status;
}

static PEDU_FILE EduFileOf(PIRP Irp)
{
	return IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext;
}

static VOID EduDereference(PEDU_REQUEST Request)
{
	if (InterlockedDecrement(&Request->RefCount) != 0)
		return;
	IoFreeIrp(Request->Irp);
	ExFreePoolWithTag(Request, EDU_TAG);
}

// Reading: what is done, the end of the file if nothing is to come

BOOLEAN EduIsReadable(PFILE_OBJECT FileObject)
{
	PDEVICE_EXTENSION Extension = FileObject->DeviceObject->DeviceExtension;
	PEDU_FILE File = FileObject->FsContext;
	BOOLEAN Readable;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Readable = !IsListEmpty(&File->Done);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return Readable;
}

BOOLEAN EduIsWritable(PFILE_OBJECT FileObject)
{
	PDEVICE_EXTENSION Extension = FileObject->DeviceObject->DeviceExtension;
	PEDU_FILE File = FileObject->FsContext;
	BOOLEAN Writable;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Writable = Extension->Started == TRUE && File->Count < EDU_MAX_REQUESTS;
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return Writable;
}

static VOID EduConsume(PEDU_FILE File, PEDU_REQUEST Request)
{
	RemoveEntryList(&Request->ListEntry);
	File->Count--;
	File->Offset = 0;
	EduDereference(Request);
}

// "120\n", backwards from the end of the line
static ULONG EduFormat(PCHAR Line, ULONG Number)
{
	ULONG n = 0, i;
	CHAR c;

	Line[n++] = '\n';
	do {
		Line[n++] = '0' + Number % 10;
		Number /= 10;
	} while (Number != 0);
	for (i = 0; i < n / 2; i++) {
		c = Line[i];
		Line[i] = Line[n - 1 - i];
		Line[n - 1 - i] = c;
	}
	return n;
}

static NTSTATUS EduTakeLine(PEDU_FILE File, PEDU_REQUEST Request, PIRP Irp, PULONG Taken)
{
	ULONG Wanted = IoGetCurrentIrpStackLocation(Irp)->Parameters.Read.Length;
	NTSTATUS Status = Request->Status;
	CHAR Line[EDU_LINE];
	ULONG Left;

	if (!NT_SUCCESS(Status)) {
		EduConsume(File, Request);
		return Status;
	}
	Left = EduFormat(Line, Request->Information) - File->Offset;
	*Taken = Wanted < Left ? Wanted : Left;
	RtlCopyMemory(Irp->AssociatedIrp.SystemBuffer, Line + File->Offset, *Taken);
	File->Offset += *Taken;
	if (*Taken == Left)
		EduConsume(File, Request);
	return STATUS_SUCCESS;
}

// STATUS_PENDING if there is something to wait for.
static NTSTATUS EduTryRead(PDEVICE_EXTENSION Extension, PEDU_FILE File, PIRP Irp,
			   PULONG Taken)
{
	*Taken = 0;
	if (!IsListEmpty(&File->Done))
		return EduTakeLine(File, CONTAINING_RECORD(File->Done.Flink, EDU_REQUEST,
							   ListEntry), Irp, Taken);
	if (Extension->Started == FALSE)
		return STATUS_DEVICE_NOT_CONNECTED;
	return File->Count == 0 ? STATUS_SUCCESS : STATUS_PENDING;
}

// Reads that wait and need not any more. Under the executive spin lock.
static VOID EduServeReads(PDEVICE_EXTENSION Extension, PEDU_FILE File)
{
	PLIST_ENTRY Entry, Next;
	NTSTATUS Status;
	ULONG Taken;
	PIRP Irp;

	for (Entry = File->Reads.Flink; Entry != &File->Reads; Entry = Next) {
		Next = Entry->Flink;
		if (IsListEmpty(&File->Done) && Extension->Started == TRUE && File->Count != 0)
			return;
		Irp = CONTAINING_RECORD(Entry, IRP, Tail.Overlay.ListEntry);
		if (IoSetCancelRoutine(Irp, NULL) == NULL)
			continue;	// it is being cancelled
		RemoveEntryList(Entry);
		Status = EduTryRead(Extension, File, Irp, &Taken);
		EduComplete(Irp, Status, Taken);
	}
}

static VOID EduCancelRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	KIRQL OldIrql;

	IoReleaseCancelSpinLock(Irp->CancelIrql);
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	EduComplete(Irp, STATUS_CANCELLED, 0);
}

// Under the executive spin lock. Either this or IoCancelIrp takes the routine back.
static VOID EduQueueRead(PEDU_FILE File, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	InsertTailList(&File->Reads, &Irp->Tail.Overlay.ListEntry);
	IoSetCancelRoutine(Irp, EduCancelRead);
	if (Irp->Cancel == TRUE && IoSetCancelRoutine(Irp, NULL) != NULL) {
		RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
		EduComplete(Irp, STATUS_CANCELLED, 0);
	}
}

static NTSTATUS EduDispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	PEDU_FILE File = EduFileOf(Irp);
	NTSTATUS Status;
	KIRQL OldIrql;
	ULONG Taken;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Status = EduTryRead(Extension, File, Irp, &Taken);
	if (Status == STATUS_PENDING) {
		EduQueueRead(File, Irp);
	} else {
		EduComplete(Irp, Status, Taken);
		EduServeReads(Extension, File);
	}
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return Status;
}

// Writing: NUMBER [limit=N] [fault=NAME] [times=N]

static NTSTATUS EduParseNumber(PCSTR Text, LONG Min, LONG Max, PLONG Value)
{
	BOOLEAN Negative = *Text == '-';
	LONGLONG Number = 0;

	if (Negative)
		Text++;
	if (*Text == '\0')
		return STATUS_INVALID_PARAMETER;
	for (; *Text != '\0'; Text++) {
		if (*Text < '0' || *Text > '9')
			return STATUS_INVALID_PARAMETER;
		if (Number <= MAXLONG)
			Number = Number * 10 + (*Text - '0');
	}
	if (Negative)
		Number = -Number;
	if (Number < Min || Number > Max)
		return STATUS_ARRAY_BOUNDS_EXCEEDED;
	*Value = (LONG)Number;
	return STATUS_SUCCESS;
}

static NTSTATUS EduParseFault(PCSTR Text, EDU_FAULT *Fault)
{
	static const PCSTR Names[] = { "none", "lose-irq", "hang", "dead" };
	ULONG i;

	for (i = 0; i < ARRAYSIZE(Names); i++)
		if (strcmp(Text, Names[i]) == 0) {
			*Fault = (EDU_FAULT)i;
			return STATUS_SUCCESS;
		}
	return STATUS_INVALID_PARAMETER;
}

static NTSTATUS EduParseWord(PEDU_REQUEST Request, PCSTR Word)
{
	if (strncmp(Word, "limit=", 6) == 0)
		return EduParseNumber(Word + 6, 1, EDU_MAX_LIMIT, &Request->Limit);
	if (strncmp(Word, "times=", 6) == 0)
		return EduParseNumber(Word + 6, 1, MAXLONG, &Request->FaultCount);
	if (strncmp(Word, "fault=", 6) == 0)
		return EduParseFault(Word + 6, &Request->Fault);
	return STATUS_INVALID_PARAMETER;
}

// Ends a word with a NUL and returns what is behind it.
static PCHAR EduEndWord(PCHAR Text)
{
	while (*Text != '\0' && *Text != ' ')
		Text++;
	while (*Text == ' ')
		*Text++ = '\0';
	return Text;
}

static BOOLEAN EduIsSpace(CHAR c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static NTSTATUS EduParse(PEDU_REQUEST Request, PCHAR Text, ULONG Length)
{
	NTSTATUS Status;
	LONG Number;
	PCHAR Word;

	while (Length != 0 && EduIsSpace(Text[Length - 1]))
		Length--;
	Text[Length] = '\0';
	while (EduIsSpace(*Text))
		Text++;
	Request->Limit = EDU_DEFAULT_LIMIT;
	Request->FaultCount = 1;
	Word = Text;
	Text = EduEndWord(Word);
	Status = EduParseNumber(Word, 0, EDU_MAX_NUMBER, &Number);
	if (NT_SUCCESS(Status))
		Request->Number = Number;
	while (NT_SUCCESS(Status) && *Text != '\0') {
		Word = Text;
		Text = EduEndWord(Word);
		Status = EduParseWord(Request, Word);
	}
	return Status;
}

static PEDU_REQUEST EduCreateRequest(PEDU_FILE File)
{
	PEDU_REQUEST Request = ExAllocatePoolZero(NonPagedPoolNx, sizeof(EDU_REQUEST), EDU_TAG);

	if (Request == NULL)
		return NULL;
	Request->Irp = IoAllocateIrp(1, FALSE);
	if (Request->Irp == NULL) {
		ExFreePoolWithTag(Request, EDU_TAG);
		return NULL;
	}
	Request->RefCount = 1;
	Request->File = File;
	return Request;
}

static NTSTATUS EduAddRequest(PDEVICE_EXTENSION Extension, PEDU_FILE File,
			      PEDU_REQUEST Request)
{
	NTSTATUS Status = STATUS_SUCCESS;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	if (File->Count >= EDU_MAX_REQUESTS) {
		Status = STATUS_DEVICE_BUSY;
	} else if (Extension->Started == FALSE) {
		Status = STATUS_DEVICE_NOT_CONNECTED;
	} else {
		Request->Id = ++Extension->LastId;
		File->Count++;
		InsertTailList(&File->Requests, &Request->ListEntry);
		EduTrace(Extension->DeviceObject, Request->Id, "request: factorial of",
			 Request->Number);
	}
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return Status;
}

static VOID EduSendRequest(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Request)
{
	PIO_STACK_LOCATION Location = IoGetNextIrpStackLocation(Request->Irp);

	Location->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
	Location->Parameters.Others.Argument1 = Request;
	IoSetCompletionRoutine(Request->Irp, EduRequestDone, DeviceObject, TRUE, TRUE, TRUE);
	IoCallDriver(DeviceObject, Request->Irp);
}

static NTSTATUS EduDispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	ULONG Length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
	PCHAR Buffer = Irp->AssociatedIrp.SystemBuffer;
	PEDU_FILE File = EduFileOf(Irp);
	PEDU_REQUEST Request;
	CHAR Text[EDU_LINE];
	NTSTATUS Status;
	ULONG i;

	if (Length >= sizeof(Text))
		return EduComplete(Irp, STATUS_INVALID_PARAMETER, 0);
	for (i = 0; i < Length; i++) {
		if (Buffer[i] == '\0')
			return EduComplete(Irp, STATUS_INVALID_PARAMETER, 0);
		Text[i] = Buffer[i];
	}
	Request = EduCreateRequest(File);
	if (Request == NULL)
		return EduComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	Status = EduParse(Request, Text, Length);
	if (NT_SUCCESS(Status))
		Status = EduAddRequest(DeviceObject->DeviceExtension, File, Request);
	if (!NT_SUCCESS(Status)) {
		EduDereference(Request);
		return EduComplete(Irp, Status, 0);
	}
	EduSendRequest(DeviceObject, Request);
	return EduComplete(Irp, STATUS_SUCCESS, Length);
}

// The request's own IRP

static NTSTATUS EduDispatchRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoStartPacket(DeviceObject, Irp, NULL, EduCancelRequest);
	return STATUS_PENDING;
}

// As long as StartIo has not got it.
VOID EduCancelRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	BOOLEAN Current = Irp == DeviceObject->CurrentIrp;

	if (Current == TRUE)
		DeviceObject->CurrentIrp = NULL;
	else
		KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue,
					 &Irp->Tail.Overlay.DeviceQueueEntry);
	IoReleaseCancelSpinLock(Irp->CancelIrql);
	if (Current == TRUE)
		IoStartNextPacket(DeviceObject, TRUE);
	EduComplete(Irp, STATUS_CANCELLED, 0);
}

static VOID EduTraceDone(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Request)
{
	if (NT_SUCCESS(Request->Status))
		EduTrace(DeviceObject, Request->Id, "result:", Request->Information);
	else if (Request->Status != STATUS_CANCELLED)
		EduTraceFailure(DeviceObject, Request->Id, Request->Status);
}

static NTSTATUS EduRequestDone(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	PEDU_REQUEST Request;
	PDEVICE_EXTENSION Extension;
	PEDU_FILE File;
	KIRQL OldIrql;

	DeviceObject = Context;
	Extension = DeviceObject->DeviceExtension;
	// a location up: that of the driver that has completed it
	Request = IoGetNextIrpStackLocation(Irp)->Parameters.Others.Argument1;
	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	Request->Status = Irp->IoStatus.Status;
	EduTraceDone(DeviceObject, Request);
	File = Request->File;
	if (File != NULL) {
		RemoveEntryList(&Request->ListEntry);
		InsertTailList(&File->Done, &Request->ListEntry);
		EduServeReads(Extension, File);
	}
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	EduNotify(DeviceObject);
	if (File == NULL)
		EduDereference(Request);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

ULONG EduCountQueued(PDEVICE_OBJECT DeviceObject)
{
	PKDEVICE_QUEUE Queue = &DeviceObject->DeviceQueue;
	PLIST_ENTRY Entry;
	ULONG Count = 0;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Queue->Lock, &OldIrql);
	for (Entry = Queue->DeviceListHead.Flink; Entry != &Queue->DeviceListHead;
	     Entry = Entry->Flink)
		Count++;
	KeReleaseSpinLock(&Queue->Lock, OldIrql);
	return Count;
}

// Files

static NTSTATUS EduDispatchCreate(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PEDU_FILE File = ExAllocatePoolZero(NonPagedPoolNx, sizeof(EDU_FILE), EDU_TAG);

	UNREFERENCED_PARAMETER(DeviceObject);
	if (File == NULL)
		return EduComplete(Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
	InitializeListHead(&File->Requests);
	InitializeListHead(&File->Done);
	InitializeListHead(&File->Reads);
	IoGetCurrentIrpStackLocation(Irp)->FileObject->FsContext = File;
	return EduComplete(Irp, STATUS_SUCCESS, 0);
}

// The first one that is on its way, which does not belong to the file any more.
static PEDU_REQUEST EduAbandon(PDEVICE_EXTENSION Extension, PEDU_FILE File)
{
	PEDU_REQUEST Request = NULL;
	KIRQL OldIrql;

	KeAcquireSpinLock(&Extension->Lock, &OldIrql);
	if (!IsListEmpty(&File->Requests)) {
		Request = CONTAINING_RECORD(RemoveHeadList(&File->Requests), EDU_REQUEST,
					    ListEntry);
		Request->File = NULL;
		InterlockedIncrement(&Request->RefCount);
	}
	KeReleaseSpinLock(&Extension->Lock, OldIrql);
	return Request;
}

// Takes back what the device has not begun, and forgets what it is busy with.
static NTSTATUS EduDispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PEDU_REQUEST Request;

	while ((Request = EduAbandon(DeviceObject->DeviceExtension, EduFileOf(Irp))) != NULL) {
		IoCancelIrp(Request->Irp);
		EduDereference(Request);
	}
	return EduComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS EduDispatchClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PEDU_FILE File = EduFileOf(Irp);

	UNREFERENCED_PARAMETER(DeviceObject);
	while (!IsListEmpty(&File->Done))
		EduConsume(File, CONTAINING_RECORD(File->Done.Flink, EDU_REQUEST, ListEntry));
	ExFreePoolWithTag(File, EDU_TAG);
	return EduComplete(Irp, STATUS_SUCCESS, 0);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
	UNREFERENCED_PARAMETER(RegistryPath);
	DriverObject->MajorFunction[IRP_MJ_CREATE] = EduDispatchCreate;
	DriverObject->MajorFunction[IRP_MJ_CLEANUP] = EduDispatchCleanup;
	DriverObject->MajorFunction[IRP_MJ_CLOSE] = EduDispatchClose;
	DriverObject->MajorFunction[IRP_MJ_READ] = EduDispatchRead;
	DriverObject->MajorFunction[IRP_MJ_WRITE] = EduDispatchWrite;
	DriverObject->MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = EduDispatchRequest;
	DriverObject->DriverStartIo = EduStartIo;
	return STATUS_SUCCESS;
}
