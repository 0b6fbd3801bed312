// SPDX-License-Identifier: GPL-2.0
/*
 * Init and start: clauses T1 to T4
 */
#include "hold.h"
#include "many.h"
#include "test.h"

#define MANY		200

static atomic_t calls;

/* The arguments of the last call. */
struct seen {
	struct iotimer_device	*dev;
	void			*context;
	bool			started;
	bool			stopped;
	atomic_t		calls;
};

static struct seen seen;

static void see(struct iotimer_device *dev, void *context)
{
	seen.dev = dev;
	seen.context = context;
	atomic_inc_return_release(&seen.calls);
}

TEST(T1_init_does_not_start)
{
	struct iotimer_device *dev __free(test_device) = test_device("t1");
	int from = atomic_read(&calls);

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	msleep(5 * period_ms);
	EXPECT_EQ(atomic_read(&calls), from);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&calls, 1));
}

TEST(T1_context_may_be_null)
{
	struct iotimer_device *dev __free(test_device) = test_device("t1");

	if (!EXPECT_PTR(dev))
		return;
	seen.context = &seen;
	EXPECT_EQ(iotimer_init(dev, see, NULL), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&seen.calls, 2));
	EXPECT_EQ(seen.context, NULL);
	EXPECT_EQ(seen.dev, dev);
}

TEST(T1_bad_arguments)
{
	struct iotimer_device *dev __free(test_device) = test_device("t1");
	struct iotimer_device *bad = ERR_PTR(-ENODEV);

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(NULL, test_count, &calls), -EINVAL);
	EXPECT_EQ(iotimer_init(bad, test_count, &calls), -EINVAL);
	EXPECT_EQ(iotimer_init(dev, NULL, &calls), -EINVAL);
	EXPECT_EQ(iotimer_start(dev), -EINVAL);
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&calls, 1));
}

TEST(T2_second_init_changes_nothing)
{
	struct iotimer_device *dev __free(test_device) = test_device("t2");
	int from = atomic_read(&calls);

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, see, &seen), 0);
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), -EBUSY);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&seen.calls, 2));
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), -EBUSY);
	EXPECT(test_more_calls(&seen.calls, 2));
	EXPECT_EQ(seen.context, &seen);
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	EXPECT_EQ(iotimer_init(dev, see, NULL), -EBUSY);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&seen.calls, 2));
	EXPECT_EQ(seen.context, &seen);
	EXPECT_EQ(atomic_read(&calls), from);
}

static void one_of_many(struct iotimer_device *dev, void *context)
{
	struct one *one = context;

	if (dev != one->dev)
		one->mixed_up = true;
	atomic_inc(&one->calls);
}

TEST(T3_one_routine_many_devices)
{
	struct one *many = kcalloc(MANY, sizeof(*many), GFP_KERNEL);
	struct one *one;

	if (!EXPECT_PTR(many))
		return;
	if (create_many(many, MANY, one_of_many))
		for (one = many; one < many + MANY; one++)
			EXPECT_EQ(iotimer_start(one->dev), 0);
	for (one = many; one < many + MANY; one++) {
		EXPECT(wait_for(atomic_read(&one->calls) >= 2, TEST_LIMIT_MS));
		EXPECT(!one->mixed_up);
	}
	delete_many(many, MANY);
	kfree(many);
}

static void start_from(int (*from)(int (*fn)(void *arg), void *arg))
{
	struct iotimer_device *dev __free(test_device) = test_device("t4");

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(from(test_start, dev), -EINVAL);
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(from(test_start, dev), 0);
	EXPECT_EQ(from(test_start, dev), 0);
	EXPECT(test_more_calls(&calls, 2));
	EXPECT_EQ(from(test_start, dev), 0);
	EXPECT(test_more_calls(&calls, 2));
}

static int right_here(int (*fn)(void *arg), void *arg)
{
	return fn(arg);
}

TEST(T4_start_from_process)
{
	start_from(right_here);
}

TEST(T4_start_from_softirq)
{
	start_from(test_in_softirq);
}

TEST(T4_start_from_hardirq)
{
	start_from(test_in_hardirq);
}

TEST(T4_bad_device)
{
	struct iotimer_device *bad = ERR_PTR(-ENODEV);

	EXPECT_EQ(iotimer_start(NULL), -EINVAL);
	EXPECT_EQ(iotimer_start(bad), -EINVAL);
}

/* A timer that is started often is called as often as one started once. */
TEST(T4_start_is_idempotent)
{
	struct iotimer_device *once __free(test_device) = test_device("once");
	struct iotimer_device *often __free(test_device) = test_device("often");
	static atomic_t calls_once, calls_often;
	int i;

	if (!EXPECT_PTR(once) || !EXPECT_PTR(often))
		return;
	atomic_set(&calls_once, 0);
	atomic_set(&calls_often, 0);
	EXPECT_EQ(iotimer_init(once, test_count, &calls_once), 0);
	EXPECT_EQ(iotimer_init(often, test_count, &calls_often), 0);
	EXPECT_EQ(iotimer_start(often), 0);
	EXPECT_EQ(iotimer_start(once), 0);
	for (i = 0; i < 50; i++) {
		EXPECT_EQ(iotimer_start(often), 0);
		usleep_range(1000, 2000);
	}
	EXPECT(test_more_calls(&calls_once, 5));
	EXPECT_EQ(iotimer_stop_sync(often), 0);
	EXPECT_EQ(iotimer_stop_sync(once), 0);
	EXPECT_LE(abs(atomic_read(&calls_often) - atomic_read(&calls_once)), 2);
}

static void note_started(struct iotimer_device *dev, void *context)
{
	struct seen *seen = context;

	seen->started = iotimer_is_started(dev);
	iotimer_stop(dev);
	seen->stopped = !iotimer_is_started(dev);
	atomic_inc_return_release(&seen->calls);
}

TEST(T4_is_started_in_each_state)
{
	struct iotimer_device *dev __free(test_device) = test_device("t4");
	static struct seen seen;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_start(dev), -EINVAL);
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_init(dev, note_started, &seen), 0);
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&seen.calls, 1));
	EXPECT(seen.started);
	EXPECT(seen.stopped);
	EXPECT(!iotimer_is_started(dev));
}

TEST(T4_is_started_follows_start_and_stop)
{
	struct iotimer_device *other __free(test_device) = test_device("other");
	struct iotimer_device *dev __free(test_device) = test_device("t4");

	if (!EXPECT_PTR(dev) || !EXPECT_PTR(other))
		return;
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_init(other, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(iotimer_is_started(dev));
	EXPECT(!iotimer_is_started(other));
	EXPECT_EQ(iotimer_stop(dev), 0);
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(iotimer_is_started(dev));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	EXPECT(!iotimer_is_started(dev));
}

TEST(T4_is_started_bad_device)
{
	struct iotimer_device *bad = ERR_PTR(-ENODEV);

	EXPECT(!iotimer_is_started(NULL));
	EXPECT(!iotimer_is_started(bad));
}

/* The results of calls while deletion waits for the routine. */
struct answers {
	struct hold	hold;
	bool		deleting;	/* begins at any moment */
	int		in_routine;
	int		in_hardirq;
	int		stop;
	bool		started;
};

static void start_until_refused(struct iotimer_device *dev, void *context)
{
	unsigned long end = jiffies + msecs_to_jiffies(HOLD_LIMIT_MS);
	struct answers *a = context;

	hold_routine(dev, &a->hold);
	if (!READ_ONCE(a->deleting))
		return;
	do {
		a->in_routine = iotimer_start(dev);
	} while (!a->in_routine && time_before(jiffies, end));
	a->in_hardirq = test_in_hardirq(test_start, dev);
	a->stop = iotimer_stop(dev);
	a->started = iotimer_is_started(dev);
}

TEST(T4_start_during_deletion)
{
	static struct answers a = { .hold = HOLD_INIT(a.hold), .stop = -ENXIO, .started = true };
	struct iotimer_device *dev __free(test_device) = test_device("t4");

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs") || !EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, start_until_refused, &a), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	if (!EXPECT(hold(&a.hold)))
		return;
	WRITE_ONCE(a.deleting, true);
	hold_end(&a.hold, 0);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(dev)), 0);
	EXPECT_EQ(a.in_routine, -ESHUTDOWN);
	EXPECT_EQ(a.in_hardirq, -ESHUTDOWN);
	EXPECT_EQ(a.stop, 0);
	EXPECT(!a.started);
}

static const struct test_case cases[] = {
	CASE(T1_init_does_not_start),
	CASE(T1_context_may_be_null),
	CASE(T1_bad_arguments),
	CASE(T2_second_init_changes_nothing),
	CASE(T3_one_routine_many_devices),
	CASE(T4_start_from_process),
	CASE(T4_start_from_softirq),
	CASE(T4_start_from_hardirq),
	CASE(T4_bad_device),
	CASE(T4_start_is_idempotent),
	CASE(T4_is_started_in_each_state),
	CASE(T4_is_started_follows_start_and_stop),
	CASE(T4_is_started_bad_device),
	CASE(T4_start_during_deletion),
};

TEST_MODULE(cases);
