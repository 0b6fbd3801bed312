// SPDX-License-Identifier: GPL-2.0
/*
 * Cancel-safe queues.
 *
 * A request in a queue has csq_cancel() as its Cancel routine. IoSetCancelRoutine()
 * exchanges it, so either a removal gets the routine, and the request with it, or
 * IoCancelIrp() does, and then the request stays in the list until csq_cancel() has the
 * queue's lock: a removal skips it. DriverContext[3] of the request points to the
 * queue, or to the caller's IO_CSQ_IRP_CONTEXT; both begin with their type.
 */
#include <linux/export.h>

#include "wdm.h"

static PVOID *csq_link(PIRP irp)
{
	return &irp->Tail.Overlay.DriverContext[3];
}

static PIO_CSQ csq_of(PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = *csq_link(irp);

	return context->Type == IO_TYPE_CSQ_IRP_CONTEXT ? context->Csq : *csq_link(irp);
}

static void csq_link_irp(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context)
{
	*csq_link(irp) = csq;
	if (!context)
		return;
	*context = (IO_CSQ_IRP_CONTEXT){ IO_TYPE_CSQ_IRP_CONTEXT, irp, csq };
	*csq_link(irp) = context;
}

static void csq_unlink_irp(PIRP irp)
{
	PIO_CSQ_IRP_CONTEXT context = *csq_link(irp);

	if (context->Type == IO_TYPE_CSQ_IRP_CONTEXT)
		context->Irp = NULL;
	*csq_link(irp) = NULL;
}

static void csq_remove(PIO_CSQ csq, PIRP irp)
{
	csq->CsqRemoveIrp(csq, irp);
	csq_unlink_irp(irp);
}

static VOID csq_cancel(PDEVICE_OBJECT device, PIRP irp)
{
	PIO_CSQ csq;
	KIRQL irql;

	IoReleaseCancelSpinLock(irp->CancelIrql);
	csq = csq_of(irp);
	csq->CsqAcquireLock(csq, &irql);
	csq_remove(csq, irp);
	csq->CsqReleaseLock(csq, irql);
	csq->CsqCompleteCanceledIrp(csq, irp);
}

static void csq_setup(PIO_CSQ csq, ULONG type, PIO_CSQ_REMOVE_IRP remove,
		      PIO_CSQ_PEEK_NEXT_IRP peek, PIO_CSQ_ACQUIRE_LOCK acquire,
		      PIO_CSQ_RELEASE_LOCK release, PIO_CSQ_COMPLETE_CANCELED_IRP complete)
{
	csq->Type = type;
	csq->CsqRemoveIrp = remove;
	csq->CsqPeekNextIrp = peek;
	csq->CsqAcquireLock = acquire;
	csq->CsqReleaseLock = release;
	csq->CsqCompleteCanceledIrp = complete;
}

/**
 * IoCsqInitialize() - set up a cancel-safe queue
 * @Csq: memory of the driver's own, nonpaged
 * @CsqInsertIrp: puts a request into the driver's list
 * @CsqRemoveIrp: takes one out
 * @CsqPeekNextIrp: finds one
 * @CsqAcquireLock: takes the list's lock
 * @CsqReleaseLock: releases it
 * @CsqCompleteCanceledIrp: completes a request with STATUS_CANCELLED
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
			 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	csq_setup(Csq, IO_TYPE_CSQ, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
		  CsqReleaseLock, CsqCompleteCanceledIrp);
	Csq->CsqInsertIrp = CsqInsertIrp;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoCsqInitialize);

/**
 * IoCsqInitializeEx() - set up a queue that may refuse requests
 * @Csq: as for IoCsqInitialize()
 * @CsqInsertIrp: puts a request into the driver's list, or returns an error
 * @CsqRemoveIrp: as for IoCsqInitialize()
 * @CsqPeekNextIrp: likewise
 * @CsqAcquireLock: likewise
 * @CsqReleaseLock: likewise
 * @CsqCompleteCanceledIrp: likewise
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS.
 */
NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
			   PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			   PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			   PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			   PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			   PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp)
{
	csq_setup(Csq, IO_TYPE_CSQ_EX, CsqRemoveIrp, CsqPeekNextIrp, CsqAcquireLock,
		  CsqReleaseLock, CsqCompleteCanceledIrp);
	Csq->CsqInsertIrpEx = CsqInsertIrp;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(IoCsqInitializeEx);

/* Calls the driver's insertion, with the queue's lock held. */
static NTSTATUS csq_insert(PIO_CSQ csq, PIRP irp, PIO_CSQ_IRP_CONTEXT context, PVOID argument)
{
	NTSTATUS status = STATUS_SUCCESS;

	csq_link_irp(csq, irp, context);
	if (csq->Type == IO_TYPE_CSQ_EX)
		status = csq->CsqInsertIrpEx(csq, irp, argument);
	else
		csq->CsqInsertIrp(csq, irp);
	if (NT_SUCCESS(status))
		IoMarkIrpPending(irp);
	else
		csq_unlink_irp(irp);
	return status;
}

/* True if the request was cancelled before, and nobody else will complete it. */
static bool csq_was_cancelled(PIRP irp)
{
	IoSetCancelRoutine(irp, csq_cancel);
	/* Pairs with IoCancelIrp(). */
	return irp->Cancel && IoSetCancelRoutine(irp, NULL);
}

/**
 * IoCsqInsertIrpEx() - put a request into the queue, if that takes it
 * @Csq: the queue
 * @Irp: the request, which may be completed before this returns, and is marked as
 *	pending
 * @Context: for IoCsqRemoveIrp(), as long as the request is in the queue; or NULL
 * @InsertContext: passed to the driver's CsqInsertIrpEx
 *
 * A request that was cancelled already is completed (R4).
 *
 * Context: IRQL <= DISPATCH_LEVEL, or what the queue's lock wants.
 * Return: the value of the driver's CsqInsertIrpEx; after an error the request is still
 * the caller's. STATUS_SUCCESS for a queue of IoCsqInitialize().
 */
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
			  PVOID InsertContext)
{
	bool cancelled = false;
	NTSTATUS status;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	status = csq_insert(Csq, Irp, Context, InsertContext);
	if (NT_SUCCESS(status) && csq_was_cancelled(Irp)) {
		csq_remove(Csq, Irp);
		cancelled = true;
	}
	Csq->CsqReleaseLock(Csq, irql);
	if (cancelled)
		Csq->CsqCompleteCanceledIrp(Csq, Irp);
	return status;
}
EXPORT_SYMBOL_GPL(IoCsqInsertIrpEx);

/**
 * IoCsqInsertIrp() - put a request into the queue
 * @Csq: the queue
 * @Irp: as for IoCsqInsertIrpEx()
 * @Context: likewise
 *
 * Context: as IoCsqInsertIrpEx().
 */
VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context)
{
	IoCsqInsertIrpEx(Csq, Irp, Context, NULL);
}
EXPORT_SYMBOL_GPL(IoCsqInsertIrp);

/**
 * IoCsqRemoveIrp() - take one certain request out of the queue
 * @Csq: the queue
 * @Context: as given to IoCsqInsertIrp()
 *
 * Context: as IoCsqInsertIrpEx().
 * Return: the request, which is the caller's now; NULL if it is not in the queue any
 * more, or is being cancelled.
 */
PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context)
{
	KIRQL irql;
	PIRP irp;

	Csq->CsqAcquireLock(Csq, &irql);
	irp = Context->Irp;
	if (irp && IoSetCancelRoutine(irp, NULL))
		csq_remove(Csq, irp);
	else
		irp = NULL;
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
EXPORT_SYMBOL_GPL(IoCsqRemoveIrp);

/**
 * IoCsqRemoveNextIrp() - take the next request out of the queue
 * @Csq: the queue
 * @PeekContext: passed to the driver's CsqPeekNextIrp
 *
 * Requests that are being cancelled are left out.
 *
 * Context: as IoCsqInsertIrpEx().
 * Return: the request, which is the caller's now, or NULL.
 */
PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext)
{
	PIRP irp = NULL;
	KIRQL irql;

	Csq->CsqAcquireLock(Csq, &irql);
	do {
		irp = Csq->CsqPeekNextIrp(Csq, irp, PeekContext);
	} while (irp && !IoSetCancelRoutine(irp, NULL));
	if (irp)
		csq_remove(Csq, irp);
	Csq->CsqReleaseLock(Csq, irql);
	return irp;
}
EXPORT_SYMBOL_GPL(IoCsqRemoveNextIrp);
