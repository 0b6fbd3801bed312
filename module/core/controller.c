// SPDX-License-Identifier: GPL-2.0
/*
 * Controllers: what several devices share and one at a time has, with a queue.
 */
#include <linux/rbtree.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "core.h"
#include "trace.h"

static struct rb_root controllers = RB_ROOT;	/* M by name */
static struct rb_root extensions = RB_ROOT;	/* M by address */

/*
 * One lock for all queues: a device waits for one controller at a time but may
 * hold several, and has to leave them all when it goes.
 */
static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(over);	/* the control routine of a leaving device */

static struct iotimer_controller *controller_of(const struct rb_node *node)
{
	return rb_entry(node, struct iotimer_controller, node);
}

static int compare(struct rb_node *new, const struct rb_node *node)
{
	return strcmp(controller_of(new)->name, controller_of(node)->name);
}

static bool ext_less(struct rb_node *a, const struct rb_node *b)
{
	return a < b;	/* as the extensions that they stand before */
}

/* Which side of an extension an address lies on. */
static int ext_compare(const void *address, const struct rb_node *node)
{
	struct iotimer_controller *ctl;

	ctl = rb_entry(node, struct iotimer_controller, ext_node);
	if (address < (void *)ctl->ext)
		return -1;
	return address >= (void *)ctl->ext + ctl->ext_size;
}

/* The controller whose extension @context lies in. Under iotimer_mutex. */
struct iotimer_controller *iotimer_controller_of(const void *context)
{
	struct rb_node *node = rb_find(context, &extensions, ext_compare);

	lockdep_assert_held(&iotimer_mutex);
	return node ? rb_entry(node, struct iotimer_controller, ext_node) : NULL;
}

/* The first controller after @name in the order of names. Under iotimer_mutex. */
struct iotimer_controller *iotimer_controller_next(const char *name)
{
	struct iotimer_controller *next = NULL;
	struct rb_node *node = controllers.rb_node;

	lockdep_assert_held(&iotimer_mutex);
	while (node) {
		if (strcmp(name, controller_of(node)->name) < 0) {
			next = controller_of(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return next;
}

struct iotimer_controller *iotimer_controller_owned(struct module *owner)
{
	struct iotimer_controller *ctl = NULL;
	struct rb_node *node;

	mutex_lock(&iotimer_mutex);
	for (node = rb_first(&controllers); node && !ctl; node = rb_next(node))
		if (controller_of(node)->owner == owner)
			ctl = controller_of(node);
	mutex_unlock(&iotimer_mutex);
	return ctl;
}

void iotimer_controller_info(struct iotimer_controller *ctl,
			     struct iotimer_controller_info *info)
{
	struct iotimer_device *dev;

	info->waiters = 0;
	spin_lock_bh(&lock);
	strscpy(info->holder, ctl->holder ? ctl->holder->name : "-",
		sizeof(info->holder));
	list_for_each_entry(dev, &ctl->waiters, wait)
		info->waiters++;
	spin_unlock_bh(&lock);
}

static int controller_register(struct iotimer_controller *ctl)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (rb_find_add(&ctl->node, &controllers, compare))
		ret = -EEXIST;
	else
		rb_add(&ctl->ext_node, &extensions, ext_less);
	mutex_unlock(&iotimer_mutex);
	return ret;
}

/* Driver code calls the iotimer_controller_create() macro. */
struct iotimer_controller *__iotimer_controller_create(const char *name,
						       size_t ext_size,
						       struct module *owner)
{
	struct iotimer_controller *ctl;
	int ret;

	ret = iotimer_check_name(name);
	if (ret)
		return ERR_PTR(ret);
	if (ext_size > KMALLOC_MAX_SIZE - sizeof(*ctl))
		return ERR_PTR(-E2BIG);
	ctl = kzalloc(sizeof(*ctl) + ext_size, GFP_KERNEL | __GFP_NOWARN);
	if (!ctl)
		return ERR_PTR(-ENOMEM);
	ctl->owner = owner;
	ctl->ext_size = ext_size;
	INIT_LIST_HEAD(&ctl->waiters);
	strscpy(ctl->name, name, sizeof(ctl->name));
	ret = controller_register(ctl);
	if (ret) {
		kfree(ctl);
		return ERR_PTR(ret);
	}
	return ctl;
}
EXPORT_SYMBOL_GPL(__iotimer_controller_create);

static bool controller_busy(struct iotimer_controller *ctl)
{
	bool busy;

	spin_lock_bh(&lock);
	busy = ctl->holder || ctl->running || !list_empty(&ctl->waiters);
	spin_unlock_bh(&lock);
	return busy || ctl->timers;
}

/**
 * iotimer_controller_delete() - delete a controller
 * @ctl: the controller, invalid afterwards
 *
 * The caller sees to it that nobody is about to allocate it.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad controller; -EBUSY while a device holds it or
 * waits for it (O1), and while the extension is the context of a device's timer
 * (C2); -EDEADLK, and one warning that names the caller, in a routine and in
 * atomic context. Nothing is changed unless 0 is returned.
 */
int iotimer_controller_delete(struct iotimer_controller *ctl)
{
	if (IS_ERR_OR_NULL(ctl))
		return -EINVAL;
	if (iotimer_refuse_wait(__func__, _RET_IP_))
		return -EDEADLK;
	mutex_lock(&iotimer_mutex);
	if (controller_busy(ctl)) {
		mutex_unlock(&iotimer_mutex);
		return -EBUSY;
	}
	rb_erase(&ctl->node, &controllers);
	rb_erase(&ctl->ext_node, &extensions);
	mutex_unlock(&iotimer_mutex);
	kfree(ctl);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_controller_delete);

/**
 * iotimer_controller_ext() - a controller's extension
 * @ctl: the controller
 *
 * Context: Any.
 * Return: its memory, shared by all devices of the controller, zeroed at
 * creation and valid as long as the controller is (C2); NULL for a bad one.
 */
void *iotimer_controller_ext(struct iotimer_controller *ctl)
{
	return IS_ERR_OR_NULL(ctl) ? NULL : ctl->ext;
}
EXPORT_SYMBOL_GPL(iotimer_controller_ext);

/* Control routines run with interrupts on. */
static bool refuse_irqs_off(const char *what, unsigned long caller)
{
	return WARN_ONCE(in_hardirq() || irqs_disabled(),
			 "iotimer: %ps: %s() with interrupts off\n",
			 (void *)caller, what);
}

static void give_to(struct iotimer_controller *ctl, struct iotimer_device *dev)
{
	ctl->holder = dev;
	hlist_add_head(&ctl->held, &dev->held);
	trace_iotimer_controller_allocate(ctl->name, dev->name);
}

static void take_from_holder(struct iotimer_controller *ctl)
{
	trace_iotimer_controller_free(ctl->name);
	hlist_del(&ctl->held);
	ctl->holder = NULL;
}

static struct iotimer_device *next_waiter(struct iotimer_controller *ctl)
{
	struct iotimer_device *dev;

	dev = list_first_entry_or_null(&ctl->waiters, struct iotimer_device, wait);
	if (!dev)
		return NULL;
	list_del_init(&dev->wait);
	dev->wait_ctl = NULL;
	return dev;
}

/* Runs the next device's control routine, without the lock. */
static void run_control(struct iotimer_controller *ctl, struct iotimer_device *dev)
	__must_hold(&lock)
{
	iotimer_control_t control = dev->control;
	void *context = dev->control_context;
	enum iotimer_action action;

	give_to(ctl, dev);
	ctl->running = true;
	dev->in_control++;
	spin_unlock(&lock);
	action = control(dev, ctl, context);
	spin_lock(&lock);
	ctl->running = false;
	dev->in_control--;
	if (action != IOTIMER_KEEP && ctl->holder == dev)
		take_from_holder(ctl);
	if (READ_ONCE(dev->deleting))
		wake_up_all(&over);
}

/*
 * Works off the queue while the controller is free: in a loop, by one caller at
 * a time, so that control routines may free and allocate as they like (O3).
 */
static void run_queue(struct iotimer_controller *ctl)
	__must_hold(&lock)
{
	struct iotimer_device *dev;

	while (!ctl->running && !ctl->holder && (dev = next_waiter(ctl)))
		run_control(ctl, dev);
}

static int enqueue(struct iotimer_controller *ctl, struct iotimer_device *dev,
		   iotimer_control_t control, void *context)
{
	if (READ_ONCE(dev->deleting))
		return -ESHUTDOWN;
	if (dev->wait_ctl)
		return -EBUSY;
	dev->control = control;
	dev->control_context = context;
	dev->wait_ctl = ctl;
	list_add_tail(&dev->wait, &ctl->waiters);
	return 0;
}

/**
 * iotimer_controller_allocate() - have a routine run once a controller is free
 * @ctl: the controller
 * @dev: the device that wants it
 * @control: runs when @dev has it: before this returns if it is free, else in
 *	the context of whoever frees it, first in, first out (O2)
 * @context: passed to @control
 *
 * Context: Process with bottom halves on or off, softirq, routine; not hard
 * interrupt. The caller must not hold a lock that @control takes.
 * Return: 0 if @control has run or will; -EINVAL for a bad argument; -EFAULT if
 * @control is an error pointer or a user-space address; -EBUSY if @dev is
 * waiting for a controller already (O4); -ESHUTDOWN once deletion of @dev began;
 * -EDEADLK, and one warning, in hard interrupts and with interrupts off.
 */
int iotimer_controller_allocate(struct iotimer_controller *ctl,
				struct iotimer_device *dev,
				iotimer_control_t control, void *context)
{
	int ret;

	if (IS_ERR_OR_NULL(ctl) || IS_ERR_OR_NULL(dev) || !control)
		return -EINVAL;
	if (iotimer_check_address(control))
		return -EFAULT;
	if (refuse_irqs_off(__func__, _RET_IP_))
		return -EDEADLK;
	spin_lock_bh(&lock);
	ret = enqueue(ctl, dev, control, context);
	if (!ret)
		run_queue(ctl);
	spin_unlock_bh(&lock);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_allocate);

/**
 * iotimer_controller_free() - free a controller that a device has kept
 * @ctl: the controller
 *
 * Runs the control routines of the devices that wait, until one keeps it. From
 * inside a control routine of the same controller that is left to whoever runs
 * the queue (O3).
 *
 * Context: As iotimer_controller_allocate().
 * Return: 0; -EINVAL for a bad controller or one that nobody holds; -EDEADLK,
 * and one warning, in hard interrupts and with interrupts off.
 */
int iotimer_controller_free(struct iotimer_controller *ctl)
{
	int ret = -EINVAL;

	if (IS_ERR_OR_NULL(ctl))
		return -EINVAL;
	if (refuse_irqs_off(__func__, _RET_IP_))
		return -EDEADLK;
	spin_lock_bh(&lock);
	if (ctl->holder) {
		take_from_holder(ctl);
		run_queue(ctl);
		ret = 0;
	}
	spin_unlock_bh(&lock);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_free);

/* O5: frees one controller that the device holds. */
static void leave_one(struct iotimer_device *dev)
	__must_hold(&lock)
{
	struct iotimer_controller *ctl;

	ctl = hlist_entry(dev->held.first, struct iotimer_controller, held);
	take_from_holder(ctl);
	run_queue(ctl);
}

static bool control_is_over(struct iotimer_device *dev)
{
	bool is_over;

	spin_lock_bh(&lock);
	is_over = !dev->in_control;
	spin_unlock_bh(&lock);
	return is_over;
}

/*
 * O5: the device is being deleted, so that it does not queue up any more. Its
 * control routine may be running, and may have kept or freed the controller.
 */
void iotimer_controllers_leave(struct iotimer_device *dev)
{
	spin_lock_bh(&lock);
	list_del_init(&dev->wait);
	dev->wait_ctl = NULL;
	spin_unlock_bh(&lock);
	wait_event(over, control_is_over(dev));
	spin_lock_bh(&lock);
	while (!hlist_empty(&dev->held))
		leave_one(dev);
	spin_unlock_bh(&lock);
}
