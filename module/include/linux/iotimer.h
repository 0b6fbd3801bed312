/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iotimer - the Windows IoTimer model for Linux drivers
 *
 * A device has at most one timer. Once started, its routine is called about
 * once a second, in timer (softirq) context, with the context pointer that
 * the driver gave at init. All timers share one tick, so routines run one
 * after another and never two at once.
 *
 *	iotimer_device_create()
 *	  |
 *	  v
 *	 new --iotimer_init()--> stopped --iotimer_start()--> started
 *	  |                       |   ^                        |   |
 *	  |                       |   +----iotimer_stop()------+   |
 *	  |                       |   +----iotimer_stop_sync()-+   |
 *	  v                       v                                v
 *	  +---------------> iotimer_device_delete() <--------------+
 *
 *	state		iotimer_init	iotimer_start	iotimer_stop(_sync)
 *	new		0		-EINVAL		-EINVAL
 *	stopped		-EBUSY		0		0
 *	started		-EBUSY		0		0
 *	deleting	-ESHUTDOWN	-ESHUTDOWN	0 (-EINVAL if never init)
 *
 * Two rules guard what the timer routine shares through its context:
 *
 *	shared with	guard				who takes it, and how
 *	the ISR		the interrupt's lock		everybody but the ISR: through
 *							iotimer_synchronize(); the ISR
 *							is entered with it held
 *	other routines	iotimer_device.lock		the timer routine: spin_lock();
 *							process context: spin_lock_bh()
 *
 * Lock order, outermost first: iotimer_device.lock, an interrupt's lock. The
 * clause numbers (T1, I2, ...) are those of module/Documentation/semantics.md.
 */
#ifndef _LINUX_IOTIMER_H
#define _LINUX_IOTIMER_H

#include <linux/bug.h>
#include <linux/completion.h>
#include <linux/debug_locks.h>
#include <linux/err.h>
#include <linux/instruction_pointer.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/tracepoint-defs.h>
#include <linux/types.h>

struct dentry;
struct iotimer_controller;
struct iotimer_device;
struct iotimer_irq;
struct iotimer_page;
struct iotimer_stats;
struct seq_file;

/* A device's or controller's name with its terminating NUL. */
#define IOTIMER_NAME_LEN	32

/* iotimer_irq_config.line of an interrupt that iotimer_irq_raise() raises. */
#define IOTIMER_IRQ_VIRTUAL	(~0U)

/**
 * typedef iotimer_routine_t - a device's timer routine
 * @dev: the device whose timer it is
 * @context: as given to iotimer_init()
 *
 * Context: Timer softirq, interrupts enabled, no lock held; on PREEMPT_RT the
 * softirq's thread. Must not sleep and should be done in microseconds, because
 * all other routines wait for it (T11). May start and stop any device (T6).
 */
typedef void (*iotimer_routine_t)(struct iotimer_device *dev, void *context);

/**
 * typedef iotimer_isr_t - a device's interrupt service routine
 * @irq: the interrupt, valid even before iotimer_irq_connect() has returned
 * @context: &iotimer_irq_config.context
 *
 * Context: Hard interrupt with the interrupt's lock held (I2); on PREEMPT_RT
 * the interrupt's thread. Must not call iotimer_synchronize() for an interrupt
 * with the same lock.
 * Return: as any interrupt handler.
 */
typedef irqreturn_t (*iotimer_isr_t)(struct iotimer_irq *irq, void *context);

/**
 * typedef iotimer_show_t - prints a device's context into debugfs
 * @m: where to print
 * @context: as given to iotimer_init()
 *
 * Context: Process, under the lock chosen in iotimer_device_set_show().
 */
typedef void (*iotimer_show_t)(struct seq_file *m, void *context);

/**
 * enum iotimer_action - what a control routine wants done with the controller
 * @IOTIMER_KEEP: keep it; iotimer_controller_free() will be called later
 * @IOTIMER_DEALLOCATE: free it now and let the next device have it
 */
enum iotimer_action {
	IOTIMER_KEEP,
	IOTIMER_DEALLOCATE,
};

/**
 * typedef iotimer_control_t - runs once a device has been given a controller
 * @dev: the device that has it now
 * @ctl: the controller
 * @context: as given to iotimer_controller_allocate()
 *
 * Context: That of whoever made the controller free, with bottom halves
 * disabled and no lock held. Must not sleep.
 * Return: what to do with the controller.
 */
typedef enum iotimer_action (*iotimer_control_t)(struct iotimer_device *dev,
						 struct iotimer_controller *ctl,
						 void *context);

/**
 * struct iotimer_device - a device, its timer and its extension
 * @lock: the executive spin lock (X1): guards what the timer routine shares
 *	with other routines, but never what it shares with an ISR (I3)
 * @name: unique, for the tables; read only
 *
 * Size: 192 bytes on 64-bit kernels without lock debugging, then the
 * extension. Everything else is private.
 */
struct iotimer_device {
	spinlock_t		lock;		/* the driver's, see above */

	/* private: M iotimer_mutex, W the walk, C controller lock, I set once */
	unsigned short		slot;		/* M index into the page's slots */
	unsigned char		in_control;	/* C its control routines that run */
	bool			deleting;	/* set once, under M */
	struct iotimer_page	*page;		/* M NULL until init, then fixed */
	struct iotimer_stats	*stats;		/* M NULL until switched on */
	struct module		*owner;		/* I */
	struct dentry		*dir;		/* create and delete alone */
	iotimer_show_t		show;		/* M */
	struct iotimer_irq	*show_irq;	/* M */
	struct iotimer_controller *context_ctl;	/* M its extension is the context */
	struct rb_node		node;		/* M by name */
	struct list_head	irqs;		/* M */
	unsigned int		missed;		/* W ticks */
	unsigned int		missed_from;	/* the tick's count then, or at start */
	struct list_head	wait;		/* C in wait_ctl's queue */
	struct iotimer_controller *wait_ctl;	/* C */
	iotimer_control_t	control;	/* C */
	void			*control_context; /* C */
	struct hlist_head	held;		/* C controllers that it holds */
#ifdef CONFIG_LOCKDEP
	struct lockdep_map	lockdep_map;	/* I "held" while the routine runs */
#endif

	/* public: */
	char			name[IOTIMER_NAME_LEN];

	/* private: */
	unsigned char		ext[] __aligned(ARCH_KMALLOC_MINALIGN);
};

/**
 * struct iotimer_irq_config - how to connect an interrupt
 * @line: Linux interrupt number, or %IOTIMER_IRQ_VIRTUAL for an interrupt with
 *	no line that the driver raises with iotimer_irq_raise()
 * @flags: IRQF_* for request_irq(); 0 for a virtual interrupt
 * @isr: the interrupt service routine
 * @context: passed to @isr
 * @share_lock: an interrupt whose lock this one is to share (I4), or NULL for
 *	a lock of its own
 */
struct iotimer_irq_config {
	unsigned int		line;
	unsigned long		flags;
	iotimer_isr_t		isr;
	void			*context;
	struct iotimer_irq	*share_lock;
};

/* private: lives as long as an interrupt that uses it */
struct iotimer_irq_lock {
	spinlock_t		lock;		/* held over ISR and SynchCritSection */
	struct task_struct	*owner;		/* who holds it, for the assertions */
	refcount_t		users;
};

/* private: drivers only pass pointers to it around */
struct iotimer_irq {
	struct iotimer_irq_lock	*lock;		/* I */
	unsigned long		synchronized;	/* L under lock->lock */
	unsigned long		count;		/* L */
	iotimer_isr_t		isr;		/* I */
	void			*context;	/* I */
	struct iotimer_device	*dev;		/* I */
	unsigned int		line;		/* I */
	unsigned long		pending;	/* bit 0: raised, ISR not yet entered */
	struct llist_node	raised;		/* owned by who set pending */
	refcount_t		users;		/* connection + raises under way */
	struct completion	gone;		/* users is 0 */
	struct list_head	node;		/* M in dev->irqs */
};

/* Devices: process context, may sleep */
struct iotimer_device *__iotimer_device_create(const char *name, size_t ext_size,
					       struct module *owner,
					       struct lock_class_key *key);
int iotimer_device_delete(struct iotimer_device *dev);
int iotimer_device_set_show(struct iotimer_device *dev, iotimer_show_t show,
			    struct iotimer_irq *irq);

/* The timer: init may sleep; start and stop from anywhere; stop_sync waits */
int __iotimer_init(struct iotimer_device *dev, iotimer_routine_t routine,
		   void *context, struct lock_class_key *key, const char *name);
int iotimer_start(struct iotimer_device *dev);
int iotimer_stop(struct iotimer_device *dev);
int iotimer_stop_sync(struct iotimer_device *dev);

/* Interrupts: connect and disconnect may sleep; synchronize and raise do not */
int __iotimer_irq_connect(struct iotimer_device *dev,
			  const struct iotimer_irq_config *config,
			  struct iotimer_irq **irqp, struct lock_class_key *key);
int iotimer_irq_disconnect(struct iotimer_irq *irq);
int iotimer_irq_raise(struct iotimer_irq *irq);
int __iotimer_refuse_nesting(struct iotimer_irq *irq, unsigned long caller);
void __iotimer_trace_synchronize(struct iotimer_irq *irq, int (*fn)(void *context),
				 int ret);

/* Controllers: create and delete may sleep; allocate and free do not */
struct iotimer_controller *__iotimer_controller_create(const char *name,
						       size_t ext_size,
						       struct module *owner);
int iotimer_controller_delete(struct iotimer_controller *ctl);
void *iotimer_controller_ext(struct iotimer_controller *ctl);
int iotimer_controller_allocate(struct iotimer_controller *ctl,
				struct iotimer_device *dev,
				iotimer_control_t control, void *context);
int iotimer_controller_free(struct iotimer_controller *ctl);

/**
 * iotimer_device_create() - create a device
 * @NAME: 1 to 31 printable characters, no space, no '/', no '#' in front, not
 *	"." or ".."; unique; copied
 * @EXT_SIZE: bytes of device extension, may be 0
 *
 * The device and its extension are one kmalloc()ed, zeroed piece of memory;
 * the extension is aligned as kmalloc() aligns (C1). The calling module owns
 * the device: what it has not deleted when it is gone is deleted for it, with
 * a warning that names both (T13).
 *
 * Context: Process, may sleep.
 * Return: the device, or an error pointer: -EINVAL for a bad name,
 * -ENAMETOOLONG, -EEXIST, -E2BIG for an extension that kmalloc() cannot give,
 * -ENOMEM.
 */
#define iotimer_device_create(NAME, EXT_SIZE) ({			\
	static struct lock_class_key __key;				\
	__iotimer_device_create(NAME, EXT_SIZE, THIS_MODULE, &__key);	\
})

/**
 * iotimer_init() - give a device its timer
 * @DEV: the device, in state new
 * @ROUTINE: called once a period after iotimer_start(); may serve many
 *	devices (T3)
 * @CONTEXT: passed to every call unchanged (C5): the device extension, a
 *	controller extension, other kernel memory of the driver's own (C3) or
 *	NULL
 *
 * Does not start the timer (T1). The device keeps the routine and the context
 * until it is deleted: a context of the driver's own must not be freed before.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad device or no routine; -EFAULT if the routine or
 * the context is an error pointer or a user-space address (C4); -EBUSY if the
 * device has a timer already (T2); -ESHUTDOWN once deletion began; -ENOMEM.
 */
#define iotimer_init(DEV, ROUTINE, CONTEXT) ({				\
	static struct lock_class_key __key;				\
	__iotimer_init(DEV, ROUTINE, CONTEXT, &__key, #ROUTINE);	\
})

/**
 * iotimer_irq_connect() - connect an interrupt service routine to a device
 * @DEV: the device
 * @CONFIG: line, ISR, its context and lock
 * @IRQP: where to put the interrupt; set before the ISR can be entered, which
 *	may be before this returns (I5)
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad argument; -EFAULT if @CONFIG's ISR or context is
 * an error pointer or a user-space address; -ESHUTDOWN once deletion of the
 * device began; -ENOMEM; or what request_irq() returns. On failure *@IRQP is
 * NULL.
 */
#define iotimer_irq_connect(DEV, CONFIG, IRQP) ({			\
	static struct lock_class_key __key;				\
	__iotimer_irq_connect(DEV, CONFIG, IRQP, &__key);		\
})

/**
 * iotimer_controller_create() - create a controller
 * @NAME: as for iotimer_device_create(); unique among controllers
 * @EXT_SIZE: bytes of zeroed, aligned controller extension, may be 0 (C2)
 *
 * Context: Process, may sleep.
 * Return: the controller, or an error pointer as iotimer_device_create() (O1).
 */
#define iotimer_controller_create(NAME, EXT_SIZE)			\
	__iotimer_controller_create(NAME, EXT_SIZE, THIS_MODULE)

/**
 * iotimer_device_ext() - a device's extension
 * @dev: the device
 *
 * Context: Any.
 * Return: its zeroed memory of the size asked for, which lives as long as the
 * device (C1, C6).
 */
static inline void *iotimer_device_ext(struct iotimer_device *dev)
{
	return dev->ext;
}

DECLARE_TRACEPOINT(iotimer_synchronize);

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
 * Context: Process, softirq or routine; not in the interrupt's own ISR, which
 * has the lock already. May be called with iotimer_device.lock held, not the
 * other way round (X3).
 * Return: what @fn returns, verbatim (I1, I7); -EINVAL for a bad interrupt or
 * no @fn; -EDEADLK, and one warning that names the caller, where the lock is
 * held by the caller already. A @fn that never returns negative values can be
 * told from both.
 */
static inline int iotimer_synchronize(struct iotimer_irq *irq,
				      int (*fn)(void *context), void *context)
{
	struct iotimer_irq_lock *lock;
	unsigned long flags;
	int ret;

	/* NULL and error pointers are neighbours: one comparison tells both. */
	if (unlikely((unsigned long)irq + MAX_ERRNO <= MAX_ERRNO) || !fn)
		return -EINVAL;
	lock = irq->lock;
	if (unlikely(READ_ONCE(lock->owner) == current))
		return __iotimer_refuse_nesting(irq, _THIS_IP_);
	spin_lock_irqsave(&lock->lock, flags);
	WRITE_ONCE(lock->owner, current);
	data_race(irq->synchronized++);		/* debugfs may miss the last one */
	ret = fn(context);
	WRITE_ONCE(lock->owner, NULL);
	spin_unlock_irqrestore(&lock->lock, flags);
	if (tracepoint_enabled(iotimer_synchronize))
		__iotimer_trace_synchronize(irq, fn, ret);
	return ret;
}

/* Without SMP or lock debugging a spinlock does not know. */
static inline bool __iotimer_held_by_someone(spinlock_t *lock)
{
	return !IS_ENABLED(CONFIG_SMP) || spin_is_locked(lock);
}

/* One report for one mistake: lockdep knows best, for as long as it is on. */
#ifdef CONFIG_LOCKDEP
#define __iotimer_held(LOCK, OTHERWISE)					\
	(debug_locks ? lockdep_is_held(LOCK) : (OTHERWISE))
#else
#define __iotimer_held(LOCK, OTHERWISE)	(OTHERWISE)
#endif

/**
 * iotimer_assert_locked() - complain unless the device's lock is held (I6)
 * @DEV: the device
 *
 * With lockdep: held by the caller. Without: held by anyone, so that a
 * forgotten lock is found most of the time, at the cost of a load and a branch.
 *
 * Context: Any.
 */
#define iotimer_assert_locked(DEV) do {					\
	struct iotimer_device *__dev = (DEV);				\
									\
	WARN_ON_ONCE(!__iotimer_held(&__dev->lock,			\
			__iotimer_held_by_someone(&__dev->lock)));	\
} while (0)

/**
 * iotimer_assert_isr_locked() - complain outside a SynchCritSection (I6)
 * @IRQ: the interrupt
 *
 * Silent in the interrupt's ISR, in a function that iotimer_synchronize() runs
 * for it, and in those of interrupts that share its lock.
 *
 * Context: Any.
 */
#define iotimer_assert_isr_locked(IRQ) do {				\
	struct iotimer_irq *__irq = (IRQ);				\
									\
	WARN_ON_ONCE(!__iotimer_held(&__irq->lock->lock,		\
			READ_ONCE(__irq->lock->owner) == current));	\
} while (0)

#endif /* _LINUX_IOTIMER_H */
