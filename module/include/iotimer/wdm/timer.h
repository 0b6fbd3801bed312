/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timers that a driver has beside its IoTimer, and the clocks. A KTIMER is a
 * timer_list that is signalled and queues a DPC when it expires.
 */
#ifndef _IOTIMER_WDM_TIMER_H
#define _IOTIMER_WDM_TIMER_H

#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>

#include <iotimer/wdm/dispatcher.h>
#include <iotimer/wdm/dpc.h>
#include <iotimer/wdm/status.h>

typedef enum _TIMER_TYPE {
	NotificationTimer,
	SynchronizationTimer,
} TIMER_TYPE;

typedef struct _KTIMER {
	/* private: */
	DISPATCHER_HEADER	Header;		/* see wdm/wait.h */
	struct timer_list	timer;		/* IRQ safe: see wdm/timer.c */
	struct module		*owner;

	/* under the lock in wdm/timer.c */
	struct list_head	node;		/* in the list of timers that are set */
	PKDPC			Dpc;
	u64			start;		/* jiffies */
	u64			due;		/* after start, in 100 ns */
	u64			period;		/* 100 ns, 0 for once */
} KTIMER, *PKTIMER, *PRKTIMER;

void iotimer_wdm_timer_expired(struct timer_list *timer);

/**
 * KeInitializeTimer() - set up a timer: timer_setup()
 * @TIMER: memory of the driver's own, nonpaged, in which no timer is set
 *
 * A macro, so that lockdep can tell the timers of each place from the others, and so
 * that the layer knows whose the timer is: a driver that leaves a timer set when its
 * device or its module goes is named, and the timer cancelled (K1).
 *
 * Context: Any IRQL.
 */
#define KeInitializeTimer(TIMER)					\
	KeInitializeTimerEx(TIMER, NotificationTimer)

/**
 * KeInitializeTimerEx() - set up a timer of a type
 * @TIMER: as for KeInitializeTimer()
 * @TYPE: NotificationTimer: when it has expired it is signalled until it is set
 *	again; SynchronizationTimer: until one waiter has been released (E1)
 *
 * Context: Any IRQL.
 */
#define KeInitializeTimerEx(TIMER, TYPE) ({				\
	PKTIMER __timer = (TIMER);					\
									\
	iotimer_wdm_init_dispatcher(&__timer->Header, (TYPE) == NotificationTimer ? \
				    IOTIMER_WDM_NOTIFICATION :		\
				    IOTIMER_WDM_SYNCHRONIZATION, 0);	\
	timer_setup(&__timer->timer, iotimer_wdm_timer_expired, TIMER_IRQSAFE); \
	INIT_LIST_HEAD(&__timer->node);					\
	__timer->owner = THIS_MODULE;					\
	__timer->Dpc = NULL;						\
	(void)0;							\
})

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc);
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc);
BOOLEAN KeCancelTimer(PKTIMER Timer);

#define KeSetTimer(TIMER, DUE, DPC)					\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeSetTimer") ?		\
	 KeSetTimer(TIMER, DUE, DPC) : FALSE)
#define KeSetTimerEx(TIMER, DUE, PERIOD, DPC)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeSetTimerEx") ?		\
	 KeSetTimerEx(TIMER, DUE, PERIOD, DPC) : FALSE)
#define KeCancelTimer(TIMER)						\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeCancelTimer") ?		\
	 KeCancelTimer(TIMER) : FALSE)

typedef enum _MODE {
	KernelMode,
	UserMode,
} MODE;
typedef CCHAR KPROCESSOR_MODE;

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE WaitMode, BOOLEAN Alertable,
				PLARGE_INTEGER Interval);

#define KeDelayExecutionThread(MODE, ALERTABLE, INTERVAL)		\
	(IOTIMER_WDM_MAY_SLEEP("KeDelayExecutionThread") ?		\
	 KeDelayExecutionThread(MODE, ALERTABLE, INTERVAL) : STATUS_UNSUCCESSFUL)

/* 100 ns from 1601 to 1970. */
#define IOTIMER_WDM_EPOCH	116444736000000000LL

/**
 * KeQuerySystemTime() - get the time of day: ktime_get_real_ns()
 * @CurrentTime: set to it, in 100 ns since 1601, UTC
 *
 * Differs from Windows: exact, not just to the last tick.
 *
 * Context: Any IRQL.
 */
static inline VOID KeQuerySystemTime(PLARGE_INTEGER CurrentTime)
{
	CurrentTime->QuadPart = div_u64(ktime_get_real_ns(), 100) + IOTIMER_WDM_EPOCH;
}

/**
 * KeQueryTickCount() - get the number of ticks since boot: jiffies
 * @TickCount: set to it; KeQueryTimeIncrement() is the length of a tick
 *
 * Context: Any IRQL.
 */
static inline VOID KeQueryTickCount(PLARGE_INTEGER TickCount)
{
	TickCount->QuadPart = get_jiffies_64() - INITIAL_JIFFIES;
}

/**
 * KeQueryTimeIncrement() - the length of a tick
 *
 * Context: Any IRQL.
 * Return: 100 ns per tick: 10^7 / HZ.
 */
static inline ULONG KeQueryTimeIncrement(void)
{
	return 10000000 / HZ;
}

/**
 * KeQueryInterruptTime() - the time since boot: ktime_get_boottime_ns()
 *
 * The time that the system was suspended counts. Differs from Windows: exact, not just to the last
 * tick.
 *
 * Context: Any IRQL.
 * Return: 100 ns since boot.
 */
static inline ULONGLONG KeQueryInterruptTime(void)
{
	return div_u64(ktime_get_boottime_ns(), 100);
}

/**
 * KeStallExecutionProcessor() - wait busily: udelay()
 * @MicroSeconds: the least time to wait; Windows advises no more than 50
 *
 * Context: Any IRQL.
 */
static inline VOID KeStallExecutionProcessor(ULONG MicroSeconds)
{
	mdelay(MicroSeconds / 1000);
	udelay(MicroSeconds % 1000);
}

#endif /* _IOTIMER_WDM_TIMER_H */
