// SPDX-License-Identifier: GPL-2.0
/*
 * Stop and stop_sync: clauses T5 and T6
 */
#include <linux/random.h>

#include "hold.h"
#include "many.h"
#include "test.h"

#define ROUNDS		6

static atomic_t calls;

static int right_here(int (*fn)(void *arg), void *arg)
{
	return fn(arg);
}

static int with_bh_disabled(int (*fn)(void *arg), void *arg)
{
	int ret;

	local_bh_disable();
	ret = fn(arg);
	local_bh_enable();
	return ret;
}

TEST(T5_bad_device)
{
	struct iotimer_device *dev __free(test_device) = test_device("new");
	struct iotimer_device *bad = ERR_PTR(-ENODEV);

	EXPECT_EQ(iotimer_stop(NULL), -EINVAL);
	EXPECT_EQ(iotimer_stop(bad), -EINVAL);
	EXPECT_EQ(iotimer_stop_sync(NULL), -EINVAL);
	EXPECT_EQ(iotimer_stop_sync(bad), -EINVAL);
	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_stop(dev), -EINVAL);
	EXPECT_EQ(iotimer_stop_sync(dev), -EINVAL);
}

/* Stop a started timer and a stopped one, from some context. */
static void stop_from(int (*from)(int (*fn)(void *arg), void *arg),
		      int (*stop)(void *dev))
{
	struct iotimer_device *dev __free(test_device) = test_device("t5");

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(from(stop, dev), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&calls, 2));
	EXPECT_EQ(from(stop, dev), 0);
	msleep(period_ms);
	test_quiet(&calls);
	EXPECT_EQ(from(stop, dev), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&calls, 1));
}

TEST(T5_stop_from_process)
{
	stop_from(right_here, test_stop);
}

TEST(T5_stop_from_softirq)
{
	stop_from(test_in_softirq, test_stop);
}

TEST(T5_stop_from_hardirq)
{
	stop_from(test_in_hardirq, test_stop);
}

TEST(T5_stop_sync_from_process)
{
	stop_from(right_here, test_stop_sync);
}

TEST(T5_stop_sync_from_softirq)
{
	stop_from(test_in_softirq, test_stop_sync);
}

TEST(T5_stop_never_waits)
{
	static struct hold h = HOLD_INIT(h);
	struct iotimer_device *dev __free(test_device) = held_device(&h);
	int before;

	if (!dev)
		return;
	before = h.calls;
	EXPECT_EQ(iotimer_stop(dev), 0);
	EXPECT_EQ(test_in_softirq(test_stop, dev), 0);
	EXPECT_EQ(test_in_hardirq(test_stop, dev), 0);
	EXPECT(held(&h));
	hold_end(&h, 0);
	msleep(4 * period_ms);
	EXPECT_EQ(h.calls, before);
}

/* The routine is being called and returns some jiffies after stop_sync began. */
static void stop_sync_waits(int (*from)(int (*fn)(void *arg), void *arg))
{
	static struct hold h = HOLD_INIT(h);
	struct iotimer_device *dev __free(test_device) = held_device(&h);
	int i;

	if (!dev)
		return;
	for (i = 0; i < ROUNDS; i++) {
		EXPECT(held(&h));
		hold_end(&h, 2);
		EXPECT_EQ(from(test_stop_sync, dev), 0);
		EXPECT(!held(&h));
		EXPECT_EQ(iotimer_start(dev), 0);
		if (!EXPECT(hold(&h)))
			return;
	}
	hold_end(&h, 0);
}

TEST(T5_stop_sync_waits_in_process)
{
	stop_sync_waits(right_here);
}

TEST(T5_stop_sync_waits_in_softirq)
{
	stop_sync_waits(test_in_softirq);
}

TEST(T5_stop_sync_waits_with_bh_disabled)
{
	stop_sync_waits(with_bh_disabled);
}

TEST(T5_stop_sync_waits_for_its_own_only)
{
	static struct hold h = HOLD_INIT(h);
	struct iotimer_device *other __free(test_device) = test_device("other");
	struct iotimer_device *dev __free(test_device) = NULL;

	if (!EXPECT_PTR(other))
		return;
	EXPECT_EQ(iotimer_init(other, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(other), 0);
	dev = held_device(&h);
	if (!dev)
		return;
	EXPECT_EQ(iotimer_stop_sync(other), 0);
	EXPECT(held(&h));
	hold_end(&h, 0);
}

/* Nor for the routine that the walker calls next. */
TEST(T5_stop_sync_does_not_wait_for_the_next)
{
	static struct hold h = HOLD_INIT(h), next_h = HOLD_INIT(next_h);
	struct iotimer_device *dev __free(test_device) = holdable_device("held", &h);
	struct iotimer_device *next __free(test_device) = holdable_device("next", &next_h);
	bool caught = false;
	int i, stayed;

	if (!dev || !next)
		return;
	for (i = 0; i < ROUNDS && !caught; i++) {
		if (!EXPECT(hold(&h)))
			return;
		stayed = next_h.stayed;
		hold_next(&next_h);
		hold_end(&h, 2);
		EXPECT_EQ(iotimer_stop_sync(dev), 0);
		EXPECT_EQ(next_h.stayed, stayed);
		caught = wait_for(held(&next_h), period_ms);
		hold_end(&next_h, 0);
		EXPECT_EQ(iotimer_start(dev), 0);
	}
	EXPECT(caught);
}

/*
 * A thread may wait for one device's routine with a lock held that only another
 * device's routine takes: lockdep must not report that (PREEMPT_RT, too).
 */
static DEFINE_SPINLOCK(others_lock);

static void take_others_lock(struct iotimer_device *dev, void *calls)
{
	spin_lock(&others_lock);
	atomic_inc(calls);
	spin_unlock(&others_lock);
}

TEST(T5_stop_sync_under_a_lock_of_another_routine)
{
	static struct hold h = HOLD_INIT(h);
	struct iotimer_device *other __free(test_device) = test_device("other");
	struct iotimer_device *dev __free(test_device) = holdable_device("dev", &h);
	static atomic_t others_calls;
	int i;

	if (!EXPECT_PTR(other) || !dev)
		return;
	EXPECT_EQ(iotimer_init(other, take_others_lock, &others_calls), 0);
	EXPECT_EQ(iotimer_start(other), 0);
	for (i = 0; i < 3; i++) {
		EXPECT(test_more_calls(&others_calls, 1));
		if (!EXPECT(hold(&h)))
			return;
		spin_lock_bh(&others_lock);
		hold_end(&h, 2);
		EXPECT_EQ(iotimer_stop_sync(dev), 0);
		spin_unlock_bh(&others_lock);
		EXPECT_EQ(iotimer_start(dev), 0);
	}
}

#define BRIEF_US	200	/* duration of a routine */

static void brief(struct iotimer_device *dev, void *context)
{
	struct one *one = context;

	atomic_set(&one->inside, 1);
	udelay(BRIEF_US);
	atomic_set(&one->inside, 0);
	atomic_inc(&one->calls);
}

/* Stop at any moment, while the tick continues for other devices. */
TEST(T5_never_called_after_stop_sync)
{
	static struct one many[4];
	int i, before;
	struct one *one;

	memset(many, 0, sizeof(many));
	if (!create_many(many, ARRAY_SIZE(many), brief))
		goto delete;
	for (i = 0; i < 100; i++) {
		one = &many[i % ARRAY_SIZE(many)];
		EXPECT_EQ(iotimer_start(one->dev), 0);
		usleep_range(50, 50 + get_random_u32() % (500 * period_ms));
		one = &many[get_random_u32() % ARRAY_SIZE(many)];
		EXPECT_EQ(iotimer_stop_sync(one->dev), 0);
		EXPECT_EQ(atomic_read(&one->inside), 0);
		before = atomic_read(&one->calls);
		udelay(BRIEF_US);
		EXPECT_EQ(atomic_read(&one->calls), before);
	}
delete:
	delete_many(many, ARRAY_SIZE(many));
}

/* The action of a routine. */
struct script {
	int			(*fn)(void *dev);
	struct iotimer_device	*dev;		/* the argument of fn */
	int			ret;
	atomic_t		calls;
};

static void follow(struct iotimer_device *dev, void *context)
{
	struct script *s = context;

	s->ret = s->fn(s->dev);
	atomic_inc_return_release(&s->calls);
}

/* Call @fn for @other, or for the device itself, in its routine. */
static void in_routine(int (*fn)(void *dev), struct iotimer_device *other, int calls)
{
	struct iotimer_device *dev __free(test_device) = test_device("t6");
	static struct script s;

	if (!EXPECT_PTR(dev))
		return;
	s = (struct script){ .fn = fn, .dev = other ?: dev, .ret = -ENXIO };
	EXPECT_EQ(iotimer_init(dev, follow, &s), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&s.calls, calls));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	EXPECT_EQ(s.ret, 0);
}

static int stop_in_hardirq(void *dev)
{
	return test_in_hardirq(test_stop, dev);
}

static int stop_in_hardirq_and_start(void *dev)
{
	return stop_in_hardirq(dev) ?: iotimer_start(dev);
}

/* In an interrupt while the routine is running. */
TEST(T5_stop_on_top_of_the_routine)
{
	in_routine(stop_in_hardirq, NULL, 1);
	in_routine(stop_in_hardirq_and_start, NULL, 3);
}

TEST(T6_stop_in_own_routine)
{
	struct iotimer_device *dev __free(test_device) = test_device("t6");
	static struct script s;

	if (!EXPECT_PTR(dev))
		return;
	s = (struct script){ .fn = test_stop, .dev = dev, .ret = -ENXIO };
	EXPECT_EQ(iotimer_init(dev, follow, &s), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&s.calls, 1));
	test_quiet(&s.calls);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&s.calls, 1));
	test_quiet(&s.calls);
	EXPECT_EQ(atomic_read(&s.calls), 2);
	EXPECT_EQ(s.ret, 0);
}

static int stop_then_start(void *dev)
{
	return iotimer_stop(dev) ?: iotimer_start(dev);
}

TEST(T6_start_in_own_routine)
{
	in_routine(test_start, NULL, 3);
	in_routine(stop_then_start, NULL, 3);
}

TEST(T6_start_other_in_routine)
{
	struct iotimer_device *other __free(test_device) = test_device("other");
	int before = atomic_read(&calls);

	if (!EXPECT_PTR(other))
		return;
	EXPECT_EQ(iotimer_init(other, test_count, &calls), 0);
	in_routine(test_start, other, 1);
	EXPECT(wait_for(atomic_read(&calls) > before + 1, TEST_LIMIT_MS));
}

static void stop_other_in_routine(int (*stop)(void *dev))
{
	struct iotimer_device *other __free(test_device) = test_device("other");

	if (!EXPECT_PTR(other))
		return;
	EXPECT_EQ(iotimer_init(other, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(other), 0);
	EXPECT(test_more_calls(&calls, 1));
	in_routine(stop, other, 2);
	test_quiet(&calls);
}

TEST(T6_stop_other_in_routine)
{
	stop_other_in_routine(test_stop);
}

TEST(T6_stop_sync_other_in_routine)
{
	stop_other_in_routine(test_stop_sync);
}

static const struct test_case cases[] = {
	CASE(T5_bad_device),
	CASE(T5_stop_from_process),
	CASE(T5_stop_from_softirq),
	CASE(T5_stop_from_hardirq),
	CASE(T5_stop_sync_from_process),
	CASE(T5_stop_sync_from_softirq),
	CASE(T5_stop_never_waits),
	CASE(T5_stop_sync_waits_in_process),
	CASE(T5_stop_sync_waits_in_softirq),
	CASE(T5_stop_sync_waits_with_bh_disabled),
	CASE(T5_stop_sync_waits_for_its_own_only),
	CASE(T5_stop_sync_does_not_wait_for_the_next),
	CASE(T5_stop_sync_under_a_lock_of_another_routine),
	CASE(T5_never_called_after_stop_sync),
	CASE(T5_stop_on_top_of_the_routine),
	CASE(T6_stop_in_own_routine),
	CASE(T6_start_in_own_routine),
	CASE(T6_start_other_in_routine),
	CASE(T6_stop_other_in_routine),
	CASE(T6_stop_sync_other_in_routine),
};

TEST_MODULE(cases);
