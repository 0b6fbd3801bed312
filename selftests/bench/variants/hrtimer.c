// SPDX-License-Identifier: GPL-2.0
/*
 * An hrtimer per device, in softirq mode, which restarts itself a period later
 */
#include <linux/container_of.h>
#include <linux/hrtimer.h>
#include <linux/jiffies.h>

#include "bench.h"

struct device {
	struct hrtimer		timer;
	struct bench_context	context;
};

static_assert(sizeof(struct device) <= BENCH_DEVICE_SIZE);

static enum hrtimer_restart count(struct hrtimer *timer)
{
	struct device *d = container_of(timer, struct device, timer);

	d->context.calls++;
	hrtimer_add_expires_ns(timer, (u64)bench_period * TICK_NSEC);
	return HRTIMER_RESTART;
}

static int init_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
#ifdef HAVE_HRTIMER_SETUP
		hrtimer_setup(&d->timer, count, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
#else
		hrtimer_init(&d->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
		d->timer.function = count;
#endif
	}
	return 0;
}

static void start_all(void **devices, unsigned int nr)
{
	ktime_t first = ktime_add_ns(ktime_get(), (u64)bench_period * TICK_NSEC);
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		hrtimer_start(&d->timer, first, HRTIMER_MODE_ABS_SOFT);
	}
}

static void stop_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		hrtimer_try_to_cancel(&d->timer);
	}
}

static void exit_all(void **devices, unsigned int nr)
{
	struct device *d;
	unsigned int i;

	for (i = 0; i < nr; i++) {
		d = devices[i];
		hrtimer_cancel(&d->timer);
	}
}

static const struct bench_context *context_of(void *device)
{
	return &((struct device *)device)->context;
}

const struct bench_variant bench_hrtimer = {
	.name		= "hrtimer",
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
};
