/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DPCs: a tasklet per CPU works off a queue of them, at DISPATCH_LEVEL. A DPC is
 * queued on the CPU it is inserted on, unless it is running elsewhere just then:
 * its routine never runs twice at the same time. Nothing refers to a KDPC that
 * is not queued, so that its memory may go, also in its own routine.
 */
#ifndef _IOTIMER_WDM_DPC_H
#define _IOTIMER_WDM_DPC_H

#include <linux/list.h>

#include <iotimer/wdm/irql.h>

struct iotimer_wdm_runner;

typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;

/**
 * typedef KDEFERRED_ROUTINE - what a DPC calls
 * @Dpc: the DPC, to which nothing refers any more: its memory may be freed
 * @DeferredContext: as given to KeInitializeDpc()
 * @SystemArgument1: as given to KeInsertQueueDpc(); NULL from a timer
 * @SystemArgument2: likewise
 *
 * Context: DISPATCH_LEVEL, no lock held, never on two CPUs at once for one DPC.
 */
typedef VOID KDEFERRED_ROUTINE(PKDPC Dpc, PVOID DeferredContext,
			       PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

/* private: Windows has no names for what is in it either */
struct _KDPC {
	PKDEFERRED_ROUTINE	DeferredRoutine;
	PVOID			DeferredContext;
	PVOID			SystemArgument1;
	PVOID			SystemArgument2;

	/* under the lock in wdm/dpc.c */
	struct list_head	node;		/* empty: not queued */
	struct iotimer_wdm_runner *runner;	/* last queued with this one */
	bool			closed;		/* takes no more */
};

VOID KeInitializeDpc(PKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
		     PVOID DeferredContext);
BOOLEAN KeInsertQueueDpc(PKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
BOOLEAN KeRemoveQueueDpc(PKDPC Dpc);
VOID KeFlushQueuedDpcs(void);

#define KeFlushQueuedDpcs() do {					\
	if (IOTIMER_WDM_MAY_SLEEP("KeFlushQueuedDpcs"))			\
		KeFlushQueuedDpcs();					\
} while (0)

#endif /* _IOTIMER_WDM_DPC_H */
