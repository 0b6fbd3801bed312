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
 * delete, so start and stop never allocate, never fail for lack of memory and
 * never move anything; a stopped slot costs a fraction of an instruction.
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
 * With the default period a tick is thus up to 8 (HZ=250) or 64 (HZ=1000)
 * jiffies late. The model allows that ("about once per second"), and avoiding it
 * is not worth a second wake-up. An expiry E fires at the first multiple of the
 * granularity strictly after E, so the timer is armed for deadline - 1, which is
 * exact whenever the deadline itself is a multiple. round_jiffies() would share
 * wake-ups with the kernel's own second timers, but it may round up by most of a
 * second, and T8 allows no first call after a period.
 *
 * A tick that comes a whole period late or more counts the ticks that were
 * missed and does not make up for them (T14). Time asleep is counted in the same
 * way when the machine resumes, because jiffies do not advance in a suspend. A
 * device's share is the difference between two readings of that count, one at
 * its start and one at its stop, so a pass need not visit anything to count.
 *
 * Chunks
 * ------
 * A pass over all started timers is cut into chunks with a time budget, and the
 * next chunk runs from the next jiffy (T15). Looking at the clock and at what a
 * routine has left behind costs several times what a brief routine does. A page
 * is therefore walked in one of two ways:
 *
 *	carefully	after each call the clock is read, and the preempt count
 *			and the interrupt state are checked (T11)
 *	quickly		both only after CHUNK_CALLS calls
 *
 * A page counts as cheap, and is walked quickly, after a careful walk through
 * all of it in which no CHUNK_CALLS calls took a quarter of the budget. It stops
 * being cheap when one of its timers is started, when that many calls take a
 * quarter of the budget, or when a routine in it misbehaves. The walker knows
 * how long CHUNK_CALLS calls of the page took at most the last time, and walks
 * carefully when the chunk has less than twice this time left. A chunk therefore exceeds its
 * budget by at most the routine that uses it up, unless routines turn slow that
 * were brief in earlier passes: the walker notices that within CHUNK_CALLS calls.
 *
 * The clock is the timekeeper's. jiffies stand still while a softirq runs on an
 * idle NO_HZ machine, and so does local_clock(), beyond a jiffy, where the
 * processor's counter is not trusted.
 *
 * Statistics and tracepoints need each call, and PREEMPT_RT the moment between
 * two: all of them walk carefully. Where the processor's cycle counter agrees with
 * the clock it is read in place of the clock (cycles.c), and a page is walked in a
 * loop of its own (tick_walk_measured()) while nothing but statistics is wanted.
 */
#include <linux/kernel_stat.h>
#include <linux/math64.h>
#include <linux/preempt.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched/isolation.h>
#include <linux/timekeeping.h>

#include "core.h"
#include "cycles.h"
#include "stats.h"
#include "tick.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Quick calls between two looks at the clock, and what an idle page counts for. */
#define CHUNK_CALLS	32
#define IDLE_PAGE_CALLS	4

/*
 * Calls that are timed by the cycle counter between two comparisons with the clock,
 * from which it may have come apart by one in so many parts, and by so many ns.
 */
#define COMPARE_CALLS	64
#define CLOCKS_APART	8
#define CLOCKS_APART_NS	1000

/* iotimer_page.quick_ns until the walker knows better */
#define QUICK_LEARNING	U32_MAX

static void tick_fn(struct timer_list *unused);

struct iotimer_walk iotimer_walk;

struct iotimer_tick iotimer_tick = {
	.lock		= __RAW_SPIN_LOCK_UNLOCKED(iotimer_tick.lock),
	.timer		= __TIMER_INITIALIZER(tick_fn, 0),
};

/*
 * On a CPU that is isolated from the kernel's own timers (nohz_full) the first
 * start arms the tick elsewhere; a tick that is armed stays on its CPU. While the
 * walker is in a chunk the timer stays where it is running, because only that
 * keeps two passes from running at once (T9).
 */
static void tick_arm_first(void)
{
	iotimer_tick.timer.expires = iotimer_tick.deadline - 1;
	if (READ_ONCE(iotimer_walk.task) ||
	    housekeeping_test_cpu(raw_smp_processor_id(), HK_TYPE_TIMER))
		mod_timer(&iotimer_tick.timer, iotimer_tick.timer.expires);
	else
		add_timer_on(&iotimer_tick.timer, housekeeping_any_cpu(HK_TYPE_TIMER));
}

/* A start that sees a new deadline also sees the ticks missed before it. */
static void tick_set_deadline(unsigned long deadline)
{
	iotimer_tick.deadline = deadline;
	smp_wmb();	/* pairs with the smp_rmb() in iotimer_tick_missed() */
	WRITE_ONCE(iotimer_tick.overdue, deadline + iotimer_tick.period);
}

/* The first page with a started timer arms the tick, the last one disarms it. */
static void tick_get(void)
{
	lockdep_assert_held(&iotimer_tick.lock);
	if (iotimer_tick.pages_started++)
		return;
	tick_set_deadline(jiffies + iotimer_tick.period);
	iotimer_tick.slept_ns = 0;
	tick_arm_first();
}

/* The new era tells a chunk that is still running not to continue its pass. */
static void tick_put(void)
{
	lockdep_assert_held(&iotimer_tick.lock);
	if (--iotimer_tick.pages_started)
		return;
	timer_delete(&iotimer_tick.timer);
	iotimer_tick.in_pass = false;
	iotimer_tick.era++;
}

void iotimer_tick_get_page(struct iotimer_page *page)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&iotimer_tick.lock, flags);
	if (atomic_inc_return(&page->nr_started) == 1)
		tick_get();
	raw_spin_unlock_irqrestore(&iotimer_tick.lock, flags);
}

void iotimer_tick_put_page(struct iotimer_page *page)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&iotimer_tick.lock, flags);
	if (atomic_dec_and_test(&page->nr_started))
		tick_put();
	raw_spin_unlock_irqrestore(&iotimer_tick.lock, flags);
}

/* Whole periods that the next pass is late; a division only where there are any. */
static unsigned int tick_overdue(void)
{
	long late = jiffies - iotimer_tick.deadline;

	lockdep_assert_held(&iotimer_tick.lock);
	return late < (long)iotimer_tick.period ? 0 : late / iotimer_tick.period;
}

unsigned int iotimer_tick_missed_overdue(void)
{
	unsigned int missed;
	unsigned long flags;

	raw_spin_lock_irqsave(&iotimer_tick.lock, flags);
	missed = iotimer_tick.missed;
	/* In the middle of a pass the deadline is the next one's. */
	if (iotimer_tick.pages_started)
		missed += tick_overdue();
	raw_spin_unlock_irqrestore(&iotimer_tick.lock, flags);
	return missed;
}

/*
 * The machine has slept for @ns, of which jiffies saw nothing (T14). A rest that
 * is less than a period is kept for the next time. Before any driver's device
 * resumes: a timer that is started from then on has missed nothing.
 */
void iotimer_tick_slept(u64 ns)
{
	u64 period = jiffies_to_nsecs(iotimer_tick.period);
	unsigned long flags;
	u64 missed;

	raw_spin_lock_irqsave(&iotimer_tick.lock, flags);
	if (iotimer_tick.pages_started) {
		missed = div64_u64_rem(iotimer_tick.slept_ns + ns, period, &iotimer_tick.slept_ns);
		WRITE_ONCE(iotimer_tick.missed, iotimer_tick.missed + missed);
	}
	raw_spin_unlock_irqrestore(&iotimer_tick.lock, flags);
}

static u64 tick_clock(void)
{
	return ktime_get_mono_fast_ns();
}

/* One softirq run. */
struct chunk {
	u64			start;
	u64			looked;		/* at the clock, last */
	u64			end;		/* when the budget is used up */
	u32			cheap_ns;	/* that CHUNK_CALLS quick calls may take */
	unsigned int		calls;		/* quick ones left until the next look */
	unsigned int		era;
	bool			done;		/* no pass is left to continue */
	bool			careful;	/* each call has to be seen */
	int			preempt_count;	/* that routines must leave */
	u64			rate;		/* of the cycle counter, 0: not to be used */
	bool			measured;	/* each call has to be timed, and no more */
	u64			cycles;		/* the counter at the last look */
	u64			compared;	/* with the clock, last */
	struct iotimer_stats_chunk stats;
	u64			window;		/* start of up to CHUNK_CALLS careful calls */
	unsigned int		window_calls;
	u32			window_most;	/* ns, that such a window took at most */
};

static bool tick_traced(void)
{
	return trace_iotimer_routine_entry_enabled() || trace_iotimer_routine_exit_enabled();
}

static bool tick_observed(void)
{
	return IS_ENABLED(CONFIG_PREEMPT_RT) ||
	       static_branch_unlikely(&iotimer_stats_key) || tick_traced();
}

static void chunk_begin_cycles(struct chunk *c)
{
	c->measured = !IS_ENABLED(CONFIG_PREEMPT_RT) && !tick_traced();
	c->rate = iotimer_cycles_rate(c->start);
	c->looked = max(tick_clock(), c->start);
	c->compared = c->looked;
	c->cycles = get_cycles();
}

static void chunk_begin(struct chunk *c)
{
	u64 budget;

	c->start = tick_clock();
	c->looked = c->start;
	budget = (u64)READ_ONCE(iotimer_budget_us) * NSEC_PER_USEC;
	c->end = c->start + budget;
	c->cheap_ns = min_t(u64, budget / 4, QUICK_LEARNING - 1);
	c->calls = CHUNK_CALLS;
	c->careful = tick_observed();
	c->rate = 0;
	if (unlikely(c->careful))
		chunk_begin_cycles(c);
	c->window = c->start;
	c->window_calls = 0;
	c->window_most = 0;
}

/* Returns the time since the last look; the clock may step back by a little. */
static u64 chunk_look(struct chunk *c)
{
	u64 now = max(tick_clock(), c->looked), took = now - c->looked;

	c->looked = now;
	c->calls = CHUNK_CALLS;
	return took;
}

/* As chunk_look(), after each careful call, and cheaper where the cycle counter can be used. */
static __always_inline u64 chunk_look_carefully(struct chunk *c)
{
	u64 took;

	if (!c->rate)
		return chunk_look(c);
	took = iotimer_cycles_since(&c->cycles, c->rate);
	c->looked += took;
	return took;
}

/* Both clocks have been read in this order before, so that their readings take the same. */
static void chunk_compare_clocks(struct chunk *c)
{
	u64 now = tick_clock();
	u64 counted = c->looked + iotimer_cycles_since(&c->cycles, c->rate);
	u64 apart = max(now, counted) - min(now, counted);

	if (unlikely(apart > (counted - c->compared) / CLOCKS_APART + CLOCKS_APART_NS)) {
		iotimer_cycles_distrust();
		c->rate = 0;
	}
	c->looked = max(now, c->looked);
	c->compared = c->looked;
	c->calls = COMPARE_CALLS;
}

/* The time by the clock */
static void chunk_look_at_clock(struct chunk *c)
{
	if (c->rate)
		chunk_compare_clocks(c);
	else
		chunk_look(c);
}

/* Is the budget used up? */
static bool chunk_is_over(const struct chunk *c)
{
	return c->looked >= c->end;
}

/* Is twice as much time left as quick calls of a page have needed at most? */
static bool chunk_has_room(const struct chunk *c, u32 quick_ns)
{
	return c->looked + 2 * (u64)quick_ns <= c->end;
}

static void chunk_begin_window(struct chunk *c)
{
	c->window = c->looked;
	c->window_calls = 0;
}

static void chunk_end_window(struct chunk *c)
{
	u64 took;

	if (c->rate)
		chunk_compare_clocks(c);
	took = c->looked - c->window;
	c->window_most = max_t(u64, c->window_most, min_t(u64, took, QUICK_LEARNING - 1));
	chunk_begin_window(c);
}

static void tick_begin_pass(struct chunk *c)
{
	unsigned int missed = tick_overdue();

	iotimer_tick.late = (u64)(jiffies - iotimer_tick.deadline) * TICK_NSEC;
	iotimer_tick.due = c->start - iotimer_tick.late;
	iotimer_tick.next_page = 0;
	iotimer_tick.next_slot = 0;
	WRITE_ONCE(iotimer_tick.missed, iotimer_tick.missed + missed);
	tick_set_deadline(iotimer_tick.deadline +
			  (missed + 1) * (unsigned long)iotimer_tick.period);
	iotimer_tick.state.passes++;
	iotimer_tick.state.late_last_ns = iotimer_tick.late;
	iotimer_tick.state.late_max_ns = max(iotimer_tick.state.late_max_ns, iotimer_tick.late);
	iotimer_tick.in_pass = true;
}

/*
 * Has this softirq run had a chunk already? A jiffy that goes by between the end
 * of a chunk and the kernel's next look at the timer wheel fires the timer in the
 * same run, which must not exceed the budget (T15).
 */
static bool tick_same_run(void)
{
	int cpu = smp_processor_id();
	unsigned int run = kstat_softirqs_cpu(TIMER_SOFTIRQ, cpu);
	bool same = run == iotimer_tick.run && cpu == iotimer_tick.run_cpu;

	iotimer_tick.run = run;
	iotimer_tick.run_cpu = cpu;
	return same;
}

/*
 * Continue a pass or begin the next one. Nothing is due if all timers were
 * stopped after the tick had fired, and perhaps one was started since.
 */
static bool tick_begin(struct chunk *c)
{
	bool due;

	raw_spin_lock_irq(&iotimer_tick.lock);
	c->era = iotimer_tick.era;
	due = iotimer_tick.pages_started &&
	      (iotimer_tick.in_pass || time_after_eq(jiffies, iotimer_tick.deadline)) &&
	      !tick_same_run();
	c->done = !iotimer_tick.in_pass;
	if (due && !iotimer_tick.in_pass)
		tick_begin_pass(c);
	if (due)
		WRITE_ONCE(iotimer_walk.task, current);
	raw_spin_unlock_irq(&iotimer_tick.lock);
	return due;
}

/*
 * Work that is due already, the rest of a pass or the next one, waits for the
 * next jiffy: with an expiry in the past, the loop that expires timers would
 * begin it at once, and routines that take longer than a period would keep
 * everything else off their CPU for good.
 */
static void tick_arm(bool done)
{
	unsigned long now = jiffies, next = iotimer_tick.deadline - 1;

	iotimer_tick.in_pass = !done;
	mod_timer(&iotimer_tick.timer, done && time_after(next, now) ? next : now);
}

/* In a new era the tick is disarmed, or a start has armed it for its own pass. */
static void tick_end(const struct chunk *c, u64 ran)
{
	raw_spin_lock_irq(&iotimer_tick.lock);
	iotimer_tick.state.chunks += !!ran;
	iotimer_tick.state.longest_chunk_ns = max(iotimer_tick.state.longest_chunk_ns, ran);
	if (c->era == iotimer_tick.era && iotimer_tick.pages_started)
		tick_arm(c->done);
	raw_spin_unlock_irq(&iotimer_tick.lock);
}

static __always_inline bool tick_misbehaved(const struct chunk *c)
{
	return unlikely(preempt_count() != c->preempt_count || irqs_disabled());
}

/*
 * T11: restore the expected context, report the offender once, and watch each
 * call in this page from now on. After quick calls the offender is not known:
 * @dev is NULL then, and the next misdeed of the same routine names it. The
 * limit is for a hundred thousand devices with one routine; a device that it
 * silences is reported at its next misdeed.
 */
static noinline void tick_repair(struct iotimer_page *page, const struct chunk *c,
				 struct iotimer_device *dev)
{
	static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	const char *irqs = irqs_disabled() ? "off" : "on";
	int found = preempt_count();

	preempt_count_set(c->preempt_count);
	if (irqs_disabled())
		local_irq_enable();
	WRITE_ONCE(page->suspect, true);
	WRITE_ONCE(page->quick_ns, 0);
	if (!dev) {
		pr_warn_ratelimited("iotimer: one of the last %u routines returned with preempt count %x, not %x, interrupts %s\n",
				    CHUNK_CALLS, found, c->preempt_count, irqs);
		return;
	}
	if (iotimer_private(dev)->reported || !__ratelimit(&limit))
		return;
	iotimer_private(dev)->reported = true;
	WARN(1, "iotimer: routine %ps of %s returned with preempt count %x, not %x, interrupts %s\n",
	     iotimer_routine(dev), dev->name, found, c->preempt_count, irqs);
}

/*
 * A full barrier on both sides: all that the routine before did is ordered
 * before the store, for a waiter that sees it. smp_store_mb() has one side only.
 * An xchg() is as cheap, but not without SMP, where the compiler is all there is
 * to order.
 */
static __always_inline void tick_set_running(struct iotimer_slot *slot)
{
	if (IS_ENABLED(CONFIG_SMP)) {
		xchg(&iotimer_walk.running, slot);
	} else {
		smp_store_release(&iotimer_walk.running, slot);	/* as above */
		smp_mb();	/* [A] */
	}
}

/* The slot's device if its timer is started: then its routine may be called. */
static __always_inline struct iotimer_device *tick_slot_enter(struct iotimer_slot *slot)
{
	struct iotimer_device *dev;

	tick_set_running(slot);	/* [A] pairs with [B] */
	/* Pairs with the cmpxchg() in start: routine and context after this. */
	dev = smp_load_acquire(&slot->dev);
	return dev > IOTIMER_DELETED ? dev : NULL;
}

static __always_inline void tick_slot_call(struct iotimer_slot *slot, u32 *ticks,
					   struct iotimer_device *dev)
{
	/* Only the walker counts; a reader may miss the last one. */
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

static __always_inline
void tick_visit_four(struct iotimer_page *page, struct iotimer_slot *slot, u32 *ticks)
{
	tick_visit_quickly(page, slot, ticks);
	tick_visit_quickly(page, slot + 1, ticks + 1);
	tick_visit_quickly(page, slot + 2, ticks + 2);
	tick_visit_quickly(page, slot + 3, ticks + 3);
}

/*
 * Visit neighbours that are marked. The loop costs as much as a third of all
 * else that is done for a call, so eight calls share it.
 */
static __always_inline void tick_walk_run(struct iotimer_page *page, unsigned long begin,
					  unsigned long end)
{
	struct iotimer_slot *slot = &page->slot[begin], *stop = &page->slot[end];
	u32 *ticks = &page->ticks[begin];

	for (; slot + 7 < stop; slot += 8, ticks += 8) {
		tick_visit_four(page, slot, ticks);
		tick_visit_four(page, slot + 4, ticks + 4);
	}
	for (; slot < stop; slot++, ticks++)
		tick_visit_quickly(page, slot, ticks);
}

/*
 * After CHUNK_CALLS quick calls: may the quick walk continue? @most_ns is what
 * these calls took at most in this walk.
 */
static bool tick_look_quickly(struct iotimer_page *page, struct chunk *c, u32 *most_ns)
{
	u64 took = chunk_look(c);

	if (tick_misbehaved(c)) {
		tick_repair(page, c, NULL);
		return false;
	}
	if (unlikely(took >= c->cheap_ns)) {
		WRITE_ONCE(page->quick_ns, 0);
		return false;
	}
	*most_ns = max_t(u32, *most_ns, took);
	return READ_ONCE(page->quick_ns) && chunk_has_room(c, *most_ns);
}

/* The first marked slot from @i on; @i may be the end of the page. */
static __always_inline unsigned long tick_next_run(struct iotimer_page *page, unsigned long i)
{
	if (i >= IOTIMER_SLOTS || test_bit(i, page->marked))
		return i;
	return find_next_bit(page->marked, IOTIMER_SLOTS, i);
}

/* In a page whose timers are all started there is nothing to search for. */
static __always_inline unsigned long tick_run_end(struct iotimer_page *page, unsigned long i)
{
	if (atomic_read(&page->nr_started) == IOTIMER_SLOTS)
		return IOTIMER_SLOTS;
	return find_next_zero_bit(page->marked, IOTIMER_SLOTS, i + 1);
}

/* Returns the slot to continue with, IOTIMER_SLOTS if none is left. */
static noinline unsigned int tick_walk_quickly(struct iotimer_page *page, unsigned long begin,
					       struct chunk *c, u32 quick_ns)
{
	unsigned long end, stop;
	u32 most_ns = 0;

	for (begin = tick_next_run(page, begin); begin < IOTIMER_SLOTS;
	     begin = tick_next_run(page, end)) {
		for (end = tick_run_end(page, begin); begin < end; begin = stop) {
			stop = min(end, begin + c->calls);
			tick_walk_run(page, begin, stop);
			c->calls -= stop - begin;
			if (!c->calls && !tick_look_quickly(page, c, &most_ns))
				return find_next_bit(page->marked, IOTIMER_SLOTS, stop);
		}
	}
	if (tick_misbehaved(c))
		tick_repair(page, c, NULL);
	/* Unless a start has come meanwhile; it wants the page walked carefully. */
	if (most_ns)
		cmpxchg_relaxed(&page->quick_ns, quick_ns, most_ns);
	return IOTIMER_SLOTS;
}

/* A call's time is counted from the look before it: one look per call. */
static __always_inline void tick_call_observed(struct chunk *c, struct iotimer_slot *slot,
					       u32 *ticks, struct iotimer_device *dev)
{
	u64 ran;

	iotimer_stats_late(&c->stats, c->looked);
	trace_iotimer_routine_entry(dev);
	tick_slot_call(slot, ticks, dev);
	ran = chunk_look_carefully(c);
	if (++c->window_calls == CHUNK_CALLS)
		chunk_end_window(c);
	trace_iotimer_routine_exit(dev);
	if (static_branch_unlikely(&iotimer_stats_key))
		iotimer_stats_account(dev, &c->stats, ran);
}

static void tick_slot_lock(struct iotimer_slot *slot)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		spin_lock(slot->lock);
}

/*
 * The slot's lock is held whenever `running` points to the slot, so a waiter
 * blocks at most once.
 */
static void tick_slot_unlock(struct iotimer_slot *slot)
{
	if (!IS_ENABLED(CONFIG_PREEMPT_RT))
		return;
	/* All that the routine did is ordered before this, for a waiter. */
	smp_store_release(&iotimer_walk.running, NULL);
	spin_unlock(slot->lock);
}

static __always_inline void tick_visit(struct iotimer_page *page, struct iotimer_slot *slot,
				       u32 *ticks, struct chunk *c)
{
	struct iotimer_device *dev;

	tick_slot_lock(slot);
	dev = tick_slot_enter(slot);
	if (dev) {
		tick_call_observed(c, slot, ticks, dev);
		if (tick_misbehaved(c))
			tick_repair(page, c, dev);
	} else {
		tick_slot_unmark(page);
	}
	tick_slot_unlock(slot);
}

/*
 * Visit neighbours that are marked, until the budget is used up. Returns the slot
 * after the last.
 */
static unsigned long tick_visit_run(struct iotimer_page *page, unsigned long begin,
				    unsigned long end, struct chunk *c)
{
	struct iotimer_slot *slot = &page->slot[begin], *stop = &page->slot[end];
	u32 *ticks = &page->ticks[begin];

	do {
		tick_visit(page, slot++, ticks++, c);
	} while (slot < stop && !chunk_is_over(c));
	return slot - page->slot;
}

/* Returns the slot to continue with, IOTIMER_SLOTS if none is left. */
static unsigned int tick_walk_carefully(struct iotimer_page *page, unsigned long i,
					struct chunk *c)
{
	unsigned long end, next;

	for_each_set_bitrange_from(i, end, page->marked, IOTIMER_SLOTS) {
		next = tick_visit_run(page, i, end, c);
		if (chunk_is_over(c))
			return find_next_bit(page->marked, IOTIMER_SLOTS, next);
	}
	return IOTIMER_SLOTS;
}

/*
 * As tick_visit_run(), while nothing but statistics needs each call: in half of
 * the instructions. Also ends where the bucket of lateness does.
 */
static unsigned long tick_measure_run(struct iotimer_page *page, unsigned long begin,
				      unsigned long end, struct chunk *c)
{
	struct iotimer_slot *slot = &page->slot[begin], *stop = &page->slot[end];
	u64 looked = c->looked, until, took;
	u32 *ticks = &page->ticks[begin];
	struct iotimer_device *dev;

	iotimer_stats_late(&c->stats, looked);
	until = min(c->end, c->stats.late_until);
	do {
		dev = tick_slot_enter(slot);
		if (unlikely(!dev)) {
			tick_slot_unmark(page);
			continue;
		}
		tick_slot_call(slot, ticks, dev);
		took = iotimer_cycles_since(&c->cycles, c->rate);
		looked += took;
		iotimer_stats_account(dev, &c->stats, took);
		if (tick_misbehaved(c))
			tick_repair(page, c, dev);
	} while (ticks++, ++slot < stop && looked < until);
	c->looked = looked;
	return slot - page->slot;
}

/*
 * Returns the slot to continue with, IOTIMER_SLOTS if none is left. If the budget is
 * not used up, the cycle counter is not trusted any more: continue carefully.
 */
static noinline unsigned int tick_walk_measured(struct iotimer_page *page, unsigned long i,
						struct chunk *c)
{
	unsigned long begin, end;

	for (i = tick_next_run(page, i); i < IOTIMER_SLOTS; i = tick_next_run(page, i)) {
		begin = i;
		end = min(tick_run_end(page, begin), begin + c->calls);
		i = tick_measure_run(page, begin, end, c);
		c->calls -= i - begin;
		if (!c->calls)
			chunk_compare_clocks(c);
		if (chunk_is_over(c) || !c->rate)
			return find_next_bit(page->marked, IOTIMER_SLOTS, i);
	}
	return IOTIMER_SLOTS;
}

/*
 * Learn from a careful walk through the whole page whether it is cheap, be it in
 * several chunks. A start takes that back, even one that comes during the walk:
 * see timer_start().
 */
static void tick_begin_learning(struct iotimer_page *page, struct chunk *c)
{
	chunk_look_at_clock(c);
	chunk_begin_window(c);
	c->window_most = 0;	/* of a page that was not learned about */
	page->learned_ns = 0;
	/* Before the walk looks at the marks; pairs with the barriers in start. */
	smp_store_mb(page->quick_ns, QUICK_LEARNING);
}

static void tick_learn(struct iotimer_page *page, struct chunk *c, bool done)
{
	u32 learned;

	chunk_end_window(c);
	page->learned_ns = max(page->learned_ns, c->window_most);
	c->window_most = 0;
	if (!done)
		return;
	learned = clamp(page->learned_ns, 1U, QUICK_LEARNING - 1);
	if (page->suspect || learned >= c->cheap_ns)
		learned = 0;
	cmpxchg_relaxed(&page->quick_ns, QUICK_LEARNING, learned);
}

/* Returns the slot to continue with, IOTIMER_SLOTS if none is left. */
static unsigned int tick_walk_page(struct iotimer_page *page, unsigned int first,
				   struct chunk *c)
{
	u32 quick_ns = READ_ONCE(page->quick_ns);
	bool learning = quick_ns == QUICK_LEARNING;
	unsigned int next;

	if (c->rate && c->measured) {
		first = tick_walk_measured(page, first, c);
		if (chunk_is_over(c) || first == IOTIMER_SLOTS)
			return first;
	}
	if (quick_ns && !learning && !c->careful && chunk_has_room(c, quick_ns)) {
		first = tick_walk_quickly(page, first, c, quick_ns);
		if (chunk_is_over(c) || first == IOTIMER_SLOTS)
			return first;
	} else if (!quick_ns && !first && !page->suspect) {
		tick_begin_learning(page, c);
		learning = true;
	}
	next = tick_walk_carefully(page, first, c);
	if (learning)
		tick_learn(page, c, next == IOTIMER_SLOTS);
	return next;
}

/* A page without a started timer: the walker only passes it, which takes time, too. */
static void tick_pass_idle_page(struct chunk *c)
{
	if (c->calls > IDLE_PAGE_CALLS)
		c->calls -= IDLE_PAGE_CALLS;
	else
		chunk_look_at_clock(c);
}

/*
 * One chunk. Returns true when the pass is over. Without the last page's index the
 * search for another page would look at each of up to 63 slots behind it.
 */
static bool tick_walk(struct chunk *c)
{
	XA_STATE(xas, &iotimer_pages, iotimer_tick.next_page);
	unsigned long last = READ_ONCE(iotimer_last_page);
	struct iotimer_page *page;
	unsigned int next;

	xas_for_each(&xas, page, last) {
		if (xas_retry(&xas, page))
			continue;
		next = xas.xa_index == iotimer_tick.next_page ? iotimer_tick.next_slot : 0;
		if (chunk_is_over(c)) {
			iotimer_tick.next_page = xas.xa_index;
			iotimer_tick.next_slot = next;
			return false;
		}
		if (!atomic_read(&page->nr_started)) {
			tick_pass_idle_page(c);
			continue;
		}
		next = tick_walk_page(page, next, c);
		if (next < IOTIMER_SLOTS) {
			iotimer_tick.next_page = xas.xa_index;
			iotimer_tick.next_slot = next;
			return false;
		}
	}
	return true;
}

/* Returns how long it took in ns, at least 1. */
static u64 tick_walk_chunk(struct chunk *c)
{
	rcu_read_lock();
	c->preempt_count = preempt_count();
	iotimer_stats_begin(&c->stats, iotimer_tick.due);
	c->done = tick_walk(c);
	WRITE_ONCE(iotimer_walk.task, NULL);
	/* All that the routine did is ordered before this, for a waiter. */
	smp_store_release(&iotimer_walk.running, NULL);
	rcu_read_unlock();
	chunk_look_at_clock(c);
	return max(c->looked - c->start, 1ULL);
}

static void tick_fn(struct timer_list *unused)
{
	struct chunk c;
	u64 ran = 0;

	chunk_begin(&c);
	if (tick_begin(&c)) {
		trace_iotimer_tick_entry(iotimer_tick.late);
		ran = tick_walk_chunk(&c);
		trace_iotimer_tick_exit(c.done);
	}
	tick_end(&c, ran);
}

unsigned int iotimer_tick_period(void)
{
	return iotimer_tick.period;
}

void iotimer_tick_info(struct iotimer_tick_state *state)
{
	raw_spin_lock_irq(&iotimer_tick.lock);
	*state = iotimer_tick.state;
	state->missed = iotimer_tick.missed;
	/* Not pending while it runs, which it does only to be armed again. */
	state->armed = iotimer_tick.pages_started || timer_pending(&iotimer_tick.timer);
	raw_spin_unlock_irq(&iotimer_tick.lock);
}

int iotimer_tick_init(void)
{
	iotimer_tick.period = msecs_to_jiffies(iotimer_period_ms);
	return 0;
}

/* No device is left, so nothing is started and nothing arms the timer. */
void iotimer_tick_exit(void)
{
	timer_shutdown_sync(&iotimer_tick.timer);
	WARN_ON(!xa_empty(&iotimer_pages));
}
