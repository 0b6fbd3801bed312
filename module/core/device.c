// SPDX-License-Identifier: GPL-2.0
/*
 * Devices: one kmalloc()ed piece with the extension, from create to delete.
 */
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/string.h>

#include "core.h"
#include "trace.h"

static struct rb_root devices = RB_ROOT;	/* M by name */
unsigned int iotimer_nr_devices;		/* M */

static struct iotimer_device *device_of(const struct rb_node *node)
{
	return rb_entry(node, struct iotimer_device, node);
}

static int compare(struct rb_node *new, const struct rb_node *node)
{
	return strcmp(device_of(new)->name, device_of(node)->name);
}

/* The first device after @name in the order of names. Under iotimer_mutex. */
struct iotimer_device *iotimer_device_next(const char *name)
{
	struct rb_node *node = devices.rb_node;
	struct iotimer_device *next = NULL;

	lockdep_assert_held(&iotimer_mutex);
	while (node) {
		if (strcmp(name, device_of(node)->name) < 0) {
			next = device_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return next;
}

/* Any device that its owner has not begun to delete. */
struct iotimer_device *iotimer_device_owned(struct module *owner)
{
	struct iotimer_device *dev = NULL;
	struct rb_node *node;

	mutex_lock(&iotimer_mutex);
	for (node = rb_first(&devices); node && !dev; node = rb_next(node))
		if (device_of(node)->owner == owner && !device_of(node)->deleting)
			dev = device_of(node);
	mutex_unlock(&iotimer_mutex);
	return dev;
}

static int device_add_named(struct iotimer_device *dev)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (rb_find_add(&dev->node, &devices, compare))
		ret = -EEXIST;
	else
		iotimer_nr_devices++;
	mutex_unlock(&iotimer_mutex);
	return ret;
}

/* Driver code calls the iotimer_device_create() macro. */
struct iotimer_device *__iotimer_device_create(const char *name, size_t ext_size,
					       struct module *owner,
					       struct lock_class_key *key)
{
	struct iotimer_device *dev;
	int ret;

	ret = iotimer_check_name(name);
	if (ret)
		return ERR_PTR(ret);
	if (ext_size > KMALLOC_MAX_SIZE - sizeof(*dev))
		return ERR_PTR(-E2BIG);
	dev = kzalloc(sizeof(*dev) + ext_size, GFP_KERNEL | __GFP_NOWARN);
	if (!dev)
		return ERR_PTR(-ENOMEM);
	spin_lock_init(&dev->lock);
	lockdep_set_class_and_name(&dev->lock, key, "iotimer_device.lock");
	dev->owner = owner;
	INIT_LIST_HEAD(&dev->irqs);
	INIT_LIST_HEAD(&dev->wait);
	strscpy(dev->name, name, sizeof(dev->name));
	ret = device_add_named(dev);
	if (ret) {
		kfree(dev);
		return ERR_PTR(ret);
	}
	iotimer_debugfs_add(dev);
	return dev;
}
EXPORT_SYMBOL_GPL(__iotimer_device_create);

static void set_context(struct iotimer_device *dev, void *context)
{
	dev->context_ctl = iotimer_controller_of(context);
	if (dev->context_ctl)
		dev->context_ctl->timers++;
}

/* Under iotimer_mutex. */
static int device_init_timer(struct iotimer_device *dev, iotimer_routine_t routine,
			     void *context)
{
	int ret;

	if (dev->deleting)
		return -ESHUTDOWN;
	if (dev->page)
		return -EBUSY;
	ret = iotimer_slot_get(dev, routine, context);
	if (ret)
		return ret;
	set_context(dev, context);
	iotimer_stats_add(dev);
	iotimer_debug_init(dev, context);
	return 0;
}

/* Driver code calls the iotimer_init() macro. */
int __iotimer_init(struct iotimer_device *dev, iotimer_routine_t routine,
		   void *context, struct lock_class_key *key, const char *name)
{
	int ret;

	if (IS_ERR_OR_NULL(dev) || !routine)
		return -EINVAL;
	if (iotimer_check_address(routine) || iotimer_check_address(context))
		return -EFAULT;
	mutex_lock(&iotimer_mutex);
	if (!dev->page)
		lockdep_init_map(&dev->lockdep_map, name, key, 0);
	ret = device_init_timer(dev, routine, context);
	mutex_unlock(&iotimer_mutex);
	if (!ret)
		trace_iotimer_init(dev, context);
	return ret;
}
EXPORT_SYMBOL_GPL(__iotimer_init);

/**
 * iotimer_device_set_show() - have a device's context printed in debugfs
 * @dev: the device
 * @show: prints the context into the device's file "context"; NULL for none
 * @irq: print under this interrupt's lock, for state shared with its ISR; NULL
 *	to print under the device's lock, for state shared with other routines
 *
 * Disconnecting @irq takes the callback back.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad device or an interrupt that is not its own;
 * -EFAULT if @show is an error pointer or a user-space address; -ESHUTDOWN once
 * deletion of the device began.
 */
int iotimer_device_set_show(struct iotimer_device *dev, iotimer_show_t show,
			    struct iotimer_irq *irq)
{
	int ret = 0;

	if (IS_ERR_OR_NULL(dev) || IS_ERR(irq) || (irq && irq->dev != dev))
		return -EINVAL;
	if (iotimer_check_address(show))
		return -EFAULT;
	mutex_lock(&iotimer_mutex);
	if (dev->deleting) {
		ret = -ESHUTDOWN;
	} else {
		dev->show = show;
		dev->show_irq = irq;
	}
	mutex_unlock(&iotimer_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_device_set_show);

/* From here on nothing starts, connects or queues. */
static int device_begin_delete(struct iotimer_device *dev)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (dev->deleting)
		ret = -ESHUTDOWN;
	WRITE_ONCE(dev->deleting, true);
	if (!ret && dev->page)
		iotimer_slot_close(dev);
	mutex_unlock(&iotimer_mutex);
	return ret;
}

static void device_remove_named(struct iotimer_device *dev)
{
	mutex_lock(&iotimer_mutex);
	if (dev->page)
		iotimer_debug_delete(dev, iotimer_context(dev));
	if (dev->context_ctl)
		dev->context_ctl->timers--;
	iotimer_slot_put(dev);
	rb_erase(&dev->node, &devices);
	iotimer_nr_devices--;
	mutex_unlock(&iotimer_mutex);
}

/**
 * iotimer_device_delete() - delete a device
 * @dev: the device, in any state
 *
 * Stops the timer and waits for its routine (T12), leaves the queue of a
 * controller and frees those it holds (O5), disconnects the interrupts (I5),
 * then frees the device with its extension (C6). Nothing of the driver's is called
 * for this device after this has returned 0. Who else has a pointer to the
 * device may use it until this returns: start answers -ESHUTDOWN.
 *
 * N.B.: a Windows driver must have stopped the timer and disconnected its
 * interrupts before IoDeleteDevice.
 *
 * Context: Process, may sleep. The caller must not hold a lock that the
 * routine, the ISR or the control routine takes.
 * Return: 0; -EINVAL for a bad device; -ESHUTDOWN if deletion has begun
 * already; -EDEADLK, and one warning that names the caller, in a routine (T6)
 * and in atomic context, where nothing is changed.
 */
int iotimer_device_delete(struct iotimer_device *dev)
{
	int ret;

	if (IS_ERR_OR_NULL(dev))
		return -EINVAL;
	if (iotimer_refuse_wait(__func__, _RET_IP_))
		return -EDEADLK;
	ret = device_begin_delete(dev);
	if (ret)
		return ret;
	iotimer_debugfs_remove(dev);
	/* Both may use the interrupts until they are over. */
	if (dev->page)
		iotimer_wait_routine(dev);
	iotimer_controllers_leave(dev);
	iotimer_irq_disconnect_all(dev);
	device_remove_named(dev);
	kfree(dev->stats);
	kfree(dev);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_device_delete);
