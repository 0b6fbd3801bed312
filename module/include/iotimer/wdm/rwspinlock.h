/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reader-writer spin locks: an rwlock_t that needs no initialization, because on
 * Windows zeroed memory is one.
 */
#ifndef _IOTIMER_WDM_RWSPINLOCK_H
#define _IOTIMER_WDM_RWSPINLOCK_H

#include <linux/atomic.h>
#include <linux/spinlock.h>
#include <linux/spinlock.h>

#include <iotimer/wdm/irql.h>

typedef struct _EX_SPIN_LOCK {
	/* private: */
	int		state;		/* of lock: 0 zeroed, 1 being set up, 2 set up */
	rwlock_t	lock;
} EX_SPIN_LOCK, *PEX_SPIN_LOCK;

rwlock_t *iotimer_wdm_rwlock(PEX_SPIN_LOCK lock);

#define IOTIMER_WDM_RWLOCK(KIND, LOCK, UNLOCK)				\
static inline KIRQL ExAcquireSpinLock##KIND(PEX_SPIN_LOCK SpinLock)	\
{									\
	KIRQL irql = iotimer_wdm_raise();				\
									\
	LOCK(iotimer_wdm_rwlock(SpinLock));				\
	__release(&SpinLock->lock);					\
	return irql;							\
}									\
									\
static inline VOID ExReleaseSpinLock##KIND(PEX_SPIN_LOCK SpinLock, KIRQL OldIrql) \
{									\
	__acquire(&SpinLock->lock);					\
	UNLOCK(&SpinLock->lock);					\
	iotimer_wdm_lower(OldIrql);					\
}									\
									\
static inline VOID ExAcquireSpinLock##KIND##AtDpcLevel(PEX_SPIN_LOCK SpinLock) \
{									\
	LOCK(iotimer_wdm_rwlock(SpinLock));				\
	__release(&SpinLock->lock);					\
}									\
									\
static inline VOID ExReleaseSpinLock##KIND##FromDpcLevel(PEX_SPIN_LOCK SpinLock) \
{									\
	__acquire(&SpinLock->lock);					\
	UNLOCK(&SpinLock->lock);					\
}

IOTIMER_WDM_RWLOCK(Shared, read_lock, read_unlock)
IOTIMER_WDM_RWLOCK(Exclusive, write_lock, write_unlock)

#define ExAcquireSpinLockShared(LOCK) ({				\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExAcquireSpinLockShared");	\
	ExAcquireSpinLockShared(LOCK);					\
})
#define ExAcquireSpinLockExclusive(LOCK) ({				\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExAcquireSpinLockExclusive");	\
	ExAcquireSpinLockExclusive(LOCK);				\
})

#endif /* _IOTIMER_WDM_RWSPINLOCK_H */
