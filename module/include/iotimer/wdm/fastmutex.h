/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Fast mutexes: a struct mutex, and in whose thread it is held.
 */
#ifndef _IOTIMER_WDM_FASTMUTEX_H
#define _IOTIMER_WDM_FASTMUTEX_H

#include <linux/mutex.h>
#include <linux/sched.h>

#include <iotimer/wdm/irql.h>

typedef struct _FAST_MUTEX {
	/* private: */
	struct mutex		mutex;
	struct task_struct	*owner;
} FAST_MUTEX, *PFAST_MUTEX;

/**
 * ExInitializeFastMutex() - set up a fast mutex: mutex_init()
 * @MUTEX: memory of the driver's own, nonpaged
 *
 * A macro, so that lockdep can tell the mutexes of each place from the others.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
#define ExInitializeFastMutex(MUTEX) ({					\
	PFAST_MUTEX __mutex = (MUTEX);					\
									\
	mutex_init(&__mutex->mutex);					\
	__mutex->owner = NULL;						\
})

/**
 * ExAcquireFastMutex() - take a fast mutex: mutex_lock()
 * @FastMutex: the mutex, which the caller has not got
 *
 * Differs from Windows: the IRQL stays: there are no APCs.
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 */
static inline VOID ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	mutex_lock(&FastMutex->mutex);
	WRITE_ONCE(FastMutex->owner, current);
}

/**
 * ExTryToAcquireFastMutex() - take a fast mutex if it is free: mutex_trylock()
 * @FastMutex: the mutex
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 * Return: TRUE if the caller has it now.
 */
static inline BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
	if (!mutex_trylock(&FastMutex->mutex))
		return FALSE;
	WRITE_ONCE(FastMutex->owner, current);
	return TRUE;
}

/**
 * ExReleaseFastMutex() - release a fast mutex: mutex_unlock()
 * @FastMutex: the mutex; one that the caller has not got stays, and is reported
 *
 * Context: PASSIVE_LEVEL.
 */
static inline VOID ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
	WRITE_ONCE(FastMutex->owner, NULL);
	mutex_unlock(&FastMutex->mutex);
}

#define ExAcquireFastMutex(MUTEX) ({					\
	if (IOTIMER_WDM_MAY_SLEEP("ExAcquireFastMutex"))		\
		ExAcquireFastMutex(MUTEX);				\
})
#define ExTryToAcquireFastMutex(MUTEX)					\
	(IOTIMER_WDM_MAY_SLEEP("ExTryToAcquireFastMutex") ?		\
	 ExTryToAcquireFastMutex(MUTEX) : FALSE)
#define ExReleaseFastMutex(MUTEX) ({					\
	PFAST_MUTEX __mutex = (MUTEX);					\
									\
	if (!WARN_ON_ONCE(READ_ONCE(__mutex->owner) != current))	\
		ExReleaseFastMutex(__mutex);				\
})
#define ExAcquireFastMutexUnsafe(MUTEX)	ExAcquireFastMutex(MUTEX)
#define ExReleaseFastMutexUnsafe(MUTEX)	ExReleaseFastMutex(MUTEX)

/* There are no APCs that would have to be kept off. */
#define KeEnterCriticalRegion()		((void)0)
#define KeLeaveCriticalRegion()		((void)0)

#endif /* _IOTIMER_WDM_FASTMUTEX_H */
