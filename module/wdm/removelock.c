// SPDX-License-Identifier: GPL-2.0
/*
 * Remove locks: a count and a completion.
 *
 * The lock itself counts as one user until it is removed. An acquisition counts
 * first and then looks whether the lock is removed; a removal marks that first and
 * then gives its count up. Both are full barriers, so that one of the two sees the
 * other.
 */
#include <linux/export.h>

#include "wdm.h"

void iotimer_wdm_init_remove_lock(PIO_REMOVE_LOCK lock)
{
	atomic_set(&lock->count, 1);
	lock->removed = false;
	init_completion(&lock->unused);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_init_remove_lock);

static void drop_user(PIO_REMOVE_LOCK lock)
{
	if (atomic_dec_and_test(&lock->count))
		complete(&lock->unused);
}

/**
 * IoAcquireRemoveLock() - begin to use a device
 * @Lock: its remove lock
 * @Tag: without effect
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: STATUS_SUCCESS: IoReleaseRemoveLock() is to be called;
 * STATUS_DELETE_PENDING once IoReleaseRemoveLockAndWait() was called (R5).
 */
NTSTATUS IoAcquireRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	atomic_inc(&Lock->count);
	smp_mb__after_atomic();	/* pairs with the one in IoReleaseRemoveLockAndWait() */
	if (!READ_ONCE(Lock->removed))
		return STATUS_SUCCESS;
	drop_user(Lock);
	return STATUS_DELETE_PENDING;
}
EXPORT_SYMBOL_GPL(IoAcquireRemoveLock);

/**
 * IoReleaseRemoveLock() - end to use a device
 * @Lock: its remove lock, which may be gone afterwards
 * @Tag: without effect
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 */
VOID IoReleaseRemoveLock(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	drop_user(Lock);
}
EXPORT_SYMBOL_GPL(IoReleaseRemoveLock);

/**
 * IoReleaseRemoveLockAndWait() - end to use a device, for good
 * @Lock: its remove lock, which the caller has acquired
 * @Tag: without effect
 *
 * From here on IoAcquireRemoveLock() fails; returns when the last user is gone (R5).
 *
 * Context: PASSIVE_LEVEL, once. Elsewhere it is reported and has no effect.
 */
VOID IoReleaseRemoveLockAndWait(PIO_REMOVE_LOCK Lock, PVOID Tag)
{
	WRITE_ONCE(Lock->removed, true);
	smp_mb();	/* pairs with the one in IoAcquireRemoveLock() */
	drop_user(Lock);
	drop_user(Lock);
	wait_for_completion(&Lock->unused);
}
EXPORT_SYMBOL_GPL(IoReleaseRemoveLockAndWait);
