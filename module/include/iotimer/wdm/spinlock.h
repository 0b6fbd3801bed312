/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Executive spin locks: a KSPIN_LOCK is a spinlock_t, and acquiring it raises to
 * DISPATCH_LEVEL. Entry points in Linux names may take one with spin_lock_bh().
 * The kernel's spinlocks are queued, so all of them are first in, first out.
 */
#ifndef _IOTIMER_WDM_SPINLOCK_H
#define _IOTIMER_WDM_SPINLOCK_H

#include <linux/spinlock.h>

#include <iotimer/wdm/irql.h>

typedef spinlock_t KSPIN_LOCK, *PKSPIN_LOCK;

/* private: an acquisition, on the caller's stack */
typedef struct _KLOCK_QUEUE_HANDLE {
	PKSPIN_LOCK	SpinLock;
	KIRQL		OldIrql;
} KLOCK_QUEUE_HANDLE, *PKLOCK_QUEUE_HANDLE;

/**
 * KeInitializeSpinLock() - set up a spin lock: spin_lock_init()
 * @SPIN_LOCK: memory of the driver's own, nonpaged
 *
 * A macro, so that lockdep can tell the locks of each place from the others.
 *
 * Differs from Windows: bigger than a pointer. On PREEMPT_RT it sleeps.
 *
 * Context: Any IRQL.
 */
#define KeInitializeSpinLock(SPIN_LOCK)	({ spin_lock_init(SPIN_LOCK); })

/**
 * KeAcquireSpinLockRaiseToDpc() - raise to DISPATCH_LEVEL and take a lock: spin_lock_bh()
 * @SpinLock: the lock (X1), which the caller does not hold
 *
 * Guards state that routines, DPCs and process context share, never state that an ISR
 * shares (I3). Taken outside of an interrupt's lock, not inside (X3).
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported; the lock is taken all the
 * same, because the caller will release it.
 * Return: the previous IRQL, for KeReleaseSpinLock().
 */
static inline KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
	__acquires(SpinLock)
{
	KIRQL irql = iotimer_wdm_raise();

	spin_lock(SpinLock);
	return irql;
}

/**
 * KeAcquireSpinLock() - raise to DISPATCH_LEVEL and take a lock
 * @SpinLock: as for KeAcquireSpinLockRaiseToDpc()
 * @OldIrql: set to the previous IRQL
 *
 * Context: as KeAcquireSpinLockRaiseToDpc().
 */
static inline VOID KeAcquireSpinLock(PKSPIN_LOCK SpinLock, PKIRQL OldIrql)
	__acquires(SpinLock)
{
	*OldIrql = KeAcquireSpinLockRaiseToDpc(SpinLock);
}

/**
 * KeReleaseSpinLock() - release a lock and lower the IRQL: spin_unlock_bh()
 * @SpinLock: the lock, however it was taken
 * @NewIrql: the IRQL before it was taken
 *
 * Differs from Windows: lowering further than was raised is reported, and the IRQL
 * stays as it is.
 *
 * Context: DISPATCH_LEVEL.
 */
static inline VOID KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
	__releases(SpinLock)
{
	spin_unlock(SpinLock);
	iotimer_wdm_lower(NewIrql);
}

/**
 * KeAcquireSpinLockAtDpcLevel() - take a lock at DISPATCH_LEVEL: spin_lock() (X2)
 * @SpinLock: as for KeAcquireSpinLockRaiseToDpc()
 *
 * A driver may use this form at DIRQL too, for a lock that is never taken at a lower
 * IRQL: an interrupt would otherwise wait for ever for the code that it interrupts.
 *
 * Context: DISPATCH_LEVEL with bottom halves disabled, as in IoTimer routines, in DPCs
 * and under another KSPIN_LOCK, but not under a spin_lock() of entry points; or DIRQL.
 * Elsewhere it is reported, and the lock is taken all the same.
 */
static inline VOID KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
	__acquires(SpinLock)
{
	spin_lock(SpinLock);
}

/**
 * KeReleaseSpinLockFromDpcLevel() - release a lock, and stay at DISPATCH_LEVEL
 * @SpinLock: the lock, however it was taken
 *
 * Context: as KeAcquireSpinLockAtDpcLevel(). Elsewhere it is reported, and the lock is
 * released.
 */
static inline VOID KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
	__releases(SpinLock)
{
	spin_unlock(SpinLock);
}

/**
 * KeTryToAcquireSpinLockAtDpcLevel() - take a lock if it is free: spin_trylock()
 * @SpinLock: the lock
 *
 * Context: as KeAcquireSpinLockAtDpcLevel().
 * Return: TRUE if the caller holds it now, FALSE if another CPU or thread does.
 */
static inline BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
	return spin_trylock(SpinLock);
}

/**
 * KeTestSpinLock() - is a lock free? spin_is_locked()
 * @SpinLock: the lock
 *
 * Context: Any IRQL.
 * Return: TRUE if it is free, which may have changed already; otherwise FALSE. Always
 * TRUE without CONFIG_SMP, where a lock has no state.
 */
static inline BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
	return !spin_is_locked(SpinLock);
}

/**
 * KeAcquireInStackQueuedSpinLock() - KeAcquireSpinLock() with a handle
 * @SpinLock: as for KeAcquireSpinLockRaiseToDpc()
 * @LockHandle: on the stack, until it is released
 *
 * Differs from Windows: every spinlock of the kernel is queued, so this form is no
 * fairer than the plain one; on PREEMPT_RT the highest priority comes first. A lock may
 * be taken both ways.
 *
 * Context: as KeAcquireSpinLockRaiseToDpc().
 */
static inline VOID KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock,
						  PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(SpinLock)
{
	LockHandle->OldIrql = iotimer_wdm_raise();
	LockHandle->SpinLock = SpinLock;
	spin_lock(SpinLock);
}

/**
 * KeReleaseInStackQueuedSpinLock() - KeReleaseSpinLock() with a handle
 * @LockHandle: as it was taken with
 *
 * Context: as KeReleaseSpinLock().
 */
static inline VOID KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(LockHandle->SpinLock)
{
	spin_unlock(LockHandle->SpinLock);
	iotimer_wdm_lower(LockHandle->OldIrql);
}

/**
 * KeAcquireInStackQueuedSpinLockAtDpcLevel() - KeAcquireSpinLockAtDpcLevel() with a handle
 * @SpinLock: as for KeAcquireSpinLockRaiseToDpc()
 * @LockHandle: on the stack, until it is released
 *
 * Context: as KeAcquireSpinLockAtDpcLevel().
 */
static inline
VOID KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock,
					      PKLOCK_QUEUE_HANDLE LockHandle)
	__acquires(SpinLock)
{
	LockHandle->OldIrql = DISPATCH_LEVEL;
	LockHandle->SpinLock = SpinLock;
	spin_lock(SpinLock);
}

/**
 * KeReleaseInStackQueuedSpinLockFromDpcLevel() - release what was taken with a handle
 * @LockHandle: as it was taken with
 *
 * Context: as KeReleaseSpinLockFromDpcLevel().
 */
static inline
VOID KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
	__releases(LockHandle->SpinLock)
{
	spin_unlock(LockHandle->SpinLock);
}

/*
 * After a report of a wrong IRQL the lock is taken all the same, because the caller
 * will release it.
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
