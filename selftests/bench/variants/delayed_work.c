// SPDX-License-Identifier: GPL-2.0
/*
 * A delayed_work per device, which its function queues again for a period later
 *
 * And the same deferrable, as drivers write it that need no wake-up of an idle CPU:
 * pass.c wakes the CPU up.
 */
#include <linux/container_of.h>
#include <linux/jiffies.h>
#include <linux/workqueue.h>

#include "bench.h"

struct device {
	struct delayed_work	work;
	struct bench_context	context;
	unsigned long		deadline;
};

static_assert(sizeof(struct device) <= BENCH_DEVICE_SIZE);

static struct workqueue_struct *queue;

static void arm(struct device *d, unsigned long deadline)
{
	unsigned long now = jiffies;

	d->deadline = deadline;
	queue_delayed_work(queue, &d->work,
			   time_after(deadline, now) ? deadline - now : 0);
}

static void count(struct work_struct *work)
{
	struct device *d = container_of(to_delayed_work(work), struct device, work);

	d->context.calls++;
	arm(d, d->deadline + bench_period);
}

static int create_queue(void)
{
	queue = alloc_workqueue("iotimer_bench", 0, 0);
	return queue ? 0 : -ENOMEM;
}

static int init_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		INIT_DELAYED_WORK(&d->work, count);
	}
	return create_queue();
}

static void start_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		arm(devices[i], bench_first);
}

static void stop_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		cancel_delayed_work(&d->work);
	}
}

static void exit_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		cancel_delayed_work_sync(&d->work);
	}
	destroy_workqueue(queue);
}

static const struct bench_context *context_of(void *device)
{
	return &((struct device *)device)->context;
}

/* The timer has gone off, the worker has not come to it yet. */
static bool is_due(void *device)
{
	return !timer_pending(&((struct device *)device)->work.timer);
}

static int init_all_deferrable(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		INIT_DEFERRABLE_WORK(&d->work, count);
	}
	return create_queue();
}

const struct bench_variant bench_delayed_work = {
	.name		= "delayed_work",
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
	.due		= is_due,
};

const struct bench_variant bench_deferrable_work = {
	.name		= "deferrable_work",
	.init		= init_all_deferrable,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
	.due		= is_due,
};
