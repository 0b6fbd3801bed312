// SPDX-License-Identifier: GPL-2.0
/*
 * Loading, unloading and parameters.
 */
#include <linux/iotimer_version.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/stringify.h>

#include "core.h"

DEFINE_MUTEX(iotimer_mutex);	/* guards the fields marked M in core.h */

/* A number with a range. A value outside the range is refused with a message. */
struct range_param {
	unsigned int		*value;
	const char		*name;
	unsigned int		min;
	unsigned int		max;
};

static int range_set(const char *text, const struct kernel_param *kp)
{
	const struct range_param *p = kp->arg;
	unsigned int value;

	if (!text || kstrtouint(text, 0, &value) ||
	    value < p->min || value > p->max) {
		pr_err("iotimer: %s: %s is not in %u..%u\n", p->name,
		       text ? strim((char *)text) : "nothing", p->min, p->max);
		return -EINVAL;
	}
	WRITE_ONCE(*p->value, value);
	return 0;
}

static int range_get(char *buffer, const struct kernel_param *kp)
{
	const struct range_param *p = kp->arg;

	return sysfs_emit(buffer, "%u\n", READ_ONCE(*p->value));
}

static const struct kernel_param_ops range_ops = {
	.set = range_set,
	.get = range_get,
};

#define RANGE_PARAM(NAME, DEFAULT, MIN, MAX, MODE, TEXT)		\
unsigned int iotimer_##NAME = DEFAULT;					\
static struct range_param NAME##_param = {				\
	&iotimer_##NAME, #NAME, MIN, MAX				\
};									\
module_param_cb(NAME, &range_ops, &NAME##_param, MODE);			\
__MODULE_PARM_TYPE(NAME, "uint");					\
MODULE_PARM_DESC(NAME, TEXT ", " __stringify(MIN) ".." __stringify(MAX)	\
		 ", default " __stringify(DEFAULT))

RANGE_PARAM(period_ms, 1000, 10, 3600000, 0444,
	    "milliseconds from tick to tick, rounded up to jiffies");
RANGE_PARAM(budget_us, 200, 10, 1000000, 0644,
	    "microseconds after which a pass goes on at the next jiffy");
RANGE_PARAM(routine_budget_us, 100, 1, 1000000, 0644,
	    "microseconds that a routine may take before it is counted and named, with statistics on");
RANGE_PARAM(dirs, 1024, 0, 1000000, 0444,
	    "how many devices get a debugfs directory of their own");

/* Statistics are switched here: lockdown forbids to write to debugfs. */
static int stats_set(const char *text, const struct kernel_param *kp)
{
	bool on = true;
	int ret = text ? kstrtobool(text, &on) : 0;

	return ret ?: iotimer_stats_switch(on);
}

static int stats_get(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%c\n", static_key_enabled(&iotimer_stats_key) ? 'Y' : 'N');
}

static const struct kernel_param_ops stats_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = stats_set,
	.get = stats_get,
};

module_param_cb(stats, &stats_ops, NULL, 0644);
__MODULE_PARM_TYPE(stats, "bool");
MODULE_PARM_DESC(stats, "measure the run time of each routine");

static bool main_prepared;	/* M */

static int main_prepare(void)
{
	int ret = iotimer_irq_init();

	lockdep_assert_held(&iotimer_mutex);
	if (ret)
		return ret;
	iotimer_tick_init();
	iotimer_debugfs_init();
	main_prepared = true;
	return 0;
}

/*
 * Prepare what a device needs, before the first one. If iotimer is built in, the
 * initcall of a driver may come before that of this file; the parameters are set
 * before both.
 */
int iotimer_prepare(void)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (!main_prepared)
		ret = main_prepare();
	mutex_unlock(&iotimer_mutex);
	return ret;
}

static void main_undo_prepare(void)
{
	iotimer_debugfs_exit();
	iotimer_irq_exit();
	main_prepared = false;
}

static int __init iotimer_module_init(void)
{
	int ret = iotimer_prepare();

	if (ret)
		return ret;
	ret = iotimer_suspend_init();
	if (ret)
		goto undo_prepare;
	ret = iotimer_leave_init();
	if (!ret)
		return 0;

	iotimer_suspend_exit();
undo_prepare:
	main_undo_prepare();
	return ret;
}

/* Built in, before the drivers that use it. */
subsys_initcall(iotimer_module_init);

/* Every driver that uses this module is gone, and its devices are. */
static void __exit iotimer_module_exit(void)
{
	iotimer_leave_exit();
	iotimer_controllers_exit();
	main_undo_prepare();
	iotimer_suspend_exit();
	iotimer_tick_exit();
}
module_exit(iotimer_module_exit);

MODULE_DESCRIPTION("IoTimer model: one timer routine per device, about once a second");
MODULE_AUTHOR("The iotimer authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOTIMER_VERSION);
