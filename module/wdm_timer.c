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

	left = clamp_t(s64, left, 0, MAX_JIFFY_OFFSET);
	mod_timer(&timer->timer, jiffies + left);
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

	/* A timer that is cut short: further than timer_list reaches. */
	if (time_before64(get_jiffies_64(), expiry(timer))) {
		arm(timer);
		return;
	}
	if (timer->dpc)
		KeInsertQueueDpc(timer->dpc, NULL, NULL);
	if (timer->period) {
		next_period(timer);
		arm(timer);
	}
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

/* TRUE if it was set before; it starts anew. */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
	BOOLEAN was_set;

	spin_lock_bh(&Timer->lock);
	was_set = timer_delete_sync(&Timer->timer);
	Timer->dpc = Dpc;
	Timer->start = get_jiffies_64();
	Timer->due = from_now(DueTime);
	Timer->period = max(Period, 0) * (u64)PER_MS;
	arm(Timer);
	spin_unlock_bh(&Timer->lock);
	return was_set;
}
EXPORT_SYMBOL_GPL(KeSetTimerEx);

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
	return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}
EXPORT_SYMBOL_GPL(KeSetTimer);

/*
 * TRUE if it was set. Afterwards nothing refers to the timer; its DPC may be
 * queued or running, as on Windows.
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

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval)
{
	u64 left = div_u64(from_now(*Interval) + PER_JIFFY - 1, PER_JIFFY) + 1;

	schedule_timeout_uninterruptible(min_t(u64, left, MAX_JIFFY_OFFSET));
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(KeDelayExecutionThread);
