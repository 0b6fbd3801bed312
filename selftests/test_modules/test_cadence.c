// SPDX-License-Identifier: GPL-2.0
/*
 * The calls of many periods, and first calls at every phase of the tick: T7, T8
 *
 * With exact=1 nothing else may keep the machine busy, as where idle time is
 * skipped: then each call has its jiffy, give or take what the timer wheel groups.
 * Without it only what no delay excuses is a failure: a call too early, or twice.
 */
#include <linux/math.h>

#include "cpus.h"
#include "test.h"

#define DEVICES		4
#define FIRST_CALLS	(exact ? 25 : 5)

static unsigned int seconds = 6;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long the cadence is watched");

static bool exact;
module_param(exact, bool, 0444);
MODULE_PARM_DESC(exact, "nothing else keeps the machine busy");

/* In jiffies: the start that decides when ticks are due, and the time between two */
static unsigned long origin, period;

struct record {
	struct iotimer_device	*dev;
	unsigned long		first;		/* time of the first call */
	unsigned long		tick;		/* of the last call */
	unsigned int		calls;
	unsigned int		left_out;	/* ticks without a call */
	unsigned int		early;		/* calls before their tick, or a second one in it */
	unsigned long		latest;		/* after its tick */
};

static unsigned long tick_of(unsigned long time)
{
	return (time - origin) / period;
}

static void note_call(struct iotimer_device *dev, void *context)
{
	unsigned long now = jiffies, tick = tick_of(now);
	struct record *r = context;

	if (!r->calls)
		r->first = now;
	else if (tick <= r->tick)
		r->early++;
	else
		r->left_out += tick - r->tick - 1;
	r->latest = max(r->latest, (now - origin) % period);
	r->tick = tick;
	/* Pairs with the acquire of those who wait for a call. */
	smp_store_release(&r->calls, r->calls + 1);
}

/* The granularity of the wheel a period ahead (tick.c, "Deadlines"), and one to be in that jiffy. */
static unsigned long wheel(void)
{
	return period < 63 ? 2 : period < 504 ? 9 : 65;
}

/* Sleep until @phase jiffies after the tick was due, or one more. */
static void sleep_to_phase(unsigned long phase)
{
	unsigned long us = jiffies_to_usecs((phase + period - (jiffies - origin) % period) % period);

	usleep_range(us, us + 1);
}

static bool create(struct record *r, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->dev = test_device(name);
	return EXPECT_PTR(r->dev) && EXPECT_EQ(iotimer_init(r->dev, note_call, r), 0);
}

static void destroy(struct record *r)
{
	test_device_free(r->dev);
	r->dev = NULL;
}

/* With all interrupts of this CPU off jiffies are those of the start. */
static void start_ticks(struct record *r)
{
	unsigned long flags;

	period = msecs_to_jiffies(period_ms);
	local_irq_save(flags);
	origin = jiffies;
	EXPECT_EQ(iotimer_start(r->dev), 0);
	local_irq_restore(flags);
}

static void watch(unsigned int periods)
{
	while (periods--)
		schedule_timeout_uninterruptible(period);
}

/* @tick is the last one before it was stopped. A machine that is busy may be late for some, not for most of them. */
static void judge(const struct record *r, unsigned long tick)
{
	EXPECT_EQ(r->early, 0);
	EXPECT_LE(r->calls, tick);
	EXPECT_GE(r->calls, tick / 2);
	EXPECT_GE(r->tick + 2, tick);
	if (!exact)
		return;
	EXPECT_EQ(r->left_out, 0);
	EXPECT_EQ(tick_of(r->first), 1);
	EXPECT_EQ(r->calls, tick);
	EXPECT_EQ(r->tick, tick);
	EXPECT_LE(r->latest, wheel());
}

static struct record records[DEVICES];

/* Each is started and stopped in another eighth of a period. */
static void cadence(void)
{
	unsigned int i;

	start_ticks(&records[0]);
	for (i = 1; i < DEVICES; i++) {
		sleep_to_phase((2 * i + 1) * period / 8);
		EXPECT_EQ(iotimer_start(records[i].dev), 0);
	}
	watch(seconds * MSEC_PER_SEC / period_ms);
	for (i = 0; i < DEVICES; i++) {
		sleep_to_phase((2 * i + 1) * period / 8);
		EXPECT_EQ(iotimer_stop_sync(records[i].dev), 0);
		judge(&records[i], tick_of(jiffies));
	}
}

TEST(T7_cadence_of_many_periods)
{
	unsigned int i, calls = 0;
	bool created = true;

	for (i = 0; i < DEVICES; i++)
		created &= create(&records[i], (const char *[]){ "a", "b", "c", "d" }[i]);
	if (created)
		cadence();
	for (i = 0; i < DEVICES; i++)
		calls += records[i].calls;
	watch(3);
	for (i = 0; i < DEVICES; i++) {
		calls -= records[i].calls;
		destroy(&records[i]);
	}
	EXPECT_EQ(calls, 0);
}

static void start_here(void *arg)
{
	struct record *r = arg;

	EXPECT_EQ(iotimer_start(r->dev), 0);
}

static int nth_cpu(unsigned int i)
{
	unsigned int left = i % num_online_cpus();
	int cpu;

	for_each_online_cpu(cpu)
		if (!left--)
			break;
	return cpu;
}

/* Start at @phase on a CPU that changes with it, and return the jiffies to the first call. */
static unsigned long first_call(struct record *r, unsigned int i, unsigned long phase)
{
	unsigned long start, end;
	struct cpu_call call;

	r->calls = 0;
	sleep_to_phase(phase);
	start = jiffies;
	cpu_call_begin(&call, nth_cpu(i), start_here, r);
	cpu_call_end(&call);
	end = jiffies;
	/* Pairs with the release in note_call(). */
	EXPECT(wait_for(smp_load_acquire(&r->calls), TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_stop_sync(r->dev), 0);
	if (exact)
		EXPECT_EQ(tick_of(r->first), tick_of(end) + 1);
	return r->first - start;
}

/* From nearly none to nearly a period, and never more. */
static void first_calls(struct record *r)
{
	unsigned long after, least = ULONG_MAX, most = 0;
	unsigned int i;

	for (i = 0; i < FIRST_CALLS; i++) {
		/* from where the tick is over for sure to right before the next one */
		after = first_call(r, i, wheel() + 1 + i * (period - wheel() - 6) / (FIRST_CALLS - 1));
		least = min(least, after);
		most = max(most, after);
	}
	EXPECT_LE(least, period / 2);
	if (!exact)
		return;
	EXPECT_GE(least, 1);
	EXPECT_LE(least, wheel() + 5);
	EXPECT_GE(most, period - wheel() - 2);
	EXPECT_LE(most, period + wheel());
}

TEST(T8_first_call_at_every_phase)
{
	struct record *other = &records[0], *r = &records[1];

	if (create(other, "other") && create(r, "first")) {
		start_ticks(other);
		watch(1);
		first_calls(r);
	}
	destroy(other);
	destroy(r);
}

/* Without another one the tick begins with the start: no first call is later, nor sooner. */
TEST(T8_first_call_begins_the_tick)
{
	struct record *r = &records[0];
	unsigned int i;

	if (!create(r, "only"))
		return;
	for (i = 0; i < FIRST_CALLS; i++) {
		r->calls = 0;
		start_ticks(r);
		/* Pairs with the release in note_call(). */
		EXPECT(wait_for(smp_load_acquire(&r->calls), TEST_LIMIT_MS));
		EXPECT_EQ(iotimer_stop_sync(r->dev), 0);
		EXPECT_GE(r->first - origin, period);
		if (exact)
			EXPECT_LE(r->first - origin, period + wheel());
		schedule_timeout_uninterruptible(1 + i * 7);
	}
	destroy(r);
}

static const struct test_case cases[] = {
	CASE(T7_cadence_of_many_periods),
	CASE(T8_first_call_at_every_phase),
	CASE(T8_first_call_begins_the_tick),
};

TEST_MODULE(cases);
