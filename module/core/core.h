/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations that the files of iotimer.ko share and that nothing else sees.
 *
 * Locks, outermost first, with the letter that marks the fields a lock guards:
 *
 *	M	iotimer_mutex		devices, slots, interrupts, statistics memory
 *		iotimer_device.lock	the driver's; taken here only to show a context
 *					and to teach lockdep the order (X3)
 *	C	controller lock (_bh)	controllers and their queues
 *	L	an interrupt's lock	taken for the driver, around an ISR and around
 *					a SynchCritSection
 *	T	tick lock (raw, irq)	when the one timer fires next
 *		timer base lock		the kernel's, in mod_timer()
 *
 * Other letters: I is immutable once others can see the object; W is written by
 * the walker only, and read elsewhere where the comment says so.
 *
 * No lock of the module is held while a routine, a control routine or an ISR
 * runs, except the interrupt's own and, on PREEMPT_RT, the slot's, which only
 * waiters for that routine take.
 */
#ifndef IOTIMER_CORE_H
#define IOTIMER_CORE_H

#include <linux/bitops.h>
#include <linux/completion.h>
#include <linux/jump_label.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include <linux/iotimer.h>

/* The part of a timer that the walker reads. */
struct iotimer_slot {
	iotimer_routine_t	routine;	/* M, constant from init to delete */
	void			*context;	/* M, likewise */
	struct iotimer_device	*dev;		/* the owner while started, see timer.c */
	spinlock_t		lock[IS_ENABLED(CONFIG_PREEMPT_RT)]; /* see timer.c */
};

/* iotimer_slot.dev of a timer that is stopped, and of one that is deleted */
#define IOTIMER_STOPPED	((struct iotimer_device *)0)
#define IOTIMER_DELETED	((struct iotimer_device *)1)

/* As many slots as fit into a page, 286 without a lock in each */
#define IOTIMER_SLOTS		((SZ_8K - 184) / (sizeof(struct iotimer_slot) + sizeof(u32)))
#define IOTIMER_SLOT_WORDS	BITS_TO_LONGS(IOTIMER_SLOTS)

/*
 * Timers side by side, so that the walk goes through memory in one direction.
 * Any context may change marks and slots: see timer.c.
 */
struct iotimer_page {
	atomic_t		nr_started;	/* see iotimer_page_get() */
	u32			index;		/* M in the array of pages */
	u32			quick_ns;	/* W how long quick calls take; start: 0 */
	u32			learned_ns;	/* W the same, while the walker learns it */
	bool			suspect;	/* W a routine in it has misbehaved */
	unsigned long		marked[IOTIMER_SLOT_WORDS]; /* started, or were */
	unsigned long		used[IOTIMER_SLOT_WORDS]; /* M */
	struct list_head	free;		/* M in the list if a slot is free */
	struct rcu_head		rcu;
	u32			ticks[IOTIMER_SLOTS]; /* W, read by anybody */
	struct iotimer_slot	slot[IOTIMER_SLOTS];
};

static_assert(sizeof(struct iotimer_page) <= SZ_8K);

/*
 * Bucket n of a histogram counts values below 64 ns << n, the last all others:
 * 8.6 s and more.
 */
#define IOTIMER_BUCKETS		29
#define IOTIMER_BUCKET_SHIFT	6

/* 256 bytes. W, and only while statistics are on. */
struct iotimer_stats {
	unsigned long		last_ns;
	unsigned long		max_ns;
	u32			over;
	bool			named;
	u32			runtime[IOTIMER_BUCKETS];
	u32			lateness[IOTIMER_BUCKETS];
};

/* The state of the tick, as the file "tick" shows it. */
struct iotimer_tick_state {
	bool			armed;
	u64			passes;
	u64			chunks;
	u64			longest_chunk_ns;
	u64			late_last_ns;
	u64			late_max_ns;
	unsigned int		missed;
};

/*
 * The core's own part of a device: struct iotimer_device, which drivers see,
 * is its end, with the extension behind.
 */
struct iotimer_device_private {
	struct iotimer_page	*page;		/* M NULL until init, then fixed */
	unsigned short		slot;		/* M index into the page's slots */
	unsigned char		in_control;	/* C its control routines that run */
	bool			deleting;	/* set once, under M and C */
	bool			cut_off;	/* M the owner of the context has gone */
	u32			ext_size;	/* I */
	struct iotimer_stats	*stats;		/* M NULL until switched on */
	struct module		*owner;		/* I */
	struct dentry		*dir;		/* create and delete alone */
	iotimer_show_t		show;		/* M */
	struct iotimer_irq	*show_irq;	/* M */
	struct iotimer_controller *context_ctl;	/* M its extension is the context */
	struct rb_node		node;		/* M by name */
	struct list_head	irqs;		/* M */
	atomic_t		missed;		/* see iotimer_missed() */
	bool			reported;	/* W its routine, for misbehaviour */
	struct list_head	wait;		/* C in wait_ctl's queue; see leave.c */
	struct iotimer_controller *wait_ctl;	/* C */
	iotimer_control_t	control;	/* C */
	void			*control_context; /* C */
	struct hlist_head	held;		/* C controllers that it holds */
#ifdef CONFIG_LOCKDEP
	struct lockdep_map	lockdep_map;	/* I "held" while the routine runs */
#endif
	struct iotimer_device	dev;
};

static inline struct iotimer_device_private *
iotimer_private(const struct iotimer_device *dev)
{
	return container_of(dev, struct iotimer_device_private, dev);
}

/* main.c */
extern struct mutex iotimer_mutex;
extern unsigned int iotimer_period_ms;
extern unsigned int iotimer_budget_us;
extern unsigned int iotimer_routine_budget_us;
extern unsigned int iotimer_dirs;
int iotimer_prepare(void);

/* NULL and error pointers are neighbours: one comparison finds both. */
static inline bool iotimer_bad(const void *pointer)
{
	return unlikely((unsigned long)pointer + MAX_ERRNO <= MAX_ERRNO);
}

/* check.c */
int iotimer_check_name(const char *name);
int iotimer_check_address(const void *address);
bool iotimer_in_interrupt(void);
bool iotimer_reportable(const void *object, unsigned long caller);
bool iotimer_refuse_wait(const char *what, unsigned long caller);
int iotimer_refuse_stop_sync(struct iotimer_device *dev, bool own, unsigned long caller);

/* slot.c */
extern struct xarray iotimer_pages;
extern unsigned long iotimer_last_page;
int iotimer_slot_get(struct iotimer_device *dev, iotimer_routine_t routine,
		     void *context, struct lock_class_key *key);
void iotimer_slot_put(struct iotimer_device *dev);
unsigned int iotimer_nr_started(void);
const void *iotimer_routine(struct iotimer_device *dev);
const void *iotimer_slot_routine(struct iotimer_slot *slot);
void *iotimer_context(struct iotimer_device *dev);
bool iotimer_in_extension(struct iotimer_device *dev, const void *address);
u32 iotimer_ticks(struct iotimer_device *dev);

static inline struct iotimer_slot *iotimer_slot(struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);

	return &private->page->slot[private->slot];
}

/* tick.c */
int iotimer_tick_init(void);
void iotimer_tick_exit(void);
unsigned int iotimer_tick_period(void);
void iotimer_tick_info(struct iotimer_tick_state *state);
void iotimer_tick_slept(u64 ns);

/* timer.c */
void iotimer_slot_close(struct iotimer_device *dev);
unsigned int iotimer_missed(struct iotimer_device *dev);
void iotimer_wait_routine(struct iotimer_device *dev);
const void *iotimer_running(void);

/* suspend.c */
int iotimer_suspend_init(void);
void iotimer_suspend_exit(void);

/* stats.c */
DECLARE_STATIC_KEY_FALSE(iotimer_stats_key);
int iotimer_stats_switch(bool on);
void iotimer_stats_add(struct iotimer_device *dev);

/* device.c */
struct iotimer_device *iotimer_device_next(const char *name);
struct iotimer_device *iotimer_device_following(struct iotimer_device *dev);
void iotimer_device_close(struct iotimer_device *dev);
void iotimer_device_cut_off(struct iotimer_device *dev, struct module *owner);
void iotimer_device_quiesce(struct iotimer_device *dev, struct list_head *irqs);
void iotimer_device_destroy(struct iotimer_device *dev);
extern unsigned int iotimer_nr_devices;

/* interrupt.c */

/* The lock lives as long as an interrupt that uses it. */
struct iotimer_isr_lock {
	spinlock_t		lock;		/* held over ISR and SynchCritSection */
	struct task_struct	*owner;		/* L the task that holds it */
	unsigned long		flags;		/* L interrupt state before the section */
#ifdef CONFIG_PREEMPT_RT
	struct hlist_node	section;	/* L on the list of the holder's CPU */
#endif
	refcount_t		users;
};

/*
 * Opaque to drivers, and hidden from genksyms: otherwise a change of the layout
 * would change the version of each symbol with such a pointer among its
 * arguments, and the kernel would refuse drivers that were built before.
 */
#ifndef __GENKSYMS__
struct iotimer_irq {
	struct iotimer_isr_lock	*lock;		/* I */
	unsigned long		synchronized;	/* L sections */
	unsigned long		count;		/* L calls of the ISR */
	iotimer_isr_t		isr;		/* I */
	void			*context;	/* I */
	struct iotimer_controller *context_ctl;	/* M its extension is the context */
	struct iotimer_device	*dev;		/* I */
	unsigned int		line;		/* I */
	unsigned long		state;		/* bits of interrupt.c */
	struct llist_node	raised;		/* of the setter of IOTIMER_RAISED */
	refcount_t		users;		/* connection, connect, raises in progress */
	struct completion	gone;		/* users is 0 */
	struct list_head	node;		/* M in dev's irqs; then the deleter's */
};
#endif

bool iotimer_in_section(void);
int iotimer_irq_init(void);
void iotimer_irq_exit(void);
void iotimer_irqs_silence(struct iotimer_device *dev, struct list_head *irqs);
void iotimer_irqs_cut_off(struct iotimer_device *dev, struct module *owner);
void iotimer_irqs_free(struct list_head *irqs);

/* controller.c */
/* As struct iotimer_irq. */
#ifndef __GENKSYMS__
struct iotimer_controller {
	struct rb_node		node;		/* M by name */
	struct rb_node		ext_node;	/* M by address of the extension */
	struct module		*owner;		/* I */
	size_t			ext_size;	/* I */
	unsigned int		timers;		/* M whose context is the extension */
	unsigned int		isrs;		/* M likewise */
	struct list_head	waiters;	/* C */
	struct iotimer_device	*holder;	/* C */
	struct hlist_node	held;		/* C on the holder's list */
	struct list_head	more;		/* C queue that the worker goes on with */
	struct list_head	leaving;	/* M see leave.c */
	bool			running;	/* C the queue is being worked off */
	bool			closed;		/* M and C its owner is leaving */
	char			name[IOTIMER_NAME_LEN];
	unsigned char		ext[] __aligned(ARCH_KMALLOC_MINALIGN);
};
#endif

struct iotimer_controller_info {
	char			holder[IOTIMER_NAME_LEN];
	unsigned int		waiters;
};

struct iotimer_controller *iotimer_controller_of(const void *context);
struct iotimer_controller *iotimer_controller_next(const char *name);
void iotimer_controller_close(struct iotimer_controller *ctl);
void iotimer_controller_quiesce(struct iotimer_controller *ctl);
bool iotimer_controller_destroy(struct iotimer_controller *ctl);
void iotimer_controller_info(struct iotimer_controller *ctl,
			     struct iotimer_controller_info *info);
void iotimer_controllers_close(struct iotimer_device *dev);
void iotimer_controllers_wait(struct iotimer_device *dev);
void iotimer_controllers_give_back(struct iotimer_device *dev);
void iotimer_controllers_exit(void);

/* leave.c */
#ifdef CONFIG_MODULES
int iotimer_leave_init(void);
void iotimer_leave_exit(void);
void iotimer_leave_wake(void);
#else
static inline int iotimer_leave_init(void) { return 0; }
static inline void iotimer_leave_exit(void) { }
static inline void iotimer_leave_wake(void) { }
#endif

/* debugobj.c */
#ifdef CONFIG_DEBUG_OBJECTS
void iotimer_debug_init(struct iotimer_device *dev, void *context);
void iotimer_debug_delete(struct iotimer_device *dev, void *context);
#else
static inline void iotimer_debug_init(struct iotimer_device *dev, void *context) { }
static inline void iotimer_debug_delete(struct iotimer_device *dev, void *context) { }
#endif

/* debugfs.c */
void iotimer_debugfs_init(void);
void iotimer_debugfs_exit(void);
void iotimer_debugfs_add(struct iotimer_device *dev);
void iotimer_debugfs_remove(struct iotimer_device *dev);

#endif /* IOTIMER_CORE_H */
