// SPDX-License-Identifier: GPL-2.0
/*
 * Sleep: how long the machine was suspended, for ticks that are missed (T14).
 *
 * jiffies and the monotonic clock do not advance in a suspend, the boot clock
 * does. A platform device of the core's own sees each suspend, to memory or to
 * idle, in the noirq phase: before any other device's resume callback can start
 * a timer. A pass then need not look for a suspend.
 */
#include <linux/platform_device.h>
#include <linux/pm.h>
#include <linux/timekeeping.h>

#include "core.h"

static u64 suspend_counted_ns;	/* of all time asleep since boot */

static void suspend_count(void)
{
	u64 slept_ns = ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));

	iotimer_tick_slept(slept_ns - suspend_counted_ns);
	suspend_counted_ns = slept_ns;
}

static int suspend_noirq(struct device *dev)
{
	suspend_counted_ns = ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
	return 0;
}

static int resume_noirq(struct device *dev)
{
	suspend_count();
	return 0;
}

/*
 * A machine whose clock stops in a suspend learns the time from its RTC, when
 * that resumes.
 */
static void resume_complete(struct device *dev)
{
	suspend_count();
}

static const struct dev_pm_ops suspend_pm_ops = {
	NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_noirq, resume_noirq)
	.complete = pm_sleep_ptr(resume_complete),
};

static struct platform_driver suspend_driver = {
	.driver = {
		.name	= "iotimer",
		.pm	= pm_sleep_ptr(&suspend_pm_ops),
		.suppress_bind_attrs = true,
	},
};

static struct platform_device *suspend_device;

int iotimer_suspend_init(void)
{
	int ret = platform_driver_register(&suspend_driver);

	if (ret)
		return ret;
	suspend_device = platform_device_register_simple("iotimer", PLATFORM_DEVID_NONE, NULL, 0);
	if (!IS_ERR(suspend_device))
		return 0;
	platform_driver_unregister(&suspend_driver);
	return PTR_ERR(suspend_device);
}

void iotimer_suspend_exit(void)
{
	platform_device_unregister(suspend_device);
	platform_driver_unregister(&suspend_driver);
}
