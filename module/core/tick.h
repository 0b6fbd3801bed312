/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the walk that start, stop and wait look at. The memory order
 * between both sides is explained at the top of timer.c.
 */
#ifndef IOTIMER_TICK_H
#define IOTIMER_TICK_H

#include <linux/cache.h>

#include "core.h"

/*
 * W, read by waiters and by in-routine checks. The walker stores ->running for
 * every call, so it shares a cache line with nothing else.
 */
struct iotimer_walk {
	struct iotimer_slot	*running;	/* the slot whose routine may run */
	struct task_struct	*task;		/* the walker's, NULL outside a chunk */
} ____cacheline_aligned_in_smp;

extern struct iotimer_walk iotimer_walk;

void iotimer_tick_get_page(struct iotimer_page *page);
void iotimer_tick_put_page(struct iotimer_page *page);
unsigned int iotimer_tick_missed(void);

#endif /* IOTIMER_TICK_H */
