// SPDX-License-Identifier: GPL-2.0
/*
 * The objects that debugfs.sh and debugfs_test look at: one of each, and with churn=1 a
 * thread that makes devices, controllers and interrupts and deletes them again
 *
 *	echo disconnect > /sys/module/test_debugfs/parameters/do
 */
#include <linux/delay.h>
#include <linux/iotimer.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "cpus.h"

#define CHURN_DEVICES	40
#define SLOW_US		300

static bool churn;
module_param(churn, bool, 0444);
MODULE_PARM_DESC(churn, "make and delete devices all the time");

static unsigned int rounds;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "that churn has gone through");

/* With a context inside the device's extension, shown under the device's lock ... */
struct counter {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;
	unsigned int		count;
};

static struct iotimer_device *watchdog;
/* ... in a controller's, shown under the interrupt's lock, ... */
static struct iotimer_device *shown;
static struct iotimer_controller *ctl;
/* ... of the module's own, ... */
static struct iotimer_device *slow;
static struct counter own;
/* ... and none. */
static struct iotimer_device *idle;
static struct iotimer_device *unborn;		/* no iotimer_init() */
static struct iotimer_device *held_up;		/* stays in its control routine */

static struct task_struct *churner;
static bool hold;

static void count(struct iotimer_device *dev, void *context)
{
	struct counter *counter = context;

	spin_lock(&dev->lock);
	counter->count++;
	spin_unlock(&dev->lock);
}

static void slow_routine(struct iotimer_device *dev, void *context)
{
	u64 end = ktime_get_mono_fast_ns() + SLOW_US * NSEC_PER_USEC;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

static void nothing(struct iotimer_device *dev, void *context)
{
}

static int count_section(void *context)
{
	struct counter *counter = context;

	iotimer_assert_isr_locked(counter->irq);
	counter->count++;
	return 0;
}

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	count_section(context);
	return IRQ_HANDLED;
}

static void show_counter(struct seq_file *m, void *context)
{
	struct counter *counter = context;

	iotimer_assert_locked(counter->dev);
	seq_printf(m, "locked: %d\n", is_locked(&counter->dev->lock));
	seq_printf(m, "count: %u\n", counter->count);
}

static void show_isr_counter(struct seq_file *m, void *context)
{
	struct counter *counter = context;

	iotimer_assert_isr_locked(counter->irq);
	seq_printf(m, "locked: %d\n", iotimer_isr_lock_held(counter->irq));
	seq_printf(m, "device: %d\n", is_locked(&counter->dev->lock));
	seq_printf(m, "count: %u\n", counter->count);
}

static struct iotimer_irq *connect(struct iotimer_device *dev, void *context)
{
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
		.context = context,
	};
	struct iotimer_irq *irq;

	iotimer_irq_connect(dev, &config, &irq);
	return irq;
}

static struct iotimer_device *create(const char *name, iotimer_routine_t routine,
				     struct counter *context, size_t ext_size)
{
	struct iotimer_device *dev = iotimer_device_create(name, ext_size);

	if (IS_ERR(dev))
		return NULL;
	if (ext_size)
		context = iotimer_device_ext(dev) + ext_size - sizeof(*context);
	if (context)
		context->dev = dev;
	iotimer_init(dev, routine, context);
	return dev;
}

/* Raised three times, synchronized twice. */
static void use_interrupt(struct counter *counter)
{
	int i;

	for (i = 1; i <= 3; i++) {
		iotimer_irq_raise(counter->irq);
		while (READ_ONCE(counter->count) < i)
			usleep_range(500, 1000);
	}
	iotimer_synchronize(counter->irq, count_section, counter);
	iotimer_synchronize(counter->irq, count_section, counter);
}

static enum iotimer_action keep(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	while (READ_ONCE(hold))
		cpu_relax();
	return IOTIMER_KEEP;
}

/* The controller has a holder, one that waits and one timer. */
static int use_controller(void)
{
	struct counter *counter;

	ctl = iotimer_controller_create("ctl", sizeof(*counter));
	if (IS_ERR(ctl))
		return PTR_ERR(ctl);
	counter = iotimer_controller_ext(ctl);
	shown = create("shown", nothing, counter, 0);
	if (!shown)
		return -ENOMEM;
	counter->irq = connect(shown, counter);
	if (!counter->irq)
		return -ENOMEM;
	use_interrupt(counter);
	iotimer_device_set_show(shown, show_isr_counter, counter->irq);
	iotimer_controller_allocate(ctl, shown, keep, NULL);
	iotimer_controller_allocate(ctl, idle, keep, NULL);
	return 0;
}

static int create_all(void)
{
	watchdog = create("watchdog", count, NULL, 2 * sizeof(struct counter));
	slow = create("slow", slow_routine, &own, 0);
	idle = create("idle", nothing, NULL, 0);
	unborn = iotimer_device_create("unborn", 0);
	held_up = iotimer_device_create("held_up", 0);
	if (!watchdog || !slow || !idle || IS_ERR(unborn) || IS_ERR(held_up))
		return -ENOMEM;
	iotimer_device_set_show(watchdog, show_counter, NULL);
	iotimer_device_set_show(unborn, show_counter, NULL);
	iotimer_start(watchdog);
	iotimer_start(slow);
	return use_controller();
}

static void delete_all(void)
{
	iotimer_device_delete(watchdog);
	iotimer_device_delete(slow);
	iotimer_device_delete(idle);
	iotimer_device_delete(unborn);
	iotimer_device_delete(held_up);
	iotimer_device_delete(shown);
	iotimer_controller_delete(ctl);
}

/* Devices in all states, some with an interrupt, some at a controller. */
static void churn_once(void)
{
	struct iotimer_device *devices[CHURN_DEVICES];
	struct iotimer_controller *some;
	char name[IOTIMER_NAME_LEN];
	int i;

	snprintf(name, sizeof(name), "%c%u", rounds % 2 ? 'a' : 'z', rounds % 10);
	some = iotimer_controller_create(name, 16);
	for (i = 0; i < CHURN_DEVICES; i++) {
		snprintf(name, sizeof(name), "%c%u.%d", i % 2 ? 'a' : 'z', rounds % 7, i);
		devices[i] = create(name, count, NULL, sizeof(struct counter));
		if (!devices[i])
			continue;
		iotimer_start(devices[i]);
		if (i % 4 == 0)
			connect(devices[i], iotimer_device_ext(devices[i]));
		if (i % 3 == 0)
			iotimer_controller_allocate(some, devices[i], keep, NULL);
	}
	for (i = 0; i < CHURN_DEVICES; i += 2)
		iotimer_stop(devices[i]);
	for (i = 0; i < CHURN_DEVICES; i++)
		iotimer_device_delete(devices[i]);
	iotimer_controller_delete(some);
	WRITE_ONCE(rounds, rounds + 1);
}

static int churn_thread(void *unused)
{
	while (!kthread_should_stop()) {
		churn_once();
		cond_resched();
	}
	return 0;
}

/* The work that a test has done, on two CPUs: the one that is held does nothing else. */

static void hold_work(struct work_struct *work)
{
	iotimer_controller_free(ctl);
	iotimer_controller_free(ctl);
	WRITE_ONCE(hold, true);
	iotimer_controller_allocate(ctl, held_up, keep, NULL);
}

static DECLARE_WORK(do_hold, hold_work);

static void delete_work(struct work_struct *work)
{
	iotimer_device_delete(held_up);
	held_up = NULL;
}

static DECLARE_WORK(do_delete, delete_work);

/* The shell that asks for it and its children stay on the other CPU meanwhile. */
static void hold_first_cpu(void)
{
	set_cpus_allowed_ptr(current, cpumask_of(second_cpu()));
	schedule_work_on(first_cpu(), &do_hold);
}

static void release_first_cpu(void)
{
	WRITE_ONCE(hold, false);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

static int do_set(const char *what, const struct kernel_param *kp)
{
	struct counter *counter = iotimer_controller_ext(ctl);

	if (sysfs_streq(what, "disconnect"))
		return iotimer_irq_disconnect(counter->irq);
	if (sysfs_streq(what, "stop"))
		return iotimer_stop_sync(watchdog) ?: iotimer_stop_sync(slow);
	if (sysfs_streq(what, "hold"))
		hold_first_cpu();
	else if (sysfs_streq(what, "delete"))
		schedule_work_on(second_cpu(), &do_delete);
	else if (sysfs_streq(what, "release"))
		release_first_cpu();
	else
		return -EINVAL;
	return 0;
}

static const struct kernel_param_ops do_ops = { .set = do_set };

module_param_cb(do, &do_ops, NULL, 0200);
MODULE_PARM_DESC(do, "disconnect, stop, hold, delete, release");

static int __init test_debugfs_init(void)
{
	int ret = create_all();

	if (ret) {
		delete_all();
		return ret;
	}
	if (churn)
		churner = kthread_run(churn_thread, NULL, "churn");
	return 0;
}
module_init(test_debugfs_init);

static void __exit test_debugfs_exit(void)
{
	if (!IS_ERR_OR_NULL(churner))
		kthread_stop(churner);
	WRITE_ONCE(hold, false);
	flush_work(&do_hold);
	flush_work(&do_delete);
	delete_all();
}
module_exit(test_debugfs_exit);

MODULE_DESCRIPTION("iotimer self-test: something to look at");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
