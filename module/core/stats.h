/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The account of a call, which the walker keeps after each routine while
 * statistics are on. Rare cases are in stats.c.
 */
#ifndef IOTIMER_STATS_H
#define IOTIMER_STATS_H

#include <linux/limits.h>
#include <linux/time64.h>

#include "core.h"

/* Figures that most calls of a chunk have in common, in ns by the walker's clock */
struct iotimer_stats_chunk {
	u64			due;		/* when the pass was */
	u64			late_until;	/* where the bucket of lateness ends */
	unsigned int		late_bucket;
	u64			brief_ns;	/* a call that takes more is a rare case */
};

void iotimer_stats_later(struct iotimer_stats_chunk *chunk, u64 now);
void iotimer_stats_long(struct iotimer_device *dev, struct iotimer_stats *stats, u64 ran);

static __always_inline void iotimer_stats_begin(struct iotimer_stats_chunk *chunk, u64 due)
{
	chunk->due = due;
	chunk->late_until = 0;
	chunk->brief_ns = min_t(u64, (u64)READ_ONCE(iotimer_routine_budget_us) * NSEC_PER_USEC,
				U32_MAX);
}

static __always_inline void iotimer_stats_count(u32 *counter)
{
	/* Only the walk counts; a reader may miss the latest count. */
	data_race((*counter)++);
}

/* fls64(ns >> IOTIMER_BUCKET_SHIFT) of a value of 32 bits, in three instructions */
static __always_inline unsigned int iotimer_stats_brief_bucket(unsigned long ns)
{
	return __fls(ns | (BIT(IOTIMER_BUCKET_SHIFT) - 1)) - (IOTIMER_BUCKET_SHIFT - 1);
}

/* Before the call that begins at @now */
static __always_inline void iotimer_stats_late(struct iotimer_stats_chunk *chunk, u64 now)
{
	if (unlikely(now >= chunk->late_until))
		iotimer_stats_later(chunk, now);
}

/* After a call, which took @ran */
static __always_inline void iotimer_stats_account(struct iotimer_device *dev,
						  struct iotimer_stats_chunk *chunk, u64 ran)
{
	struct iotimer_stats *stats = READ_ONCE(iotimer_private(dev)->stats);

	if (unlikely(!stats))
		return;
	iotimer_stats_count(&stats->lateness[chunk->late_bucket]);
	if (unlikely(ran > chunk->brief_ns)) {
		iotimer_stats_long(dev, stats, ran);
		return;
	}
	WRITE_ONCE(stats->last_ns, ran);
	if (unlikely(ran > stats->max_ns))
		WRITE_ONCE(stats->max_ns, ran);
	iotimer_stats_count(&stats->runtime[iotimer_stats_brief_bucket(ran)]);
}

#endif /* IOTIMER_STATS_H */
