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
 *	shared with	guard				how it is taken
 *	the ISR		the interrupt's lock		iotimer_synchronize(); the ISR
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
#include <linux/debug_locks.h>
#include <linux/interrupt.h>
#include <linux/lockdep.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct device;
struct iotimer_controller;
struct iotimer_device;
struct iotimer_irq;
struct seq_file;

/* A device's or controller's name with its terminating NUL. */
#define IOTIMER_NAME_LEN	32

/* iotimer_irq_config.irq of an interrupt that iotimer_irq_raise() raises. */
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
 * Return: As any interrupt handler: IRQ_HANDLED or IRQ_NONE reach the kernel (I4).
 */
typedef irqreturn_t (*iotimer_isr_t)(struct iotimer_irq *irq, void *context);

/**
 * typedef iotimer_show_t - prints a device's context into debugfs
 * @m: the file
 * @context: as given to iotimer_init()
 *
 * Context: Process, under the lock chosen in iotimer_device_set_show().
 */
typedef void (*iotimer_show_t)(struct seq_file *m, void *context);

/**
 * enum iotimer_action - what is done with the controller after a control routine
 * @IOTIMER_KEEP: the device keeps it until iotimer_controller_free() is called
 * @IOTIMER_DEALLOCATE: it is freed at once, for the next device
 */
enum iotimer_action {
	IOTIMER_KEEP,
	IOTIMER_DEALLOCATE,
};

/**
 * typedef iotimer_control_t - runs when a device has been given a controller
 * @dev: the device that holds it now
 * @ctl: the controller
 * @context: as given to iotimer_controller_allocate()
 *
 * Context: That of the caller that allocates or frees the controller, or a worker,
 * with bottom halves disabled and no lock of the module held. Must not sleep.
 * Return: Whether the device keeps or frees the controller (O3).
 */
typedef enum iotimer_action (*iotimer_control_t)(struct iotimer_device *dev,
						 struct iotimer_controller *ctl,
						 void *context);

/**
 * struct iotimer_device - a device, its timer and its extension
 * @lock: the executive spin lock (X1): guards the state that the timer routine
 *	shares with other routines, but never the state that it shares with an
 *	ISR (I3)
 * @name: unique among devices, for tables and messages; read only
 * @ext: the extension, see iotimer_device_ext()
 *
 * iotimer_device_create() allocates it; a driver never does. The core keeps its
 * own part of a device in front of this structure, in the same piece of memory,
 * so a driver does not depend on that part's layout.
 */
struct iotimer_device {
	spinlock_t		lock;	/* X1 */
	char			name[IOTIMER_NAME_LEN];
	unsigned char		ext[] __aligned(ARCH_KMALLOC_MINALIGN);
};

/**
 * struct iotimer_irq_config - how to connect an interrupt
 * @irq: Linux interrupt number, or %IOTIMER_IRQ_VIRTUAL for an interrupt without
 *	a line, which the driver raises with iotimer_irq_raise()
 * @flags: IRQF_* for request_irq(); 0 for a virtual interrupt. IRQF_NO_THREAD
 *	(also as part of IRQF_TIMER), IRQF_PERCPU and IRQF_ONESHOT are refused (I4)
 * @isr: the interrupt service routine
 * @context: passed to @isr
 * @share_lock: another connected interrupt whose lock this one shares (I4), or NULL
 *	for a lock of its own
 */
struct iotimer_irq_config {
	unsigned int		irq;
	unsigned long		flags;
	iotimer_isr_t		isr;
	void			*context;
	struct iotimer_irq	*share_lock;
};

/* Devices: process context, may sleep */
struct iotimer_device *iotimer_device_create_keyed(const char *name, size_t ext_size,
						   struct module *owner,
						   struct lock_class_key *key);
struct iotimer_device *devm_iotimer_device_create_keyed(struct device *parent,
							const char *name, size_t ext_size,
							struct module *owner,
							struct lock_class_key *key);
int iotimer_device_delete(struct iotimer_device *dev);
int iotimer_device_set_show(struct iotimer_device *dev, iotimer_show_t show,
			    struct iotimer_irq *irq);

/* The timer: init may sleep; start and stop from anywhere; stop_sync waits */
int iotimer_init_keyed(struct iotimer_device *dev, iotimer_routine_t routine,
		       void *context, struct lock_class_key *key, const char *name);
int iotimer_start(struct iotimer_device *dev);
int iotimer_stop(struct iotimer_device *dev);
int __must_check iotimer_stop_sync(struct iotimer_device *dev);
bool iotimer_is_started(struct iotimer_device *dev);

/* Interrupts: connect and disconnect may sleep; synchronize and raise do not */
int iotimer_irq_connect_keyed(struct iotimer_device *dev,
			      const struct iotimer_irq_config *config,
			      struct iotimer_irq **irqp, struct lock_class_key *key);
int devm_iotimer_irq_connect_keyed(struct device *parent, struct iotimer_device *dev,
				   const struct iotimer_irq_config *config,
				   struct iotimer_irq **irqp, struct lock_class_key *key);
int iotimer_irq_disconnect(struct iotimer_irq *irq);
int iotimer_irq_raise(struct iotimer_irq *irq);
int iotimer_synchronize(struct iotimer_irq *irq, int (*fn)(void *context),
			void *context);
bool iotimer_isr_lock_held(struct iotimer_irq *irq);

/* Controllers: create and delete may sleep; allocate and free do not */
struct iotimer_controller *iotimer_controller_create_owned(const char *name,
							   size_t ext_size,
							   struct module *owner);
int iotimer_controller_delete(struct iotimer_controller *ctl);
void *iotimer_controller_ext(struct iotimer_controller *ctl);
const char *iotimer_controller_name(struct iotimer_controller *ctl);
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
 * the device. Devices that a module has not deleted when it goes are deleted, with
 * one warning that names the module, their number and the first of them (T13).
 *
 * Context: Process, may sleep.
 * Return: the device, or an error pointer: -EINVAL for a bad name,
 * -ENAMETOOLONG, -EEXIST, -E2BIG for an extension that kmalloc() cannot give,
 * -ENOMEM.
 */
#define iotimer_device_create(NAME, EXT_SIZE) ({			\
	static struct lock_class_key __key;				\
	iotimer_device_create_keyed(NAME, EXT_SIZE, THIS_MODULE, &__key); \
})

/**
 * devm_iotimer_device_create() - create a device that goes with its parent
 * @PARENT: the struct device whose driver this is
 * @NAME: as for iotimer_device_create()
 * @EXT_SIZE: as for iotimer_device_create()
 *
 * The device is deleted when @PARENT is unbound or its probe fails (T12). A driver
 * that uses this form does not delete the device itself.
 *
 * Context: Process, may sleep.
 * Return: As iotimer_device_create(); -EINVAL also for a bad @PARENT.
 */
#define devm_iotimer_device_create(PARENT, NAME, EXT_SIZE) ({		\
	static struct lock_class_key __key;				\
	devm_iotimer_device_create_keyed(PARENT, NAME, EXT_SIZE,	\
					 THIS_MODULE, &__key);		\
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
 * until it is deleted: a context of the driver's own must not be freed before. A
 * small number is not a context: it looks like a user-space address and is refused
 * (C4). A driver that wants to pass a number puts it into the extension.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad device or no routine; -EFAULT if the routine or
 * the context is an error pointer or a user-space address (C4); -EBUSY if the
 * device has a timer already (T2); -ESHUTDOWN once deletion began, and if the
 * context is the extension of a controller whose owner is leaving; -ENOMEM.
 */
#define iotimer_init(DEV, ROUTINE, CONTEXT) ({				\
	static struct lock_class_key __key;				\
	iotimer_init_keyed(DEV, ROUTINE, CONTEXT, &__key, #ROUTINE);	\
})

/**
 * iotimer_irq_connect() - connect an interrupt service routine to a device
 * @DEV: the device
 * @CONFIG: line, ISR, its context and lock
 * @IRQP: the interrupt is stored here before the ISR can be entered, which may be
 *	before this returns (I5)
 *
 * Code other than the ISR may use the interrupt when this has returned 0; a virtual
 * interrupt, as soon as it finds the pointer.
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL for a bad argument or a flag that is refused (I4); -EFAULT if
 * @CONFIG's ISR or context is an error pointer or a user-space address; -ESHUTDOWN
 * once deletion of the device began; -ENOMEM; or what request_irq() returns. On
 * failure *@IRQP is NULL.
 */
#define iotimer_irq_connect(DEV, CONFIG, IRQP) ({			\
	static struct lock_class_key __key;				\
	iotimer_irq_connect_keyed(DEV, CONFIG, IRQP, &__key);		\
})

/**
 * devm_iotimer_irq_connect() - connect an ISR that goes with its parent
 * @PARENT: the struct device whose driver this is
 * @DEV: the device
 * @CONFIG: line, ISR, its context and lock
 * @IRQP: as for iotimer_irq_connect()
 *
 * The interrupt is disconnected when @PARENT is unbound or its probe fails,
 * before anything that the driver acquired earlier with a managed function is
 * released (I5). A driver that uses this form does not disconnect it itself.
 *
 * Context: Process, may sleep.
 * Return: As iotimer_irq_connect(); -EINVAL also for a bad @PARENT.
 */
#define devm_iotimer_irq_connect(PARENT, DEV, CONFIG, IRQP) ({		\
	static struct lock_class_key __key;				\
	devm_iotimer_irq_connect_keyed(PARENT, DEV, CONFIG, IRQP, &__key); \
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
	iotimer_controller_create_owned(NAME, EXT_SIZE, THIS_MODULE)

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

/**
 * iotimer_device_name() - a device's name
 * @dev: the device
 *
 * Context: Any.
 * Return: the name, which lives as long as the device.
 */
static inline const char *iotimer_device_name(struct iotimer_device *dev)
{
	return dev->name;
}

/* Without SMP and lock debugging a spinlock has no state. */
static inline bool __iotimer_held_by_someone(spinlock_t *lock)
{
	return !IS_ENABLED(CONFIG_SMP) || spin_is_locked(lock);
}

/* One report for each mistake: lockdep's, as long as it is on. */
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
 * With lockdep the caller must hold the lock. Without, it must be held at all,
 * which finds a forgotten lock most of the time, for a load and a branch.
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
#define iotimer_assert_isr_locked(IRQ)					\
	WARN_ON_ONCE(!iotimer_isr_lock_held(IRQ))

#endif /* _LINUX_IOTIMER_H */
