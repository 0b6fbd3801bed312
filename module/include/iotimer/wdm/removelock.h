/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Remove locks: how many are using a device, and a wait until none is.
 */
#ifndef _IOTIMER_WDM_REMOVELOCK_H
#define _IOTIMER_WDM_REMOVELOCK_H

#include <linux/completion.h>

#include <iotimer/wdm/irql.h>
#include <iotimer/wdm/status.h>

typedef struct _IO_REMOVE_LOCK {
	/* private: */
	atomic_t		count;		/* users, and one until removed */
	bool			removed;
	struct completion	unused;
} IO_REMOVE_LOCK, *PIO_REMOVE_LOCK;

VOID iotimer_wdm_init_remove_lock(PIO_REMOVE_LOCK lock);
NTSTATUS IoAcquireRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag);
VOID IoReleaseRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag);
VOID IoReleaseRemoveLockAndWait(PIO_REMOVE_LOCK Lock, PVOID Tag);

/**
 * IoInitializeRemoveLock() - set up a remove lock
 * @Lock: in the device extension
 * @AllocateTag: without effect
 * @MaxLockedMinutes: likewise
 * @HighWatermark: likewise
 *
 * Context: PASSIVE_LEVEL.
 */
static inline VOID IoInitializeRemoveLock(PIO_REMOVE_LOCK Lock, ULONG AllocateTag,
					  ULONG MaxLockedMinutes, ULONG HighWatermark)
{
	iotimer_wdm_init_remove_lock(Lock);
}

#define IoAcquireRemoveLock(LOCK, TAG)					\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoAcquireRemoveLock") ?	\
	 IoAcquireRemoveLock(LOCK, TAG) : STATUS_UNSUCCESSFUL)
#define IoReleaseRemoveLock(LOCK, TAG) ({				\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoReleaseRemoveLock");		\
	IoReleaseRemoveLock(LOCK, TAG);					\
})
#define IoReleaseRemoveLockAndWait(LOCK, TAG) ({			\
	if (IOTIMER_WDM_MAY_SLEEP("IoReleaseRemoveLockAndWait"))	\
		IoReleaseRemoveLockAndWait(LOCK, TAG);			\
})

#endif /* _IOTIMER_WDM_REMOVELOCK_H */
