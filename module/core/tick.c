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
 * anything; stopped slots cost a fraction of an instruction each.
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
 * next chunk runs from the next jiffy (T15). Looking at the clock and at what a
 * routine has left behind costs several times what a brief routine does. So a
 * page is walked in one of two ways:
 *
 *	carefully	after each call the clock is read, and the preempt count
 *			and the interrupt state are checked (T11)
 *	quickly		both once, at the end of the page
 *
 * A page is known to be cheap, and walked quickly, after a careful walk through
 * all of it took less than a quarter of the budget and until one of its timers
 * is started, a quick walk takes longer, a routine in it misbehaves, or a jiffy
 * goes by meanwhile, which is looked at after every fourth call. No quick walk
 * begins in the last quarter of a chunk. So a chunk exceeds its budget by no
 * more than the routine that uses it up, unless some that were cheap in earlier
 * passes are not any more: that is noticed within a jiffy and four calls.
 *
 * Statistics, tracepoints and ticks to be counted as missed need each call, and
 * PREEMPT_RT the moment between two: all of them walk carefully.
 */
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>

#include "core.h"
#include "tick.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static void tick_fn(struct timer_list *unused);

struct iotimer_walk iotimer_walk;

/* The letters are those of core.h; L is the tick's own lock. */
static struct {
	raw_spinlock_t		lock;
	struct timer_list	timer;		/* L armed while pages_started */
	unsigned int		pages_started;	/* L pages with a started timer */
	unsigned int		period;		/* jiffies, fixed at load */
	unsigned long		deadline;	/* L of the next pass */
	bool			in_pass;	/* L the next chunk continues a pass */
	bool			missing;	/* W this pass counts missed ticks */
	s64			slept_ms;	/* L in suspend, up to the last pass */
	u64			late;		/* W ns, of this pass */
	u64			pass_start;	/* W */
	unsigned long		next_page;	/* W where the next chunk begins */
	unsigned int		next_slot;	/* W */
	struct iotimer_tick_state info;		/* L; missed: read by anybody */
} tick = {
	.lock		= __RAW_SPIN_LOCK_UNLOCKED(tick.lock),
	.timer		= __TIMER_INITIALIZER(tick_fn, 0),
};

static s64 tick_suspended_ms(void)
{
	return ktime_to_ms(ktime_mono_to_any(0, TK_OFFS_BOOT));
}

/* The first page with a started timer arms the tick, the last one disarms it. */
static void tick_get(void)
{
	lockdep_assert_held(&tick.lock);
	if (!tick.pages_started++) {
		tick.deadline = jiffies + tick.period;
		tick.slept_ms = tick_suspended_ms();
		mod_timer(&tick.timer, tick.deadline - 1);
	}
}

static void tick_put(void)
{
	lockdep_assert_held(&tick.lock);
	if (!--tick.pages_started) {
		timer_delete(&tick.timer);
		tick.in_pass = false;
	}
}

/*
 * page->nr_started is never below the number of timers started in the page, and
 * is 0 only under the lock: whoever finds it above finds the tick armed.
 */
void iotimer_tick_get_page(struct iotimer_page *page)
{
	unsigned long flags;

	if (atomic_inc_not_zero(&page->nr_started))
		return;
	raw_spin_lock_irqsave(&tick.lock, flags);
	if (atomic_inc_return(&page->nr_started) == 1)
		tick_get();
	raw_spin_unlock_irqrestore(&tick.lock, flags);
}

void iotimer_tick_put_page(struct iotimer_page *page)
{
	unsigned long flags;

	if (atomic_add_unless(&page->nr_started, -1, 1))
		return;
	raw_spin_lock_irqsave(&tick.lock, flags);
	if (atomic_dec_and_test(&page->nr_started))
		tick_put();
	raw_spin_unlock_irqrestore(&tick.lock, flags);
}

/* Missed ticks of this pass: the tick was late, or the machine slept. */
static unsigned int tick_missed(unsigned long late)
{
	s64 slept_ms = tick_suspended_ms() - tick.slept_ms;
	unsigned int missed = late / tick.period;
	u64 slept = div_u64(slept_ms, iotimer_period_ms);

	tick.slept_ms += slept * iotimer_period_ms;
	return missed + slept;
}

/*
 * Goes on with a pass or begins the next one. False when nothing is due: after
 * this tick had gone off all timers were stopped, and perhaps one started.
 */
static bool tick_begin(void)
{
	unsigned int missed;
	unsigned long late;
	bool due = true;

	raw_spin_lock_irq(&tick.lock);
	late = jiffies - tick.deadline;
	if (!tick.pages_started || (!tick.in_pass && (long)late < 0)) {
		due = false;
	} else if (!tick.in_pass) {
		missed = tick_missed(late);
		WRITE_ONCE(tick.info.missed, tick.info.missed + missed);
		tick.missing = missed;
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

/*
 * Ticks missed since the start, or since this was counted last. The walk alone
 * counts; start begins anew where nothing is walked.
 */
static void tick_count_missed(struct iotimer_device *dev)
{
	unsigned int missed = tick.info.missed - READ_ONCE(iotimer_private(dev)->missed_from);

	WRITE_ONCE(iotimer_private(dev)->missed, iotimer_private(dev)->missed + missed);
	WRITE_ONCE(iotimer_private(dev)->missed_from, tick.info.missed);
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

/* One softirq run. */
struct chunk {
	u64			start;
	u64			looked;		/* at the clock, last */
	u64			budget;		/* ns */
	unsigned long		jiffies;	/* then */
	bool			over;		/* the budget is used up */
	bool			careful;	/* each call is to be seen */
	int			preempt_count;	/* as routines are to leave it */
};

static bool tick_observed(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) || tick.missing ||
	       static_branch_unlikely(&iotimer_stats_key) ||
	       trace_iotimer_routine_entry_enabled() ||
	       trace_iotimer_routine_exit_enabled();
}

static void chunk_begin(struct chunk *c)
{
	c->start = local_clock();
	c->looked = c->start;
	c->budget = (u64)READ_ONCE(iotimer_budget_us) * NSEC_PER_USEC;
	c->jiffies = jiffies;
	c->over = false;
	c->careful = tick_observed();
	c->preempt_count = preempt_count();
}

/* Returns how long it has been since the last look. */
static u64 chunk_look(struct chunk *c)
{
	u64 now = local_clock(), took = now - c->looked;

	c->looked = now;
	c->jiffies = jiffies;
	c->over = now - c->start >= c->budget;
	return took;
}

static __always_inline bool tick_misbehaved(const struct chunk *c)
{
	return unlikely(preempt_count() != c->preempt_count || irqs_disabled());
}

/*
 * T11: goes on as if the routine had behaved, and says which did not: that of
 * @dev, or, after a quick walk, one of several. From now on each call in this
 * page is watched.
 */
static noinline void tick_repair(struct iotimer_page *page, const struct chunk *c,
			    struct iotimer_device *dev)
{
	int found = preempt_count();
	bool off = irqs_disabled();

	WRITE_ONCE(page->suspect, true);
	preempt_count_set(c->preempt_count);
	if (off)
		local_irq_enable();
	WARN_ONCE(1, "iotimer: routine %ps%s%s returned with preempt count %x, not %x, interrupts %s\n",
		  dev ? iotimer_routine(dev) : iotimer_slot_routine(iotimer_walk.running),
		  dev ? " of " : ", or one called shortly before it,",
		  dev ? dev->name : "",
		  found, c->preempt_count, off ? "off" : "on");
}

/*
 * A full barrier on both sides: all that the routine before did comes first, for
 * whoever waits for that and now goes on. smp_store_mb() has one side only. An
 * xchg() is as cheap, but not without SMP, where nothing is needed.
 */
static __always_inline void tick_set_running(struct iotimer_slot *slot)
{
	if (IS_ENABLED(CONFIG_SMP)) {
		xchg(&iotimer_walk.running, slot);
	} else {
		/* For the compiler alone: as above. */
		smp_store_release(&iotimer_walk.running, slot);
		smp_mb();	/* [A] */
	}
}

/* The slot's device if its timer is started: then its routine may be called. */
static __always_inline struct iotimer_device *tick_slot_enter(struct iotimer_slot *slot)
{
	struct iotimer_device *dev;

	tick_set_running(slot);	/* [A] pairs with [B] */
	/* Pairs with the cmpxchg in start: routine and context after this. */
	dev = smp_load_acquire(&slot->dev);
	return dev > IOTIMER_DELETED ? dev : NULL;
}

static __always_inline void tick_slot_call(struct iotimer_slot *slot, u32 *ticks,
				      struct iotimer_device *dev)
{
	/* The walk alone counts; a reader may miss the last one. */
	data_race((*ticks)++);
	lock_map_acquire(&iotimer_private(dev)->lockdep_map);
	slot->routine(dev, slot->context);
	lock_map_release(&iotimer_private(dev)->lockdep_map);
}

/* The slot that was entered has no device. */
static noinline void tick_slot_unmark(struct iotimer_page *page)
{
	struct iotimer_slot *slot = iotimer_walk.running;

	clear_bit(slot - page->slot, page->marked);
	smp_mb__after_atomic();		/* [D] pairs with [C] */
	if (READ_ONCE(slot->dev) > IOTIMER_DELETED)
		set_bit(slot - page->slot, page->marked);
}

static __always_inline
void tick_visit_quickly(struct iotimer_page *page, struct iotimer_slot *slot, u32 *ticks)
{
	struct iotimer_device *dev = tick_slot_enter(slot);

	if (likely(dev))
		tick_slot_call(slot, ticks, dev);
	else
		tick_slot_unmark(page);
}

/*
 * Calls neighbours, all of whom are thought to be started, until a jiffy has
 * gone by. Returns the slot to go on with. The loop and the look at jiffies cost
 * half as much as all else that is done for a call: four calls share them.
 */
static __always_inline
struct iotimer_slot *tick_walk_run(struct iotimer_page *page, unsigned long begin,
			      unsigned long end, unsigned long now)
{
	struct iotimer_slot *slot = &page->slot[begin], *stop = &page->slot[end];
	u32 *ticks = &page->ticks[begin];

	for (; slot + 3 < stop; slot += 4, ticks += 4) {
		tick_visit_quickly(page, slot, ticks);
		tick_visit_quickly(page, slot + 1, ticks + 1);
		tick_visit_quickly(page, slot + 2, ticks + 2);
		tick_visit_quickly(page, slot + 3, ticks + 3);
		if (unlikely(jiffies - now))	/* it is another jiffy */
			return slot + 4;
	}
	for (; slot < stop; slot++, ticks++)
		tick_visit_quickly(page, slot, ticks);
	return stop;
}

/* Returns the slot to go on with, IOTIMER_SLOTS unless a jiffy has gone by. */
static noinline unsigned int tick_walk_quickly(struct iotimer_page *page,
					  const struct chunk *c)
{
	unsigned long begin, end;
	struct iotimer_slot *next;

	for_each_set_bitrange(begin, end, page->marked, IOTIMER_SLOTS) {
		next = tick_walk_run(page, begin, end, c->jiffies);
		if (next != &page->slot[end])
			return next - page->slot;
	}
	return IOTIMER_SLOTS;
}

/* How long a call took is counted from the look before it: one look a call. */
static void tick_call_observed(struct chunk *c, struct iotimer_slot *slot, u32 *ticks,
			  struct iotimer_device *dev)
{
	u64 ran;

	if (tick.missing)
		tick_count_missed(dev);
	trace_iotimer_routine_entry(dev);
	tick_slot_call(slot, ticks, dev);
	ran = chunk_look(c);
	trace_iotimer_routine_exit(dev);
	if (static_branch_unlikely(&iotimer_stats_key))
		iotimer_stats_account(dev, tick.late + (c->looked - ran - tick.pass_start), ran);
}

static void tick_slot_lock(struct iotimer_slot *slot)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_lock(slot->lock);
}

/* While running tells the slot its lock is held: a waiter goes round once. */
static void tick_slot_unlock(struct iotimer_slot *slot)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	/* All that the routine did, before a waiter goes on. */
	smp_store_release(&iotimer_walk.running, NULL);
	spin_unlock(slot->lock);
}

static void tick_visit(struct iotimer_page *page, unsigned long i, struct chunk *c)
{
	struct iotimer_slot *slot = &page->slot[i];
	struct iotimer_device *dev;

	tick_slot_lock(slot);
	dev = tick_slot_enter(slot);
	if (dev) {
		tick_call_observed(c, slot, &page->ticks[i], dev);
		if (tick_misbehaved(c))
			tick_repair(page, c, dev);
	} else {
		tick_slot_unmark(page);
	}
	tick_slot_unlock(slot);
}

/* Returns the slot to go on with, IOTIMER_SLOTS if none is left. */
static unsigned int tick_walk_carefully(struct iotimer_page *page, unsigned long i,
				   struct chunk *c)
{
	unsigned long end;

	for_each_set_bitrange_from(i, end, page->marked, IOTIMER_SLOTS) {
		for (; i < end; i++) {
			tick_visit(page, i, c);
			if (c->over)
				return find_next_bit(page->marked, IOTIMER_SLOTS, i + 1);
		}
	}
	return IOTIMER_SLOTS;
}

/*
 * Learns whether the page is cheap. A start takes that back, also one that comes
 * while we are at it: see there.
 */
static unsigned int tick_walk_learning(struct iotimer_page *page, unsigned int first,
				  struct chunk *c)
{
	u64 start = c->looked;
	unsigned int next;

	/* Before the marks are looked at; pairs with the barriers in start. */
	smp_store_mb(page->cheap, !first && !page->suspect);
	next = tick_walk_carefully(page, first, c);
	if (page->suspect || next < IOTIMER_SLOTS || c->looked - start >= c->budget / 4)
		WRITE_ONCE(page->cheap, false);
	return next;
}

static unsigned int tick_walk_page(struct iotimer_page *page, unsigned int first,
			      struct chunk *c)
{
	if (!first && READ_ONCE(page->cheap) && !c->careful) {
		if (c->looked - c->start > c->budget - c->budget / 4)
			return 0;
		first = tick_walk_quickly(page, c);
		if (tick_misbehaved(c))
			tick_repair(page, c, NULL);
		if (chunk_look(c) >= c->budget / 4 || page->suspect)
			WRITE_ONCE(page->cheap, false);
		if (c->over)
			first = find_next_bit(page->marked, IOTIMER_SLOTS, first);
	}
	if (first == IOTIMER_SLOTS || c->over)
		return first;
	return tick_walk_learning(page, first, c);
}

/* One chunk; true when the pass is over. Nothing left needs no further chunk. */
static bool tick_walk(struct chunk *c)
{
	XA_STATE(xas, &iotimer_pages, tick.next_page);
	struct iotimer_page *page;
	unsigned int next;

	xas_for_each(&xas, page, ULONG_MAX) {
		if (xas_retry(&xas, page))
			continue;
		next = xas.xa_index == tick.next_page ? tick.next_slot : 0;
		if (!atomic_read(&page->nr_started))
			next = IOTIMER_SLOTS;
		else if (!c->over)
			next = tick_walk_page(page, next, c);
		if (next < IOTIMER_SLOTS) {
			tick.next_page = xas.xa_index;
			tick.next_slot = next;
			return false;
		}
	}
	return true;
}

/* Returns how long it took in ns, at least 1. */
static u64 tick_walk_chunk(bool *done)
{
	struct chunk c;

	chunk_begin(&c);
	rcu_read_lock();
	c.preempt_count = preempt_count();
	WRITE_ONCE(iotimer_walk.task, current);
	*done = tick_walk(&c);
	WRITE_ONCE(iotimer_walk.task, NULL);
	/* All that the routine did, before a waiter goes on. */
	smp_store_release(&iotimer_walk.running, NULL);
	rcu_read_unlock();
	return max(local_clock() - c.start, 1ULL);
}

static void tick_fn(struct timer_list *unused)
{
	bool done = true;
	u64 ran = 0;

	if (tick_begin()) {
		trace_iotimer_tick_entry(tick.late);
		ran = tick_walk_chunk(&done);
		trace_iotimer_tick_exit(done);
	}
	tick_end(done, ran);
}

unsigned int iotimer_tick_missed(void)
{
	return READ_ONCE(tick.info.missed);
}

unsigned int iotimer_tick_period(void)
{
	return tick.period;
}

void iotimer_tick_info(struct iotimer_tick_state *state)
{
	raw_spin_lock_irq(&tick.lock);
	*state = tick.info;
	/* Not pending while it runs, which it does only to be armed again. */
	state->armed = tick.pages_started || timer_pending(&tick.timer);
	raw_spin_unlock_irq(&tick.lock);
}

int iotimer_tick_init(void)
{
	tick.period = msecs_to_jiffies(iotimer_period_ms);
	return 0;
}

/* No device is left, so that nothing is started and nothing arms the timer. */
void iotimer_tick_exit(void)
{
	timer_shutdown_sync(&tick.timer);
	WARN_ON(!xa_empty(&iotimer_pages));
}
