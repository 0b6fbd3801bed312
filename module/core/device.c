// SPDX-License-Identifier: GPL-2.0
/*
 * Devices, from create to delete. A device and its extension are one kmalloc()ed
 * piece of memory.
 */
#include <linux/device.h>
#include <linux/overflow.h>
#include <linux/rbtree.h>
#include <linux/string.h>

#include "core.h"
#include "trace.h"

static struct rb_root devices_by_name = RB_ROOT;	/* M by name */
unsigned int iotimer_nr_devices;		/* M */

static struct iotimer_device *device_of(const struct rb_node *node)
{
	return &rb_entry(node, struct iotimer_device_private, node)->dev;
}

static int device_compare(struct rb_node *new, const struct rb_node *node)
{
	return strcmp(device_of(new)->name, device_of(node)->name);
}

/* The first device after @name in the order of names. Under iotimer_mutex. */
struct iotimer_device *iotimer_device_next(const char *name)
{
	struct rb_node *node = devices_by_name.rb_node;
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

/* The same for a device that exists. Under iotimer_mutex. */
struct iotimer_device *iotimer_device_following(struct iotimer_device *dev)
{
	struct rb_node *node = rb_next(&iotimer_private(dev)->node);

	lockdep_assert_held(&iotimer_mutex);
	return node ? device_of(node) : NULL;
}

static int device_add_named(struct iotimer_device *dev)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (rb_find_add(&iotimer_private(dev)->node, &devices_by_name, device_compare))
		ret = -EEXIST;
	else
		iotimer_nr_devices++;
	mutex_unlock(&iotimer_mutex);
	return ret;
}

static struct iotimer_device_private *device_alloc(const char *name, size_t ext_size,
						   struct module *owner)
{
	struct iotimer_device_private *private;

	private = kzalloc(sizeof(*private) + ext_size, GFP_KERNEL | __GFP_NOWARN);
	if (!private)
		return NULL;
	private->owner = owner;
	private->ext_size = ext_size;
	INIT_LIST_HEAD(&private->irqs);
	INIT_LIST_HEAD(&private->wait);
	spin_lock_init(&private->dev.lock);
	strscpy(private->dev.name, name, sizeof(private->dev.name));
	return private;
}

/**
 * iotimer_device_create_keyed() - create a device with a given lock class
 * @name: see iotimer_device_create()
 * @ext_size: see iotimer_device_create()
 * @owner: the module that owns the device
 * @key: the lock class of the device's lock
 *
 * For code that creates devices on behalf of other modules; drivers call
 * iotimer_device_create(). The device does not hold a reference on @owner: what the
 * owner leaves behind is deleted when it goes (T13).
 *
 * Context: Process, may sleep.
 * Return: As iotimer_device_create() (C1, T13).
 */
struct iotimer_device *iotimer_device_create_keyed(const char *name, size_t ext_size,
						   struct module *owner,
						   struct lock_class_key *key)
{
	struct iotimer_device_private *private;
	int ret;

	ret = iotimer_check_name(name);
	if (ret)
		return ERR_PTR(ret);
	if (ext_size > KMALLOC_MAX_SIZE - sizeof(*private))
		return ERR_PTR(-E2BIG);
	ret = iotimer_prepare();
	if (ret)
		return ERR_PTR(ret);
	private = device_alloc(name, ext_size, owner);
	if (!private)
		return ERR_PTR(-ENOMEM);
	lockdep_set_class_and_name(&private->dev.lock, key, "iotimer_device.lock");
	ret = device_add_named(&private->dev);
	if (ret) {
		kfree(private);
		return ERR_PTR(ret);
	}
	iotimer_debugfs_add(&private->dev);
	return &private->dev;
}
EXPORT_SYMBOL_GPL(iotimer_device_create_keyed);

/* Under iotimer_mutex. */
static int device_init_timer(struct iotimer_device *dev, iotimer_routine_t routine,
			     void *context, struct lock_class_key *key)
{
	struct iotimer_device_private *private = iotimer_private(dev);
	struct iotimer_controller *ctl = iotimer_controller_of(context);
	int ret;

	if (private->deleting || (ctl && ctl->closed))
		return -ESHUTDOWN;
	if (private->page)
		return -EBUSY;
	ret = iotimer_slot_get(dev, routine, context, key);
	if (ret)
		return ret;
	private->context_ctl = ctl;
	if (ctl)
		ctl->timers++;
	iotimer_stats_add(dev);
	iotimer_debug_init(dev, context);
	return 0;
}

/**
 * iotimer_init_keyed() - give a device its timer, with a given lock class
 * @dev: see iotimer_init()
 * @routine: see iotimer_init()
 * @context: see iotimer_init()
 * @key: the lock class that lockdep sees held while the routine runs
 * @name: the name of that class
 *
 * For code that initialises timers on behalf of other modules; drivers call
 * iotimer_init().
 *
 * Context: Process, may sleep.
 * Return: As iotimer_init() (T1, T2, C4).
 */
int iotimer_init_keyed(struct iotimer_device *dev, iotimer_routine_t routine,
		       void *context, struct lock_class_key *key, const char *name)
{
	int ret;

	if (IS_ERR_OR_NULL(dev) || !routine)
		return -EINVAL;
	if (iotimer_check_address(routine) || iotimer_check_address(context))
		return -EFAULT;
	mutex_lock(&iotimer_mutex);
	if (!iotimer_private(dev)->page)
		lockdep_init_map(&iotimer_private(dev)->lockdep_map, name, key, 0);
	ret = device_init_timer(dev, routine, context, key);
	mutex_unlock(&iotimer_mutex);
	if (!ret)
		trace_iotimer_init(dev, context);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_init_keyed);

/**
 * iotimer_device_set_show() - set the function that prints a device's context
 * @dev: the device
 * @show: prints the context into the file "context" of the device's directory in
 *	debugfs; NULL for none
 * @irq: print under this interrupt's lock, for state shared with its ISR; NULL
 *	to print under the device's lock, for state shared with other routines
 *
 * When @irq is disconnected, the function is no longer called.
 *
 * Context: Process, may sleep.
 * Return: 0 (C5); -EINVAL for a bad device or an interrupt of another device;
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
	if (iotimer_private(dev)->deleting) {
		ret = -ESHUTDOWN;
	} else {
		iotimer_private(dev)->show = show;
		iotimer_private(dev)->show_irq = irq;
	}
	mutex_unlock(&iotimer_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_device_set_show);

/* From here on nothing starts, connects or queues. Under iotimer_mutex. */
void iotimer_device_close(struct iotimer_device *dev)
{
	lockdep_assert_held(&iotimer_mutex);
	iotimer_controllers_close(dev);
	if (iotimer_private(dev)->page)
		iotimer_slot_close(dev);
}

/*
 * The context of the timer is about to be freed with a controller of @owner's,
 * another module: the timer is stopped for good, and its context is not shown any
 * more. Under iotimer_mutex, which no routine takes.
 */
static void device_cut_off_timer(struct iotimer_device *dev, struct module *owner)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	pr_warn_ratelimited("iotimer: the timer of %s is stopped for good: module %s, which leaves, owns its context\n",
			    dev->name, module_name(owner));
	iotimer_slot_close(dev);
	iotimer_wait_routine(dev);
	private->context_ctl->timers--;
	private->context_ctl = NULL;
	private->cut_off = true;
	private->show = NULL;
	private->show_irq = NULL;
	iotimer_slot(dev)->context = NULL;
}

/* The same for all that a device of another module has of @owner's. */
void iotimer_device_cut_off(struct iotimer_device *dev, struct module *owner)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	lockdep_assert_held(&iotimer_mutex);
	if (private->context_ctl && private->context_ctl->owner == owner)
		device_cut_off_timer(dev, owner);
	iotimer_irqs_cut_off(dev, owner);
}

/*
 * When this returns, no code of the driver's is running for the device, which is
 * closed. The interrupts, which routine and control routine may use until they have
 * finished, are on the list @irqs.
 */
void iotimer_device_quiesce(struct iotimer_device *dev, struct list_head *irqs)
{
	iotimer_debugfs_remove(dev);
	if (iotimer_private(dev)->page)
		iotimer_wait_routine(dev);
	iotimer_controllers_wait(dev);
	iotimer_irqs_silence(dev, irqs);
}

static void device_remove_named(struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	mutex_lock(&iotimer_mutex);
	if (private->page)
		iotimer_debug_delete(dev, iotimer_context(dev));
	if (private->context_ctl)
		private->context_ctl->timers--;
	iotimer_slot_put(dev);
	rb_erase(&private->node, &devices_by_name);
	iotimer_nr_devices--;
	iotimer_leave_wake();
	mutex_unlock(&iotimer_mutex);
}

/* Frees a device on whose behalf nothing runs any more. */
void iotimer_device_destroy(struct iotimer_device *dev)
{
	iotimer_controllers_give_back(dev);
	device_remove_named(dev);
	kfree(iotimer_private(dev)->stats);
	kfree(iotimer_private(dev));
}

/**
 * iotimer_device_delete() - delete a device
 * @dev: the device, in any state
 *
 * Stops the timer and waits for its routine (T12), leaves the queue of a
 * controller and frees those that the device holds (O5), disconnects the
 * interrupts (I5), then frees the device with its extension (C6). No code of the
 * driver's is called for this device after this has returned 0.
 *
 * The routine, the ISRs and the control routine of this device may use it as
 * before until they return; start and allocate then return -ESHUTDOWN. All other
 * code must have finished with the device: before the call the driver takes back
 * the pointers through which others find it, and waits for those that have read
 * one. All routines and ISRs are RCU readers, so that synchronize_rcu() waits for
 * those of other devices.
 *
 * N.B.: a Windows driver must have stopped the timer and disconnected its
 * interrupts before IoDeleteDevice.
 *
 * Context: Process, may sleep. The caller must not hold a lock that the
 * routine, the ISR or the control routine takes.
 * Return: 0; -EINVAL for a bad device; -ESHUTDOWN if deletion has begun
 * already; -EDEADLK, and a warning that names the caller, in a routine (T6)
 * and in atomic context, where nothing is changed.
 */
int iotimer_device_delete(struct iotimer_device *dev)
{
	LIST_HEAD(irqs);
	bool deleting;

	if (IS_ERR_OR_NULL(dev))
		return -EINVAL;
	if (iotimer_refuse_wait(__func__, _RET_IP_))
		return -EDEADLK;
	mutex_lock(&iotimer_mutex);
	deleting = iotimer_private(dev)->deleting;
	if (!deleting)
		iotimer_device_close(dev);
	mutex_unlock(&iotimer_mutex);
	if (deleting)
		return -ESHUTDOWN;
	iotimer_device_quiesce(dev, &irqs);
	iotimer_irqs_free(&irqs);
	iotimer_device_destroy(dev);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_device_delete);

static void device_release_managed(void *dev)
{
	iotimer_device_delete(dev);
}

/**
 * devm_iotimer_device_create_keyed() - create a managed device with a lock class
 * @parent: the struct device whose driver this is
 * @name: see iotimer_device_create()
 * @ext_size: see iotimer_device_create()
 * @owner: the module that owns the device
 * @key: the lock class of the device's lock
 *
 * Context: Process, may sleep.
 * Return: As devm_iotimer_device_create().
 */
struct iotimer_device *devm_iotimer_device_create_keyed(struct device *parent,
							const char *name, size_t ext_size,
							struct module *owner,
							struct lock_class_key *key)
{
	struct iotimer_device *dev;
	int ret;

	if (IS_ERR_OR_NULL(parent))
		return ERR_PTR(-EINVAL);
	dev = iotimer_device_create_keyed(name, ext_size, owner, key);
	if (IS_ERR(dev))
		return dev;
	ret = devm_add_action_or_reset(parent, device_release_managed, dev);
	return ret ? ERR_PTR(ret) : dev;
}
EXPORT_SYMBOL_GPL(devm_iotimer_device_create_keyed);
