// SPDX-License-Identifier: GPL-2.0
/*
 * The limit: nothing but a loop over an array, in the callback of a timer
 */
#include <linux/mm.h>
#include <linux/timer.h>

#include "bench.h"

struct entry {
	void	(*routine)(void *device, void *context);
	void	*context;
	void	*device;
};

static struct entry *array;
static unsigned int entries;

static void count(void *device, void *context)
{
	struct bench_context *c = context;

	c->calls++;
}

static void loop(struct timer_list *timer)
{
	struct entry *e, *end = array + entries;	/* once: routines may write to memory */

	for (e = array; e < end; e++)
		e->routine(e->device, e->context);
	mod_timer(timer, timer->expires + bench_period);
}

static DEFINE_TIMER(timer, loop);

static int init_all(void **devices, unsigned int nr)
{
	unsigned int i;

	array = kvmalloc_array(nr, sizeof(*array), GFP_KERNEL);
	if (!array)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		array[i] = (struct entry){ count, devices[i], devices[i] };
	return 0;
}

static void start_all(void **devices, unsigned int nr)
{
	entries = nr;
	mod_timer(&timer, bench_first);
}

static void stop_all(void **devices, unsigned int nr)
{
	timer_delete_sync(&timer);
}

static void exit_all(void **devices, unsigned int nr)
{
	kvfree(array);
}

static const struct bench_context *context_of(void *device)
{
	return device;
}

const struct bench_variant bench_loop = {
	.name		= "loop",
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.context	= context_of,
};
