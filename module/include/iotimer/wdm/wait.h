/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events, semaphores and mutexes, and waits for them and for a KTIMER.
 */
#ifndef _IOTIMER_WDM_WAIT_H
#define _IOTIMER_WDM_WAIT_H

#include <linux/mutex.h>

#include <iotimer/wdm/dispatcher.h>
#include <iotimer/wdm/irql.h>
#include <iotimer/wdm/status.h>
#include <iotimer/wdm/timer.h>

typedef enum _EVENT_TYPE {
	NotificationEvent,
	SynchronizationEvent,
} EVENT_TYPE;

typedef enum _WAIT_TYPE {
	WaitAll,
	WaitAny,
} WAIT_TYPE;

/* Without effect: why a thread waits. */
typedef enum _KWAIT_REASON {
	Executive,
	FreePage,
	PageIn,
	PoolAllocation,
	DelayExecution,
	Suspended,
	UserRequest,
} KWAIT_REASON;

typedef LONG KPRIORITY;

#define EVENT_INCREMENT			1
#define SEMAPHORE_INCREMENT		1
#define MUTEX_INCREMENT			1

#define THREAD_WAIT_OBJECTS		3
#define MAXIMUM_WAIT_OBJECTS		64

struct iotimer_wdm_waiter;

/* private: that a thread waits for an object */
typedef struct _KWAIT_BLOCK {
	struct list_head		node;
	struct iotimer_wdm_waiter	*waiter;
	PDISPATCHER_HEADER		object;
} KWAIT_BLOCK, *PKWAIT_BLOCK;

typedef struct _KEVENT {
	DISPATCHER_HEADER	Header;
} KEVENT, *PKEVENT, *PRKEVENT;

typedef struct _KSEMAPHORE {
	DISPATCHER_HEADER	Header;
	LONG			Limit;
} KSEMAPHORE, *PKSEMAPHORE, *PRKSEMAPHORE;

typedef struct _KMUTANT {
	DISPATCHER_HEADER	Header;
	struct task_struct	*OwnerThread;
} KMUTANT, *PKMUTANT, KMUTEX, *PKMUTEX, *PRKMUTEX;

/**
 * KeInitializeEvent() - set up an event
 * @Event: memory of the driver's own, nonpaged, also on the stack
 * @Type: NotificationEvent: signalled until it is reset, for all that wait;
 *	SynchronizationEvent: until one waiter has been released (E1)
 * @State: TRUE: signalled
 *
 * Context: Any IRQL.
 */
static inline VOID KeInitializeEvent(PKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
	iotimer_wdm_init_dispatcher(&Event->Header, Type == NotificationEvent ?
				    IOTIMER_WDM_NOTIFICATION : IOTIMER_WDM_SYNCHRONIZATION,
				    !!State);
}

/**
 * KeSetEvent() - signal an event
 * @Event: the event, which may be gone when the waiter has returned
 * @Increment: without effect
 * @Wait: likewise: there is no wait that this could be one with
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 * Return: the state before: not 0 if it was signalled.
 */
static inline LONG KeSetEvent(PKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
	return iotimer_wdm_set_state(&Event->Header, 1);
}

/**
 * KeResetEvent() - take an event's signal back
 * @Event: the event
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 * Return: the state before.
 */
static inline LONG KeResetEvent(PKEVENT Event)
{
	return iotimer_wdm_set_state(&Event->Header, 0);
}

/**
 * KeClearEvent() - KeResetEvent() without a result
 * @Event: the event
 *
 * Context: as KeResetEvent().
 */
static inline VOID KeClearEvent(PKEVENT Event)
{
	iotimer_wdm_set_state(&Event->Header, 0);
}

/**
 * KeReadStateEvent() - is an event signalled?
 * @Event: the event
 *
 * Context: Any IRQL.
 * Return: its state, which may have changed already: not 0 if it is signalled.
 */
static inline LONG KeReadStateEvent(PKEVENT Event)
{
	return iotimer_wdm_state(&Event->Header);
}

/**
 * KeReadStateTimer() - has a timer expired?
 * @Timer: the timer
 *
 * Context: Any IRQL.
 * Return: TRUE if it has since it was set; a SynchronizationTimer until a waiter was
 * released.
 */
static inline BOOLEAN KeReadStateTimer(PKTIMER Timer)
{
	return iotimer_wdm_state(&Timer->Header) > 0;
}

/**
 * KeInitializeSemaphore() - set up a semaphore
 * @Semaphore: memory of the driver's own, nonpaged
 * @Count: how many waits are let through
 * @Limit: how many at most
 *
 * Context: Any IRQL.
 */
static inline VOID KeInitializeSemaphore(PKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
	iotimer_wdm_init_dispatcher(&Semaphore->Header, IOTIMER_WDM_SEMAPHORE, Count);
	Semaphore->Limit = Limit;
}

/**
 * KeReadStateSemaphore() - how many waits a semaphore lets through
 * @Semaphore: the semaphore
 *
 * Context: Any IRQL.
 * Return: its count, which may have changed already.
 */
static inline LONG KeReadStateSemaphore(PKSEMAPHORE Semaphore)
{
	return iotimer_wdm_state(&Semaphore->Header);
}

/**
 * KeInitializeMutex() - set up a mutex, which nobody has
 * @Mutex: memory of the driver's own, nonpaged
 * @Level: without effect
 *
 * Differs from Windows: a thread that ends with it keeps it.
 *
 * Context: Any IRQL.
 */
static inline VOID KeInitializeMutex(PKMUTEX Mutex, ULONG Level)
{
	iotimer_wdm_init_dispatcher(&Mutex->Header, IOTIMER_WDM_MUTEX, 1);
	Mutex->OwnerThread = NULL;
}

/**
 * KeReadStateMutex() - is a mutex free?
 * @Mutex: the mutex
 *
 * Context: Any IRQL.
 * Return: 1 if nobody has it; less the more often its owner does.
 */
static inline LONG KeReadStateMutex(PKMUTEX Mutex)
{
	return iotimer_wdm_state(&Mutex->Header);
}

LONG KeReleaseSemaphore(PKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
			BOOLEAN Wait);
LONG KeReleaseMutex(PKMUTEX Mutex, BOOLEAN Wait);
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout);
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
				  KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
				  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray);

/* Without waiting at DISPATCH_LEVEL as well (E2). */
static inline bool iotimer_wdm_may_wait(const LARGE_INTEGER *timeout)
{
	if (timeout && !timeout->QuadPart)
		return KeGetCurrentIrql() <= DISPATCH_LEVEL;
	return iotimer_wdm_may_sleep();
}

#define KeSetEvent(EVENT, INCREMENT, WAIT) ({				\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeSetEvent");			\
	KeSetEvent(EVENT, INCREMENT, WAIT);				\
})
#define KeResetEvent(EVENT) ({						\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeResetEvent");		\
	KeResetEvent(EVENT);						\
})
#define KeClearEvent(EVENT) ({						\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeClearEvent");		\
	KeClearEvent(EVENT);						\
})
#define KeReleaseSemaphore(SEMAPHORE, INCREMENT, ADJUSTMENT, WAIT) ({	\
	bool __ok __maybe_unused = IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeReleaseSemaphore"); \
	LONG __before = KeReleaseSemaphore(SEMAPHORE, INCREMENT, ADJUSTMENT, WAIT); \
									\
	IOTIMER_WDM_NO_TAIL_CALL();					\
	__before;							\
})
#define KeReleaseMutex(MUTEX, WAIT) ({					\
	bool __ok __maybe_unused = IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeReleaseMutex"); \
	LONG __before = KeReleaseMutex(MUTEX, WAIT);			\
									\
	IOTIMER_WDM_NO_TAIL_CALL();					\
	__before;							\
})

#define KeWaitForSingleObject(OBJECT, REASON, MODE, ALERTABLE, TIMEOUT) ({ \
	PLARGE_INTEGER __timeout = (TIMEOUT);				\
									\
	IOTIMER_WDM_CHECK(iotimer_wdm_may_wait(__timeout), "KeWaitForSingleObject") ? \
		KeWaitForSingleObject(OBJECT, REASON, MODE, ALERTABLE, __timeout) : \
		STATUS_UNSUCCESSFUL;					\
})

#define KeWaitForMutexObject(MUTEX, REASON, MODE, ALERTABLE, TIMEOUT)	\
	KeWaitForSingleObject(MUTEX, REASON, MODE, ALERTABLE, TIMEOUT)

#define KeWaitForMultipleObjects(COUNT, OBJECTS, TYPE, REASON, MODE, ALERTABLE, \
				 TIMEOUT, BLOCKS) ({			\
	PLARGE_INTEGER __timeout = (TIMEOUT);				\
									\
	IOTIMER_WDM_CHECK(iotimer_wdm_may_wait(__timeout), "KeWaitForMultipleObjects") ? \
		KeWaitForMultipleObjects(COUNT, OBJECTS, TYPE, REASON, MODE, \
					 ALERTABLE, __timeout, BLOCKS) : \
		STATUS_UNSUCCESSFUL;					\
})

#endif /* _IOTIMER_WDM_WAIT_H */
