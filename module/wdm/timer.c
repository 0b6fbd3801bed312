// SPDX-License-Identifier: GPL-2.0
/*
 * KTIMER: a timer_list that queues a DPC.
 *
 * Expiry times are multiples of the period after the time at which the timer was set,
 * so the rounding to jiffies does not add up. Periods that have passed unseen are
 * left out.
 *
 * The timers are TIMER_IRQSAFE: interrupts are off in the callback, so a canceller,
 * at any IRQL and on PREEMPT_RT as well, spins for the length of one callback and no
 * more. Without that flag, PREEMPT_RT makes a canceller sleep until the timer softirq
 * has finished, and thus wait for all callbacks that expire together, among them the
 * tick and the IoTimer routines in it. Drivers cancel timers under a spin lock which
 * their routine takes, so that wait would never end.
 *
 * The callback touches nothing of the timer once it has signalled the timer and queued
 * the DPC, because a waiter or the DPC may free the timer (K1).
 */
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "wdm.h"

#define WDM_PER_MS	10000		/* 100 ns */
#define WDM_PER_JIFFY	(10000000 / HZ)

static DEFINE_RAW_SPINLOCK(wdm_timer_lock);	/* the timers that are set, and their times */
static LIST_HEAD(wdm_timers_set);
static LIST_HEAD(wdm_timer_owners_going);	/* their timers are not set any more */

static struct list_head *wdm_all_going(void)
{
	lockdep_assert_held(&wdm_timer_lock);
	return &wdm_timer_owners_going;
}

static struct list_head *wdm_all_timers(void)
{
	lockdep_assert_held(&wdm_timer_lock);
	return &wdm_timers_set;
}

/* Never early: the jiffy that has begun does not count. */
static u64 wdm_expiry(u64 start, u64 due)
{
	return start + 1 + div_u64(due + WDM_PER_JIFFY - 1, WDM_PER_JIFFY);
}

static u64 wdm_timer_expiry(PKTIMER timer)
{
	return wdm_expiry(timer->start, timer->due);
}

/*
 * The jiffies that a timer_list with an expiry @left jiffies away may be set to. A
 * timer_list beyond 63 jiffies is late by up to 8/63 of its time. Set to 7/8 of it,
 * it is early, is set again, and after a few such steps the rest is exact. The wheel
 * always rounds up to its next step, so one jiffy less is asked for.
 */
static unsigned long wdm_timer_step(s64 left)
{
	left = clamp_t(s64, left, 1, MAX_JIFFY_OFFSET);
	return left < 64 ? left - 1 : left - left / 8 - 1;
}

/* Under wdm_timer_lock, as all that follow. */
static void wdm_timer_arm(PKTIMER timer)
{
	s64 left = wdm_timer_expiry(timer) - get_jiffies_64();

	mod_timer(&timer->timer, jiffies + wdm_timer_step(left));
}

static bool wdm_timer_is_set(PKTIMER timer)
{
	lockdep_assert_held(&wdm_timer_lock);
	return !list_empty(&timer->node);
}

/*
 * All mod_timer() is under the lock, and a timer_list whose callback is running stays
 * on its CPU. So after this the callback is not called again.
 */
static void wdm_timer_unset(PKTIMER timer)
{
	timer_delete(&timer->timer);
	list_del_init(&timer->node);
}

static void wdm_timer_next_period(PKTIMER timer)
{
	u64 now = get_jiffies_64();

	do {
		timer->due += timer->period;
	} while (wdm_timer_expiry(timer) <= now);
	wdm_timer_arm(timer);
}

/* False if it has been cancelled meanwhile, or has some way to go yet. */
static bool wdm_timer_expire(PKTIMER timer)
{
	if (!wdm_timer_is_set(timer))
		return false;
	if (time_before64(get_jiffies_64(), wdm_timer_expiry(timer))) {
		wdm_timer_arm(timer);
		return false;
	}
	if (timer->period)
		wdm_timer_next_period(timer);
	else
		wdm_timer_unset(timer);
	return true;
}

void iotimer_wdm_timer_expired(struct timer_list *timer_list)
{
	PKTIMER timer = container_of(timer_list, KTIMER, timer);
	PKDPC dpc = NULL;
	unsigned long flags;
	bool expired;

	raw_spin_lock_irqsave(&wdm_timer_lock, flags);
	expired = wdm_timer_expire(timer);
	if (expired)
		dpc = timer->Dpc;
	raw_spin_unlock_irqrestore(&wdm_timer_lock, flags);
	if (!expired)
		return;
	/* These come last: a waiter and the DPC may free the timer. */
	iotimer_wdm_set_state(&timer->Header, 1);
	if (dpc)
		iotimer_wdm_insert_dpc(dpc, NULL, NULL, timer);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_timer_expired);

/* A positive time is one of KeQuerySystemTime()'s. It is compared once, here. */
static u64 wdm_from_now(LARGE_INTEGER due)
{
	LARGE_INTEGER now;

	if (due.QuadPart <= 0)
		return -due.QuadPart;
	KeQuerySystemTime(&now);
	return max_t(s64, due.QuadPart - now.QuadPart, 0);
}

/* Take back a timer and the DPC that it has queued, and wait for the callback. */
static bool wdm_timer_cancel(PKTIMER timer)
{
	unsigned long flags;
	bool was_set;
	PKDPC dpc;

	/* Zeroed, not set up yet. A node that has been set up never is NULL again. */
	if (data_race(!timer->node.next))
		return false;
	raw_spin_lock_irqsave(&wdm_timer_lock, flags);
	was_set = wdm_timer_is_set(timer);
	dpc = timer->Dpc;
	if (was_set)
		wdm_timer_unset(timer);
	raw_spin_unlock_irqrestore(&wdm_timer_lock, flags);
	timer_delete_sync(&timer->timer);
	if (was_set && dpc)
		iotimer_wdm_remove_dpc_of(dpc, timer);
	return was_set;
}

static bool wdm_timer_owner_is_going(PKTIMER timer)
{
	struct iotimer_wdm_owner *owner;

	list_for_each_entry(owner, wdm_all_going(), node)
		if (owner->module == timer->owner)
			return true;
	return false;
}

/**
 * KeSetTimerEx() - set a timer: mod_timer()
 * @Timer: set up by KeInitializeTimer()
 * @DueTime: negative: the time until it expires, in 100 ns; otherwise the time of
 *	KeQuerySystemTime() at which it expires, which may have passed
 * @Period: in ms, for a periodic timer; 0 for a timer that expires once
 * @Dpc: queued when the timer expires; NULL for none
 *
 * A timer that is set starts anew, as after KeCancelTimer().
 *
 * Differs from Windows: it expires with the kernel's jiffies, never early by them, and
 * late by up to two of them however long the time is. A periodic timer does not drift,
 * and periods that have passed unseen are left out. A time of the clock is compared
 * with the clock once, here: setting the clock later does not move the timer.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: TRUE if the timer was set already; FALSE otherwise, and at DIRQL.
 */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
	bool was_set = wdm_timer_cancel(Timer);
	unsigned long flags;

	iotimer_wdm_set_state(&Timer->Header, 0);
	raw_spin_lock_irqsave(&wdm_timer_lock, flags);
	if (!wdm_timer_owner_is_going(Timer)) {
		Timer->Dpc = Dpc;
		Timer->start = get_jiffies_64();
		Timer->due = wdm_from_now(DueTime);
		Timer->period = max(Period, 0) * (u64)WDM_PER_MS;
		list_move_tail(&Timer->node, wdm_all_timers());
		wdm_timer_arm(Timer);
	}
	raw_spin_unlock_irqrestore(&wdm_timer_lock, flags);
	return was_set;
}
EXPORT_SYMBOL_GPL(KeSetTimerEx);

/**
 * KeSetTimer() - set a timer that expires once
 * @Timer: set up by KeInitializeTimer()
 * @DueTime: as for KeSetTimerEx(), in 100 ns
 * @Dpc: queued when the timer expires; NULL for none
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: as KeSetTimerEx().
 */
BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}
EXPORT_SYMBOL_GPL(KeSetTimer);

/**
 * KeCancelTimer() - cancel a timer: timer_delete_sync()
 * @Timer: set up by KeInitializeTimer()
 *
 * Afterwards the layer does not refer to the timer, and its memory may be freed.
 *
 * If the timer is set, as a periodic timer always is, the DPC that it may have queued
 * is cancelled too, as the documentation says; implementations are known that leave
 * it queued. A DPC that is running is not waited for: KeFlushQueuedDpcs() does. A DPC
 * that the driver itself has queued stays queued. A timer that has expired once is not
 * set, so its DPC is not cancelled.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: TRUE if it was set; FALSE otherwise, and at DIRQL.
 */
BOOLEAN KeCancelTimer(PKTIMER Timer)
{
	return wdm_timer_cancel(Timer);
}
EXPORT_SYMBOL_GPL(KeCancelTimer);

/* Timers that are set in memory or by a module that goes (K1) */

/* A timer that is set; its memory is the caller's. */
static PKTIMER wdm_timer_find_in(const void *memory, size_t size)
{
	PKTIMER timer, found = NULL;

	raw_spin_lock_irq(&wdm_timer_lock);
	list_for_each_entry(timer, wdm_all_timers(), node)
		if ((void *)timer >= memory && (void *)timer < memory + size)
			found = timer;
	raw_spin_unlock_irq(&wdm_timer_lock);
	return found;
}

static int wdm_timer_cancel_in(const void *memory, size_t size)
{
	PKTIMER timer;
	int n = 0;

	for (; (timer = wdm_timer_find_in(memory, size)); n++)
		wdm_timer_cancel(timer);
	return n;
}

/*
 * The extension of an object with this name is about to be freed: cancel the timers in
 * it and take back its DPCs. A DPC that was running may have set a timer again, and
 * that timer may have queued a DPC, so both are done twice.
 */
void iotimer_wdm_release_memory(const void *memory, size_t size, const char *name)
{
	int n = wdm_timer_cancel_in(memory, size);

	iotimer_wdm_remove_dpcs_in(memory, size);
	n += wdm_timer_cancel_in(memory, size);
	iotimer_wdm_remove_dpcs_in(memory, size);
	if (n)
		pr_warn("iotimer: %s is deleted with %d timers in it that are set, cancelled\n",
			name, n);
}

/* Unset already, as its own DPC might free a timer that still expires. */
static PKTIMER wdm_timer_take_of(struct module *owner)
{
	PKTIMER timer, found = NULL;

	raw_spin_lock_irq(&wdm_timer_lock);
	list_for_each_entry(timer, wdm_all_timers(), node)
		if (timer->owner == owner)
			found = timer;
	if (found)
		wdm_timer_unset(found);
	raw_spin_unlock_irq(&wdm_timer_lock);
	return found;
}

/*
 * A module goes: cancel its timers, and name it once. From here on until
 * iotimer_wdm_timers_gone() none of its timers is set again, as by a DPC.
 */
void iotimer_wdm_cancel_timers_of(struct iotimer_wdm_owner *owner)
{
	PKTIMER timer;
	int n = 0;

	raw_spin_lock_irq(&wdm_timer_lock);
	list_add(&owner->node, wdm_all_going());
	raw_spin_unlock_irq(&wdm_timer_lock);
	for (; (timer = wdm_timer_take_of(owner->module)); n++)
		timer_delete_sync(&timer->timer);
	if (n)
		pr_warn("iotimer: module %s left %d of its timers set, cancelled\n",
			module_name(owner->module), n);
}

void iotimer_wdm_timers_gone(struct iotimer_wdm_owner *owner)
{
	raw_spin_lock_irq(&wdm_timer_lock);
	list_del(&owner->node);
	raw_spin_unlock_irq(&wdm_timer_lock);
}

/**
 * KeDelayExecutionThread() - sleep: schedule_timeout_idle()
 * @WaitMode: without effect
 * @Alertable: likewise: there are no alerts
 * @Interval: as @DueTime of KeSetTimerEx(), in 100 ns
 *
 * The sleep may be as long as the driver likes: it is not reported as a hung task, and
 * does not count as load.
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and does not sleep.
 * Return: STATUS_SUCCESS after the whole interval, never STATUS_ALERTED;
 * STATUS_UNSUCCESSFUL where it must not be called.
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval)
{
	u64 expiry = wdm_expiry(get_jiffies_64(), wdm_from_now(*Interval));
	s64 left;

	/* A wake-up that is meant for something else does not end the sleep. */
	while ((left = expiry - get_jiffies_64()) > 0)
		schedule_timeout_idle(wdm_timer_step(left));
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
