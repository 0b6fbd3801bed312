/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cancel-safe queues: the driver keeps requests in a list of its own, under a lock of
 * its own, and IoCsq*() cancels them there without a race.
 */
#ifndef _IOTIMER_WDM_CSQ_H
#define _IOTIMER_WDM_CSQ_H

#include <iotimer/wdm/irp.h>

typedef struct _IO_CSQ IO_CSQ, *PIO_CSQ;

/**
 * typedef IO_CSQ_INSERT_IRP - put a request into the driver's list
 * @Csq: the queue
 * @Irp: the request
 *
 * Context: with the queue's lock held, as the next three.
 */
typedef VOID IO_CSQ_INSERT_IRP(PIO_CSQ Csq, PIRP Irp);
typedef IO_CSQ_INSERT_IRP *PIO_CSQ_INSERT_IRP;

/**
 * typedef IO_CSQ_INSERT_IRP_EX - the same, or refuse it
 * @Csq: the queue
 * @Irp: the request
 * @InsertContext: as given to IoCsqInsertIrpEx()
 *
 * Return: an error: the request is not in the list, and not pending.
 */
typedef NTSTATUS IO_CSQ_INSERT_IRP_EX(PIO_CSQ Csq, PIRP Irp, PVOID InsertContext);
typedef IO_CSQ_INSERT_IRP_EX *PIO_CSQ_INSERT_IRP_EX;

/**
 * typedef IO_CSQ_REMOVE_IRP - take a request out of the driver's list
 * @Csq: the queue
 * @Irp: the request
 */
typedef VOID IO_CSQ_REMOVE_IRP(PIO_CSQ Csq, PIRP Irp);
typedef IO_CSQ_REMOVE_IRP *PIO_CSQ_REMOVE_IRP;

/**
 * typedef IO_CSQ_PEEK_NEXT_IRP - find a request in the driver's list
 * @Csq: the queue
 * @Irp: after which one; NULL: the first
 * @PeekContext: as given to IoCsqRemoveNextIrp()
 *
 * Return: the request, which stays in the list, or NULL.
 */
typedef PIRP IO_CSQ_PEEK_NEXT_IRP(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext);
typedef IO_CSQ_PEEK_NEXT_IRP *PIO_CSQ_PEEK_NEXT_IRP;

/**
 * typedef IO_CSQ_ACQUIRE_LOCK - take the lock of the driver's list
 * @Csq: the queue
 * @Irql: for the IRQL before
 */
typedef VOID IO_CSQ_ACQUIRE_LOCK(PIO_CSQ Csq, PKIRQL Irql);
typedef IO_CSQ_ACQUIRE_LOCK *PIO_CSQ_ACQUIRE_LOCK;

/**
 * typedef IO_CSQ_RELEASE_LOCK - release it
 * @Csq: the queue
 * @Irql: the IRQL before
 */
typedef VOID IO_CSQ_RELEASE_LOCK(PIO_CSQ Csq, KIRQL Irql);
typedef IO_CSQ_RELEASE_LOCK *PIO_CSQ_RELEASE_LOCK;

/**
 * typedef IO_CSQ_COMPLETE_CANCELED_IRP - complete a request that was cancelled
 * @Csq: the queue
 * @Irp: the request, which is not in the list any more
 *
 * Context: without the queue's lock; IRQL <= DISPATCH_LEVEL.
 */
typedef VOID IO_CSQ_COMPLETE_CANCELED_IRP(PIO_CSQ Csq, PIRP Irp);
typedef IO_CSQ_COMPLETE_CANCELED_IRP *PIO_CSQ_COMPLETE_CANCELED_IRP;

/* IO_CSQ.Type and IO_CSQ_IRP_CONTEXT.Type; an IRP in a queue points to one of the two */
#define IO_TYPE_CSQ_IRP_CONTEXT		1
#define IO_TYPE_CSQ			2
#define IO_TYPE_CSQ_EX			3

/**
 * struct _IO_CSQ_IRP_CONTEXT - one request in a queue: IO_CSQ_IRP_CONTEXT
 * @Type: IO_TYPE_CSQ_IRP_CONTEXT
 * @Irp: the request; NULL once it is out of the queue
 * @Csq: the queue
 */
typedef struct _IO_CSQ_IRP_CONTEXT {
	ULONG	Type;
	PIRP	Irp;
	PIO_CSQ	Csq;
} IO_CSQ_IRP_CONTEXT, *PIO_CSQ_IRP_CONTEXT;

struct _IO_CSQ {
	ULONG					Type;
	union {
		PIO_CSQ_INSERT_IRP		CsqInsertIrp;
		PIO_CSQ_INSERT_IRP_EX		CsqInsertIrpEx;
	};
	PIO_CSQ_REMOVE_IRP			CsqRemoveIrp;
	PIO_CSQ_PEEK_NEXT_IRP			CsqPeekNextIrp;
	PIO_CSQ_ACQUIRE_LOCK			CsqAcquireLock;
	PIO_CSQ_RELEASE_LOCK			CsqReleaseLock;
	PIO_CSQ_COMPLETE_CANCELED_IRP		CsqCompleteCanceledIrp;
};

NTSTATUS IoCsqInitialize(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP CsqInsertIrp,
			 PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			 PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			 PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			 PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			 PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
NTSTATUS IoCsqInitializeEx(PIO_CSQ Csq, PIO_CSQ_INSERT_IRP_EX CsqInsertIrp,
			   PIO_CSQ_REMOVE_IRP CsqRemoveIrp,
			   PIO_CSQ_PEEK_NEXT_IRP CsqPeekNextIrp,
			   PIO_CSQ_ACQUIRE_LOCK CsqAcquireLock,
			   PIO_CSQ_RELEASE_LOCK CsqReleaseLock,
			   PIO_CSQ_COMPLETE_CANCELED_IRP CsqCompleteCanceledIrp);
NTSTATUS IoCsqInsertIrpEx(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context,
			  PVOID InsertContext);
VOID IoCsqInsertIrp(PIO_CSQ Csq, PIRP Irp, PIO_CSQ_IRP_CONTEXT Context);
PIRP IoCsqRemoveIrp(PIO_CSQ Csq, PIO_CSQ_IRP_CONTEXT Context);
PIRP IoCsqRemoveNextIrp(PIO_CSQ Csq, PVOID PeekContext);

#endif /* _IOTIMER_WDM_CSQ_H */
