// SPDX-License-Identifier: GPL-2.0
/*
 * The time and the context of calls: clauses T7 to T9 and T15
 *
 * tick.sh has the tests that need the counters of the tick.
 */
#include <linux/kernel_stat.h>
#include <linux/random.h>

#include "cpus.h"
#include "many.h"
#include "test.h"

static atomic_t calls;

struct surroundings {
	atomic_t	calls;
	atomic_t	wrong;
	atomic_t	nothing_held;
};

static void look_around(struct iotimer_device *dev, void *context)
{
	/* Kernels without CONFIG_PREEMPT_COUNT, such as Debian's for arm64, do not count. */
	int idle = is_idle_task(current) ? PREEMPT_DISABLE_OFFSET : 0;
	int count = preempt_count() - idle;
	struct surroundings *s = context;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		count = preempt_count() + SOFTIRQ_OFFSET;
	if (!in_serving_softirq() || in_hardirq() || irqs_disabled() ||
	    (count & ~PREEMPT_MASK) != SOFTIRQ_OFFSET)
		atomic_inc(&s->wrong);
	if (count == SOFTIRQ_OFFSET)
		atomic_inc(&s->nothing_held);
	atomic_inc(&s->calls);
}

/* A softirq may interrupt a task that holds a lock, so allow some calls with one. */
TEST(T7_called_in_softirq)
{
	struct iotimer_device *dev __free(test_device) = test_device("t7");
	static struct surroundings s;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, look_around, &s), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&s.calls, 10));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	EXPECT_EQ(atomic_read(&s.wrong), 0);
	EXPECT_GE(atomic_read(&s.nothing_held), 5);
}

struct first_call {
	unsigned long	at;		/* in jiffies */
	bool		called;
	int		starting_on;	/* the CPU in iotimer_start() */
	int		too_early;
};

static struct first_call first = { .starting_on = -1 };

static void note_first(struct iotimer_device *dev, void *context)
{
	if (raw_smp_processor_id() == READ_ONCE(first.starting_on))
		first.too_early++;
	if (first.called)
		return;
	first.at = jiffies;
	/* Pairs with the acquire of the waiter. */
	smp_store_release(&first.called, true);
}

/* Return the jiffies to the first call. */
static long first_call_after_start(struct iotimer_device *dev)
{
	unsigned long start;

	first.called = false;
	start = jiffies;
	local_bh_disable();
	WRITE_ONCE(first.starting_on, raw_smp_processor_id());
	EXPECT_EQ(iotimer_start(dev), 0);
	WRITE_ONCE(first.starting_on, -1);
	local_bh_enable();

	/* Pairs with the release in the routine. */
	EXPECT(wait_for(smp_load_acquire(&first.called), TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	return first.at - start;
}

/*
 * A stalled machine may be late now and then, so the bound must hold for most
 * calls only; a mistake in the code violates it in each call.
 */
static void first_calls(struct iotimer_device *dev, int *late, int *soon)
{
	unsigned long period = msecs_to_jiffies(period_ms);
	long after;
	int i;

	for (i = 0; i < 20; i++) {
		usleep_range(100, 100 + get_random_u32() % (1000 * period_ms));
		after = first_call_after_start(dev);
		*late += after > period + 1;
		*soon += after < period - 1;
	}
}

TEST(T8_first_call_of_the_only_timer)
{
	struct iotimer_device *dev __free(test_device) = test_device("t8");
	int late = 0, soon = 0;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, note_first, NULL), 0);
	first_calls(dev, &late, &soon);
	EXPECT_LE(late, 10);
	EXPECT_EQ(first.too_early, 0);
}

/* The tick runs for another device: the first call comes soon, at any phase of it. */
TEST(T8_first_call_within_a_period)
{
	struct iotimer_device *other __free(test_device) = test_device("other");
	struct iotimer_device *dev __free(test_device) = test_device("t8");
	int late = 0, soon = 0;

	if (!EXPECT_PTR(other) || !EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(other, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(other), 0);
	EXPECT_EQ(iotimer_init(dev, note_first, NULL), 0);
	first_calls(dev, &late, &soon);
	EXPECT_LE(late, 10);
	EXPECT_GE(soon, 1);
	EXPECT_EQ(first.too_early, 0);
}

/* The run of the timer softirq in which a routine was last called. */
static void note_softirq(struct iotimer_device *dev, void *context)
{
	int cpu = raw_smp_processor_id();

	WRITE_ONCE(*(unsigned long *)context,
		   kstat_softirqs_cpu(TIMER_SOFTIRQ, cpu) * nr_cpu_ids + cpu);
}

TEST(T8_tick_is_shared)
{
	struct iotimer_device *a __free(test_device) = test_device("a");
	struct iotimer_device *b __free(test_device) = test_device("b");
	static unsigned long run_a, run_b;
	int i, together = 0;

	if (!EXPECT_PTR(a) || !EXPECT_PTR(b))
		return;
	EXPECT_EQ(iotimer_init(a, note_softirq, &run_a), 0);
	EXPECT_EQ(iotimer_init(b, note_softirq, &run_b), 0);
	EXPECT_EQ(iotimer_start(a), 0);
	msleep(period_ms / 2);
	EXPECT_EQ(iotimer_start(b), 0);
	for (i = 0; i < 10; i++) {
		msleep(2 * period_ms);
		together += READ_ONCE(run_a) == READ_ONCE(run_b);
	}
	EXPECT_GE(together, 5);
}

#define ALONE_US	20	/* that a routine takes */

static atomic_t inside, overlaps, inside_calls;

static void alone(struct iotimer_device *dev, void *context)
{
	if (atomic_inc_return(&inside) != 1)
		atomic_inc(&overlaps);
	udelay(ALONE_US);
	atomic_dec(&inside);
	atomic_inc(&inside_calls);
}

struct storm {
	struct one	*many;
	int		count;
	bool		over;
};

/* Also in hard interrupts, where PREEMPT_RT has no random numbers */
static int start_or_stop(void *arg)
{
	static atomic_t turn = ATOMIC_INIT(0);
	struct iotimer_device *dev = arg;

	return (u32)atomic_inc_return(&turn) % 3 ? iotimer_start(dev) : iotimer_stop(dev);
}

static void storm(void *arg)
{
	struct storm *storm = arg;
	struct iotimer_device *dev;

	while (!READ_ONCE(storm->over)) {
		dev = storm->many[get_random_u32() % storm->count].dev;
		EXPECT_EQ(start_or_stop(dev), 0);
		dev = storm->many[get_random_u32() % storm->count].dev;
		EXPECT_EQ(test_in_hardirq(start_or_stop, dev), 0);
		dev = storm->many[get_random_u32() % storm->count].dev;
		EXPECT_EQ(iotimer_stop_sync(dev), 0);
		usleep_range(50, 100);
	}
}

static void storm_on_all_cpus(struct one *many, int count)
{
	struct storm s = { .many = many, .count = count };
	struct cpu_call call[2];

	cpu_call_begin(&call[0], first_cpu(), storm, &s);
	if (num_online_cpus() > 1)
		cpu_call_begin(&call[1], second_cpu(), storm, &s);
	EXPECT(test_more_calls(&inside_calls, 50 * count / 4));
	WRITE_ONCE(s.over, true);
	cpu_call_end(&call[0]);
	if (num_online_cpus() > 1)
		cpu_call_end(&call[1]);
}

TEST(T9_never_two_routines_at_once)
{
	static struct one many[20];

	memset(many, 0, sizeof(many));
	if (create_many(many, ARRAY_SIZE(many), alone))
		storm_on_all_cpus(many, ARRAY_SIZE(many));
	delete_many(many, ARRAY_SIZE(many));
	EXPECT_EQ(atomic_read(&overlaps), 0);
	EXPECT_EQ(atomic_read(&inside), 0);
}

#define LONG_CALLS	50

static int long_calls;

static void longer_than_a_period(struct iotimer_device *dev, void *context)
{
	if (++long_calls <= LONG_CALLS)
		mdelay(period_ms * 3 / 2);
}

/* On this CPU, which is the tick's, unless the routines occupy it forever. */
TEST(T15_routines_longer_than_a_period_leave_time)
{
	struct iotimer_device *dev __free(test_device) = test_device("long");
	int calls;

	if (!EXPECT_PTR(dev))
		return;
	set_cpus_allowed_ptr(current, cpumask_of(raw_smp_processor_id()));
	EXPECT_EQ(iotimer_init(dev, longer_than_a_period, NULL), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(wait_for(READ_ONCE(long_calls), TEST_LIMIT_MS));
	msleep(period_ms);
	calls = READ_ONCE(long_calls);
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	EXPECT_LT(calls, LONG_CALLS);
}

static const struct test_case cases[] = {
	CASE(T7_called_in_softirq),
	CASE(T8_first_call_of_the_only_timer),
	CASE(T8_first_call_within_a_period),
	CASE(T8_tick_is_shared),
	CASE(T9_never_two_routines_at_once),
	CASE(T15_routines_longer_than_a_period_leave_time),
};

TEST_MODULE(cases);
