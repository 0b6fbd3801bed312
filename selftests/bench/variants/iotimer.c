// SPDX-License-Identifier: GPL-2.0
/*
 * This module
 */
#include <linux/kernel.h>

#include "bench.h"

static void count(struct iotimer_device *dev, void *context)
{
	struct bench_context *c = context;

	c->calls++;
}

static void *create(unsigned int number)
{
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "bench%07u", number);
	return iotimer_device_create(name, sizeof(struct bench_context));
}

static int init_all(void **devices, unsigned int nr)
{
	struct iotimer_device *dev;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < nr && !ret; i++) {
		dev = devices[i];
		ret = iotimer_init(dev, count, iotimer_device_ext(dev));
	}
	return ret;
}

static void start_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		iotimer_start(devices[i]);
}

static void stop_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		iotimer_stop(devices[i]);
}

static void exit_all(void **devices, unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		WARN_ON(iotimer_stop_sync(devices[i]));
}

static void delete(void *device)
{
	iotimer_device_delete(device);
}

static const struct bench_context *context_of(void *device)
{
	return iotimer_device_ext(device);
}

const struct bench_variant bench_iotimer = {
	.name		= "iotimer",
	.create		= create,
	.init		= init_all,
	.start		= start_all,
	.stop		= stop_all,
	.exit		= exit_all,
	.delete		= delete,
	.context	= context_of,
};
