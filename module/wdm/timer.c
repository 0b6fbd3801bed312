// SPDX-License-Identifier: GPL-2.0
/*
 * KTIMER: a timer_list that inserts a DPC.
 *
 * The expiry of a periodic timer is computed from when it was set, so that the
 * rounding to jiffies does not add up. Periods that went by unseen are left out.
 */
#include <linux/export.h>
#include <linux/math64.h>
#include <linux/sched.h>

#include "wdm.h"

#define PER_MS		10000		/* 100 ns */
#define PER_JIFFY	(10000000 / HZ)

/* Never early: the jiffy that has begun does not count. */
static u64 expiry(PKTIMER timer)
{
	return timer->start + 1 + div_u64(timer->due + PER_JIFFY - 1, PER_JIFFY);
}

static void arm(PKTIMER timer)
{
	s64 left = expiry(timer) - get_jiffies_64();

	/* timer_list rounds up, to the next step: what lies on a step needs less. */
	left = clamp_t(s64, left, 1, MAX_JIFFY_OFFSET);
	mod_timer(&timer->timer, jiffies + left - 1);
}

static void next_period(PKTIMER timer)
{
	u64 now = get_jiffies_64();

	do {
		timer->due += timer->period;
	} while (expiry(timer) <= now);
}

/* Set and cancel wait until this is over, so that it needs no lock. */
void iotimer_wdm_timer_expired(struct timer_list *timer_list)
{
	PKTIMER timer = container_of(timer_list, KTIMER, timer);
	PKDPC dpc = timer->dpc;

	/* One that is further away than timer_list reaches. */
	if (time_before64(get_jiffies_64(), expiry(timer))) {
		arm(timer);
		return;
	}
	if (timer->period) {
		next_period(timer);
		arm(timer);
	}
	/* A waiter, and the DPC, may free the timer. */
	iotimer_wdm_set_state(&timer->Header, 1);
	if (dpc)
		KeInsertQueueDpc(dpc, NULL, NULL);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_timer_expired);

/* A positive time is one of KeQuerySystemTime's: it is looked at once, here. */
static u64 from_now(LARGE_INTEGER due)
{
	LARGE_INTEGER now;

	if (due.QuadPart <= 0)
		return -due.QuadPart;
	KeQuerySystemTime(&now);
	return max_t(s64, due.QuadPart - now.QuadPart, 0);
}

/**
 * KeSetTimerEx() - set a timer: mod_timer()
 * @Timer: set up by KeInitializeTimer()
 * @DueTime: negative: in how many 100 ns it expires; else the time of
 *	KeQuerySystemTime() when it does, which may be over
 * @Period: in ms, then periodic; 0 for once
 * @Dpc: queued when the timer expires; NULL for nothing
 *
 * A timer that is set starts anew.
 *
 * Differs from Windows: it expires with the kernel's jiffies, never early by them,
 * and late by up to two of them or, if it is 64 and more away, an eighth of the
 * time. A periodic one does not drift, and periods that went by unseen are left
 * out. A time of the clock is compared with it once, here: setting the clock later
 * does not move the timer.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: TRUE if the timer was set already; FALSE otherwise, and at DIRQL.
 */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
	BOOLEAN was_set;

	spin_lock_bh(&Timer->lock);
	was_set = timer_delete_sync(&Timer->timer);
	iotimer_wdm_set_state(&Timer->Header, 0);
	Timer->dpc = Dpc;
	Timer->start = get_jiffies_64();
	Timer->due = from_now(DueTime);
	Timer->period = max(Period, 0) * (u64)PER_MS;
	arm(Timer);
	spin_unlock_bh(&Timer->lock);
	return was_set;
}
EXPORT_SYMBOL_GPL(KeSetTimerEx);

/**
 * KeSetTimer() - set a timer that expires once
 * @Timer: set up by KeInitializeTimer()
 * @DueTime: as for KeSetTimerEx(), in 100 ns
 * @Dpc: queued when the timer expires; NULL for nothing
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
 * Afterwards nothing refers to the timer, and its memory may be freed. Its DPC
 * may be queued or running, as on Windows.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: TRUE if it was set; FALSE otherwise, and at DIRQL.
 */
BOOLEAN KeCancelTimer(PKTIMER Timer)
{
	BOOLEAN was_set;

	spin_lock_bh(&Timer->lock);
	was_set = timer_delete_sync(&Timer->timer);
	spin_unlock_bh(&Timer->lock);
	return was_set;
}
EXPORT_SYMBOL_GPL(KeCancelTimer);

/**
 * KeDelayExecutionThread() - sleep: schedule_timeout_uninterruptible()
 * @WaitMode: without effect
 * @Alertable: likewise: there is nobody who could alert
 * @Interval: as @DueTime of KeSetTimerEx(), in 100 ns
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and does not sleep.
 * Return: STATUS_SUCCESS after the whole interval, never STATUS_ALERTED;
 * STATUS_UNSUCCESSFUL where it must not be called.
 */
NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval)
{
	u64 left = div_u64(from_now(*Interval) + PER_JIFFY - 1, PER_JIFFY) + 1;

	schedule_timeout_uninterruptible(min_t(u64, left, MAX_JIFFY_OFFSET));
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
