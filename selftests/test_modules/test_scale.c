// SPDX-License-Identifier: GPL-2.0
/*
 * A hundred thousand devices, all started, all stopped: clauses T9, T10, T15
 *
 * The devices exist until the module is unloaded, so that scale.sh can look at them.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "test.h"

#define TICKS		3		/* per device, at least */

static unsigned int devices = 100000;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many");

static struct iotimer_device **all;
static unsigned int nr;
static atomic_t inside;
static atomic_t overlaps;

static void count(struct iotimer_device *dev, void *context)
{
	unsigned int *ticks = context;

	if (atomic_inc_return(&inside) != 1)
		atomic_inc(&overlaps);
	WRITE_ONCE(*ticks, *ticks + 1);
	atomic_dec(&inside);
}

static unsigned int ticks_of(unsigned int i)
{
	return READ_ONCE(*(unsigned int *)iotimer_device_ext(all[i]));
}

static unsigned int fewest_ticks(void)
{
	unsigned int i, fewest = UINT_MAX;

	for (i = 0; i < nr; i++)
		fewest = min(fewest, ticks_of(i));
	return fewest;
}

static unsigned long all_ticks(void)
{
	unsigned long ticks = 0;
	unsigned int i;

	for (i = 0; i < nr; i++)
		ticks += ticks_of(i);
	return ticks;
}

static bool create(unsigned int i)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "scale%u", i);
	dev = iotimer_device_create(name, sizeof(unsigned int));
	if (!EXPECT_PTR(dev))
		return false;
	all[nr++] = dev;
	return EXPECT_EQ(iotimer_init(dev, count, iotimer_device_ext(dev)), 0);
}

static unsigned long nr_calls;
module_param(nr_calls, ulong, 0444);
MODULE_PARM_DESC(nr_calls, "how many calls the routines have counted");

static s64 took;

static void stopwatch(const char *what)
{
	s64 now = ktime_to_ms(ktime_get());

	if (what)
		pr_info("iotimer-test: # %s: %lld ms\n", what, now - took);
	took = now;
}

TEST(create_all)
{
	unsigned int i;

	all = kvcalloc(devices, sizeof(*all), GFP_KERNEL);
	if (!EXPECT_PTR(all))
		return;
	stopwatch(NULL);
	for (i = 0; i < devices && create(i); i++)
		cond_resched();
	stopwatch("create and init");
	EXPECT_EQ(nr, devices);
}

TEST(T9_all_tick_one_after_another)
{
	unsigned int i;

	stopwatch(NULL);
	for (i = 0; i < nr; i++)
		EXPECT_EQ(iotimer_start(all[i]), 0);
	stopwatch("start");
	EXPECT(wait_for(fewest_ticks() >= TICKS, 3 * TEST_LIMIT_MS));
	stopwatch("tick");
	EXPECT_EQ(atomic_read(&overlaps), 0);
}

/* Also if the timers are stopped in the middle of a pass. */
TEST(T10_none_ticks_when_all_are_stopped)
{
	unsigned long ticks;
	unsigned int i;

	stopwatch(NULL);
	for (i = 0; i < nr; i++)
		EXPECT_EQ(iotimer_stop(all[i]), 0);
	stopwatch("stop");
	if (nr)
		EXPECT_EQ(iotimer_stop_sync(all[nr - 1]), 0);
	ticks = all_ticks();
	msleep(5 * period_ms);
	EXPECT_EQ(all_ticks(), ticks);
	nr_calls = ticks;
}

static const struct test_case cases[] = {
	CASE(create_all),
	CASE(T9_all_tick_one_after_another),
	CASE(T10_none_ticks_when_all_are_stopped),
};

static int __init test_scale_init(void)
{
	test_run(cases, sizeof(cases));
	return 0;
}
module_init(test_scale_init);

static void __exit test_scale_exit(void)
{
	stopwatch(NULL);
	while (nr) {
		iotimer_device_delete(all[--nr]);
		cond_resched();
	}
	stopwatch("delete");
	kvfree(all);
}
module_exit(test_scale_exit);

MODULE_DESCRIPTION("iotimer self-test: many devices");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
