/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layer for ported sources: the signatures that the public documentation of
 * Windows gives, compared when this is compiled. A name without a signature, because
 * it is a macro there or here, is used in test_wdm_names.c and its neighbours.
 */
#ifndef _IOTIMER_WDM_SIGNATURES_H
#define _IOTIMER_WDM_SIGNATURES_H

#include <linux/compiler.h>

#include <iotimer/wdm.h>

#define IS(NAME, TYPE, ...)						\
	static_assert(__same_type(NAME, TYPE (__VA_ARGS__)), #NAME)
#define POINTS_TO(POINTER, TYPE)	IS_TYPE(POINTER, TYPE *)
#define IS_TYPE(NAME, TYPE)						\
	static_assert(__same_type(NAME, TYPE), #NAME)

/* Types */
static_assert(sizeof(ULONG) == 4 && sizeof(LONG) == 4 && sizeof(USHORT) == 2);
static_assert(sizeof(UCHAR) == 1 && sizeof(BOOLEAN) == 1 && sizeof(KIRQL) == 1);
static_assert(sizeof(LARGE_INTEGER) == 8 && sizeof(LONGLONG) == 8 && sizeof(NTSTATUS) == 4);
static_assert(sizeof(ULONG_PTR) == sizeof(PVOID) && sizeof(SIZE_T) == sizeof(PVOID));
static_assert((NTSTATUS)-1 < 0 && (LONG)-1 < 0 && (ULONG)-1 > 0 && (LONG_PTR)-1 < 0);
static_assert((CHAR)-1 < 0 && (CCHAR)-1 < 0);
static_assert(TRUE == 1 && FALSE == 0);
static_assert(PASSIVE_LEVEL == 0 && APC_LEVEL == 1 && DISPATCH_LEVEL == 2);
static_assert(KeepObject == 1 && DeallocateObject == 2);
POINTS_TO(PDEVICE_OBJECT, DEVICE_OBJECT);
POINTS_TO(PCONTROLLER_OBJECT, CONTROLLER_OBJECT);
POINTS_TO(PKINTERRUPT, KINTERRUPT);
POINTS_TO(PKSPIN_LOCK, KSPIN_LOCK);
POINTS_TO(PKLOCK_QUEUE_HANDLE, KLOCK_QUEUE_HANDLE);
POINTS_TO(PKDPC, KDPC);
POINTS_TO(PKTIMER, KTIMER);
POINTS_TO(PKIRQL, KIRQL);
POINTS_TO(PDRIVER_OBJECT, DRIVER_OBJECT);
POINTS_TO(PIRP, IRP);
POINTS_TO(PLIST_ENTRY, LIST_ENTRY);
POINTS_TO(PSINGLE_LIST_ENTRY, SINGLE_LIST_ENTRY);
POINTS_TO(PUNICODE_STRING, UNICODE_STRING);
/* signed on every machine and kernel, also where plain char is */
IS_TYPE(CHAR, signed char);
IS_TYPE(CCHAR, signed char);
IS_TYPE(((PDEVICE_OBJECT)0)->DeviceExtension, PVOID);
IS_TYPE(((PDEVICE_OBJECT)0)->Timer, PIO_TIMER);
IS_TYPE(((PDEVICE_OBJECT)0)->Dpc, KDPC);
IS_TYPE(((PCONTROLLER_OBJECT)0)->ControllerExtension, PVOID);

/* Routine types, as functions and as pointers */
IS(IO_TIMER_ROUTINE, VOID, PDEVICE_OBJECT, PVOID);
IS(KSYNCHRONIZE_ROUTINE, BOOLEAN, PVOID);
IS(KSERVICE_ROUTINE, BOOLEAN, PKINTERRUPT, PVOID);
IS(DRIVER_CONTROL, IO_ALLOCATION_ACTION, PDEVICE_OBJECT, PIRP, PVOID, PVOID);
IS(KDEFERRED_ROUTINE, VOID, PKDPC, PVOID, PVOID, PVOID);
IS(IO_DPC_ROUTINE, VOID, PKDPC, PDEVICE_OBJECT, PIRP, PVOID);
POINTS_TO(PIO_TIMER_ROUTINE, IO_TIMER_ROUTINE);
POINTS_TO(PKSYNCHRONIZE_ROUTINE, KSYNCHRONIZE_ROUTINE);
POINTS_TO(PKSERVICE_ROUTINE, KSERVICE_ROUTINE);
POINTS_TO(PDRIVER_CONTROL, DRIVER_CONTROL);
POINTS_TO(PKDEFERRED_ROUTINE, KDEFERRED_ROUTINE);
POINTS_TO(PIO_DPC_ROUTINE, IO_DPC_ROUTINE);

/* Devices */
IS(IoCreateDevice, NTSTATUS, PDRIVER_OBJECT, ULONG, PUNICODE_STRING, DEVICE_TYPE, ULONG,
   BOOLEAN, PDEVICE_OBJECT *);
IS(IoDeleteDevice, VOID, PDEVICE_OBJECT);
IS(IoStartTimer, VOID, PDEVICE_OBJECT);
IS(IoStopTimer, VOID, PDEVICE_OBJECT);
IS(IoInitializeDpcRequest, VOID, PDEVICE_OBJECT, PIO_DPC_ROUTINE);
IS(IoRequestDpc, VOID, PDEVICE_OBJECT, PIRP, PVOID);

/* Interrupts */
IS(IoConnectInterrupt, NTSTATUS, PKINTERRUPT *, PKSERVICE_ROUTINE, PVOID, PKSPIN_LOCK, ULONG,
   KIRQL, KIRQL, KINTERRUPT_MODE, BOOLEAN, KAFFINITY, BOOLEAN);
IS(IoDisconnectInterrupt, VOID, PKINTERRUPT);
IS(KeSynchronizeExecution, BOOLEAN, PKINTERRUPT, PKSYNCHRONIZE_ROUTINE, PVOID);
IS(KeAcquireInterruptSpinLock, KIRQL, PKINTERRUPT);
IS(KeReleaseInterruptSpinLock, VOID, PKINTERRUPT, KIRQL);

/* Spin locks and IRQL */
IS(KeAcquireSpinLock, VOID, PKSPIN_LOCK, PKIRQL);
IS(KeAcquireSpinLockRaiseToDpc, KIRQL, PKSPIN_LOCK);
IS(KeReleaseSpinLock, VOID, PKSPIN_LOCK, KIRQL);
IS(KeAcquireSpinLockAtDpcLevel, VOID, PKSPIN_LOCK);
IS(KeReleaseSpinLockFromDpcLevel, VOID, PKSPIN_LOCK);
IS(KeTryToAcquireSpinLockAtDpcLevel, BOOLEAN, PKSPIN_LOCK);
IS(KeTestSpinLock, BOOLEAN, PKSPIN_LOCK);
IS(KeAcquireInStackQueuedSpinLock, VOID, PKSPIN_LOCK, PKLOCK_QUEUE_HANDLE);
IS(KeReleaseInStackQueuedSpinLock, VOID, PKLOCK_QUEUE_HANDLE);
IS(KeAcquireInStackQueuedSpinLockAtDpcLevel, VOID, PKSPIN_LOCK, PKLOCK_QUEUE_HANDLE);
IS(KeReleaseInStackQueuedSpinLockFromDpcLevel, VOID, PKLOCK_QUEUE_HANDLE);
IS(KeGetCurrentIrql, KIRQL, VOID);
IS(KeRaiseIrql, VOID, KIRQL, PKIRQL);
IS(KeRaiseIrqlToDpcLevel, KIRQL, VOID);
IS(KeLowerIrql, VOID, KIRQL);

/* Controllers */
IS(IoCreateController, PCONTROLLER_OBJECT, ULONG);
IS(IoAllocateController, VOID, PCONTROLLER_OBJECT, PDEVICE_OBJECT, PDRIVER_CONTROL, PVOID);
IS(IoFreeController, VOID, PCONTROLLER_OBJECT);
IS(IoDeleteController, VOID, PCONTROLLER_OBJECT);

/* DPCs, timers and clocks */
IS(KeInitializeDpc, VOID, PKDPC, PKDEFERRED_ROUTINE, PVOID);
IS(KeSetImportanceDpc, VOID, PKDPC, KDPC_IMPORTANCE);
IS(KeSetTargetProcessorDpc, VOID, PKDPC, CCHAR);
IS(KeInsertQueueDpc, BOOLEAN, PKDPC, PVOID, PVOID);
IS(KeRemoveQueueDpc, BOOLEAN, PKDPC);
IS(KeFlushQueuedDpcs, VOID, VOID);
IS(KeSetTimer, BOOLEAN, PKTIMER, LARGE_INTEGER, PKDPC);
IS(KeSetTimerEx, BOOLEAN, PKTIMER, LARGE_INTEGER, LONG, PKDPC);
IS(KeCancelTimer, BOOLEAN, PKTIMER);
IS(KeDelayExecutionThread, NTSTATUS, KPROCESSOR_MODE, BOOLEAN, PLARGE_INTEGER);
IS(KeStallExecutionProcessor, VOID, ULONG);
IS(KeQueryTickCount, VOID, PLARGE_INTEGER);
IS(KeQueryTimeIncrement, ULONG, VOID);
IS(KeQueryInterruptTime, ULONGLONG, VOID);
IS(KeQuerySystemTime, VOID, PLARGE_INTEGER);

/* Memory */
IS(ExAllocatePoolWithTag, PVOID, POOL_TYPE, SIZE_T, ULONG);
IS(ExAllocatePoolZero, PVOID, POOL_TYPE, SIZE_T, ULONG);
IS(ExAllocatePool2, PVOID, POOL_FLAGS, SIZE_T, ULONG);
IS(ExFreePool, VOID, PVOID);
IS(ExFreePoolWithTag, VOID, PVOID, ULONG);

/* Lists */
IS(InitializeListHead, VOID, PLIST_ENTRY);
IS(IsListEmpty, BOOLEAN, const LIST_ENTRY *);
IS(InsertHeadList, VOID, PLIST_ENTRY, PLIST_ENTRY);
IS(InsertTailList, VOID, PLIST_ENTRY, PLIST_ENTRY);
IS(AppendTailList, VOID, PLIST_ENTRY, PLIST_ENTRY);
IS(RemoveEntryList, BOOLEAN, PLIST_ENTRY);
IS(RemoveHeadList, PLIST_ENTRY, PLIST_ENTRY);
IS(RemoveTailList, PLIST_ENTRY, PLIST_ENTRY);
IS(PushEntryList, VOID, PSINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY);
IS(PopEntryList, PSINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY);
IS(ExInterlockedInsertHeadList, PLIST_ENTRY, PLIST_ENTRY, PLIST_ENTRY, PKSPIN_LOCK);
IS(ExInterlockedInsertTailList, PLIST_ENTRY, PLIST_ENTRY, PLIST_ENTRY, PKSPIN_LOCK);
IS(ExInterlockedRemoveHeadList, PLIST_ENTRY, PLIST_ENTRY, PKSPIN_LOCK);
IS(ExInterlockedPushEntryList, PSINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY,
   PKSPIN_LOCK);
IS(ExInterlockedPopEntryList, PSINGLE_LIST_ENTRY, PSINGLE_LIST_ENTRY, PKSPIN_LOCK);

/* Interlocked* */
#define IS_INTERLOCKED(NAME)						\
	IS(NAME, LONG, LONG volatile *, LONG);				\
	IS(NAME##64, LONG64, LONG64 volatile *, LONG64)

IS_INTERLOCKED(InterlockedAdd);
IS_INTERLOCKED(InterlockedExchangeAdd);
IS_INTERLOCKED(InterlockedExchange);
IS_INTERLOCKED(InterlockedAnd);
IS_INTERLOCKED(InterlockedOr);
IS_INTERLOCKED(InterlockedXor);
IS(InterlockedIncrement, LONG, LONG volatile *);
IS(InterlockedIncrement64, LONG64, LONG64 volatile *);
IS(InterlockedDecrement, LONG, LONG volatile *);
IS(InterlockedDecrement64, LONG64, LONG64 volatile *);
IS(InterlockedCompareExchange, LONG, LONG volatile *, LONG, LONG);
IS(InterlockedCompareExchange64, LONG64, LONG64 volatile *, LONG64, LONG64);
IS(InterlockedExchangePointer, PVOID, PVOID volatile *, PVOID);
IS(InterlockedCompareExchangePointer, PVOID, PVOID volatile *, PVOID, PVOID);
IS(InterlockedBitTestAndSet, BOOLEAN, LONG volatile *, LONG);
IS(InterlockedBitTestAndReset, BOOLEAN, LONG volatile *, LONG);

/* Text and registers */
IS(DbgPrint, ULONG, PCSTR, ...);
IS(READ_REGISTER_ULONG, ULONG, const ULONG volatile *);
IS(WRITE_REGISTER_ULONG, VOID, ULONG volatile *, ULONG);

/* Cancel-safe queues */
IS(IoCsqInitialize, NTSTATUS, PIO_CSQ, PIO_CSQ_INSERT_IRP, PIO_CSQ_REMOVE_IRP,
   PIO_CSQ_PEEK_NEXT_IRP, PIO_CSQ_ACQUIRE_LOCK, PIO_CSQ_RELEASE_LOCK,
   PIO_CSQ_COMPLETE_CANCELED_IRP);
IS(IoCsqInitializeEx, NTSTATUS, PIO_CSQ, PIO_CSQ_INSERT_IRP_EX, PIO_CSQ_REMOVE_IRP,
   PIO_CSQ_PEEK_NEXT_IRP, PIO_CSQ_ACQUIRE_LOCK, PIO_CSQ_RELEASE_LOCK,
   PIO_CSQ_COMPLETE_CANCELED_IRP);
IS(IoCsqInsertIrp, VOID, PIO_CSQ, PIRP, PIO_CSQ_IRP_CONTEXT);
IS(IoCsqInsertIrpEx, NTSTATUS, PIO_CSQ, PIRP, PIO_CSQ_IRP_CONTEXT, PVOID);
IS(IoCsqRemoveIrp, PIRP, PIO_CSQ, PIO_CSQ_IRP_CONTEXT);
IS(IoCsqRemoveNextIrp, PIRP, PIO_CSQ, PVOID);

/* MDLs */
IS(IoAllocateMdl, PMDL, PVOID, ULONG, BOOLEAN, BOOLEAN, PIRP);
IS(IoFreeMdl, VOID, PMDL);
IS(MmBuildMdlForNonPagedPool, VOID, PMDL);

#undef IS_INTERLOCKED
#undef POINTS_TO
#undef IS_TYPE
#undef IS

#endif /* _IOTIMER_WDM_SIGNATURES_H */
