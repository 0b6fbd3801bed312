// SPDX-License-Identifier: GPL-2.0
/*
 * One timer and a list of all devices, whose lock is held over all routines
 *
 * So a start or stop on another CPU waits for all routines, and one in a routine
 * for ever.
 */
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "bench.h"

struct device {
	struct list_head	node;
	void			(*routine)(struct device *d, void *context);
	struct bench_context	context;
};

static_assert(sizeof(struct device) <= BENCH_DEVICE_SIZE);

static DEFINE_SPINLOCK(lock);
static LIST_HEAD(started);

static void count(struct device *d, void *context)
{
	struct bench_context *c = context;

	c->calls++;
}

static void walk(struct timer_list *timer)
{
	struct device *d;

	spin_lock(&lock);
	list_for_each_entry(d, &started, node)
		d->routine(d, &d->context);
	spin_unlock(&lock);
	mod_timer(timer, timer->expires + bench_period);
}

static DEFINE_TIMER(timer, walk);

static int init_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		INIT_LIST_HEAD(&d->node);
		d->routine = count;
	}
	return 0;
}

static void start(struct device *d)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	if (list_empty(&started))
		mod_timer(&timer, bench_first);
	if (list_empty(&d->node))
		list_add_tail(&d->node, &started);
	spin_unlock_irqrestore(&lock, flags);
}

static void stop(struct device *d)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	list_del_init(&d->node);
	if (list_empty(&started))
		timer_delete(&timer);
	spin_unlock_irqrestore(&lock, flags);
}

static void start_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		start(devices[i]);
}

static void stop_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		stop(devices[i]);
}

static void exit_all(void **devices, unsigned int nr)
{
	timer_delete_sync(&timer);
}

static const struct bench_context *context_of(void *device)
{
	return &((struct device *)device)->context;
}

const struct bench_variant bench_global_list = {
	.name		= "global_list",
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
};
