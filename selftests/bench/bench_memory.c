// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that timers take beyond their devices: traces what is allocated while
 * devices that have been created get their timers, or while they are created, too
 *
 * bench-guest.sh adds up the kmem events.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/module.h>

#include "bench.h"

static unsigned int devices = 10000;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many");

static bool created;
module_param(created, bool, 0444);
MODULE_PARM_DESC(created, "whether what their creation takes is counted");

static struct iotimer_device **list;
static unsigned int nr_created;

static int create(void)
{
	char name[IOTIMER_NAME_LEN];
	struct iotimer_device *dev;

	for (; nr_created < devices; nr_created++) {
		snprintf(name, sizeof(name), "bench%u", nr_created);
		dev = iotimer_device_create(name, 0);
		if (IS_ERR(dev))
			return PTR_ERR(dev);
		list[nr_created] = dev;
	}
	return 0;
}

static void routine(struct iotimer_device *dev, void *context)
{
}

static int init(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < devices && !ret; i++)
		ret = iotimer_init(list[i], routine, NULL);
	return ret;
}

static int __init bench_memory_init(void)
{
	int ret = -ENOMEM;

	list = kvcalloc(devices, sizeof(*list), GFP_KERNEL);
	if (list && created)
		tracing_on();
	if (list)
		ret = create();
	tracing_on();
	if (!ret)
		ret = init();
	tracing_off();
	while (nr_created)
		iotimer_device_delete(list[--nr_created]);
	kvfree(list);
	return ret;
}
module_init(bench_memory_init);

static void __exit bench_memory_exit(void)
{
}
module_exit(bench_memory_exit);

MODULE_DESCRIPTION("iotimer benchmark: memory");
MODULE_LICENSE("GPL");
