// SPDX-License-Identifier: GPL-2.0
/*
 * Passes over many timers: how soon the walker notices slow routines, what a
 * cut pass leaves behind, and which slots are used again: T8, T14, T15
 *
 * A softirq's run is told from the next one by the count of timer softirqs.
 * Routines are slow by the timekeeper's clock, which advances on an idle machine
 * during a softirq, as jiffies may not. stop.sh loads iotimer with a budget of
 * 20 ms.
 */
#include <linux/kernel_stat.h>
#include <linux/timekeeping.h>

#include "many.h"
#include "test.h"

#define MANY		572	/* two pages without PREEMPT_RT */
#define SLOW_US		1000
/*
 * Slow calls in one softirq run: those of a page that is known to be slow, as
 * many as the budget allows, and 32 of one that is not yet
 */
#define BUDGET		20
#define NOTICED		(BUDGET + 32)
#define CHEAP_PASSES	10

static struct one many[MANY];
static atomic_t calls;
static bool slow;

/*
 * Of slow calls, which are one after another (T9): they are noticed in the first two
 * passes, and known in the third. Then they end, as they may leave a machine with one
 * CPU no time for the test.
 */
static struct {
	unsigned int	id;
	int		cpu;
	unsigned int	calls;
	unsigned int	in_all, in_a_pass;
	unsigned int	noticed, known;		/* the most in a run */
} run;

static void note_run(void)
{
	int cpu = raw_smp_processor_id();
	unsigned int id = kstat_softirqs_cpu(TIMER_SOFTIRQ, cpu);

	if (id != run.id || cpu != run.cpu)
		run.calls = 0;
	run.id = id;
	run.cpu = cpu;
	run.calls++;
	if (++run.in_all <= 2 * run.in_a_pass)
		run.noticed = max(run.noticed, run.calls);
	else
		run.known = max(run.known, run.calls);
	if (run.in_all == 3 * run.in_a_pass)
		WRITE_ONCE(slow, false);
}

static void busy_us(unsigned int us)
{
	u64 end = ktime_get_mono_fast_ns() + us * NSEC_PER_USEC;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
}

static void cheap_then_slow(struct iotimer_device *dev, void *context)
{
	atomic_inc(&calls);
	if (!READ_ONCE(slow))
		return;
	note_run();
	busy_us(SLOW_US);
}

static void start_every(struct one *many, int step)
{
	int i;

	for (i = 0; i < MANY; i += step)
		EXPECT_EQ(iotimer_start(many[i].dev), 0);
}

/* Pages become cheap, and then all of their routines are slow at once. */
static void slow_after_cheap(int step)
{
	int started = DIV_ROUND_UP(MANY, step);

	memset(many, 0, sizeof(many));
	memset(&run, 0, sizeof(run));
	run.in_a_pass = started;
	slow = false;
	/* This thread wakes the tick's CPU only: jiffies stand still while it is in a softirq. */
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	if (create_many(many, MANY, cheap_then_slow)) {
		start_every(many, step);
		EXPECT(test_more_calls(&calls, CHEAP_PASSES * started));
		WRITE_ONCE(slow, true);
		EXPECT(wait_for(!READ_ONCE(slow), TEST_LIMIT_MS));
	}
	delete_many(many, MANY);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	EXPECT_GE(run.noticed, 1);
	EXPECT_LE(run.noticed, NOTICED);
	/* Now all pages are known to be slow. */
	EXPECT_GE(run.known, 1);
	EXPECT_LE(run.known, BUDGET);
	pr_info("iotimer-test: # up to %u slow calls in a run, then %u\n", run.noticed, run.known);
}

TEST(T15_slow_routines_are_noticed)
{
	slow_after_cheap(1);
}

/* No two started timers are neighbours: the marks are runs of one. */
TEST(T15_slow_routines_are_noticed_in_short_runs)
{
	slow_after_cheap(2);
}

#define CUT_AT		3	/* the call of the pass in which all timers are stopped */
#define CUT_DEVICES	10

static struct {
	struct iotimer_device	*dev;		/* behind all others */
	unsigned long		started_at;	/* jiffies */
	unsigned long		called_at;
	bool			called;
	int			calls;		/* of the others */
} late;

static void late_routine(struct iotimer_device *dev, void *context)
{
	if (late.called)
		return;
	late.called_at = jiffies;
	/* Pairs with the acquire in the test. */
	smp_store_release(&late.called, true);
}

/* Cut the pass short, start a new one, and use the budget up: the chunk ends here. */
static void cutting_routine(struct iotimer_device *dev, void *context)
{
	int i;

	if (++late.calls != CUT_AT)
		return;
	for (i = 0; i < CUT_DEVICES; i++)
		iotimer_stop(many[i].dev);
	late.started_at = jiffies;
	iotimer_start(late.dev);
	busy_us(25000);
}

TEST(T8_a_cut_pass_is_not_continued)
{
	unsigned long period = msecs_to_jiffies(period_ms);
	int i;

	memset(many, 0, sizeof(many));
	memset(&late, 0, sizeof(late));
	if (create_many(many, CUT_DEVICES, cutting_routine)) {
		late.dev = test_device("late");
		EXPECT_EQ(iotimer_init(late.dev, late_routine, NULL), 0);
		for (i = 0; i < CUT_DEVICES; i++)
			EXPECT_EQ(iotimer_start(many[i].dev), 0);
		/* Pairs with the release in the routine. */
		EXPECT(wait_for(smp_load_acquire(&late.called), TEST_LIMIT_MS));
		EXPECT_GE(late.called_at - late.started_at, period - 1);
		test_device_free(late.dev);
	}
	delete_many(many, CUT_DEVICES);
}

/* A device whose timer is initialised last is called first if it has an early slot. */
static struct {
	int		new_at, last_at;	/* their places in the pass */
	atomic_t	place;
} order;

static void new_routine(struct iotimer_device *dev, void *context)
{
	WRITE_ONCE(order.new_at, atomic_inc_return(&order.place));
}

static void last_routine(struct iotimer_device *dev, void *context)
{
	WRITE_ONCE(order.last_at, atomic_inc_return(&order.place));
}

static void start_both_and_wait(struct iotimer_device *new, struct iotimer_device *last)
{
	EXPECT_EQ(iotimer_start(last), 0);
	EXPECT_EQ(iotimer_start(new), 0);
	EXPECT(wait_for(READ_ONCE(order.new_at) && READ_ONCE(order.last_at), TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_stop_sync(new), 0);
	EXPECT_EQ(iotimer_stop_sync(last), 0);
	/* Whichever pass both had their last calls in: the new one's came first. */
	EXPECT_LT(order.new_at, order.last_at);
}

TEST(T1_a_full_page_is_used_again)
{
	struct iotimer_device *new, *last;

	memset(many, 0, sizeof(many));
	memset(&order, 0, sizeof(order));
	if (create_many(many, MANY, cheap_then_slow)) {
		last = test_device("last");
		EXPECT_EQ(iotimer_init(last, last_routine, NULL), 0);
		test_device_free(many[5].dev);
		many[5].dev = NULL;
		new = test_device("new");
		EXPECT_EQ(iotimer_init(new, new_routine, NULL), 0);
		start_both_and_wait(new, last);
		test_device_free(new);
		test_device_free(last);
	}
	delete_many(many, MANY);
}

static const struct test_case cases[] = {
	CASE(T15_slow_routines_are_noticed),
	CASE(T15_slow_routines_are_noticed_in_short_runs),
	CASE(T8_a_cut_pass_is_not_continued),
	CASE(T1_a_full_page_is_used_again),
};

TEST_MODULE(cases);
