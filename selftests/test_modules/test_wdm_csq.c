// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: cancel-safe queues, as the public documentation of
 * Windows states them (R4).
 */
#include "cpus.h"
#include "test.h"

#include <iotimer/wdm.h>

#define IRPS	6

static struct {
	IO_CSQ		csq;
	LIST_ENTRY	list;
	KSPIN_LOCK	lock;
	PIRP		irps[IRPS];
	IO_CSQ_IRP_CONTEXT contexts[IRPS];
	atomic_t	done[IRPS];
	atomic_t	cancelled;
	NTSTATUS	refuse;
	PVOID		insert_context;
} q;

static VOID Insert(PIO_CSQ Csq, PIRP Irp)
{
	EXPECT_EQ(Csq, &q.csq);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	InsertTailList(&q.list, &Irp->Tail.Overlay.ListEntry);
}

static NTSTATUS InsertEx(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext)
{
	q.insert_context = InsertContext;
	if (!NT_SUCCESS(q.refuse))
		return q.refuse;
	Insert(Csq, Irp);
	return STATUS_PENDING;
}

static VOID Remove(PIO_CSQ Csq, PIRP Irp)
{
	RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* With a context only the request of that number. */
static PIRP PeekNext(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
	PLIST_ENTRY entry = Irp ? Irp->Tail.Overlay.ListEntry.Flink : q.list.Flink;
	PIRP next;

	for (; entry != &q.list; entry = entry->Flink) {
		next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);
		if (!PeekContext || next == q.irps[(ULONG_PTR)PeekContext])
			return next;
	}
	return NULL;
}

static VOID AcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
	KeAcquireSpinLock(&q.lock, Irql);
	__release(&q.lock);	/* for sparse: another function does */
}

static VOID ReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
	__acquire(&q.lock);	/* for sparse: another function did */
	KeReleaseSpinLock(&q.lock, Irql);
}

static VOID CompleteCanceled(PIO_CSQ Csq, PIRP Irp)
{
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);	/* the lock is released */
	Irp->IoStatus.Status = STATUS_CANCELLED;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

static NTSTATUS done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	if (Irp->IoStatus.Status == STATUS_CANCELLED)
		atomic_inc(&q.cancelled);
	atomic_inc(&q.done[(long)Context]);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static void initialize(bool may_refuse)
{
	NTSTATUS status;

	InitializeListHead(&q.list);
	KeInitializeSpinLock(&q.lock);
	if (may_refuse)
		status = IoCsqInitializeEx(&q.csq, InsertEx, Remove, PeekNext, AcquireLock,
					   ReleaseLock, CompleteCanceled);
	else
		status = IoCsqInitialize(&q.csq, Insert, Remove, PeekNext, AcquireLock,
					 ReleaseLock, CompleteCanceled);
	EXPECT_EQ(status, STATUS_SUCCESS);
}

/* Requests that are with a driver. */
static bool begin(bool may_refuse)
{
	int i;

	memset(&q, 0, sizeof(q));
	initialize(may_refuse);
	for (i = 0; i < IRPS; i++) {
		q.irps[i] = IoAllocateIrp(1, FALSE);
		if (!EXPECT_PTR(q.irps[i]))
			return false;
		IoSetCompletionRoutine(q.irps[i], done, (PVOID)(long)i, TRUE, TRUE, TRUE);
		IoSetNextIrpStackLocation(q.irps[i]);
	}
	return true;
}

static void end(void)
{
	int i;

	for (i = 0; i < IRPS; i++)
		if (q.irps[i])
			IoFreeIrp(q.irps[i]);
}

static bool is_pending(PIRP irp)
{
	return IoGetCurrentIrpStackLocation(irp)->Control & SL_PENDING_RETURNED;
}

TEST(R4_csq_in_order)
{
	int i;

	if (begin(false)) {
		for (i = 0; i < 3; i++) {
			IoCsqInsertIrp(&q.csq, q.irps[i], i ? &q.contexts[i] : NULL);
			EXPECT(is_pending(q.irps[i]));
		}
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, (PVOID)2), q.irps[2]);
		EXPECT_EQ(q.contexts[2].Irp == NULL, TRUE);
		EXPECT_EQ(q.irps[2]->Tail.Overlay.DriverContext[3] == NULL, TRUE);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL), q.irps[0]);
		EXPECT_EQ(q.irps[0]->Tail.Overlay.DriverContext[3] == NULL, TRUE);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL), q.irps[1]);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL) == NULL, TRUE);
		/* the queue does not cancel a request that was taken out */
		EXPECT_EQ(IoCancelIrp(q.irps[0]), FALSE);
		EXPECT_EQ(atomic_read(&q.cancelled), 0);
	}
	end();
}

TEST(R4_csq_cancelled_in_the_queue)
{
	if (begin(false)) {
		IoCsqInsertIrp(&q.csq, q.irps[0], NULL);
		IoCsqInsertIrp(&q.csq, q.irps[1], &q.contexts[1]);
		EXPECT_EQ(IoCancelIrp(q.irps[1]), TRUE);
		EXPECT_EQ(atomic_read(&q.done[1]), 1);
		EXPECT_EQ(atomic_read(&q.cancelled), 1);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		EXPECT_EQ(IoCsqRemoveIrp(&q.csq, &q.contexts[1]) == NULL, TRUE);
		EXPECT_EQ(IoCancelIrp(q.irps[0]), TRUE);
		EXPECT_EQ(atomic_read(&q.done[0]), 1);
		EXPECT(IsListEmpty(&q.list));
	}
	end();
}

TEST(R4_csq_cancelled_before_it_is_queued)
{
	if (begin(false)) {
		EXPECT_EQ(IoCancelIrp(q.irps[0]), FALSE);
		IoCsqInsertIrp(&q.csq, q.irps[0], &q.contexts[0]);
		EXPECT_EQ(atomic_read(&q.done[0]), 1);
		EXPECT_EQ(atomic_read(&q.cancelled), 1);
		EXPECT_EQ(q.contexts[0].Irp == NULL, TRUE);
		EXPECT(IsListEmpty(&q.list));
	}
	end();
}

TEST(R4_csq_one_certain_request)
{
	if (begin(false)) {
		IoCsqInsertIrp(&q.csq, q.irps[0], &q.contexts[0]);
		IoCsqInsertIrp(&q.csq, q.irps[1], &q.contexts[1]);
		EXPECT_EQ(IoCsqRemoveIrp(&q.csq, &q.contexts[1]), q.irps[1]);
		EXPECT_EQ(IoCsqRemoveIrp(&q.csq, &q.contexts[1]) == NULL, TRUE);
		EXPECT_EQ(IoCancelIrp(q.irps[1]), FALSE);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL), q.irps[0]);
	}
	end();
}

/* A Cancel routine that waits for the queue's lock has its request: nobody else takes it. */
TEST(R4_csq_leaves_what_is_being_cancelled)
{
	PDRIVER_CANCEL cancel;

	if (begin(false)) {
		IoCsqInsertIrp(&q.csq, q.irps[0], &q.contexts[0]);
		IoCsqInsertIrp(&q.csq, q.irps[1], NULL);
		cancel = IoSetCancelRoutine(q.irps[0], NULL);
		EXPECT_PTR(cancel);
		EXPECT_EQ(IoCsqRemoveIrp(&q.csq, &q.contexts[0]) == NULL, TRUE);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL), q.irps[1]);
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL) == NULL, TRUE);
		IoAcquireCancelSpinLock(&q.irps[0]->CancelIrql);
		cancel(NULL, q.irps[0]);
		EXPECT_EQ(atomic_read(&q.done[0]), 1);
	}
	end();
}

TEST(R4_csq_that_refuses)
{
	if (begin(true)) {
		q.refuse = STATUS_DEVICE_BUSY;
		EXPECT_EQ(IoCsqInsertIrpEx(&q.csq, q.irps[0], &q.contexts[0], &q.refuse),
			  STATUS_DEVICE_BUSY);
		EXPECT_EQ(q.insert_context, &q.refuse);
		EXPECT(!is_pending(q.irps[0]));
		EXPECT_EQ(IoCsqRemoveIrp(&q.csq, &q.contexts[0]) == NULL, TRUE);
		EXPECT_EQ(IoCancelIrp(q.irps[0]), FALSE);
		EXPECT_EQ(atomic_read(&q.done[0]), 0);
		q.refuse = STATUS_SUCCESS;
		EXPECT_EQ(IoCsqInsertIrpEx(&q.csq, q.irps[1], NULL, NULL), STATUS_PENDING);
		EXPECT(is_pending(q.irps[1]));
		EXPECT_EQ(IoCsqRemoveNextIrp(&q.csq, NULL), q.irps[1]);
	}
	end();
}

static void race_insert(void *arg)
{
	PIRP irp;
	int i;

	for (i = 0; i < IRPS; i++)
		IoCsqInsertIrp(&q.csq, q.irps[i], i & 1 ? &q.contexts[i] : NULL);
	while ((irp = IoCsqRemoveNextIrp(&q.csq, NULL))) {
		irp->IoStatus.Status = STATUS_SUCCESS;
		IoCompleteRequest(irp, IO_NO_INCREMENT);
	}
}

static void race_cancel(void *arg)
{
	int i;

	for (i = 0; i < IRPS; i++)
		IoCancelIrp(q.irps[*(int *)arg & 1 ? IRPS - 1 - i : i]);
}

TEST(R4_csq_insert_against_cancel)
{
	unsigned long end_of_test = jiffies + 3 * HZ;
	int round, i;

	for (round = 0; round < 2000 && (round < 100 || time_before(jiffies, end_of_test));
	     round++) {
		if (!begin(false))
			break;
		on_two_cpus(race_insert, race_cancel, &round);
		for (i = 0; i < IRPS; i++)
			EXPECT_EQ(atomic_read(&q.done[i]), 1);
		EXPECT(IsListEmpty(&q.list));
		end();
	}
}

static const struct test_case cases[] = {
	CASE(R4_csq_in_order),
	CASE(R4_csq_cancelled_in_the_queue),
	CASE(R4_csq_cancelled_before_it_is_queued),
	CASE(R4_csq_one_certain_request),
	CASE(R4_csq_leaves_what_is_being_cancelled),
	CASE(R4_csq_that_refuses),
	CASE(R4_csq_insert_against_cancel),
};

TEST_MODULE(cases);
