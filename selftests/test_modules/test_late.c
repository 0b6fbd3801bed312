// SPDX-License-Identifier: GPL-2.0
/*
 * Timers that are started and stopped while the tick is late: clause T14
 *
 * When the machine resumes from a suspend, late_resumed is started by a device's
 * resume callback, as a driver would do it.
 *
 * Writing to the parameter stall lets a routine of its own device take twelve
 * periods. After two of them it stops late_stopped, which has been started before,
 * and after eight it starts late_started.
 */
#include <linux/platform_device.h>
#include <linux/pm.h>

#include "cpus.h"
#include "test.h"

static struct iotimer_device *staller, *started, *stopped, *resumed;
static atomic_t calls;
static unsigned long stall_from;	/* jiffies; 0: not yet */
static bool stalled;

static void wait_periods(unsigned int periods)
{
	unsigned long until = READ_ONCE(stall_from) + periods * msecs_to_jiffies(period_ms);

	while (time_before(jiffies, until))
		cpu_relax();
}

static void stalling_routine(struct iotimer_device *dev, void *context)
{
	if (READ_ONCE(stalled))
		return;
	WRITE_ONCE(stall_from, jiffies);
	wait_periods(2);
	iotimer_stop(stopped);
	wait_periods(8);
	iotimer_start(started);
	wait_periods(12);
	WRITE_ONCE(stalled, true);
}

/* Poll to keep a second CPU awake: jiffies must advance in the routine. */
static int stall(const char *value, const struct kernel_param *kp)
{
	if (!staller)
		return -EINVAL;
	iotimer_start(stopped);
	iotimer_start(staller);
	if (!wait_for(READ_ONCE(stalled), TEST_LIMIT_MS) || !test_more_calls(&calls, 2))
		return -ETIMEDOUT;
	iotimer_stop(staller);
	iotimer_stop(started);
	return 0;
}

static const struct kernel_param_ops stall_ops = {
	.set = stall,
};

module_param_cb(stall, &stall_ops, NULL, 0200);
MODULE_PARM_DESC(stall, "stalls the tick once and starts and stops meanwhile");

static int late_resume(struct device *dev)
{
	return iotimer_start(resumed);
}

static const struct dev_pm_ops late_pm_ops = {
	SYSTEM_SLEEP_PM_OPS(NULL, late_resume)
};

static struct platform_driver late_driver = {
	.driver = {
		.name	= "iotimer_test_late",
		.pm	= pm_sleep_ptr(&late_pm_ops),
	},
};

static struct platform_device *late_device;

static void delete_all(void)
{
	test_device_free(resumed);
	test_device_free(staller);
	test_device_free(started);
	test_device_free(stopped);
}

static struct iotimer_device *create(const char *name, iotimer_routine_t routine)
{
	struct iotimer_device *dev = test_device(name);

	if (!IS_ERR(dev))
		iotimer_init(dev, routine, &calls);
	return dev;
}

static int late_probe(struct platform_device *unused)
{
	return 0;
}

static void late_exit(void)
{
	if (!IS_ERR(late_device)) {
		platform_device_unregister(late_device);
		platform_driver_unregister(&late_driver);
	}
	delete_all();
}

static int __init test_late_init(void)
{
	staller = create("staller", stalling_routine);
	started = create("late_started", test_count);
	stopped = create("late_stopped", test_count);
	resumed = create("late_resumed", test_count);
	late_device = platform_create_bundle(&late_driver, late_probe, NULL, 0, NULL, 0);
	if (!IS_ERR(staller) && !IS_ERR(started) && !IS_ERR(stopped) && !IS_ERR(resumed) &&
	    !IS_ERR(late_device))
		return 0;
	late_exit();
	return -ENOMEM;
}
module_init(test_late_init);

static void __exit test_late_exit(void)
{
	late_exit();
}
module_exit(test_late_exit);

MODULE_DESCRIPTION("iotimer self-test: starts and stops while the tick is late");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
