// SPDX-License-Identifier: GPL-2.0
/*
 * Reader-writer spin locks are set up when they are taken first.
 */
#include <linux/export.h>

#include "wdm.h"

enum { ZEROED, BEING_SET_UP, SET_UP };

/* Driver code calls ExAcquireSpinLockShared and its like. */
rwlock_t *iotimer_wdm_rwlock(PEX_SPIN_LOCK lock)
{
	/* Pairs with the release below: a reader of the state sees the lock. */
	if (likely(smp_load_acquire(&lock->state) == SET_UP))
		return &lock->lock;
	preempt_disable();
	if (!cmpxchg(&lock->state, ZEROED, BEING_SET_UP)) {
		rwlock_init(&lock->lock);
		/* Pairs with the acquires: the lock before its state. */
		smp_store_release(&lock->state, SET_UP);
	}
	preempt_enable();
	/* Pairs with the release, by whoever sets it up. */
	while (smp_load_acquire(&lock->state) != SET_UP)
		cpu_relax();
	return &lock->lock;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_rwlock);
