// SPDX-License-Identifier: GPL-2.0
/*
 * How regularly routines are called: a routine of iotimer, and the callback of a
 * timer_list that arms itself a period from now, as many drivers do
 *
 * Lateness is measured in jiffies, against deadlines a period apart of which the
 * first is a period after the start. That is what the timer wheel knows.
 */
#include <linux/hrtimer.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/timer.h>

#include "bench.h"

static unsigned int seconds = 600;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long; the loaded iotimer's period_ms is 1000");

static unsigned int devices = 1;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many iotimer devices tick, 0 for one that is not started");

struct cadence {
	unsigned long	start;		/* jiffies */
	unsigned int	ticks;
	long		late_min;	/* below 0: early */
	long		late_max;
	long		late_sum;
	long		late_first;
	long		late_last;
};

static void account(struct cadence *c)
{
	unsigned long deadline = c->start + (c->ticks + 1) * HZ;
	long late = jiffies - deadline;

	if (!c->ticks++) {
		c->late_first = late;
		c->late_min = late;
		c->late_max = late;
	}
	c->late_min = min(c->late_min, late);
	c->late_max = max(c->late_max, late);
	c->late_sum += late;
	c->late_last = late;
}

static void routine(struct iotimer_device *dev, void *context)
{
	account(context);
}

static struct cadence rearmed;

static void callback(struct timer_list *timer)
{
	account(&rearmed);
	mod_timer(timer, jiffies + HZ);
}

static DEFINE_TIMER(timer, callback);

static void result(const char *variant, const struct cadence *c)
{
	bench_result(variant, "-", devices, "seconds", seconds);
	bench_result(variant, "-", devices, "ticks", c->ticks);
	bench_result(variant, "-", devices, "late_sum", c->late_sum);
	bench_result(variant, "-", devices, "late_max", c->late_max);
	bench_result(variant, "-", devices, "early_max", max(-c->late_min, 0L));
	bench_result(variant, "-", devices, "late_first", c->late_first);
	bench_result(variant, "-", devices, "late_last", c->late_last);
}

static struct iotimer_device **list;
static unsigned int nr_created;

static int create(void)
{
	char name[IOTIMER_NAME_LEN];
	struct iotimer_device *dev;
	int ret = 0;

	while (!ret && nr_created < max(devices, 1U)) {
		snprintf(name, sizeof(name), "bench%u", nr_created);
		dev = iotimer_device_create(name, sizeof(struct cadence));
		if (IS_ERR(dev))
			return PTR_ERR(dev);
		list[nr_created++] = dev;
		ret = iotimer_init(dev, routine, iotimer_device_ext(dev));
	}
	return ret;
}

/* The timer wheel would let us sleep a few periods longer. */
static void sleep(void)
{
	ktime_t time = ms_to_ktime(seconds * MSEC_PER_SEC + MSEC_PER_SEC / 2);

	set_current_state(TASK_IDLE);
	schedule_hrtimeout(&time, HRTIMER_MODE_REL);
}

/* All at once, up to half a period after the last deadline. */
static void run(void)
{
	struct cadence *c;
	unsigned int i;

	for (i = 0; i < devices; i++) {
		c = iotimer_device_ext(list[i]);
		c->start = jiffies;
		iotimer_start(list[i]);
	}
	rearmed.start = jiffies;
	mod_timer(&timer, jiffies + HZ);
	sleep();
	for (i = 0; i < devices; i++)
		WARN_ON(iotimer_stop_sync(list[i]));
	timer_delete_sync(&timer);
}

static int __init bench_cadence_init(void)
{
	int ret = -ENOMEM;

	list = kvcalloc(max(devices, 1U), sizeof(*list), GFP_KERNEL);
	if (list)
		ret = create();
	if (!ret) {
		run();
		bench_result("clock", "-", devices, "hz", HZ);
		result("iotimer", iotimer_device_ext(list[0]));
		result("timer_list", &rearmed);
	}
	while (nr_created)
		iotimer_device_delete(list[--nr_created]);
	kvfree(list);
	return ret;
}
module_init(bench_cadence_init);

static void __exit bench_cadence_exit(void)
{
}
module_exit(bench_cadence_exit);

MODULE_DESCRIPTION("iotimer benchmark: cadence");
MODULE_LICENSE("GPL");
