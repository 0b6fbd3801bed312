// SPDX-License-Identifier: GPL-2.0
/*
 * The tick: one timer_list that calls the routines of all started timers.
 *
 * Why one timer
 * -------------
 * The IoTimer model has one system timer behind all devices: routines run one
 * after another (T9), the first call comes within one period of the start (T8),
 * and however many devices there are, the machine wakes up once per period. A
 * timer_list per device keeps none of the three and costs many times more per
 * call. Started timers therefore lie side by side in pages of slots that the
 * walk goes through in one direction. A device owns its slot from init to
 * delete, so that start and stop can neither fail for want of memory nor move
 * anything; a bitmap per page says who is started, and stopped slots cost a
 * fraction of an instruction each.
 *
 * Deadlines
 * ---------
 * A deadline is the one before plus the period, never now plus the period, so
 * that late ticks do not add up. The timer wheel never fires early and groups
 * by distance (include/linux/timer.h, kernel/time/timer.c):
 *
 *	armed ahead by		HZ=250: fires within	HZ=1000: fires within
 *	< 63 jiffies		1 jiffy    4 ms		1 jiffy    1 ms
 *	< 504 jiffies		8 jiffies 32 ms		8 jiffies  8 ms
 *	< 4032 jiffies		64 jiffies 256 ms	64 jiffies 64 ms
 *
 * So with the default period a tick is up to 8 (HZ=250) or 64 (HZ=1000) jiffies
 * late, which the model allows ("about once per second"), and is not worth a
 * second wake-up to avoid. An expiry E fires at the first multiple of the
 * granularity strictly after E: deadline - 1 is what we arm, which is exact
 * whenever the deadline itself lies on a multiple. round_jiffies() was weighed:
 * it would share wake-ups with the kernel's own second timers, but it may round
 * up by most of a second, and T8 allows no first call after a period.
 *
 * A tick that comes a whole period late or more counts the ticks that were
 * missed and does not make up for them (T14); neither does a suspend, which
 * jiffies do not see and the boot clock does.
 *
 * Chunks
 * ------
 * A pass over all started timers is cut into chunks with a time budget, and the
 * next chunk runs from the next jiffy (T15). Reading the clock costs as much as
 * several cheap routines. It is read after each call in a page of which nothing
 * is known since a timer in it was started; where all calls of a page together
 * stayed within the budget, after 2, 4 ... 32 calls, as long as these took less
 * than an eighth of it, and in any case when a jiffy has gone by. So a chunk
 * exceeds its budget by no more than the routine that uses it up; one that was
 * cheap in earlier passes and is not any more is noticed within a jiffy.
 *
 * Stop against call
 * -----------------
 * Whoever stops a timer does not wait, and no lock is held over a routine that
 * a start or stop would need. A stop that must know that the routine is over
 * (stop_sync, delete) relies on this pair of full barriers:
 *
 *	walk (one CPU at a time)		stop_sync (any CPU)
 *
 *	running = slot				started[slot] = 0
 *	smp_mb()			[A]	smp_mb()			[B]
 *	if (started[slot])			while (running == slot)
 *		call routine				wait
 *	running = another slot or none
 *
 * At least one side sees the other's store. If the walk sees 0, it does not
 * call. If it sees 1, stop_sync sees running == slot and waits. running is what
 * identifies a slot, not a device: a slot that changed hands between the walk's
 * look at the bitmap and its call is called for its new owner, who would see it
 * too. The slot's contents are read after started[] with acquire semantics, and
 * started[] is set with release semantics after the contents were written. A
 * page is freed by RCU, and the walk is a reader.
 *
 * On PREEMPT_RT the walk is preemptible, so that a waiter must not spin: it
 * blocks on a lock that the walk holds over its calls, much as in
 * timer_delete_sync(). There are two, because the walk could take a single one
 * again, for the next call, before the waiter has come to: where somebody waits
 * it takes the other for the next call and only then lets go of the first.
 *
 * In the walk's own thread of execution nothing waits (T6): all other routines
 * are over there, and waiting for one's own would be for ever.
 */
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>
#include <linux/xarray.h>

#include "core.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* After so many calls at the latest the clock is looked at. */
#define BATCH_MAX	32

static void tick_fn(struct timer_list *unused);

/*
 * L lock, W the walk alone (read by others where it says so)
 */
static struct {
	struct iotimer_slot	*running;	/* W, read by who waits: see above */
	struct task_struct	*task;		/* W, read by in_walk() */
	spinlock_t		expiry_lock[2];	/* PREEMPT_RT: one is held over calls */
	unsigned int		expiry;		/* W, read by who waits: which */
	atomic_t		waiters;	/* who wants an expiry_lock */

	raw_spinlock_t		lock;
	struct timer_list	timer;		/* L armed while pages_started */
	unsigned int		pages_started;	/* L pages with a started timer */
	unsigned int		period;		/* jiffies, fixed at load */
	unsigned long		deadline;	/* L of the next pass */
	bool			in_pass;	/* L a pass is to be gone on with */
	s64			slept_ms;	/* L in suspend, up to the last pass */
	u64			late;		/* W ns, of this pass */
	u64			pass_start;	/* W */
	unsigned long		next_page;	/* W where to go on */
	unsigned int		next_slot;	/* W */
	struct iotimer_tick_info info;		/* L; missed: read by anybody */
} tick = {
	.lock		= __RAW_SPIN_LOCK_UNLOCKED(tick.lock),
	.timer		= __TIMER_INITIALIZER(tick_fn, 0),
};

static DEFINE_XARRAY_ALLOC(pages);	/* M, read by the walk under RCU */
static LIST_HEAD(partial_pages);		/* M pages with a free slot */

static s64 suspended_ms(void)
{
	return ktime_to_ms(ktime_mono_to_any(0, TK_OFFS_BOOT));
}

/*
 * The first page with a started timer arms the tick, the last one disarms it.
 * Called under the page's lock.
 */
static void tick_get(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tick.lock, flags);
	if (!tick.pages_started++) {
		tick.deadline = jiffies + tick.period;
		tick.slept_ms = suspended_ms();
		mod_timer(&tick.timer, tick.deadline - 1);
	}
	raw_spin_unlock_irqrestore(&tick.lock, flags);
}

static void tick_put(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&tick.lock, flags);
	if (!--tick.pages_started) {
		timer_delete(&tick.timer);
		tick.in_pass = false;
	}
	raw_spin_unlock_irqrestore(&tick.lock, flags);
}

/* Missed ticks of this pass: the tick was late, or the machine slept. */
static unsigned int tick_missed(unsigned long late)
{
	s64 slept_ms = suspended_ms() - tick.slept_ms;
	unsigned int missed = late / tick.period;
	u64 nights = div_u64(slept_ms, iotimer_period_ms);

	tick.slept_ms += nights * iotimer_period_ms;
	return missed + nights;
}

/*
 * Goes on with a pass or begins the next one. False when nothing is due: after
 * this tick had gone off all timers were stopped, and perhaps one started.
 */
static bool tick_begin(void)
{
	unsigned long late;
	bool due = true;

	raw_spin_lock_irq(&tick.lock);
	late = jiffies - tick.deadline;
	if (!tick.pages_started || (!tick.in_pass && (long)late < 0)) {
		due = false;
	} else if (!tick.in_pass) {
		WRITE_ONCE(tick.info.missed, tick.info.missed + tick_missed(late));
		tick.deadline += (late / tick.period + 1) * tick.period;
		tick.late = (u64)late * TICK_NSEC;
		tick.pass_start = local_clock();
		tick.next_page = 0;
		tick.next_slot = 0;
		tick.info.passes++;
		tick.info.late_last_ns = tick.late;
		tick.info.late_max_ns = max(tick.info.late_max_ns, tick.late);
		tick.in_pass = true;
	}
	raw_spin_unlock_irq(&tick.lock);
	return due;
}

/*
 * What is due already, the rest of a pass or the next one, waits for the next
 * jiffy: with an expiry in the past, the loop that expires timers would begin
 * it at once, and routines that take longer than a period would keep everything
 * else from their CPU for ever.
 */
static void tick_arm(bool done)
{
	unsigned long now = jiffies, next = tick.deadline - 1;

	tick.in_pass = !done;
	mod_timer(&tick.timer, done && time_after(next, now) ? next : now);
}

static void tick_end(bool done, u64 ran)
{
	raw_spin_lock_irq(&tick.lock);
	tick.info.chunks += !!ran;
	tick.info.longest_chunk_ns = max(tick.info.longest_chunk_ns, ran);
	if (tick.pages_started)
		tick_arm(done);
	raw_spin_unlock_irq(&tick.lock);
}

/* How long this softirq run may go on, and when to look at the clock. */
struct chunk {
	u64			start;
	u64			looked;		/* at the clock, last */
	u64			budget;		/* ns */
	unsigned long		jiffies;	/* then */
	unsigned int		batch;		/* calls from look to look */
	unsigned int		left;		/* calls to the next look */
	bool			over;		/* the budget is used up */
	bool			known;		/* to be in a page of cheap calls */
	bool			slow;		/* a batch in this page was not cheap */
	int			preempt_count;	/* as routines are to leave it */
};

/* Nothing is known of the calls to come: look after each of them. */
static void chunk_doubt(struct chunk *c)
{
	c->known = false;
	c->batch = 1;
	c->left = 1;
}

static void chunk_begin(struct chunk *c)
{
	c->start = local_clock();
	c->looked = c->start;
	c->budget = (u64)READ_ONCE(iotimer_budget_us) * NSEC_PER_USEC;
	c->jiffies = jiffies;
	c->over = false;
	c->slow = false;
	chunk_doubt(c);
	c->preempt_count = preempt_count();
}

static noinline bool chunk_look(struct chunk *c)
{
	u64 now = local_clock();

	if (now - c->looked >= c->budget / 8)
		c->slow = true;
	c->batch = c->known && !c->slow ? min(c->batch * 2, BATCH_MAX) : 1;
	c->left = c->batch;
	c->looked = now;
	c->jiffies = jiffies;
	c->over = now - c->start >= c->budget;
	return c->over;
}

/* One call more: is the budget used up? */
static __always_inline bool chunk_over(struct chunk *c)
{
	if (unlikely(!--c->left || time_after(jiffies, c->jiffies)))
		return chunk_look(c);
	return false;
}

/* T11: goes on as if the routine had behaved, and says which did not. */
static noinline void repair(struct iotimer_slot *slot, int count)
{
	int found = preempt_count();
	bool off = irqs_disabled();

	preempt_count_set(count);
	if (off)
		local_irq_enable();
	WARN_ONCE(1, "iotimer: routine %ps of %s returned with preempt count %x, not %x, interrupts %s\n",
		  slot->routine, slot->dev->name, found, count,
		  off ? "off" : "on");
}

static noinline void call_measured(struct iotimer_slot *slot)
{
	u64 start = local_clock(), end;

	slot->routine(slot->dev, slot->context);
	end = local_clock();
	iotimer_stats_account(slot, tick.late + (start - tick.pass_start), end - start);
}

static __always_inline void call_routine(struct iotimer_slot *slot)
{
	trace_iotimer_routine_entry(slot->dev, slot->routine);
	lock_map_acquire(&slot->dev->lockdep_map);
	if (static_branch_unlikely(&iotimer_stats_key))
		call_measured(slot);
	else
		slot->routine(slot->dev, slot->context);
	lock_map_release(&slot->dev->lockdep_map);
	trace_iotimer_routine_exit(slot->dev, slot->routine);
}

static __always_inline void walk_slot(struct iotimer_page *page, unsigned int i,
				      const struct chunk *c)
{
	struct iotimer_slot *slot = &page->slot[i];

	smp_store_mb(tick.running, slot);	/* [A] pairs with [B] */
	/* Pairs with the release in start: the slot's contents after the bit. */
	if (!(smp_load_acquire(&page->started[BIT_WORD(i)]) & BIT_MASK(i)))
		return;
	call_routine(slot);
	WRITE_ONCE(page->ticks[i], page->ticks[i] + 1);
	if (unlikely(preempt_count() != c->preempt_count || irqs_disabled()))
		repair(slot, c->preempt_count);
}

/* PREEMPT_RT: lets those in who wait for a routine that is over now. */
static void let_waiters_in(void)
{
	unsigned int other = !tick.expiry;

	if (!IS_ENABLED(CONFIG_PREEMPT_RT) || !atomic_read(&tick.waiters))
		return;
	spin_lock_nested(&tick.expiry_lock[other], SINGLE_DEPTH_NESTING);
	/* All that the routine did, before a waiter goes on. */
	smp_store_release(&tick.running, NULL);
	WRITE_ONCE(tick.expiry, other);
	spin_unlock(&tick.expiry_lock[!other]);
}

/* Returns the slot to go on with, IOTIMER_SLOTS if none is left to call. */
static unsigned int walk_page(struct iotimer_page *page, unsigned int first,
			      struct chunk *c)
{
	unsigned long mask = BITMAP_FIRST_WORD_MASK(first);
	unsigned int word, i;
	unsigned long bits;

	for (word = BIT_WORD(first); word < IOTIMER_SLOT_WORDS; word++) {
		/* Pairs with the release in start: the hint after the bit. */
		bits = smp_load_acquire(&page->started[word]) & mask;
		mask = ~0UL;
		if (!READ_ONCE(page->cheap))
			chunk_doubt(c);
		while (bits) {
			i = word * BITS_PER_LONG + __ffs(bits);
			bits &= bits - 1;
			walk_slot(page, i, c);
			let_waiters_in();
			if (chunk_over(c))
				return find_next_bit(page->started, IOTIMER_SLOTS, i + 1);
		}
	}
	return IOTIMER_SLOTS;
}

/*
 * Learns on the way whether the page's calls are cheap. A start takes the hint
 * back, also one that comes while we are at it.
 */
static unsigned int learn_page(struct iotimer_page *page, unsigned int first,
			       struct chunk *c)
{
	u64 start = c->looked;
	unsigned int next;

	c->slow = false;
	c->known = READ_ONCE(page->cheap);
	if (c->known) {
		next = walk_page(page, first, c);
		if (c->slow)
			WRITE_ONCE(page->cheap, false);
		return next;
	}
	chunk_doubt(c);
	WRITE_ONCE(page->cheap, true);
	next = walk_page(page, first, c);
	if (first || c->over || c->looked - start >= c->budget)
		WRITE_ONCE(page->cheap, false);
	return next;
}

/* One chunk; true when the pass is over. Nothing left needs no further chunk. */
static bool walk(struct chunk *c)
{
	struct iotimer_page *page;
	unsigned long index;
	unsigned int next;

	xa_for_each_start(&pages, index, page, tick.next_page) {
		next = index == tick.next_page ? tick.next_slot : 0;
		if (!c->over && READ_ONCE(page->nr_started))
			next = learn_page(page, next, c);
		else if (!c->over)
			next = IOTIMER_SLOTS;
		if (next < IOTIMER_SLOTS) {
			tick.next_page = index;
			tick.next_slot = next;
			return false;
		}
		if (!c->over)
			chunk_over(c);
	}
	return true;
}

/* Returns how long it took in ns, at least 1. */
static u64 walk_chunk(bool *done)
{
	struct chunk c;

	chunk_begin(&c);
	rcu_read_lock();
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_lock(&tick.expiry_lock[tick.expiry]);
	c.preempt_count = preempt_count();
	WRITE_ONCE(tick.task, current);
	*done = walk(&c);
	WRITE_ONCE(tick.task, NULL);
	/* All that the routine did, before a waiter goes on. */
	smp_store_release(&tick.running, NULL);
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_unlock(&tick.expiry_lock[tick.expiry]);
	rcu_read_unlock();
	return max(local_clock() - c.start, 1ULL);
}

static void tick_fn(struct timer_list *unused)
{
	bool done = true;
	u64 ran = 0;

	if (tick_begin()) {
		trace_iotimer_tick_entry(tick.late);
		ran = walk_chunk(&done);
		trace_iotimer_tick_exit(done);
	}
	tick_end(done, ran);
}

/**
 * iotimer_start() - start a device's timer
 * @dev: a device with a timer
 *
 * The routine is called for the first time after at most one period (T8) and
 * then once a period, however often this is called. A stop from elsewhere that
 * overlaps takes place before or after, as if one had waited for the other.
 *
 * Context: Any, up to and including hard interrupts and routines (T4, T6); any
 * lock may be held.
 * Return: 0, also when it was started already; -EINVAL for a bad device or one
 * without iotimer_init(); -ESHUTDOWN once deletion of the device began.
 */
int iotimer_start(struct iotimer_device *dev)
{
	struct iotimer_page *page;
	unsigned long flags, bit;
	int ret = -ESHUTDOWN;
	unsigned long *word;

	if (IS_ERR_OR_NULL(dev))
		return -EINVAL;
	/* Pairs with the release in iotimer_slot_get(), for dev->slot. */
	page = smp_load_acquire(&dev->page);
	if (!page)
		return READ_ONCE(dev->deleting) ? -ESHUTDOWN : -EINVAL;
	word = &page->started[BIT_WORD(dev->slot)];
	bit = BIT_MASK(dev->slot);

	raw_spin_lock_irqsave(&page->lock, flags);
	if (READ_ONCE(dev->deleting))
		goto unlock;
	ret = 0;
	if (*word & bit)
		goto unlock;
	dev->missed_from = READ_ONCE(tick.info.missed);
	WRITE_ONCE(page->cheap, false);
	/* The slot's contents first: see the essay above. */
	smp_store_release(word, *word | bit);
	if (!page->nr_started++)
		tick_get();
unlock:
	raw_spin_unlock_irqrestore(&page->lock, flags);
	trace_iotimer_start(dev, ret);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_start);

/* Stops a timer that has a slot, without waiting. */
bool iotimer_clear_started(struct iotimer_device *dev)
{
	struct iotimer_page *page = dev->page;
	unsigned long flags, bit = BIT_MASK(dev->slot);
	unsigned long *word = &page->started[BIT_WORD(dev->slot)];
	bool was;

	raw_spin_lock_irqsave(&page->lock, flags);
	was = *word & bit;
	if (was) {
		WRITE_ONCE(*word, *word & ~bit);
		dev->missed += READ_ONCE(tick.info.missed) - dev->missed_from;
		if (!--page->nr_started)
			tick_put();
	}
	raw_spin_unlock_irqrestore(&page->lock, flags);
	return was;
}

static bool has_timer(struct iotimer_device *dev)
{
	/* Pairs with the release in iotimer_slot_get(), for dev->slot. */
	return !IS_ERR_OR_NULL(dev) && smp_load_acquire(&dev->page);
}

/**
 * iotimer_stop() - stop a device's timer without waiting
 * @dev: a device with a timer
 *
 * No call of the routine begins after this, but one that runs on another CPU
 * may still be under way: use iotimer_stop_sync() where that matters. N.B.: a
 * Windows driver relies on IoStopTimer to wait (T5).
 *
 * Context: Any, up to and including hard interrupts and routines (T5, T6); any
 * lock may be held.
 * Return: 0, also when it was stopped already; -EINVAL for a bad device or one
 * without iotimer_init().
 */
int iotimer_stop(struct iotimer_device *dev)
{
	if (!has_timer(dev))
		return -EINVAL;
	iotimer_clear_started(dev);
	trace_iotimer_stop(dev, false);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_stop);

static struct iotimer_slot *slot_of(struct iotimer_device *dev)
{
	return &dev->page->slot[dev->slot];
}

/* In the walk's own thread of execution, and in interrupts on top of it. */
static bool in_walk(void)
{
	return READ_ONCE(tick.task) == current;
}

/* The routine that the caller was called by; NULL outside of routines. */
iotimer_routine_t iotimer_running(void)
{
	struct iotimer_slot *slot = READ_ONCE(tick.running);

	return in_walk() && slot ? slot->routine : NULL;
}

static bool in_routine_of(struct iotimer_device *dev)
{
	return in_walk() && READ_ONCE(tick.running) == slot_of(dev);
}

/* PREEMPT_RT: sleeps until the walk is between two calls. */
static void wait_blocking(struct iotimer_slot *slot)
{
	spinlock_t *lock;		/* that the walk holds just now */

	atomic_inc(&tick.waiters);
	/* Pairs with the releases of running: what the routine did is seen. */
	while (smp_load_acquire(&tick.running) == slot) {
		lock = &tick.expiry_lock[READ_ONCE(tick.expiry)];
		spin_lock_bh(lock);
		spin_unlock_bh(lock);
	}
	atomic_dec(&tick.waiters);
}

/* Teaches lockdep that whoever waits must not hold what the routine takes. */
static void lockdep_wait(struct iotimer_device *dev)
{
#ifdef CONFIG_LOCKDEP
	unsigned long flags;

	local_irq_save(flags);
	lock_map_acquire(&dev->lockdep_map);
	lock_map_release(&dev->lockdep_map);
	local_irq_restore(flags);
#endif
}

/* The caller has stopped the timer, and is not in a routine. */
void iotimer_wait_routine(struct iotimer_device *dev)
{
	struct iotimer_slot *slot = slot_of(dev);

	lockdep_wait(dev);
	smp_mb();	/* [B] pairs with [A] */
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		wait_blocking(slot);
		return;
	}
	/* Pairs with the stores of running: what the routine did is seen. */
	while (smp_load_acquire(&tick.running) == slot)
		cpu_relax();
}

/**
 * iotimer_stop_sync() - stop a device's timer and wait for its routine
 * @dev: a device with a timer
 *
 * When this returns 0 and nobody starts the timer again, the routine does not
 * run on any CPU and will not (T5). It waits for this device's routine only,
 * never for another's. Inside another device's routine it need not wait and
 * does not, because routines never run two at once (T9).
 *
 * Context: Process or softirq, interrupts enabled; on PREEMPT_RT preemptible.
 * The caller must not hold a lock that the routine takes.
 * Return: 0; -EINVAL for a bad device or one without iotimer_init(); -EDEADLK,
 * and one warning that names the caller, inside the device's own routine (T6),
 * in hard interrupts and with interrupts disabled. The timer is stopped in all
 * these cases but -EINVAL.
 */
int iotimer_stop_sync(struct iotimer_device *dev)
{
	if (!has_timer(dev))
		return -EINVAL;
	iotimer_clear_started(dev);
	trace_iotimer_stop(dev, true);
	if (in_routine_of(dev) || in_hardirq() || irqs_disabled()) {
		WARN_ONCE(1, "iotimer: %ps: %s() of %s, whose routine is %ps, would wait for ever\n",
			  (void *)_RET_IP_, __func__, dev->name, slot_of(dev)->routine);
		return -EDEADLK;
	}
	if (!in_walk())
		iotimer_wait_routine(dev);
	return 0;
}
EXPORT_SYMBOL_GPL(iotimer_stop_sync);

bool iotimer_is_started(struct iotimer_device *dev)
{
	return dev->page && test_bit(dev->slot, dev->page->started);
}

iotimer_routine_t iotimer_routine(struct iotimer_device *dev)
{
	return dev->page ? slot_of(dev)->routine : NULL;
}

void *iotimer_context(struct iotimer_device *dev)
{
	return dev->page ? slot_of(dev)->context : NULL;
}

u32 iotimer_ticks(struct iotimer_device *dev)
{
	return dev->page ? READ_ONCE(dev->page->ticks[dev->slot]) : 0;
}

unsigned int iotimer_missed(struct iotimer_device *dev)
{
	unsigned int missed;
	unsigned long flags;

	if (!dev->page)
		return 0;
	raw_spin_lock_irqsave(&dev->page->lock, flags);
	missed = dev->missed;
	if (iotimer_is_started(dev))
		missed += READ_ONCE(tick.info.missed) - dev->missed_from;
	raw_spin_unlock_irqrestore(&dev->page->lock, flags);
	return missed;
}

static struct iotimer_page *page_create(void)
{
	struct iotimer_page *page = kzalloc(sizeof(*page), GFP_KERNEL);
	int ret;

	if (!page)
		return NULL;
	raw_spin_lock_init(&page->lock);
	ret = xa_alloc(&pages, &page->index, page, xa_limit_32b, GFP_KERNEL);
	if (ret) {
		kfree(page);
		return NULL;
	}
	list_add(&page->free, &partial_pages);
	return page;
}

/* Gives the device a slot. Under iotimer_mutex. */
int iotimer_slot_get(struct iotimer_device *dev, iotimer_routine_t routine,
		     void *context)
{
	struct iotimer_page *page;

	lockdep_assert_held(&iotimer_mutex);
	page = list_first_entry_or_null(&partial_pages, struct iotimer_page, free);
	if (!page)
		page = page_create();
	if (!page)
		return -ENOMEM;
	dev->slot = find_first_zero_bit(page->used, IOTIMER_SLOTS);
	__set_bit(dev->slot, page->used);
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_del_init(&page->free);
	page->ticks[dev->slot] = 0;
	page->slot[dev->slot] = (struct iotimer_slot){ routine, context, dev };
	/* Pairs with the acquire in start and stop, which read dev->slot. */
	smp_store_release(&dev->page, page);
	return 0;
}

/* Takes the slot of a timer that is stopped and waited for. */
void iotimer_slot_put(struct iotimer_device *dev)
{
	struct iotimer_page *page = dev->page;

	lockdep_assert_held(&iotimer_mutex);
	if (!page)
		return;
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_add(&page->free, &partial_pages);
	__clear_bit(dev->slot, page->used);
	if (!bitmap_empty(page->used, IOTIMER_SLOTS))
		return;
	list_del(&page->free);
	xa_erase(&pages, page->index);
	kfree_rcu(page, rcu);
}

unsigned int iotimer_nr_started(void)
{
	struct iotimer_page *page;
	unsigned int nr = 0;
	unsigned long index;

	lockdep_assert_held(&iotimer_mutex);
	xa_for_each(&pages, index, page)
		nr += READ_ONCE(page->nr_started);
	return nr;
}

unsigned int iotimer_tick_period(void)
{
	return tick.period;
}

void iotimer_tick_info(struct iotimer_tick_info *info)
{
	raw_spin_lock_irq(&tick.lock);
	*info = tick.info;
	/* Not pending while it runs, which it does only to be armed again. */
	info->armed = tick.pages_started || timer_pending(&tick.timer);
	raw_spin_unlock_irq(&tick.lock);
}

int iotimer_tick_init(void)
{
	unsigned int i;

	tick.period = msecs_to_jiffies(iotimer_period_ms);
	for (i = 0; i < ARRAY_SIZE(tick.expiry_lock); i++)
		spin_lock_init(&tick.expiry_lock[i]);
	return 0;
}

/* No device is left, so that nothing is started and nothing arms the timer. */
void iotimer_tick_exit(void)
{
	timer_shutdown_sync(&tick.timer);
	WARN_ON(!xa_empty(&pages));
}
