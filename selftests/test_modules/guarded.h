/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State that a lock guards. If it does not, the counter falls behind and overlaps are noticed.
 */
#ifndef _IOTIMER_TEST_GUARDED_H
#define _IOTIMER_TEST_GUARDED_H

#include "test.h"

struct guarded {
	unsigned long	counter;	/* not atomic */
	atomic_long_t	entered;
	atomic_t	inside;
	atomic_t	overlaps;
};

/* The caller holds the lock. */
static __maybe_unused void guarded_change(struct guarded *g)
{
	unsigned long n = READ_ONCE(g->counter);

	if (atomic_inc_return(&g->inside) != 1)
		atomic_inc(&g->overlaps);
	udelay(1);
	atomic_dec(&g->inside);
	WRITE_ONCE(g->counter, n + 1);
	atomic_long_inc(&g->entered);
}

static __maybe_unused void expect_guarded(struct guarded *g)
{
	EXPECT_EQ(g->counter, atomic_long_read(&g->entered));
	EXPECT_EQ(atomic_read(&g->overlaps), 0);
}

#endif /* _IOTIMER_TEST_GUARDED_H */
