// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that leaves its started devices behind: clause T13
 */
#include <linux/delay.h>
#include <linux/iotimer.h>
#include <linux/jump_label.h>
#include <linux/module.h>
#include <linux/string.h>

#include "test_keeper.h"

#define DEVICES		20

static unsigned int devices = 1;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many, up to 20: orphan, orphan1, ...");

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "the init function fails, after it has started the devices");

static bool controller;
module_param(controller, bool, 0444);
MODULE_PARM_DESC(controller, "forget a controller, too, which the first device holds");

static bool shared;
module_param(shared, bool, 0444);
MODULE_PARM_DESC(shared, "forget a controller, too, which test_keeper uses");

static bool deleted;
module_param(deleted, bool, 0444);
MODULE_PARM_DESC(deleted, "the first device is being deleted by test_keeper");

static bool crossed;
module_param(crossed, bool, 0444);
MODULE_PARM_DESC(crossed, "routines use the interrupt of the first device");

static char *leave = "";
module_param(leave, charp, 0444);
MODULE_PARM_DESC(leave, "how the exit function returns: preempt, irqs, bh, rcu");

static struct iotimer_device *orphans[DEVICES];
static struct iotimer_irq *irq;		/* of the first one */
static struct test_keeper_control control_call;
static DEFINE_STATIC_KEY_FALSE(key);	/* removed when the module goes */

static enum iotimer_action keep(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	return IOTIMER_KEEP;
}

static int forget_controller(struct iotimer_device *dev)
{
	struct iotimer_controller *ctl = iotimer_controller_create("orphan-ctl", 8);

	return IS_ERR(ctl) ? PTR_ERR(ctl) :
	       iotimer_controller_allocate(ctl, dev, keep, NULL);
}

/* The second one is listed behind it: after the first nothing may break off. */
static int forget_shared_controller(void)
{
	struct iotimer_controller *ctl = iotimer_controller_create("orphan-ctl", 8);
	struct iotimer_controller *other = iotimer_controller_create("orphan-ctl2", 8);
	int (*test_keeper)(struct iotimer_controller *ctl) = symbol_get(test_keeper_use);
	int ret = -ENOENT;

	if (IS_ERR(ctl) || IS_ERR(other))
		return -ENOMEM;
	if (test_keeper) {
		ret = test_keeper(ctl);
		symbol_put(test_keeper_use);
	}
	return ret;
}

static irqreturn_t brief_isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

/* Until some time after the module's exit function has returned. */
static enum iotimer_action long_control(struct iotimer_device *dev,
					struct iotimer_controller *ctl, void *context)
{
	int i;

	WRITE_ONCE(control_call.inside, true);
	for (i = 0; READ_ONCE(THIS_MODULE->state) != MODULE_STATE_GOING && i < 10000; i++)
		mdelay(1);
	mdelay(500);
	return IOTIMER_DEALLOCATE;
}

static int have_it_deleted(void)
{
	int (*test_keeper)(struct test_keeper_control *control);
	int ret;

	test_keeper = symbol_get(test_keeper_delete);
	if (!test_keeper)
		return -ENOENT;
	control_call.dev = orphans[0];
	control_call.fn = long_control;
	ret = test_keeper(&control_call);
	symbol_put(test_keeper_delete);
	return ret;
}

/* Long enough that the module goes while it runs, now and then. */
static void orphan_routine(struct iotimer_device *dev, void *context)
{
	int i;

	if (static_branch_unlikely(&key))
		return;
	if (devices == 1)
		mdelay(3);
	for (i = 0; crossed && i < 20; i++) {
		WARN_ON_ONCE(iotimer_irq_raise(irq) == -EINVAL);
		udelay(10);
	}
}

static int connect(void)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = brief_isr,
	};

	return iotimer_irq_connect(orphans[0], &config, &irq);
}

/* The first one has the interrupt that the routines use. */
static int start_orphan(int i)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN] = "orphan";

	if (i)
		snprintf(name, sizeof(name), "orphan%d", i);
	dev = iotimer_device_create(name, 64);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	orphans[i] = dev;
	return iotimer_init(dev, orphan_routine, iotimer_device_ext(dev)) ?:
	       (i ? 0 : connect()) ?:
	       iotimer_start(dev);
}

/* Where the kernel itself complains before the module notifiers are called. */
static bool leave_is_reported(void)
{
	return *leave && (IS_ENABLED(CONFIG_DEBUG_ATOMIC_SLEEP) || IS_ENABLED(CONFIG_PROVE_RCU) ||
			  (!strcmp(leave, "preempt") && !IS_ENABLED(CONFIG_PREEMPT_COUNT)) ||
			  (!strcmp(leave, "rcu") && !IS_ENABLED(CONFIG_PREEMPT_COUNT) &&
			   !IS_ENABLED(CONFIG_PREEMPT_RCU)));
}

static int __init test_leak_init(void)
{
	int i, ret = 0;

	if (leave_is_reported())
		return -EOPNOTSUPP;
	for (i = 0; i < min_t(unsigned int, devices, DEVICES) && !ret; i++)
		ret = start_orphan(i);
	if (!ret && controller)
		ret = forget_controller(orphans[0]);
	if (!ret && shared)
		ret = forget_shared_controller();
	if (!ret && deleted)
		ret = have_it_deleted();
	return fail ? -ENODEV : ret;
}
module_init(test_leak_init);

/* Called by its address: sparse would be right to complain. */
static void leave_context(void)
	__acquires(RCU)
{
	if (!strcmp(leave, "preempt"))
		preempt_disable();
	if (!strcmp(leave, "irqs"))
		local_irq_disable();
	if (!strcmp(leave, "bh"))
		local_bh_disable();
	if (!strcmp(leave, "rcu"))
		rcu_read_lock();
	else
		__acquire(RCU);
}

static void (*const leave_fn)(void) = leave_context;

static void __exit test_leak_exit(void)
{
	leave_fn();
}
module_exit(test_leak_exit);

MODULE_DESCRIPTION("iotimer self-test: a driver that forgets its devices");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
