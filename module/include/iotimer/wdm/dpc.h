/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DPCs. Each CPU has a queue of DPCs, and a tasklet on that CPU runs them at
 * DISPATCH_LEVEL.
 *
 * A DPC is queued on the CPU of the caller, or on its target CPU, and it does not
 * run before the IRQL there has dropped below DISPATCH_LEVEL (K2). The one
 * exception is a DPC whose routine is running: it is queued on the CPU that runs
 * it, so that the routine never runs on two CPUs at the same time.
 *
 * The layer does not refer to a KDPC that is not queued. The driver may free such
 * a KDPC, also in the DPC's own routine.
 */
#ifndef _IOTIMER_WDM_DPC_H
#define _IOTIMER_WDM_DPC_H

#include <linux/list.h>

#include <iotimer/wdm/irql.h>

struct iotimer_wdm_runner;

typedef struct _KDPC KDPC, *PKDPC, *PRKDPC;

typedef enum _KDPC_IMPORTANCE {
	LowImportance,
	MediumImportance,
	HighImportance,
	MediumHighImportance,
} KDPC_IMPORTANCE;

/**
 * typedef KDEFERRED_ROUTINE - the routine of a DPC
 * @Dpc: the DPC; the layer does not refer to it any more, so the routine may free it
 * @DeferredContext: as given to KeInitializeDpc()
 * @SystemArgument1: as given to KeInsertQueueDpc(); NULL from a timer
 * @SystemArgument2: likewise
 *
 * Context: DISPATCH_LEVEL, no lock held, never on two CPUs at once for one DPC.
 */
typedef VOID KDEFERRED_ROUTINE(PKDPC Dpc, PVOID DeferredContext,
			       PVOID SystemArgument1, PVOID SystemArgument2);
typedef KDEFERRED_ROUTINE *PKDEFERRED_ROUTINE;

/* private: Windows does not document the members either */
struct _KDPC {
	PKDEFERRED_ROUTINE	DeferredRoutine;
	PVOID			DeferredContext;
	PVOID			SystemArgument1;
	PVOID			SystemArgument2;

	/* all zero in a KDPC without history; under the lock in wdm/dpc.c */
	struct list_head	node;		/* in a runner's list if queued */
	bool			queued;
	bool			closed;		/* no insertion succeeds */
	UCHAR			importance;	/* KDPC_IMPORTANCE */
	int			target;		/* CPU + 1; 0: the caller's */
	const void		*source;	/* the KTIMER that has queued it */
};

VOID KeInitializeDpc(PKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine,
		     PVOID DeferredContext);
VOID KeSetImportanceDpc(PKDPC Dpc, KDPC_IMPORTANCE Importance);
VOID KeSetTargetProcessorDpc(PKDPC Dpc, CCHAR Number);
BOOLEAN KeInsertQueueDpc(PKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2);
BOOLEAN KeRemoveQueueDpc(PKDPC Dpc);
VOID KeFlushQueuedDpcs(void);

#define KeFlushQueuedDpcs() ({						\
	if (IOTIMER_WDM_MAY_SLEEP("KeFlushQueuedDpcs"))			\
		KeFlushQueuedDpcs();					\
})

#endif /* _IOTIMER_WDM_DPC_H */
