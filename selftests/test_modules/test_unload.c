// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that is unloaded while one of its routines runs
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/iotimer.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#define DEVICES		20
#define BUSY_US		2000

static struct iotimer_device *devices[DEVICES];
static bool inside;
static bool gone;
static int cpu;			/* of the last call */

static void busy_routine(struct iotimer_device *dev, void *context)
{
	WARN_ON_ONCE(READ_ONCE(gone));
	WRITE_ONCE(cpu, raw_smp_processor_id());
	WRITE_ONCE(inside, true);
	udelay(BUSY_US);
	WRITE_ONCE(inside, false);
}

/* The first one deleted is the one that runs, if it is the right moment. */
static void delete_all(void)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		iotimer_device_delete(devices[i]);
	WRITE_ONCE(gone, true);
}

static int create(int i)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "busy%d", i);
	dev = iotimer_device_create(name, 0);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	devices[i] = dev;
	return iotimer_init(dev, busy_routine, NULL) ?: iotimer_start(dev);
}

static int __init test_unload_init(void)
{
	int i, ret = 0;

	for (i = 0; i < DEVICES && !ret; i++)
		ret = create(i);
	if (ret)
		delete_all();
	return ret;
}
module_init(test_unload_init);

/* Waits on another CPU than the tick's, asleep: the tick moves to busy ones. */
static void __exit test_unload_exit(void)
{
	int tries, other;

	for (tries = 0; tries < 2000 && !READ_ONCE(inside); tries++) {
		other = cpumask_any_but(cpu_online_mask, READ_ONCE(cpu));
		if (other < nr_cpu_ids)
			set_cpus_allowed_ptr(current, cpumask_of(other));
		usleep_range(100, 200);
	}
	delete_all();
}
module_exit(test_unload_exit);

MODULE_DESCRIPTION("iotimer self-test: a driver unloaded in the middle of a pass");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
