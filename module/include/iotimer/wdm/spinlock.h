/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Executive spin locks: a KSPIN_LOCK is a spinlock_t, to acquire it raises to
 * DISPATCH_LEVEL. Entry points in Linux names may take one with spin_lock_bh().
 * The kernel's spinlocks are queued, so every one of them is first in, first out.
 */
#ifndef _IOTIMER_WDM_SPINLOCK_H
#define _IOTIMER_WDM_SPINLOCK_H

#include <linux/spinlock.h>

#include <iotimer/wdm/irql.h>

typedef spinlock_t KSPIN_LOCK, *PKSPIN_LOCK;

typedef struct _KLOCK_QUEUE_HANDLE {
	PKSPIN_LOCK	SpinLock;
	KIRQL		OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

/* A macro, so that lockdep can tell the locks of each place from the others. */
#define KeInitializeSpinLock(SPIN_LOCK)	spin_lock_init(SPIN_LOCK)

static inline KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
	__acquires(SpinLock)
{
	KIRQL irql = iotimer_wdm_raise();

	spin_lock(SpinLock);
	return irql;
}

static inline VOID KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql)
	__acquires(SpinLock)
{
	*OldIrql = KeAcquireSpinLockRaiseToDpc(SpinLock);
}

static inline VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
	__releases(SpinLock)
{
	spin_unlock(SpinLock);
	iotimer_wdm_lower(NewIrql);
}

static inline VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
	__acquires(SpinLock)
{
	spin_lock(SpinLock);
}

static inline VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
	__releases(SpinLock)
{
	spin_unlock(SpinLock);
}

static inline BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	return spin_trylock(SpinLock);
}

/* Is it free? May have changed before the caller looks at the answer. */
static inline BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
	return !spin_is_locked(SpinLock);
}

static inline VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock,
						  PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(SpinLock)
{
	LockHandle->OldIrql = iotimer_wdm_raise();
	LockHandle->SpinLock = SpinLock;
	spin_lock(SpinLock);
}

static inline VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(LockHandle->SpinLock)
{
	spin_unlock(LockHandle->SpinLock);
	iotimer_wdm_lower(LockHandle->OldIrql);
}

static inline
VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
					      PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(SpinLock)
{
	LockHandle->OldIrql = DISPATCH_LEVEL;
	LockHandle->SpinLock = SpinLock;
	spin_lock(SpinLock);
}

static inline
VOID KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(LockHandle->SpinLock)
{
	spin_unlock(LockHandle->SpinLock);
}

/*
 * Windows leaves what happens after a wrong IRQL to chance. Here the lock is
 * taken all the same, because the caller will release it.
 */
#define KeAcquireSpinLockRaiseToDpc(LOCK) ({				\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeAcquireSpinLockRaiseToDpc");	\
	KeAcquireSpinLockRaiseToDpc(LOCK);				\
})

#define KeAcquireSpinLock(LOCK, OLD) ({					\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeAcquireSpinLock");		\
	KeAcquireSpinLock(LOCK, OLD);					\
})

#define KeReleaseSpinLock(LOCK, NEW) ({					\
	KIRQL __new = (NEW);						\
									\
	IOTIMER_WDM_CHECK(iotimer_wdm_can_lower(__new), "KeReleaseSpinLock"); \
	KeReleaseSpinLock(LOCK, __new);					\
})

#define KeAcquireSpinLockAtDpcLevel(LOCK) ({				\
	IOTIMER_WDM_AT_DISPATCH("KeAcquireSpinLockAtDpcLevel");		\
	KeAcquireSpinLockAtDpcLevel(LOCK);				\
})

#define KeReleaseSpinLockFromDpcLevel(LOCK) ({				\
	IOTIMER_WDM_AT_DISPATCH("KeReleaseSpinLockFromDpcLevel");	\
	KeReleaseSpinLockFromDpcLevel(LOCK);				\
})

#define KeTryToAcquireSpinLockAtDpcLevel(LOCK) ({			\
	IOTIMER_WDM_AT_DISPATCH("KeTryToAcquireSpinLockAtDpcLevel");	\
	KeTryToAcquireSpinLockAtDpcLevel(LOCK);				\
})

#define KeAcquireInStackQueuedSpinLock(LOCK, QUEUED) ({			\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeAcquireInStackQueuedSpinLock"); \
	KeAcquireInStackQueuedSpinLock(LOCK, QUEUED);			\
})

#define KeReleaseInStackQueuedSpinLock(QUEUED) ({			\
	PKLOCK_QUEUE_HANDLE __handle = (QUEUED);			\
									\
	IOTIMER_WDM_CHECK(iotimer_wdm_can_lower(__handle->OldIrql),	\
			  "KeReleaseInStackQueuedSpinLock");		\
	KeReleaseInStackQueuedSpinLock(__handle);			\
})

#define KeAcquireInStackQueuedSpinLockAtDpcLevel(LOCK, QUEUED) ({	\
	IOTIMER_WDM_AT_DISPATCH("KeAcquireInStackQueuedSpinLockAtDpcLevel"); \
	KeAcquireInStackQueuedSpinLockAtDpcLevel(LOCK, QUEUED);		\
})

#define KeReleaseInStackQueuedSpinLockFromDpcLevel(QUEUED) ({		\
	IOTIMER_WDM_AT_DISPATCH("KeReleaseInStackQueuedSpinLockFromDpcLevel"); \
	KeReleaseInStackQueuedSpinLockFromDpcLevel(QUEUED);		\
})

#endif /* _IOTIMER_WDM_SPINLOCK_H */
