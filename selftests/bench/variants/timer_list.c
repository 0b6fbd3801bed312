// SPDX-License-Identifier: GPL-2.0
/*
 * A timer_list per device, which its callback arms again for a period later
 *
 * All have the same deadline, which is the cheapest that they can do: one bucket of
 * the timer wheel, one interrupt. The callback is the routine.
 *
 * And the same rounded to whole seconds, so that the machine wakes up once for all
 * timers that are rounded, the kernel's own included.
 */
#include <linux/container_of.h>
#include <linux/timer.h>

#include "bench.h"

struct device {
	struct timer_list	timer;
	struct bench_context	context;
};

static_assert(sizeof(struct device) <= BENCH_DEVICE_SIZE);

static void count(struct timer_list *timer)
{
	struct device *d = container_of(timer, struct device, timer);

	d->context.calls++;
	mod_timer(timer, timer->expires + bench_period);
}

static void count_rounded(struct timer_list *timer)
{
	struct device *d = container_of(timer, struct device, timer);

	d->context.calls++;
	mod_timer(timer, round_jiffies(timer->expires + bench_period));
}

static int init_with(void **devices, unsigned int nr, void (*fn)(struct timer_list *timer))
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		timer_setup(&d->timer, fn, 0);
	}
	return 0;
}

static int init_all(void **devices, unsigned int nr)
{
	return init_with(devices, nr, count);
}

static int init_all_rounded(void **devices, unsigned int nr)
{
	return init_with(devices, nr, count_rounded);
}

static void start_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		mod_timer(&d->timer, bench_first);
	}
}

static void start_all_rounded(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		mod_timer(&d->timer, round_jiffies(bench_first));
	}
}

static void stop_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		timer_delete(&d->timer);
	}
}

static void exit_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		timer_delete_sync(&d->timer);
	}
}

static const struct bench_context *context_of(void *device)
{
	return &((struct device *)device)->context;
}

const struct bench_variant bench_timer_list = {
	.name		= "timer_list",
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
};

const struct bench_variant bench_timer_rounded = {
	.name		= "timer_rounded",
	.init		= init_all_rounded,
	.start		= start_all_rounded,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
};
