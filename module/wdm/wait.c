// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for dispatcher objects.
 *
 * One raw spinlock guards the state of all objects and all waits. A signal looks for
 * waiters that it satisfies, gives them what they wait for, takes them off, and only
 * then lets go of the lock. So a waiter is satisfied although the event is reset
 * before it runs, and an object on the waiter's stack may go as soon as the wait is
 * over: nobody touches it after the lock was released.
 */
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "wdm.h"

#define PER_JIFFY	(10000000 / HZ)		/* 100 ns */

struct iotimer_wdm_waiter {
	struct task_struct	*task;
	WAIT_TYPE		type;
	PKWAIT_BLOCK		blocks;
	ULONG			count;
	bool			satisfied;
	NTSTATUS		status;
};

static DEFINE_RAW_SPINLOCK(dispatcher_lock);

void iotimer_wdm_init_dispatcher(PDISPATCHER_HEADER object,
				 enum iotimer_wdm_dispatcher type, LONG state)
{
	object->Type = type;
	object->SignalState = state;
	INIT_LIST_HEAD(&object->waiters);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_init_dispatcher);

static PKMUTEX mutex_of(PDISPATCHER_HEADER object)
{
	return container_of(object, KMUTEX, Header);
}

/* A mutex is free for its owner, too. */
static bool is_signalled(PDISPATCHER_HEADER object, struct task_struct *task)
{
	return object->SignalState > 0 ||
	       (object->Type == IOTIMER_WDM_MUTEX && mutex_of(object)->OwnerThread == task);
}

/* The change that a satisfied wait makes to the object. */
static void consume(PDISPATCHER_HEADER object, struct task_struct *task)
{
	if (object->Type == IOTIMER_WDM_SYNCHRONIZATION)
		WRITE_ONCE(object->SignalState, 0);
	if (object->Type == IOTIMER_WDM_SEMAPHORE || object->Type == IOTIMER_WDM_MUTEX)
		WRITE_ONCE(object->SignalState, object->SignalState - 1);
	if (object->Type == IOTIMER_WDM_MUTEX)
		mutex_of(object)->OwnerThread = task;
}

static bool satisfy_any(struct iotimer_wdm_waiter *waiter)
{
	ULONG i;

	for (i = 0; i < waiter->count; i++)
		if (is_signalled(waiter->blocks[i].object, waiter->task)) {
			consume(waiter->blocks[i].object, waiter->task);
			waiter->status = STATUS_WAIT_0 + i;
			return true;
		}
	return false;
}

static bool satisfy_all(struct iotimer_wdm_waiter *waiter)
{
	ULONG i;

	for (i = 0; i < waiter->count; i++)
		if (!is_signalled(waiter->blocks[i].object, waiter->task))
			return false;
	for (i = 0; i < waiter->count; i++)
		consume(waiter->blocks[i].object, waiter->task);
	waiter->status = STATUS_WAIT_0;
	return true;
}

static bool satisfy(struct iotimer_wdm_waiter *waiter)
{
	lockdep_assert_held(&dispatcher_lock);
	waiter->satisfied = waiter->type == WaitAll ? satisfy_all(waiter) : satisfy_any(waiter);
	return waiter->satisfied;
}

static void begin_wait(struct iotimer_wdm_waiter *waiter)
{
	ULONG i;

	lockdep_assert_held(&dispatcher_lock);
	for (i = 0; i < waiter->count; i++)
		list_add_tail(&waiter->blocks[i].node, &waiter->blocks[i].object->waiters);
}

static void end_wait(struct iotimer_wdm_waiter *waiter)
{
	ULONG i;

	lockdep_assert_held(&dispatcher_lock);
	for (i = 0; i < waiter->count; i++)
		list_del(&waiter->blocks[i].node);
}

/* The first waiter that can go on now goes. */
static bool release_one(PDISPATCHER_HEADER object)
{
	PKWAIT_BLOCK block;

	list_for_each_entry(block, &object->waiters, node)
		if (satisfy(block->waiter)) {
			end_wait(block->waiter);
			wake_up_process(block->waiter->task);
			return true;
		}
	return false;
}

static void release_waiters(PDISPATCHER_HEADER object)
{
	lockdep_assert_held(&dispatcher_lock);
	while (object->SignalState > 0 && release_one(object))
		;
}

/* Returns the state before. An object that somebody waits for may be gone then. */
LONG iotimer_wdm_set_state(PDISPATCHER_HEADER object, LONG state)
{
	unsigned long flags;
	LONG before;

	raw_spin_lock_irqsave(&dispatcher_lock, flags);
	before = object->SignalState;
	WRITE_ONCE(object->SignalState, state);
	release_waiters(object);
	raw_spin_unlock_irqrestore(&dispatcher_lock, flags);
	return before;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_set_state);

/**
 * KeReleaseSemaphore() - let waits through a semaphore
 * @Semaphore: the semaphore
 * @Increment: without effect
 * @Adjustment: how many more
 * @Wait: without effect
 *
 * Differs from Windows: beyond the limit, where that raises an exception, it is
 * reported and has no effect.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 * Return: the count before.
 */
LONG KeReleaseSemaphore(PKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment,
			BOOLEAN Wait)
{
	unsigned long flags;
	bool fits;
	LONG before;

	raw_spin_lock_irqsave(&dispatcher_lock, flags);
	before = Semaphore->Header.SignalState;
	fits = Adjustment > 0 && Adjustment <= Semaphore->Limit - before;
	if (fits) {
		WRITE_ONCE(Semaphore->Header.SignalState, before + Adjustment);
		release_waiters(&Semaphore->Header);
	}
	raw_spin_unlock_irqrestore(&dispatcher_lock, flags);
	if (!fits)
		iotimer_wdm_report(_RET_IP_, "%s() beyond its limit\n", __func__);
	return before;
}
EXPORT_SYMBOL_GPL(KeReleaseSemaphore);

/**
 * KeReleaseMutex() - release a mutex, once for each wait
 * @Mutex: the mutex
 * @Wait: without effect
 *
 * Differs from Windows: one that the caller has not got is reported, and stays.
 *
 * Context: IRQL <= DISPATCH_LEVEL, in the thread that has it.
 * Return: the state before: 0 if it is free now.
 */
LONG KeReleaseMutex(PKMUTEX Mutex, BOOLEAN Wait)
{
	unsigned long flags;
	LONG before;
	bool owned;

	raw_spin_lock_irqsave(&dispatcher_lock, flags);
	before = Mutex->Header.SignalState;
	owned = Mutex->OwnerThread == current;
	if (owned) {
		WRITE_ONCE(Mutex->Header.SignalState, before + 1);
		if (!before)
			Mutex->OwnerThread = NULL;
		release_waiters(&Mutex->Header);
	}
	raw_spin_unlock_irqrestore(&dispatcher_lock, flags);
	if (!owned)
		iotimer_wdm_report(_RET_IP_, "%s() of a mutex that the caller has not got\n",
				   __func__);
	return before;
}
EXPORT_SYMBOL_GPL(KeReleaseMutex);

/* How long a wait may last. */
static long wait_jiffies(const LARGE_INTEGER *timeout)
{
	LARGE_INTEGER now;
	s64 left;

	if (!timeout)
		return MAX_SCHEDULE_TIMEOUT;
	left = -timeout->QuadPart;
	if (timeout->QuadPart > 0) {
		KeQuerySystemTime(&now);
		left = timeout->QuadPart - now.QuadPart;
	}
	if (left <= 0)
		return 0;
	return min_t(u64, div_u64(left + PER_JIFFY - 1, PER_JIFFY) + 1, MAX_JIFFY_OFFSET);
}

/* Until somebody else has satisfied the waiter; true if that was in time. */
static bool sleep(struct iotimer_wdm_waiter *waiter, long left)
{
	bool satisfied;

	for (;;) {
		set_current_state(TASK_IDLE);
		if (READ_ONCE(waiter->satisfied) || !left)
			break;
		left = schedule_timeout(left);
	}
	__set_current_state(TASK_RUNNING);
	/* It may still hold the lock, in which it wakes us. */
	raw_spin_lock_irq(&dispatcher_lock);
	satisfied = waiter->satisfied;
	if (!satisfied)
		end_wait(waiter);
	raw_spin_unlock_irq(&dispatcher_lock);
	return satisfied;
}

static NTSTATUS wait_for_objects(struct iotimer_wdm_waiter *waiter,
				 const LARGE_INTEGER *timeout)
{
	long left = wait_jiffies(timeout);
	unsigned long flags;
	bool satisfied;

	raw_spin_lock_irqsave(&dispatcher_lock, flags);
	satisfied = satisfy(waiter);
	if (!satisfied && left)
		begin_wait(waiter);
	raw_spin_unlock_irqrestore(&dispatcher_lock, flags);
	if (!satisfied && left)
		satisfied = sleep(waiter, left);
	return satisfied ? waiter->status : STATUS_TIMEOUT;
}

/**
 * KeWaitForSingleObject() - wait for an object
 * @Object: KEVENT, KTIMER, KSEMAPHORE or KMUTEX
 * @WaitReason: without effect
 * @WaitMode: likewise
 * @Alertable: likewise: there is nobody who could alert
 * @Timeout: NULL: for ever; 0: do not wait; negative: for that many 100 ns; positive:
 *	until that time of KeQuerySystemTime(), which is looked at once
 *
 * Differs from Windows: a wait takes whole jiffies, and is not shorter than asked for
 * (E1). A signal does not end it.
 *
 * Context: PASSIVE_LEVEL; with a @Timeout of 0 IRQL <= DISPATCH_LEVEL (E2).
 * Return: STATUS_SUCCESS, STATUS_TIMEOUT; STATUS_UNSUCCESSFUL where it must not be
 * called, which is reported.
 */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason,
			       KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
			       PLARGE_INTEGER Timeout)
{
	PVOID objects[] = { Object };

	return KeWaitForMultipleObjects(1, objects, WaitAny, WaitReason, WaitMode,
					Alertable, Timeout, NULL);
}
EXPORT_SYMBOL_GPL(KeWaitForSingleObject);

/**
 * KeWaitForMultipleObjects() - wait for one of several objects, or for all
 * @Count: how many: up to %THREAD_WAIT_OBJECTS, or %MAXIMUM_WAIT_OBJECTS with
 *	@WaitBlockArray
 * @Object: the objects, as for KeWaitForSingleObject()
 * @WaitType: WaitAny or WaitAll, which takes all of them at once
 * @WaitReason: without effect
 * @WaitMode: likewise
 * @Alertable: likewise
 * @Timeout: as for KeWaitForSingleObject()
 * @WaitBlockArray: @Count of them, or NULL
 *
 * Context: as KeWaitForSingleObject().
 * Return: STATUS_WAIT_0 and the index of the object for WaitAny, STATUS_WAIT_0 for
 * WaitAll, STATUS_TIMEOUT; STATUS_INVALID_PARAMETER for too many objects or none;
 * STATUS_UNSUCCESSFUL where it must not be called, which is reported.
 */
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
				  KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
				  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
				  PKWAIT_BLOCK WaitBlockArray)
{
	KWAIT_BLOCK blocks[THREAD_WAIT_OBJECTS];
	struct iotimer_wdm_waiter waiter = {
		.task	= current,
		.type	= WaitType,
		.blocks	= WaitBlockArray ?: blocks,
		.count	= Count,
	};
	ULONG i;

	if (!Count || Count > (WaitBlockArray ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS))
		return STATUS_INVALID_PARAMETER;
	for (i = 0; i < Count; i++) {
		waiter.blocks[i].waiter = &waiter;
		waiter.blocks[i].object = Object[i];
	}
	return wait_for_objects(&waiter, Timeout);
}
EXPORT_SYMBOL_GPL(KeWaitForMultipleObjects);
