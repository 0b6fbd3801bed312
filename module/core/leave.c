// SPDX-License-Identifier: GPL-2.0
/*
 * T13: the devices that a module leaves behind. The module is about to be freed,
 * after its exit function or because its init function failed, and a device that
 * it has not deleted would call code that no longer exists.
 *
 * Everything of the module's is first stopped, then waited for, and freed only
 * after that: the routine, the ISR or the control routine of one device may use
 * another device's interrupt, or a controller.
 *
 * Holding a reference on the owner instead would not help: a driver's exit
 * function, which deletes its devices, is not called while a reference is held,
 * and a module whose init function fails is freed in spite of references.
 */
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>

#include <linux/iotimer_layer.h>

#include "core.h"

#define LEAVE_NAMES	3		/* how many are listed */

struct leave_names {
	unsigned int		nr;
	char			text[LEAVE_NAMES * (IOTIMER_NAME_LEN + 2)];
};

struct leave {
	struct module		*owner;
	struct list_head	devices;
	struct list_head	irqs;
	struct list_head	controllers;
	struct leave_names	device_names;
	struct leave_names	controller_names;
};

static DECLARE_WAIT_QUEUE_HEAD(leave_wait);

/* A device, or a use of a controller's extension, has gone. */
void iotimer_leave_wake(void)
{
	wake_up_all(&leave_wait);
}

/* wait_event() with a condition that may sleep. */
static void leave_wait_until(bool (*done)(void *arg), void *arg)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(&leave_wait, &wait);
	while (!done(arg))
		wait_woken(&wait, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
	remove_wait_queue(&leave_wait, &wait);
}

static void leave_add_name(struct leave_names *names, const char *name)
{
	size_t length = strlen(names->text);

	if (names->nr++ < LEAVE_NAMES)
		snprintf(names->text + length, sizeof(names->text) - length, "%s%s",
			 length ? ", " : "", name);
}

/*
 * The module's exit function may have returned in a context that must not sleep.
 * Normal context is restored, as the kernel does after an init function: the
 * module's routines could not be waited for otherwise.
 */
static void leave_repair_context(struct module *owner)
{
	int count = preempt_count(), bh = softirq_count(), rcu = rcu_preempt_depth();
	bool off = irqs_disabled();

	if (!count && !bh && !rcu && !off)
		return;
	if (off)
		local_irq_enable();
	while (softirq_count())
		local_bh_enable();
	while (IS_ENABLED(CONFIG_PREEMPT_COUNT) && preempt_count())
		preempt_enable();
	while (rcu_preempt_depth()) {
		__acquire(RCU);
		rcu_read_unlock();
	}
	pr_warn("iotimer: module %s returned from its exit or init function with preempt count %x, bottom halves %s, RCU nesting %d, interrupts %s: restored\n",
		owner->name, count, bh ? "off" : "on", rcu, off ? "off" : "on");
}

static void leave_close_controllers(struct leave *leave)
{
	struct iotimer_controller *ctl;

	for (ctl = iotimer_controller_next(""); ctl; ctl = iotimer_controller_next(ctl->name)) {
		if (ctl->owner != leave->owner)
			continue;
		iotimer_controller_close(ctl);
		list_add_tail(&ctl->leaving, &leave->controllers);
		leave_add_name(&leave->controller_names, ctl->name);
	}
}

/* Devices that other threads are deleting are waited for in the end. */
static void leave_close_device(struct leave *leave, struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	if (private->deleting)
		return;
	if (private->owner != leave->owner) {
		iotimer_device_cut_off(dev, leave->owner);
		return;
	}
	iotimer_device_close(dev);
	list_add_tail(&private->wait, &leave->devices);
	leave_add_name(&leave->device_names, dev->name);
}

/* From here on nothing of the owner's is started, raised or queued. */
static void leave_close(struct leave *leave)
{
	struct iotimer_device *dev;

	mutex_lock(&iotimer_mutex);
	leave_close_controllers(leave);
	for (dev = iotimer_device_next(""); dev; dev = iotimer_device_following(dev)) {
		leave_close_device(leave, dev);
		cond_resched();
	}
	mutex_unlock(&iotimer_mutex);
}

static const char *leave_more(const struct leave_names *names)
{
	return names->nr > LEAVE_NAMES ? ", ..." : "";
}

static void leave_report(const struct leave *leave)
{
	const struct leave_names *devices = &leave->device_names;
	const struct leave_names *controllers = &leave->controller_names;

	if (!devices->nr && !controllers->nr)
		return;
	pr_warn("iotimer: module %s left behind, now deleted: devices: %u%s%s%s; controllers: %u%s%s%s\n",
		leave->owner->name,
		devices->nr, devices->nr ? " " : "", devices->text, leave_more(devices),
		controllers->nr, controllers->nr ? " " : "", controllers->text,
		leave_more(controllers));
}

/* No code of the owner's is running for any of them when this returns. */
static void leave_quiesce(struct leave *leave)
{
	struct iotimer_device_private *private;
	struct iotimer_controller *ctl;

	list_for_each_entry(private, &leave->devices, wait)
		iotimer_device_quiesce(&private->dev, &leave->irqs);
	list_for_each_entry(ctl, &leave->controllers, leaving)
		iotimer_controller_quiesce(ctl);
}

/* Other modules' devices that are being deleted may use its extension until then. */
static bool leave_destroy_controller(void *ctl)
{
	return iotimer_controller_destroy(ctl);
}

/* Devices that are not on the list are being deleted by other threads. */
static bool leave_no_device(void *owner)
{
	struct iotimer_device *dev;

	mutex_lock(&iotimer_mutex);
	for (dev = iotimer_device_next(""); dev; dev = iotimer_device_following(dev))
		if (iotimer_private(dev)->owner == owner)
			break;
	mutex_unlock(&iotimer_mutex);
	return !dev;
}

static void leave_destroy(struct leave *leave)
{
	struct iotimer_device_private *private, *next_private;
	struct iotimer_controller *ctl, *next_ctl;

	iotimer_irqs_free(&leave->irqs);
	list_for_each_entry_safe(private, next_private, &leave->devices, wait)
		iotimer_device_destroy(&private->dev);
	list_for_each_entry_safe(ctl, next_ctl, &leave->controllers, leaving)
		leave_wait_until(leave_destroy_controller, ctl);
	leave_wait_until(leave_no_device, leave->owner);
}

static int leave_repair_event(struct notifier_block *nb, unsigned long event, void *owner)
{
	if (event == MODULE_STATE_GOING)
		leave_repair_context(owner);
	return NOTIFY_DONE;
}

/* Before the layer's, which waits. */
static struct notifier_block leave_repair_notifier = {
	.notifier_call	= leave_repair_event,
	.priority	= IOTIMER_LAYER_PRIORITY + 1,
};

static int leave_event(struct notifier_block *nb, unsigned long event, void *owner)
{
	struct leave leave = {
		.owner		= owner,
		.devices	= LIST_HEAD_INIT(leave.devices),
		.irqs		= LIST_HEAD_INIT(leave.irqs),
		.controllers	= LIST_HEAD_INIT(leave.controllers),
	};

	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	leave_close(&leave);
	leave_report(&leave);
	leave_quiesce(&leave);
	leave_destroy(&leave);
	return NOTIFY_DONE;
}

/*
 * Called before the module's jump labels, tracepoints and probes are removed, which
 * its routines may be using, but after the layer, which knows the contents of its
 * devices.
 */
static struct notifier_block leave_notifier = {
	.notifier_call	= leave_event,
	.priority	= IOTIMER_LAYER_PRIORITY - 1,
};

int iotimer_leave_init(void)
{
	int ret = register_module_notifier(&leave_repair_notifier);

	if (ret)
		return ret;
	ret = register_module_notifier(&leave_notifier);
	if (ret)
		unregister_module_notifier(&leave_repair_notifier);
	return ret;
}

void iotimer_leave_exit(void)
{
	unregister_module_notifier(&leave_notifier);
	unregister_module_notifier(&leave_repair_notifier);
}
