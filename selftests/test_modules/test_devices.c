// SPDX-License-Identifier: GPL-2.0
/*
 * Devices for scripts, which compare them with the tables in debugfs
 *
 * Writing 1 or 0 to the parameter started starts or stops all of them from process
 * context, and 2 does both; started_in_hardirq does the same from hard interrupt
 * context.
 */
#include <linux/ktime.h>

#include "test.h"

static unsigned int devices = 1;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many: dev0, dev1, ...");

static unsigned int first;
module_param(first, uint, 0444);
MODULE_PARM_DESC(first, "the first device that is started and stopped");

static unsigned int busy_us;
module_param(busy_us, uint, 0644);
MODULE_PARM_DESC(busy_us, "how long a routine takes at least");

static unsigned int idle_devices;
module_param(idle_devices, uint, 0444);
MODULE_PARM_DESC(idle_devices, "how many devices' routines take no time, the first ones");

static unsigned int busy_calls = UINT_MAX;
module_param(busy_calls, uint, 0644);
MODULE_PARM_DESC(busy_calls, "in so many calls from now on");

static unsigned int last_call = UINT_MAX;
module_param(last_call, uint, 0444);
MODULE_PARM_DESC(last_call, "the call of all in which a routine stops its timer");

static unsigned int calls;
module_param(calls, uint, 0444);
MODULE_PARM_DESC(calls, "of all routines");

static unsigned int last_cpu;
module_param(last_cpu, uint, 0444);
MODULE_PARM_DESC(last_cpu, "the CPU of the last call");

static unsigned long elapsed;
module_param(elapsed, ulong, 0444);
MODULE_PARM_DESC(elapsed, "jiffies from the last start to the last call");

static unsigned int most_in_a_jiffy;
module_param(most_in_a_jiffy, uint, 0444);
MODULE_PARM_DESC(most_in_a_jiffy, "most busy calls in one jiffy");

static struct iotimer_device **devs;
static unsigned long started_at;

/* Routines run one after another (T9), so their state needs no lock. */
static void note_jiffy(void)
{
	static unsigned long last;
	static unsigned int count;
	unsigned long now = jiffies;

	if (now != last)
		count = 0;
	last = now;
	most_in_a_jiffy = max(most_in_a_jiffy, ++count);
}

/* By the clock that the tick uses. Jiffies of an idle machine with one CPU stand still meanwhile. */
static void be_busy(void)
{
	u64 start = ktime_get_mono_fast_ns();

	while (ktime_get_mono_fast_ns() - start < (u64)busy_us * NSEC_PER_USEC)
		cpu_relax();
}

static void busy_routine(struct iotimer_device *dev, void *context)
{
	if (++calls >= last_call)
		iotimer_stop(dev);
	last_cpu = raw_smp_processor_id();
	elapsed = jiffies - READ_ONCE(started_at);
	if (!context && busy_us && busy_calls) {
		busy_calls--;
		note_jiffy();
		be_busy();
	}
}

static int for_all(int (*fn)(void *dev))
{
	int i, ret = 0;

	for (i = first; i < devices && !ret; i++)
		ret = fn(devs[i]);
	return ret;
}

static int start_all(void *unused)
{
	WRITE_ONCE(started_at, jiffies);
	return for_all(test_start);
}

static int stop_all(void *unused)
{
	return for_all(test_stop);
}

static int start_and_stop_all(void *unused)
{
	return start_all(unused) ?: stop_all(unused);
}

static int set_started(const char *value, const struct kernel_param *kp)
{
	static int (*const actions[])(void *) = { stop_all, start_all, start_and_stop_all };
	bool in_hardirq = kp->arg;
	unsigned int action;

	if (!devs || kstrtouint(value, 0, &action) || action >= ARRAY_SIZE(actions))
		return -EINVAL;
	if (in_hardirq)
		return test_in_hardirq(actions[action], NULL);
	return actions[action](NULL);
}

static const struct kernel_param_ops started_ops = {
	.set = set_started,
};

module_param_cb(started, &started_ops, NULL, 0200);
MODULE_PARM_DESC(started, "starts or stops all devices");
module_param_cb(started_in_hardirq, &started_ops, &devices, 0200);
MODULE_PARM_DESC(started_in_hardirq, "starts or stops all devices, in a hard interrupt");

static void delete_all(void)
{
	int i;

	for (i = 0; i < devices; i++)
		test_device_free(devs[i]);
	kfree(devs);
}

static int __init test_devices_init(void)
{
	char name[IOTIMER_NAME_LEN];
	int i, ret = 0;

	devs = kcalloc(devices, sizeof(*devs), GFP_KERNEL);
	if (!devs)
		return -ENOMEM;
	for (i = 0; i < devices && !ret; i++) {
		snprintf(name, sizeof(name), "dev%d", i);
		devs[i] = test_device(name);
		ret = PTR_ERR_OR_ZERO(devs[i]) ?:
		      iotimer_init(devs[i], busy_routine, i < idle_devices ? devs : NULL);
	}
	if (ret)
		delete_all();
	return ret;
}
module_init(test_devices_init);

static void __exit test_devices_exit(void)
{
	delete_all();
}
module_exit(test_devices_exit);

MODULE_DESCRIPTION("iotimer self-test: devices for scripts");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
