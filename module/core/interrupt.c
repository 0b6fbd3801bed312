// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts: an ISR is entered with a lock held. All other code takes the same
 * lock with iotimer_synchronize() before it touches state that the ISR shares.
 *
 * A virtual interrupt has no line. iotimer_irq_raise() puts it on a list of the
 * caller's CPU, and an irq_work of that CPU, which outlives all interrupts, enters
 * the ISR: in hard-interrupt context, or on PREEMPT_RT in a thread, as handlers of
 * real lines are threaded there. A second raise before the first is served is the
 * same interrupt, as with a level-triggered line; a raise while the ISR runs is
 * another one.
 *
 * An interrupt is freed when its users are gone: the connection, the connect that
 * made it, and raises in progress. The caller that takes it off the list of its
 * device frees it: disconnect, the deletion of the device, or a connect that has
 * failed.
 */
#include <linux/device.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>
#include <linux/percpu.h>
#include <linux/sched.h>

#include <linux/iotimer_layer.h>

#include "core.h"
#include "trace.h"

/* Bits of iotimer_irq.state */
enum {
	IOTIMER_RAISED,			/* not served yet */
	IOTIMER_DISCONNECTED,		/* disconnect has begun */
	IOTIMER_REQUESTED,		/* the line is requested */
};

/* Of each possible CPU. */
struct irq_raiser {
	struct irq_work		work;
	struct llist_head	raised;
	struct task_struct	*thread;	/* PREEMPT_RT: enters the ISRs */
};

static DEFINE_PER_CPU(struct irq_raiser, irq_raisers);

static struct iotimer_isr_lock *irq_lock_create(struct lock_class_key *key)
{
	struct iotimer_isr_lock *lock = kzalloc(sizeof(*lock), GFP_KERNEL);

	if (!lock)
		return NULL;
	spin_lock_init(&lock->lock);
	lockdep_set_class_and_name(&lock->lock, key, "iotimer_irq.lock");
	refcount_set(&lock->users, 1);
	return lock;
}

static void irq_lock_put(struct iotimer_isr_lock *lock)
{
	if (refcount_dec_and_test(&lock->users))
		kfree(lock);
}

/* Tell lockdep the lock order of X3, so that the reverse is reported at once. */
static void irq_teach_order(struct iotimer_device *dev, struct iotimer_irq *irq)
{
	unsigned long flags;

	if (!IS_ENABLED(CONFIG_PROVE_LOCKING))
		return;
	spin_lock_bh(&dev->lock);
	spin_lock_irqsave(&irq->lock->lock, flags);
	spin_unlock_irqrestore(&irq->lock->lock, flags);
	spin_unlock_bh(&dev->lock);
}

#ifdef CONFIG_PREEMPT_RT
/*
 * An ISR and a section look like any other code of a thread on PREEMPT_RT, where
 * the lock sleeps and interrupts stay on. Their locks are therefore on a list of
 * the CPU, from which the holder of a spinlock cannot migrate. Not used in hard
 * interrupts.
 */
static DEFINE_PER_CPU(struct hlist_head, irq_sections);

static void irq_list_section(struct iotimer_isr_lock *lock)
{
	preempt_disable();
	hlist_add_head(&lock->section, this_cpu_ptr(&irq_sections));
	preempt_enable();
}

static void irq_unlist_section(struct iotimer_isr_lock *lock)
{
	preempt_disable();
	hlist_del(&lock->section);
	preempt_enable();
}

/* Is the caller in an ISR or in a section, of whatever interrupt? */
bool iotimer_in_section(void)
{
	struct iotimer_isr_lock *lock;
	bool found = false;

	preempt_disable();
	hlist_for_each_entry(lock, this_cpu_ptr(&irq_sections), section)
		found |= READ_ONCE(lock->owner) == current;
	preempt_enable();
	return found;
}
#else
static void irq_list_section(struct iotimer_isr_lock *lock) { }
static void irq_unlist_section(struct iotimer_isr_lock *lock) { }

/* Interrupts are off there. */
bool iotimer_in_section(void)
{
	return false;
}
#endif

/* The caller has taken the lock. */
static void irq_enter_section(struct iotimer_isr_lock *lock)
{
	WRITE_ONCE(lock->owner, current);
	irq_list_section(lock);
}

static void irq_leave_section(struct iotimer_isr_lock *lock)
{
	irq_unlist_section(lock);
	WRITE_ONCE(lock->owner, NULL);
}

/*
 * I2: every ISR is entered here. Interrupts are off already, or on PREEMPT_RT the
 * handler is a thread, so that a plain spin_lock() is enough.
 */
static irqreturn_t irq_enter_isr(struct iotimer_irq *irq)
{
	struct iotimer_isr_lock *lock = irq->lock;
	irqreturn_t ret;

	spin_lock(&lock->lock);
	irq_enter_section(lock);
	WRITE_ONCE(irq->count, irq->count + 1);
	ret = irq->isr(irq, irq->context);
	irq_leave_section(lock);
	spin_unlock(&lock->lock);
	return ret;
}

static irqreturn_t irq_line_handler(int line, void *irq)
{
	return irq_enter_isr(irq);
}

static void irq_put(struct iotimer_irq *irq)
{
	if (refcount_dec_and_test(&irq->users))
		complete_all(&irq->gone);
}

/*
 * A raise that comes after the bit is clear is another interrupt, and may put this
 * one on another CPU's list. The loop that calls this has read the next entry.
 */
static void irq_raise_serve_one(struct iotimer_irq *irq)
{
	clear_bit_unlock(IOTIMER_RAISED, &irq->state);
	smp_mb__after_atomic();	/* pairs with that of test_and_set in raise */
	irq_enter_isr(irq);
	irq_put(irq);
}

static void irq_raise_serve(struct irq_raiser *raiser)
{
	struct llist_node *list = llist_reverse_order(llist_del_all(&raiser->raised));
	struct iotimer_irq *irq, *next;

	llist_for_each_entry_safe(irq, next, list, raised)
		irq_raise_serve_one(irq);
}

/* In hard-interrupt context, on PREEMPT_RT, too: the work of a CPU that goes offline is run. */
static void irq_raise_work(struct irq_work *work)
{
	struct irq_raiser *raiser = container_of(work, struct irq_raiser, work);

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		wake_up_process(raiser->thread);
	else
		irq_raise_serve(raiser);
}

/*
 * The thread has the priority of interrupt threads. It is not a per-CPU thread of
 * the kernel's, which is parked when its CPU goes offline, but moves to another CPU
 * then.
 */
static int irq_raise_thread(void *data)
{
	struct irq_raiser *raiser = data;

	sched_set_fifo(current);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		if (llist_empty(&raiser->raised))
			schedule();
		__set_current_state(TASK_RUNNING);
		local_bh_disable();	/* as around handlers that the kernel threads */
		irq_raise_serve(raiser);
		local_bh_enable();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/*
 * False if an earlier raise has not been served. Interrupts are off: if the caller
 * could be interrupted between the two steps, whatever ran in its place would find
 * the interrupt raised, return success, and perhaps wait for an ISR that cannot run
 * before the caller does.
 */
static bool irq_raise_queue(struct iotimer_irq *irq)
{
	struct irq_raiser *raiser = this_cpu_ptr(&irq_raisers);

	if (test_and_set_bit(IOTIMER_RAISED, &irq->state))
		return false;
	llist_add(&irq->raised, &raiser->raised);
	irq_work_queue(&raiser->work);
	return true;
}

/**
 * iotimer_irq_raise() - raise a virtual interrupt
 * @irq: an interrupt connected with %IOTIMER_IRQ_VIRTUAL
 *
 * The ISR runs at least once after this (I2), on this CPU in hard-interrupt
 * context, or on PREEMPT_RT in a thread. With interrupts on it has usually run when
 * this returns. It sees what the caller stored before the raise. If the CPU goes
 * offline, the ISR runs while the CPU is taken down, with interrupts off, or on
 * another CPU.
 *
 * Context: Any but NMI. Any lock may be held; an interrupt that is raised under its
 * own lock is served when the lock is free.
 * Return: 0; -EINVAL for a bad interrupt or one with a line; -ESHUTDOWN once
 * disconnecting began.
 */
int iotimer_irq_raise(struct iotimer_irq *irq)
{
	unsigned long flags;
	bool queued;

	if (IS_ERR_OR_NULL(irq) || irq->line != IOTIMER_IRQ_VIRTUAL)
		return -EINVAL;
	if (test_bit(IOTIMER_DISCONNECTED, &irq->state) || !refcount_inc_not_zero(&irq->users))
		return -ESHUTDOWN;
	local_irq_save(flags);
	queued = irq_raise_queue(irq);
	local_irq_restore(flags);
	if (!queued)
		irq_put(irq);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_irq_raise);

static struct iotimer_irq *irq_create(struct iotimer_device *dev,
				      const struct iotimer_irq_config *config,
				      struct lock_class_key *key)
{
	struct iotimer_irq *irq = kzalloc(sizeof(*irq), GFP_KERNEL);

	if (!irq)
		return NULL;
	irq->lock = config->share_lock ? config->share_lock->lock : irq_lock_create(key);
	if (!irq->lock) {
		kfree(irq);
		return NULL;
	}
	if (config->share_lock)
		refcount_inc(&irq->lock->users);
	irq->isr = config->isr;
	irq->context = config->context;
	irq->dev = dev;
	irq->line = config->irq;
	refcount_set(&irq->users, 2);	/* the connection and its caller */
	init_completion(&irq->gone);
	INIT_LIST_HEAD(&irq->node);
	return irq;
}

static void irq_free(struct iotimer_irq *irq)
{
	irq_lock_put(irq->lock);
	kfree(irq);
}

/*
 * Publish the interrupt, unless deletion of the device has begun. Nothing that
 * comes after this can fail for a virtual interrupt, which another CPU may raise
 * from here on. Under iotimer_mutex, which device deletion takes first.
 */
static int irq_add(struct iotimer_device *dev, struct iotimer_irq *irq,
		   struct iotimer_irq **irqp)
{
	struct iotimer_controller *ctl = iotimer_controller_of(irq->context);

	if (iotimer_private(dev)->deleting || (ctl && ctl->closed))
		return -ESHUTDOWN;
	irq->context_ctl = ctl;
	if (ctl)
		ctl->isrs++;
	irq_teach_order(dev, irq);
	list_add_tail(&irq->node, &iotimer_private(dev)->irqs);
	/* The structure is complete before the pointer can be read. */
	smp_store_release(irqp, irq);
	return 0;
}

/* False if the line is not requested, or is being freed by another caller. */
static bool irq_free_line(struct iotimer_irq *irq)
{
	if (!test_and_clear_bit(IOTIMER_REQUESTED, &irq->state))
		return false;
	free_irq(irq->line, irq);
	return true;
}

/*
 * The ISR may be entered from request_irq() on (I5). iotimer_mutex is not held:
 * request_irq() may take long, and takes locks that are held around calls into
 * other drivers.
 */
static int irq_request(struct iotimer_irq *irq, unsigned long flags)
{
	int ret;

	if (irq->line == IOTIMER_IRQ_VIRTUAL)
		return 0;
	ret = request_irq(irq->line, irq_line_handler, flags, irq->dev->name, irq);
	if (ret)
		return ret;
	set_bit(IOTIMER_REQUESTED, &irq->state);
	/* Pairs with test_and_set_bit() in irq_silence(): one side sees the other. */
	smp_mb__after_atomic();
	if (!test_bit(IOTIMER_DISCONNECTED, &irq->state))
		return 0;
	irq_free_line(irq);
	return -ESHUTDOWN;
}

/*
 * The interrupt goes off its device's list. False if it was taken off already, by
 * the deletion of the device: then that frees it. Under iotimer_mutex.
 */
static bool irq_unlink(struct iotimer_irq *irq)
{
	struct iotimer_device_private *private = iotimer_private(irq->dev);

	if (list_empty(&irq->node))
		return false;
	list_del_init(&irq->node);
	if (private->show_irq == irq) {
		private->show = NULL;
		private->show_irq = NULL;
	}
	return true;
}

/* When this returns, the ISR is not running on any CPU and is not entered again. */
static void irq_silence(struct iotimer_irq *irq)
{
	if (!test_and_set_bit(IOTIMER_DISCONNECTED, &irq->state)) {
		irq_free_line(irq);
		irq_put(irq);
	}
	wait_for_completion(&irq->gone);
}

/* C2: the ISR does not use the controller's extension any more. Under iotimer_mutex. */
static void irq_put_context(struct iotimer_irq *irq)
{
	if (!irq->context_ctl)
		return;
	irq->context_ctl->isrs--;
	irq->context_ctl = NULL;
	iotimer_leave_wake();
}

static void irq_destroy(struct iotimer_irq *irq)
{
	irq_silence(irq);
	mutex_lock(&iotimer_mutex);
	irq_put_context(irq);
	mutex_unlock(&iotimer_mutex);
	irq_free(irq);
}

/*
 * The line could not be requested. *@irqp is cleared before the reference is
 * given back, because it may lie in the device's extension, and the deletion of
 * the device waits for that reference.
 */
static void irq_withdraw(struct iotimer_irq *irq, struct iotimer_irq **irqp)
{
	bool unlinked;

	WRITE_ONCE(*irqp, NULL);
	mutex_lock(&iotimer_mutex);
	unlinked = irq_unlink(irq);
	mutex_unlock(&iotimer_mutex);
	irq_put(irq);
	if (unlinked)
		irq_destroy(irq);
}

/*
 * With these, PREEMPT_RT leaves the handler in hard-interrupt context, where it
 * must not take the interrupt's lock. They are refused on every configuration, so
 * that a driver finds out wherever it is tested. IRQF_TIMER contains the first one.
 */
#define IRQ_FLAGS_REFUSED	(IRQF_NO_THREAD | IRQF_PERCPU | IRQF_ONESHOT)

static int irq_check_config(const struct iotimer_irq_config *config)
{
	if (IS_ERR_OR_NULL(config) || !config->isr || IS_ERR(config->share_lock))
		return -EINVAL;
	if (config->irq == IOTIMER_IRQ_VIRTUAL && config->flags)
		return -EINVAL;
	if (config->flags & IRQ_FLAGS_REFUSED)
		return -EINVAL;
	if (iotimer_check_address(config->isr) ||
	    iotimer_check_address(config->context))
		return -EFAULT;
	return 0;
}

/**
 * iotimer_irq_connect_keyed() - connect an ISR, with a given lock class
 * @dev: see iotimer_irq_connect()
 * @config: see iotimer_irq_connect()
 * @irqp: see iotimer_irq_connect()
 * @key: the lock class of the interrupt's lock, unless it shares one
 *
 * For code that connects interrupts on behalf of other modules; drivers call
 * iotimer_irq_connect().
 *
 * Context: Process, may sleep.
 * Return: As iotimer_irq_connect() (I4, I5).
 */
int iotimer_irq_connect_keyed(struct iotimer_device *dev,
			      const struct iotimer_irq_config *config,
			      struct iotimer_irq **irqp, struct lock_class_key *key)
{
	struct iotimer_irq *irq;
	int ret;

	if (IS_ERR_OR_NULL(dev) || IS_ERR_OR_NULL(irqp))
		return -EINVAL;
	*irqp = NULL;
	ret = irq_check_config(config);
	if (ret)
		return ret;
	irq = irq_create(dev, config, key);
	if (!irq)
		return -ENOMEM;
	mutex_lock(&iotimer_mutex);
	ret = irq_add(dev, irq, irqp);
	mutex_unlock(&iotimer_mutex);
	if (ret) {
		irq_free(irq);
		return ret;
	}
	ret = irq_request(irq, config->flags);
	if (ret)
		irq_withdraw(irq, irqp);
	else
		irq_put(irq);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_irq_connect_keyed);

/**
 * iotimer_irq_disconnect() - disconnect an interrupt service routine
 * @irq: a connected interrupt, invalid afterwards
 *
 * Waits until the ISR is not running on any CPU; it is not entered again (I5).
 * Interrupts that share its lock go on using that.
 *
 * Context: Process, may sleep. The caller must not hold a lock that the ISR
 * takes.
 * Return: 0; -EINVAL for a bad interrupt; -ESHUTDOWN if deletion of the device
 * is about to disconnect it; -EDEADLK, and a warning that names the caller, in the
 * ISR, in a function that iotimer_synchronize() runs, in a routine and in any
 * other atomic context, where nothing is changed.
 */
int iotimer_irq_disconnect(struct iotimer_irq *irq)
{
	bool unlinked;

	if (IS_ERR_OR_NULL(irq))
		return -EINVAL;
	if (iotimer_refuse_wait(__func__, _RET_IP_))
		return -EDEADLK;
	mutex_lock(&iotimer_mutex);
	unlinked = irq_unlink(irq);
	mutex_unlock(&iotimer_mutex);
	if (!unlinked)
		return -ESHUTDOWN;
	irq_destroy(irq);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_irq_disconnect);

static struct iotimer_irq *irq_unlink_first(struct iotimer_device *dev)
{
	struct iotimer_irq *irq;

	mutex_lock(&iotimer_mutex);
	irq = list_first_entry_or_null(&iotimer_private(dev)->irqs, struct iotimer_irq, node);
	if (irq)
		irq_unlink(irq);
	mutex_unlock(&iotimer_mutex);
	return irq;
}

/*
 * The device is closed, so that no interrupt is connected any more. The silent ones
 * go to the list @irqs: ISRs of other devices may still use them.
 */
void iotimer_irqs_silence(struct iotimer_device *dev, struct list_head *irqs)
{
	struct iotimer_irq *irq;

	while ((irq = irq_unlink_first(dev))) {
		irq_silence(irq);
		list_add_tail(&irq->node, irqs);
	}
}

/* A connect that is in progress finds out and withdraws the interrupt itself. */
static void irq_cut_off(struct iotimer_irq *irq)
{
	bool silent;

	set_bit(IOTIMER_DISCONNECTED, &irq->state);
	/* Pairs with the barrier in irq_request(). */
	smp_mb__after_atomic();
	silent = irq_free_line(irq);
	irq_put(irq);
	if (irq->line == IOTIMER_IRQ_VIRTUAL)
		wait_for_completion(&irq->gone);
	else if (!silent)
		return;
	irq_put_context(irq);
}

/*
 * ISRs of another module's device whose context is about to be freed with a
 * controller of @owner's. The interrupts stay, silent, for their driver to
 * disconnect. Under iotimer_mutex, which no ISR takes.
 */
void iotimer_irqs_cut_off(struct iotimer_device *dev, struct module *owner)
{
	struct iotimer_irq *irq;

	list_for_each_entry(irq, &iotimer_private(dev)->irqs, node) {
		if (!irq->context_ctl || irq->context_ctl->owner != owner)
			continue;
		pr_warn_ratelimited("iotimer: an interrupt of %s is disconnected: module %s, which leaves, owns its context\n",
				    dev->name, module_name(owner));
		irq_cut_off(irq);
	}
}

void iotimer_irqs_free(struct list_head *irqs)
{
	struct iotimer_irq *irq, *next;

	mutex_lock(&iotimer_mutex);
	list_for_each_entry(irq, irqs, node)
		irq_put_context(irq);
	mutex_unlock(&iotimer_mutex);
	list_for_each_entry_safe(irq, next, irqs, node)
		irq_free(irq);
}

/*
 * Inline, because each instruction beside the lock counts. The interrupt state
 * stands beside the lock that guards it, which leaves registers to the caller.
 */
static __always_inline int irq_lock(struct iotimer_irq *irq)
{
	struct iotimer_isr_lock *lock;
	unsigned long flags;

	if (unlikely(READ_ONCE(irq->lock->owner) == current))
		return -EDEADLK;
	spin_lock_irqsave(&irq->lock->lock, flags);
	lock = irq->lock;			/* again: a register less to save */
	lock->flags = flags;
	irq_enter_section(lock);
	data_race(irq->synchronized++);		/* a reader may miss the last one */
	__release(&irq->lock->lock);		/* sparse: taken until irq_unlock() */
	return 0;
}

static __always_inline void irq_unlock(struct iotimer_irq *irq)
{
	struct iotimer_isr_lock *lock = irq->lock;

	__acquire(&irq->lock->lock);		/* sparse: taken in irq_lock() */
	irq_leave_section(lock);
	spin_unlock_irqrestore(&lock->lock, lock->flags);
}

/**
 * iotimer_synchronize_begin() - begin a SynchCritSection without a function
 * @irq: the interrupt
 *
 * For the layer iotimer_wdm; drivers call iotimer_synchronize().
 *
 * Context: As iotimer_synchronize().
 * Return: 0; -EDEADLK, without a message, if the caller holds the lock already
 * (I1, I2).
 */
int iotimer_synchronize_begin(struct iotimer_irq *irq)
{
	return irq_lock(irq);
}
EXPORT_SYMBOL_GPL(iotimer_synchronize_begin);

/**
 * iotimer_synchronize_end() - end a SynchCritSection
 * @irq: the interrupt
 *
 * Ends what iotimer_synchronize_begin() began (I1).
 *
 * Context: The thread in which iotimer_synchronize_begin() has returned 0.
 */
void iotimer_synchronize_end(struct iotimer_irq *irq)
{
	irq_unlock(irq);
}
EXPORT_SYMBOL_GPL(iotimer_synchronize_end);

static noinline int irq_refuse_nesting(struct iotimer_irq *irq, unsigned long caller)
{
	if (iotimer_reportable(irq->lock, caller))
		WARN(1, "iotimer: %ps: iotimer_synchronize() of an interrupt of %s by the holder of its lock\n",
		     (void *)caller, irq->dev->name);
	return -EDEADLK;
}

/* The event wants the section's value, which takes registers that must be saved. */
static noinline int irq_synchronize_traced(struct iotimer_irq *irq, int (*fn)(void *context),
					   void *context, unsigned long caller)
{
	int ret;

	if (unlikely(irq_lock(irq)))
		return irq_refuse_nesting(irq, caller);
	ret = fn(context);
	irq_unlock(irq);
	trace_iotimer_synchronize(irq->dev, fn, ret);
	return ret;
}

/**
 * iotimer_synchronize() - run a SynchCritSection
 * @irq: the interrupt whose ISR shares the state that @fn touches
 * @fn: called with the interrupt's lock held and interrupts off, on this CPU;
 *	must not sleep and should be done in microseconds
 * @context: passed to @fn
 *
 * The ISR does not run, on any CPU, while @fn does (I2); the interrupt state is
 * as before when this returns (I1). On PREEMPT_RT the ISR is a thread and the
 * lock sleeps: interrupts stay on, the exclusion is the same.
 *
 * Context: Process, softirq, routine, or hard interrupt other than the interrupt's
 * own ISR, which holds the lock already. iotimer_device.lock may be held; in @fn it
 * must not be taken (X3).
 * Return: what @fn returns, verbatim (I1, I7); -EINVAL for a bad interrupt or
 * no @fn; -EDEADLK, and a warning that names the caller, if the caller holds the
 * lock already. If @fn never returns a negative value, the errors are distinct.
 */
int iotimer_synchronize(struct iotimer_irq *irq, int (*fn)(void *context), void *context)
{
	int ret;

	if (iotimer_bad(irq) || unlikely(!fn))
		return -EINVAL;
	if (trace_iotimer_synchronize_enabled())
		return irq_synchronize_traced(irq, fn, context, _RET_IP_);
	if (unlikely(irq_lock(irq)))
		return irq_refuse_nesting(irq, _RET_IP_);
	ret = fn(context);
	irq_unlock(irq);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_synchronize);

/**
 * iotimer_isr_lock_held() - does the caller hold the lock of an interrupt?
 * @irq: the interrupt
 *
 * For iotimer_assert_isr_locked(), which drivers use.
 *
 * Context: Any.
 * Return: true if the caller holds the lock of @irq (I6); false for a bad
 * interrupt.
 */
bool iotimer_isr_lock_held(struct iotimer_irq *irq)
{
	if (IS_ERR_OR_NULL(irq))
		return false;
#ifdef CONFIG_LOCKDEP
	/* One report for each mistake: lockdep is off after its first report. */
	if (debug_locks)
		return lockdep_is_held(&irq->lock->lock);
#endif
	return READ_ONCE(irq->lock->owner) == current;
}
EXPORT_SYMBOL_GPL(iotimer_isr_lock_held);

static void irq_release_managed(void *irq)
{
	iotimer_irq_disconnect(irq);
}

/**
 * devm_iotimer_irq_connect_keyed() - connect a managed interrupt with a lock class
 * @parent: the struct device whose driver this is
 * @dev: see iotimer_irq_connect()
 * @config: see iotimer_irq_connect()
 * @irqp: see iotimer_irq_connect()
 * @key: the lock class of the interrupt's lock, unless it shares one
 *
 * Context: Process, may sleep.
 * Return: As devm_iotimer_irq_connect().
 */
int devm_iotimer_irq_connect_keyed(struct device *parent, struct iotimer_device *dev,
				   const struct iotimer_irq_config *config,
				   struct iotimer_irq **irqp, struct lock_class_key *key)
{
	int ret;

	if (IS_ERR_OR_NULL(parent))
		return -EINVAL;
	ret = iotimer_irq_connect_keyed(dev, config, irqp, key);
	if (ret)
		return ret;
	ret = devm_add_action_or_reset(parent, irq_release_managed, *irqp);
	if (ret)
		*irqp = NULL;
	return ret;
}
EXPORT_SYMBOL_GPL(devm_iotimer_irq_connect_keyed);

static void irq_raise_stop_threads(void)
{
	struct irq_raiser *raiser;
	int cpu;

	for_each_possible_cpu(cpu) {
		raiser = per_cpu_ptr(&irq_raisers, cpu);
		if (raiser->thread)
			kthread_stop(raiser->thread);
		raiser->thread = NULL;
	}
}

static int irq_raise_start_threads(void)
{
	struct task_struct *thread;
	int cpu;

	for_each_possible_cpu(cpu) {
		thread = kthread_run_on_cpu(irq_raise_thread, per_cpu_ptr(&irq_raisers, cpu), cpu,
					    "iotimer/%u");
		if (IS_ERR(thread)) {
			irq_raise_stop_threads();
			return PTR_ERR(thread);
		}
		per_cpu_ptr(&irq_raisers, cpu)->thread = thread;
	}
	return 0;
}

/* Per-CPU data of a module must not be initialised with addresses at compile time. */
int iotimer_irq_init(void)
{
	struct irq_raiser *raiser;
	int cpu;

	for_each_possible_cpu(cpu) {
		raiser = per_cpu_ptr(&irq_raisers, cpu);
		raiser->work = IRQ_WORK_INIT_HARD(irq_raise_work);
		init_llist_head(&raiser->raised);
	}
	return IS_ENABLED(CONFIG_PREEMPT_RT) ? irq_raise_start_threads() : 0;
}

/* No interrupt is connected any more, but the work of the last one may be ending. */
void iotimer_irq_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		irq_work_sync(&per_cpu_ptr(&irq_raisers, cpu)->work);
	irq_raise_stop_threads();
}
