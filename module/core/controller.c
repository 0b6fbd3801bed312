// SPDX-License-Identifier: GPL-2.0
/*
 * Controllers: several devices share a controller, and one at a time holds it. The
 * others wait in a queue.
 */
#include <linux/rbtree.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "core.h"
#include "trace.h"

static struct rb_root controllers_by_name = RB_ROOT;	/* M by name */
static struct rb_root controllers_by_ext = RB_ROOT;	/* M by address */

/*
 * One lock for all queues: a device waits for one controller at a time, but may hold
 * several, and gives all of them back when it is deleted.
 */
static DEFINE_SPINLOCK(controller_lock);

/* For what has to finish before a device or a controller that leaves is freed. */
static DECLARE_WAIT_QUEUE_HEAD(controller_wait);

static void controller_work_fn(struct work_struct *work);
static DECLARE_WORK(controller_work, controller_work_fn);
static LIST_HEAD(controllers_more);		/* C for the work */

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
	return a < b;	/* the order of the extensions, too */
}

/* 0 if the address lies in the extension, else the side of it that it lies on. */
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
	INIT_LIST_HEAD(&ctl->more);
	INIT_LIST_HEAD(&ctl->leaving);
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
	return busy || ctl->closed || ctl->timers || ctl->isrs;
}

static void controller_free_memory(struct iotimer_controller *ctl)
{
	lockdep_assert_held(&iotimer_mutex);
	rb_erase(&ctl->node, &controllers_by_name);
	rb_erase(&ctl->ext_node, &controllers_by_ext);
	kfree(ctl);
}

/**
 * iotimer_controller_delete() - delete a controller
 * @ctl: the controller, invalid afterwards
 *
 * The caller must know that no other thread is about to allocate the controller.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad controller; -EBUSY while a device holds it or
 * waits for it (O1), and while the extension is the context of a timer or of an
 * ISR (C2); -EDEADLK, and a warning that names the caller, in a routine and in
 * atomic context. Nothing is changed unless 0 is returned.
 */
int iotimer_controller_delete(struct iotimer_controller *ctl)
{
	int ret = 0;

	if (IS_ERR_OR_NULL(ctl))
		return -EINVAL;
	if (iotimer_refuse_wait(__func__, _RET_IP_))
		return -EDEADLK;
	mutex_lock(&iotimer_mutex);
	if (controller_busy(ctl))
		ret = -EBUSY;
	else
		controller_free_memory(ctl);
	mutex_unlock(&iotimer_mutex);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_delete);

/**
 * iotimer_controller_ext() - a controller's extension
 * @ctl: the controller
 *
 * Context: Any.
 * Return: its memory, which all devices of the controller share, zeroed at
 * creation and valid until the controller is deleted (C2); NULL for a bad one.
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
 * Return: the name, valid until the controller is deleted (O1); NULL for a bad
 * controller.
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
	iotimer_private(dev)->in_control++;
	spin_unlock(&controller_lock);
	action = control(dev, ctl, context);
	spin_lock(&controller_lock);
	iotimer_private(dev)->in_control--;
	if (action != IOTIMER_KEEP && ctl->holder == dev)
		controller_take_back(ctl);
	if (iotimer_private(dev)->deleting)
		wake_up_all(&controller_wait);
}

static bool controller_has_work(struct iotimer_controller *ctl)
{
	return !ctl->holder && !list_empty(&ctl->waiters);
}

/*
 * Works off the queue while the controller is free: in a loop, by one caller at
 * a time, so that control routines may free and allocate as they like (O3).
 *
 * Between two control routines bottom halves are enabled, unless they were disabled
 * or this is a softirq: then the rest of the queue is left to the worker when the
 * budget of a chunk is used up (T15). Until the worker comes, the controller counts
 * as running.
 */
static void controller_run_queue(struct iotimer_controller *ctl, bool atomic)
	__must_hold(&controller_lock)
{
	u64 budget = (u64)READ_ONCE(iotimer_budget_us) * NSEC_PER_USEC;
	u64 start = local_clock();

	if (ctl->running || !controller_has_work(ctl))
		return;
	ctl->running = true;
	for (;;) {
		controller_run_control(ctl, controller_next_waiter(ctl));
		if (!controller_has_work(ctl))
			break;
		if (!atomic) {
			spin_unlock_bh(&controller_lock);
			spin_lock_bh(&controller_lock);
		} else if (local_clock() - start >= budget) {
			list_add_tail(&ctl->more, &controllers_more);
			queue_work(system_highpri_wq, &controller_work);
			return;
		}
		if (!controller_has_work(ctl))
			break;
	}
	ctl->running = false;
	if (ctl->closed)
		wake_up_all(&controller_wait);
}

static void controller_work_fn(struct work_struct *work)
{
	struct iotimer_controller *ctl;

	spin_lock_bh(&controller_lock);
	while ((ctl = list_first_entry_or_null(&controllers_more,
					       struct iotimer_controller, more))) {
		list_del_init(&ctl->more);
		ctl->running = false;
		controller_run_queue(ctl, false);
	}
	spin_unlock_bh(&controller_lock);
}

static int controller_enqueue(struct iotimer_controller *ctl, struct iotimer_device *dev,
			      iotimer_control_t control, void *context)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	if (private->deleting || ctl->closed)
		return -ESHUTDOWN;
	if (private->wait_ctl)
		return -EBUSY;
	private->control = control;
	private->control_context = context;
	private->wait_ctl = ctl;
	list_add_tail(&private->wait, &ctl->waiters);
	return 0;
}

/**
 * iotimer_controller_allocate() - have a routine run once a controller is free
 * @ctl: the controller
 * @dev: the device that is to hold it
 * @control: runs when @dev holds it: before this returns if the controller is
 *	free, else in the context of the caller that frees it, first in, first
 *	out (O2), or in a worker if the queue takes that caller longer than
 *	budget_us with bottom halves disabled
 * @context: passed to @control
 *
 * Context: Process with bottom halves on or off, softirq, routine; not hard
 * interrupt, an ISR or a function that iotimer_synchronize() runs. The caller must
 * not hold a lock that @control takes.
 * Return: 0 if @control has run or will; -EINVAL for a bad argument; -EFAULT if
 * @control is an error pointer or a user-space address; -EBUSY if @dev is
 * waiting for a controller already (O4); -ESHUTDOWN once deletion of @dev began;
 * -EDEADLK, and a warning, in an ISR, under an interrupt's lock, in hard
 * interrupts and with interrupts off.
 */
int iotimer_controller_allocate(struct iotimer_controller *ctl,
				struct iotimer_device *dev,
				iotimer_control_t control, void *context)
{
	bool atomic = in_softirq();
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
		controller_run_queue(ctl, atomic);
	spin_unlock_bh(&controller_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_allocate);

/**
 * iotimer_controller_free() - free a controller that a device has kept
 * @ctl: the controller
 *
 * Runs the control routines of the devices that wait, until one keeps the
 * controller. Inside a control routine of the same controller the caller that
 * runs the queue does so (O3), and after budget_us with bottom halves disabled a
 * worker does.
 *
 * Context: As iotimer_controller_allocate().
 * Return: 0; -EINVAL for a bad controller or one without a holder; -EDEADLK, and
 * a warning, in an ISR, under an interrupt's lock, in hard interrupts and with
 * interrupts off.
 */
int iotimer_controller_free(struct iotimer_controller *ctl)
{
	bool atomic = in_softirq();
	int ret = -EINVAL;

	if (IS_ERR_OR_NULL(ctl))
		return -EINVAL;
	if (controller_refuse_irqs_off(__func__, _RET_IP_))
		return -EDEADLK;
	spin_lock_bh(&controller_lock);
	if (ctl->holder) {
		controller_take_back(ctl);
		controller_run_queue(ctl, atomic);
		ret = 0;
	}
	spin_unlock_bh(&controller_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_controller_free);

/*
 * O5: the device leaves its queue and does not queue up again. Both under the lock,
 * so that no control routine begins after this.
 */
void iotimer_controllers_close(struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	spin_lock_bh(&controller_lock);
	WRITE_ONCE(private->deleting, true);
	list_del_init(&private->wait);
	private->wait_ctl = NULL;
	spin_unlock_bh(&controller_lock);
}

static bool controller_control_done(struct iotimer_device *dev)
{
	bool done;

	spin_lock_bh(&controller_lock);
	done = !iotimer_private(dev)->in_control;
	spin_unlock_bh(&controller_lock);
	return done;
}

/* Waits for the control routine of a device that is closed. */
void iotimer_controllers_wait(struct iotimer_device *dev)
{
	wait_event(controller_wait, controller_control_done(dev));
}

/* O5: frees what the device holds: its control routine has finished. */
void iotimer_controllers_give_back(struct iotimer_device *dev)
{
	struct hlist_head *held = &iotimer_private(dev)->held;
	struct iotimer_controller *ctl;

	spin_lock_bh(&controller_lock);
	while (!hlist_empty(held)) {
		ctl = hlist_entry(held->first, struct iotimer_controller, held);
		controller_take_back(ctl);
		controller_run_queue(ctl, false);
	}
	spin_unlock_bh(&controller_lock);
}

/* T13: from here on no control routine begins with @ctl. Under iotimer_mutex. */
void iotimer_controller_close(struct iotimer_controller *ctl)
{
	lockdep_assert_held(&iotimer_mutex);
	spin_lock_bh(&controller_lock);
	ctl->closed = true;
	while (controller_next_waiter(ctl))
		;	/* it leaves the queue */
	if (ctl->holder)
		controller_take_back(ctl);
	spin_unlock_bh(&controller_lock);
}

static bool controller_is_idle(struct iotimer_controller *ctl)
{
	bool idle;

	spin_lock_bh(&controller_lock);
	idle = !ctl->running;
	spin_unlock_bh(&controller_lock);
	return idle;
}

/* Waits for the control routine of whatever device that has a closed controller. */
void iotimer_controller_quiesce(struct iotimer_controller *ctl)
{
	wait_event(controller_wait, controller_is_idle(ctl));
}

/* Frees a controller whose extension is not the context of a timer or an ISR. */
bool iotimer_controller_destroy(struct iotimer_controller *ctl)
{
	bool unused;

	mutex_lock(&iotimer_mutex);
	unused = !ctl->timers && !ctl->isrs;
	if (unused)
		controller_free_memory(ctl);
	mutex_unlock(&iotimer_mutex);
	return unused;
}

/* No controller is left, but the work that the last one had queued may be ending. */
void iotimer_controllers_exit(void)
{
	flush_work(&controller_work);
}
