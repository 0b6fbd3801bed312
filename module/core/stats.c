// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics of routines. Nothing is measured, and no memory is used, until they
 * are switched on. Figures are kept until the device is deleted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/math64.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/time64.h>

#include "core.h"
#include "stats.h"

DEFINE_STATIC_KEY_FALSE(iotimer_stats_key);

static DEFINE_MUTEX(stats_mutex);	/* one switch at a time */
static bool stats_wanted;		/* M for new timers */

/* For a device with a timer. Under iotimer_mutex. */
static int stats_allocate(struct iotimer_device *dev)
{
	struct iotimer_stats *stats;

	if (!iotimer_private(dev)->page || iotimer_private(dev)->stats)
		return 0;
	stats = kzalloc(sizeof(*stats), GFP_KERNEL);
	if (!stats)
		return -ENOMEM;
	/* The structure is zeroed before the walk, which uses READ_ONCE(), sees it. */
	smp_store_release(&iotimer_private(dev)->stats, stats);
	return 0;
}

static int stats_allocate_all(void)
{
	struct iotimer_device *dev;
	int ret = 0;

	dev = iotimer_device_next("");
	while (dev && !ret) {
		ret = stats_allocate(dev);
		dev = iotimer_device_next(dev->name);
		cond_resched();
	}
	return ret;
}

/* Memory for all devices before anything is measured, and for all to come. */
static int stats_prepare(bool on)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	stats_wanted = on;
	if (on)
		ret = stats_allocate_all();
	if (ret)
		stats_wanted = static_key_enabled(&iotimer_stats_key);
	mutex_unlock(&iotimer_mutex);
	return ret;
}

/*
 * On failure the switch stays as it was. The static branch takes the lock of CPU
 * hotplug, under which drivers may create devices: iotimer_mutex must be free.
 */
int iotimer_stats_switch(bool on)
{
	int ret;

	mutex_lock(&stats_mutex);
	ret = stats_prepare(on);
	if (!ret && on)
		static_branch_enable(&iotimer_stats_key);
	else if (!on)
		static_branch_disable(&iotimer_stats_key);
	mutex_unlock(&stats_mutex);
	return ret;
}

/*
 * Allocation failure is not fatal: the timer is just not measured. Under
 * iotimer_mutex.
 */
void iotimer_stats_add(struct iotimer_device *dev)
{
	lockdep_assert_held(&iotimer_mutex);
	if (stats_wanted)
		stats_allocate(dev);
}

/*
 * Reports a device once, and of consecutive devices with the same routine only the
 * first: a routine may serve a hundred thousand devices.
 */
static void stats_over_budget(struct iotimer_device *dev, struct iotimer_stats *stats,
			      u64 ran, unsigned int budget)
{
	const void *routine = iotimer_routine(dev);
	static const void *stats_last_named;

	iotimer_stats_count(&stats->over);
	if (stats->named)
		return;
	stats->named = true;
	if (routine == stats_last_named)
		return;
	stats_last_named = routine;
	pr_warn_ratelimited("routine %ps of %s took %llu us, budget %u us\n",
			    routine, dev->name,
			    div_u64(ran, NSEC_PER_USEC), budget);
}

/* One word, which is not torn on 32-bit machines: up to 4.3 s there. */
static unsigned long stats_ns(u64 ns)
{
	return min_t(u64, ns, ULONG_MAX);
}

static unsigned int stats_bucket(u64 ns)
{
	return min(fls64(ns >> IOTIMER_BUCKET_SHIFT), IOTIMER_BUCKETS - 1);
}

/* A call that exceeds the budget, or one of seconds */
void iotimer_stats_long(struct iotimer_device *dev, struct iotimer_stats *stats, u64 ran)
{
	unsigned int budget = READ_ONCE(iotimer_routine_budget_us);

	WRITE_ONCE(stats->last_ns, stats_ns(ran));
	if (stats_ns(ran) > stats->max_ns)
		WRITE_ONCE(stats->max_ns, stats_ns(ran));
	iotimer_stats_count(&stats->runtime[stats_bucket(ran)]);
	if (ran > (u64)budget * NSEC_PER_USEC)
		stats_over_budget(dev, stats, ran, budget);
}

/* The call that begins at @now is in another bucket of lateness than those before it. */
void iotimer_stats_later(struct iotimer_stats_chunk *chunk, u64 now)
{
	chunk->late_bucket = stats_bucket(now - chunk->due);
	chunk->late_until = chunk->late_bucket == IOTIMER_BUCKETS - 1 ? U64_MAX :
			    chunk->due + BIT_ULL(IOTIMER_BUCKET_SHIFT + chunk->late_bucket);
}
