/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of the tick that start, stop and wait look at. The memory order
 * between both sides is explained at the top of timer.c.
 */
#ifndef IOTIMER_TICK_H
#define IOTIMER_TICK_H

#include <linux/cache.h>
#include <linux/jiffies.h>
#include <linux/timer.h>

#include "core.h"

/*
 * W, read by waiters and by in-routine checks. The walker stores ->running for
 * every call, so it shares a cache line with nothing else.
 */
struct iotimer_walk {
	struct iotimer_slot	*running;	/* the slot whose routine may run */
	struct task_struct	*task;		/* the walker's, NULL outside a chunk */
} ____cacheline_aligned_in_smp;

/* The letters are those of core.h. */
struct iotimer_tick {
	raw_spinlock_t		lock;
	struct timer_list	timer;		/* T armed while pages_started */
	unsigned int		pages_started;	/* T pages with a started timer */
	unsigned int		era;		/* T one more whenever the tick is disarmed */
	unsigned int		period;		/* I jiffies */
	unsigned int		missed;		/* T, read by anybody: ticks since load */
	unsigned long		deadline;	/* T of the next pass */
	unsigned long		overdue;	/* T, read by anybody: a period after that */
	bool			in_pass;	/* T the next chunk continues a pass */
	u64			slept_ns;	/* T less than a period, not yet in missed */
	unsigned int		run;		/* T the softirq run of the last chunk */
	int			run_cpu;	/* T */
	u64			late;		/* W ns, of this pass */
	u64			due;		/* W ns by the clock, when this pass was */
	unsigned long		next_page;	/* W where the next chunk begins */
	unsigned int		next_slot;	/* W */
	struct iotimer_tick_state state;	/* T */
};

extern struct iotimer_walk iotimer_walk;
extern struct iotimer_tick iotimer_tick;

void iotimer_tick_get_page(struct iotimer_page *page);
void iotimer_tick_put_page(struct iotimer_page *page);
unsigned int iotimer_tick_missed_overdue(void);

/*
 * page->nr_started is never below the number of timers started in the page, and
 * it is 0 only under the tick's lock: a non-zero nr_started guarantees that the
 * tick is armed.
 */
static inline void iotimer_page_get(struct iotimer_page *page)
{
	if (!atomic_inc_not_zero(&page->nr_started))
		iotimer_tick_get_page(page);
}

static inline void iotimer_page_put(struct iotimer_page *page)
{
	if (!atomic_add_unless(&page->nr_started, -1, 1))
		iotimer_tick_put_page(page);
}

/* Ticks missed since load, those included that an overdue pass has yet to count. */
static inline unsigned int iotimer_tick_missed(void)
{
	if (unlikely((long)(jiffies - READ_ONCE(iotimer_tick.overdue)) >= 0))
		return iotimer_tick_missed_overdue();
	smp_rmb();	/* pairs with the smp_wmb() in tick_set_deadline() */
	return READ_ONCE(iotimer_tick.missed);
}

#endif /* IOTIMER_TICK_H */
