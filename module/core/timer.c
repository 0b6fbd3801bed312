// SPDX-License-Identifier: GPL-2.0
/*
 * Start, stop and wait: the life of a timer between init and delete.
 *
 * Stop against call
 * -----------------
 * Start and stop never wait, and they take no lock except for the first and the
 * last started timer of a page. One word, slot->dev, holds a timer's state:
 *
 *	STOPPED		--start-->	the device	--stop-->	STOPPED
 *	either		--delete-->	DELETED		--next init-->	STOPPED
 *
 * A stop that has to wait for the routine to finish (stop_sync, delete) relies
 * on this pair of full barriers:
 *
 *	walker (one CPU at a time)		waiter (any CPU)
 *
 *	running = slot				slot->dev = STOPPED
 *	smp_mb()			[A]	smp_mb()			[B]
 *	if (slot->dev is a device)		while (running == slot)
 *		call routine				wait
 *	running = another slot or NULL
 *
 * At least one side sees the other's store. If the walker sees no device, it
 * does not call. If it sees one, the waiter sees running == slot and waits. All
 * that the routine did is ordered before the walker's next store to running, so
 * the waiter sees it. `running` identifies a slot, not a device: if a slot is
 * reused before the walker reads it, the new owner's routine is called, and the
 * new owner waits on the same slot. The walker reads routine and context after
 * slot->dev, with acquire semantics; the cmpxchg() that set slot->dev is fully
 * ordered after both were written. Pages are freed by RCU, and the walker is a
 * reader.
 *
 * The walker visits only the slots that a bitmap marks. Start sets the mark,
 * stop leaves it set, and the walker clears the mark of a slot in which it finds
 * no device. A second pair of barriers keeps a started timer from losing its
 * mark:
 *
 *	start					walker
 *
 *	slot->dev = dev				clear mark
 *	smp_mb()			[C]	smp_mb()			[D]
 *	if (not marked)				if (slot->dev is a device)
 *		set mark				set mark
 *
 * A start that finds the timer started already sets the mark as well if it is
 * missing: the CPU that started the timer may have been preempted before it did.
 *
 * On PREEMPT_RT the walker is preemptible, so a waiter must not spin. It blocks
 * on the slot's lock instead, which the walker holds whenever `running` points
 * to the slot. Each slot has a lock of its own: with one lock for all of them,
 * as in timer_delete_sync(), a waiter could block on the next routine, and
 * forever if the waiter holds a lock that this routine takes.
 *
 * Nothing waits in the walker's own thread of execution (T6): all other routines
 * have finished there, and a wait for the own routine would never end.
 *
 * selftests/litmus checks this argument against the kernel's memory model, and
 * that each barrier, lock and wait is needed: make litmus.
 */
#include <linux/preempt.h>

#include "core.h"
#include "tick.h"
#include "trace.h"

/*
 * Returns whether the mark was missing. The caller has seen the timer started,
 * and has a full barrier behind it.
 */
static __always_inline bool timer_mark(struct iotimer_page *page, unsigned int i)
{
	if (test_bit(i, page->marked))
		return false;
	set_bit(i, page->marked);
	return true;
}

/*
 * Another start has started the timer, but may have been preempted before it set
 * the mark: do not rely on it.
 */
static noinline void timer_help_start(struct iotimer_page *page, unsigned int i)
{
	smp_mb();	/* [C] pairs with [D] */
	if (!timer_mark(page, i))
		return;
	smp_mb__after_atomic();	/* as in timer_start() */
	WRITE_ONCE(page->quick_ns, 0);
}

/* Another start, or a delete, has come first. */
static noinline int timer_lost_start(struct iotimer_page *page, struct iotimer_device *dev,
				     struct iotimer_device *was)
{
	iotimer_page_put(page);
	if (was != dev)
		return -ESHUTDOWN;
	timer_help_start(page, iotimer_private(dev)->slot);
	return 0;
}

static __always_inline int timer_start(struct iotimer_page *page, struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);
	struct iotimer_slot *slot = &page->slot[private->slot];
	struct iotimer_device *was;
	unsigned int missed;

	/*
	 * Pairs with the barrier in timer_stop(): either this start sees that
	 * stop, or the stopper's second look for work sees the work that the
	 * caller added before this start.
	 */
	smp_mb();
	was = READ_ONCE(slot->dev);
	if (was == dev) {
		timer_help_start(page, private->slot);
		return 0;
	}
	iotimer_page_get(page);
	missed = iotimer_tick_missed();
	atomic_sub(missed, &private->missed);
	/* Pairs with the acquire in tick_slot_enter(); [C] pairs with [D]. */
	was = cmpxchg(&slot->dev, IOTIMER_STOPPED, dev);
	if (unlikely(was != IOTIMER_STOPPED)) {
		atomic_add(missed, &private->missed);
		return timer_lost_start(page, dev, was);
	}
	if (timer_mark(page, private->slot))
		smp_mb__after_atomic();	/* before the store to ->quick_ns */
	/*
	 * This store comes last, after a full barrier in any case. A walker that
	 * found no mark or no device in the slot had set ->quick_ns before, and one
	 * that found them has measured the call.
	 */
	WRITE_ONCE(page->quick_ns, 0);
	return 0;
}

/**
 * iotimer_start() - start a device's timer
 * @dev: a device with a timer
 *
 * The routine is called for the first time within one period, the tick's
 * lateness (a step of the timer wheel) and the length of a pass (T8), and then
 * once a period, however often this is called. A concurrent stop takes
 * effect entirely before or entirely after this start: if one CPU adds work and
 * then starts the timer, and another CPU stops it for lack of work and then
 * looks for work once more, at least one of them sees the other.
 *
 * Context: Any, up to and including hard interrupts and routines (T4, T6), but
 * not NMI; any lock may be held.
 * Return: 0, also when it was started already; -EINVAL for a bad device or one
 * without iotimer_init(); -ESHUTDOWN once deletion of the device began.
 */
int iotimer_start(struct iotimer_device *dev)
{
	struct iotimer_page *page;
	int ret;

	if (iotimer_bad(dev))
		return -EINVAL;
	/* Pairs with the release in iotimer_slot_get(), for the slot's number. */
	page = smp_load_acquire(&iotimer_private(dev)->page);
	if (!page)
		return READ_ONCE(iotimer_private(dev)->deleting) ? -ESHUTDOWN : -EINVAL;
	ret = timer_start(page, dev);
	trace_iotimer_start(dev, ret);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_start);

/* Stop a timer that has a slot, without waiting; a full barrier in any case. */
static void timer_stop(struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	if (cmpxchg(&iotimer_slot(dev)->dev, dev, IOTIMER_STOPPED) == dev) {
		atomic_add(iotimer_tick_missed(), &private->missed);
		iotimer_page_put(private->page);
	} else {
		smp_mb();	/* a failed cmpxchg() orders nothing */
	}
}

/* The same for good: the timer cannot be started again. */
void iotimer_slot_close(struct iotimer_device *dev)
{
	if (xchg(&iotimer_slot(dev)->dev, IOTIMER_DELETED) == dev)
		iotimer_page_put(iotimer_private(dev)->page);
}

static bool timer_exists(struct iotimer_device *dev)
{
	/* Pairs with the release in iotimer_slot_get(), for the slot's number. */
	return !iotimer_bad(dev) && smp_load_acquire(&iotimer_private(dev)->page);
}

/**
 * iotimer_is_started() - is a device's timer started?
 * @dev: the device
 *
 * The answer may be out of date as soon as it is given, unless the caller
 * serializes starts and stops.
 *
 * Context: Any; any lock may be held.
 * Return: true from iotimer_start() (T4) to stop or delete; false otherwise, for
 * a device without a timer and for a bad one.
 */
bool iotimer_is_started(struct iotimer_device *dev)
{
	return timer_exists(dev) && READ_ONCE(iotimer_slot(dev)->dev) == dev;
}
EXPORT_SYMBOL_GPL(iotimer_is_started);

/*
 * Ticks that the device has missed while its timer was started (T14): the sum of
 * the tick's counts at its stops, and now if it is started, less those at its
 * starts. In the middle of a start or stop the sum is short: 0 is shown then.
 */
unsigned int iotimer_missed(struct iotimer_device *dev)
{
	atomic_t *missed = &iotimer_private(dev)->missed;
	int sum, before;

	do {
		before = atomic_read(missed);
		sum = before;
		smp_rmb();	/* the other side has a fully ordered cmpxchg() */
		if (iotimer_is_started(dev))
			sum += iotimer_tick_missed();
		smp_rmb();	/* as above */
	} while (atomic_read(missed) != before);
	return max(sum, 0);
}

/**
 * iotimer_stop() - stop a device's timer without waiting
 * @dev: a device with a timer
 *
 * No call of the routine begins after this, but a call may still be in progress
 * on another CPU: use iotimer_stop_sync() where that matters. N.B.: a Windows
 * driver relies on IoStopTimer to wait (T5).
 *
 * Context: Any, up to and including hard interrupts and routines (T5, T6), but
 * not NMI; any lock may be held.
 * Return: 0, also when it was stopped already; -EINVAL for a bad device or one
 * without iotimer_init().
 */
int iotimer_stop(struct iotimer_device *dev)
{
	if (!timer_exists(dev))
		return -EINVAL;
	timer_stop(dev);
	trace_iotimer_stop(dev, false);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_stop);

/* In the walker's own thread of execution, and in interrupts on top of it. */
static bool timer_in_walk(void)
{
	return READ_ONCE(iotimer_walk.task) == current;
}

/* The routine that is calling, directly or not; NULL outside of routines. */
const void *iotimer_running(void)
{
	struct iotimer_slot *slot = READ_ONCE(iotimer_walk.running);

	return timer_in_walk() && slot ? iotimer_slot_routine(slot) : NULL;
}

static bool timer_in_routine_of(struct iotimer_device *dev)
{
	return timer_in_walk() && READ_ONCE(iotimer_walk.running) == iotimer_slot(dev);
}

/*
 * PREEMPT_RT: block until the walker has left the slot. spin_lock_bh() would not
 * do: the walker may have this CPU's softirqs disabled for all of its calls.
 */
static void timer_wait_blocking(struct iotimer_slot *slot)
{
	/* Pairs with the walker's stores: the waiter sees what the routine did. */
	while (smp_load_acquire(&iotimer_walk.running) == slot) {
		spin_lock(slot->lock);
		spin_unlock(slot->lock);
	}
}

/* Tell lockdep that a waiter must not hold a lock that the routine takes. */
static void timer_lockdep_wait(struct iotimer_device *dev)
{
#ifdef CONFIG_LOCKDEP
	struct lockdep_map *map = &iotimer_private(dev)->lockdep_map;
	unsigned long flags;

	local_irq_save(flags);
	lock_map_acquire(map);
	lock_map_release(map);
	local_irq_restore(flags);
#endif
}

/* The caller has stopped the timer and is not in a routine. */
void iotimer_wait_routine(struct iotimer_device *dev)
{
	struct iotimer_slot *slot = iotimer_slot(dev);

	timer_lockdep_wait(dev);
	smp_mb();	/* [B] pairs with [A] */
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		timer_wait_blocking(slot);
		return;
	}
	/* Pairs with the walker's stores: the waiter sees what the routine did. */
	while (smp_load_acquire(&iotimer_walk.running) == slot)
		cpu_relax();
}

/**
 * iotimer_stop_sync() - stop a device's timer and wait for its routine
 * @dev: a device with a timer
 *
 * When this returns 0 and nobody starts the timer again, the routine does not
 * run on any CPU and will not (T5). It waits for this device's routine only,
 * never for another's. Inside another device's routine it need not wait and
 * does not, because routines never run two at once (T9).
 *
 * Context: Process or softirq, interrupts enabled; on PREEMPT_RT preemptible.
 * The caller must not hold a lock that the routine takes, nor the lock of any
 * interrupt.
 * Return: 0; -EINVAL for a bad device or one without iotimer_init(); -EDEADLK,
 * and a warning that names the caller and the routine, inside the device's own
 * routine (T6), in an ISR, in a function that iotimer_synchronize() runs, in hard
 * interrupts and with interrupts disabled. The timer is stopped in all these cases
 * but -EINVAL; after -EDEADLK its routine may still be running.
 */
int iotimer_stop_sync(struct iotimer_device *dev)
{
	bool own;

	if (!timer_exists(dev))
		return -EINVAL;
	timer_stop(dev);
	trace_iotimer_stop(dev, true);
	own = timer_in_routine_of(dev);
	if (own || iotimer_in_interrupt())
		return iotimer_refuse_stop_sync(dev, own, _RET_IP_);
	if (!timer_in_walk())
		iotimer_wait_routine(dev);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_stop_sync);
