// SPDX-License-Identifier: GPL-2.0
/*
 * Controllers: what several devices share and one at a time has, with a queue.
 */
#include <linux/rbtree.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "core.h"
#include "trace.h"

static struct rb_root controllers_by_name = RB_ROOT;	/* M by name */
static struct rb_root controllers_by_ext = RB_ROOT;	/* M by address */

/*
 * One lock for all queues: a device waits for one controller at a time but may
 * hold several, and has to leave them all when it goes.
 */
static DEFINE_SPINLOCK(controller_lock);
static DECLARE_WAIT_QUEUE_HEAD(controller_leave_wait);	/* the control routine of a leaving device */

static struct iotimer_controller *controller_of(const struct rb_node *node)
{
	return rb_entry(node, struct iotimer_controller, node);
}

static int controller_compare(struct rb_node *new, const struct rb_node *node)
{
	return strcmp(controller_of(new)->name, controller_of(node)->name);
}

static bool controller_ext_less(struct rb_node *a, const struct rb_node *b)
{
	return a < b;	/* as the extensions that they stand before */
}

/* Which side of an extension an address lies on. */
static int controller_ext_compare(const void *address, const struct rb_node *node)
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
	struct rb_node *node = rb_find(context, &controllers_by_ext, controller_ext_compare);

	lockdep_assert_held(&iotimer_mutex);
	return node ? rb_entry(node, struct iotimer_controller, ext_node) : NULL;
}

/* The first controller after @name in the order of names. Under iotimer_mutex. */
struct iotimer_controller *iotimer_controller_next(const char *name)
{
	struct iotimer_controller *next = NULL;
	struct rb_node *node = controllers_by_name.rb_node;

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
	for (node = rb_first(&controllers_by_name); node && !ctl; node = rb_next(node))
		if (controller_of(node)->owner == owner)
			ctl = controller_of(node);
	mutex_unlock(&iotimer_mutex);
	return ctl;
}

void iotimer_controller_info(struct iotimer_controller *ctl,
			     struct iotimer_controller_info *info)
{
	struct list_head *wait;

	info->waiters = 0;
	spin_lock_bh(&controller_lock);
	strscpy(info->holder, ctl->holder ? ctl->holder->name : "-",
		sizeof(info->holder));
	list_for_each(wait, &ctl->waiters)
		info->waiters++;
	spin_unlock_bh(&controller_lock);
}

static int controller_register(struct iotimer_controller *ctl)
{
	int ret = 0;

	mutex_lock(&iotimer_mutex);
	if (rb_find_add(&ctl->node, &controllers_by_name, controller_compare))
		ret = -EEXIST;
	else
		rb_add(&ctl->ext_node, &controllers_by_ext, controller_ext_less);
	mutex_unlock(&iotimer_mutex);
	return ret;
}

/**
 * iotimer_controller_create_owned() - create a controller for another module
 * @name: see iotimer_controller_create()
 * @ext_size: see iotimer_controller_create()
 * @owner: the module that owns the controller
 *
 * Context: Process, may sleep.
 * Return: As iotimer_controller_create() (O1).
 */
struct iotimer_controller *iotimer_controller_create_owned(const char *name,
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
EXPORT_SYMBOL_GPL(iotimer_controller_create_owned);

static bool controller_busy(struct iotimer_controller *ctl)
{
	bool busy;

	spin_lock_bh(&controller_lock);
	busy = ctl->holder || ctl->running || !list_empty(&ctl->waiters);
	spin_unlock_bh(&controller_lock);
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
	rb_erase(&ctl->node, &controllers_by_name);
	rb_erase(&ctl->ext_node, &controllers_by_ext);
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

/**
 * iotimer_controller_name() - a controller's name
 * @ctl: the controller
 *
 * Context: Any.
 * Return: the name, which lives as long as the controller; NULL for a bad one.
 */
const char *iotimer_controller_name(struct iotimer_controller *ctl)
{
	return IS_ERR_OR_NULL(ctl) ? NULL : ctl->name;
}
EXPORT_SYMBOL_GPL(iotimer_controller_name);

/* Control routines run with interrupts on and without an interrupt's lock. */
static bool controller_refuse_irqs_off(const char *what, unsigned long caller)
{
	if (!iotimer_in_interrupt())
		return false;
	if (iotimer_reportable(NULL, caller))
		WARN(1, "iotimer: %ps: %s() must not be called in an ISR, in a section or with interrupts off\n",
		     (void *)caller, what);
	return true;
}

static void controller_give(struct iotimer_controller *ctl, struct iotimer_device *dev)
{
	ctl->holder = dev;
	hlist_add_head(&ctl->held, &iotimer_private(dev)->held);
	trace_iotimer_controller_allocate(ctl->name, dev->name);
}

static void controller_take_back(struct iotimer_controller *ctl)
{
	trace_iotimer_controller_free(ctl->name);
	hlist_del(&ctl->held);
	ctl->holder = NULL;
}

static struct iotimer_device *controller_next_waiter(struct iotimer_controller *ctl)
{
	struct iotimer_device_private *first;

	first = list_first_entry_or_null(&ctl->waiters, struct iotimer_device_private, wait);
	if (!first)
		return NULL;
	list_del_init(&first->wait);
	first->wait_ctl = NULL;
	return &first->dev;
}

/* Runs the next device's control routine, without the lock. */
static void controller_run_control(struct iotimer_controller *ctl, struct iotimer_device *dev)
	__must_hold(&controller_lock)
{
	iotimer_control_t control = iotimer_private(dev)->control;
	void *context = iotimer_private(dev)->control_context;
	enum iotimer_action action;

	controller_give(ctl, dev);
	ctl->running = true;
	iotimer_private(dev)->in_control++;
	spin_unlock(&controller_lock);
	action = control(dev, ctl, context);
	spin_lock(&controller_lock);
	ctl->running = false;
	iotimer_private(dev)->in_control--;
	if (action != IOTIMER_KEEP && ctl->holder == dev)
		controller_take_back(ctl);
	if (READ_ONCE(iotimer_private(dev)->deleting))
		wake_up_all(&controller_leave_wait);
}

/*
 * Works off the queue while the controller is free: in a loop, by one caller at
 * a time, so that control routines may free and allocate as they like (O3).
 */
static void controller_run_queue(struct iotimer_controller *ctl)
	__must_hold(&controller_lock)
{
	struct iotimer_device *dev;

	while (!ctl->running && !ctl->holder && (dev = controller_next_waiter(ctl)))
		controller_run_control(ctl, dev);
}

static int controller_enqueue(struct iotimer_controller *ctl, struct iotimer_device *dev,
		   iotimer_control_t control, void *context)
{
	if (READ_ONCE(iotimer_private(dev)->deleting))
		return -ESHUTDOWN;
	if (iotimer_private(dev)->wait_ctl)
		return -EBUSY;
	iotimer_private(dev)->control = control;
	iotimer_private(dev)->control_context = context;
	iotimer_private(dev)->wait_ctl = ctl;
	list_add_tail(&iotimer_private(dev)->wait, &ctl->waiters);
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
	if (controller_refuse_irqs_off(__func__, _RET_IP_))
		return -EDEADLK;
	spin_lock_bh(&controller_lock);
	ret = controller_enqueue(ctl, dev, control, context);
	if (!ret)
		controller_run_queue(ctl);
	spin_unlock_bh(&controller_lock);
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
	if (controller_refuse_irqs_off(__func__, _RET_IP_))
		return -EDEADLK;
	spin_lock_bh(&controller_lock);
	if (ctl->holder) {
		controller_take_back(ctl);
		controller_run_queue(ctl);
		ret = 0;
	}
	spin_unlock_bh(&controller_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_free);

/* O5: frees one controller that the device holds. */
static void controller_leave_one(struct iotimer_device *dev)
	__must_hold(&controller_lock)
{
	struct iotimer_controller *ctl;

	ctl = hlist_entry(iotimer_private(dev)->held.first, struct iotimer_controller, held);
	controller_take_back(ctl);
	controller_run_queue(ctl);
}

static bool controller_control_done(struct iotimer_device *dev)
{
	bool is_over;

	spin_lock_bh(&controller_lock);
	is_over = !iotimer_private(dev)->in_control;
	spin_unlock_bh(&controller_lock);
	return is_over;
}

/*
 * O5: the device is being deleted, so that it does not queue up any more. Its
 * control routine may be running, and may have kept or freed the controller.
 */
void iotimer_controllers_leave(struct iotimer_device *dev)
{
	spin_lock_bh(&controller_lock);
	list_del_init(&iotimer_private(dev)->wait);
	iotimer_private(dev)->wait_ctl = NULL;
	spin_unlock_bh(&controller_lock);
	wait_event(controller_leave_wait, controller_control_done(dev));
	spin_lock_bh(&controller_lock);
	while (!hlist_empty(&iotimer_private(dev)->held))
		controller_leave_one(dev);
	spin_unlock_bh(&controller_lock);
}
