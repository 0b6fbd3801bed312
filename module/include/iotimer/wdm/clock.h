/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The performance counter, and a timer that may be late.
 */
#ifndef _IOTIMER_WDM_CLOCK_H
#define _IOTIMER_WDM_CLOCK_H

#include <iotimer/wdm/timer.h>

/**
 * KeQueryPerformanceCounter() - a clock of high resolution: ktime_get_raw_ns()
 * @PerformanceFrequency: where to put how often it counts in a second, or NULL
 *
 * Context: Any IRQL.
 * Return: ns since boot.
 */
static inline LARGE_INTEGER KeQueryPerformanceCounter(PLARGE_INTEGER PerformanceFrequency)
{
	LARGE_INTEGER now = { .QuadPart = ktime_get_raw_ns() };

	if (PerformanceFrequency)
		PerformanceFrequency->QuadPart = NSEC_PER_SEC;
	return now;
}

/**
 * KeSetCoalescableTimer() - set a timer that may be late: KeSetTimerEx()
 * @TIMER: as for KeSetTimerEx()
 * @DUE: likewise
 * @PERIOD: likewise
 * @DELAY: without effect: timers of the kernel are late by an eighth anyway
 * @DPC: as for KeSetTimerEx()
 *
 * Context: as KeSetTimerEx().
 * Return: the same.
 */
#define KeSetCoalescableTimer(TIMER, DUE, PERIOD, DELAY, DPC)		\
	((void)(DELAY), KeSetTimerEx(TIMER, DUE, PERIOD, DPC))

#endif /* _IOTIMER_WDM_CLOCK_H */
