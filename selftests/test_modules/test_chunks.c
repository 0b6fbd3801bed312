// SPDX-License-Identifier: GPL-2.0
/*
 * Routines that each use up a chunk's budget, after some that do not: clause T15
 *
 * They run while the module is being loaded. Afterwards nr_calls is the number of
 * calls, each of which must have been the last of its chunk. The routines wait by
 * the clock that measures the budget.
 */
#include <linux/ktime.h>

#include "test.h"

#define SLOW		40
#define CHEAP		200

static unsigned int cheap;
module_param(cheap, uint, 0444);
MODULE_PARM_DESC(cheap, "how many cheap devices tick before the slow ones");

static unsigned int budget_us = 200;
module_param(budget_us, uint, 0444);
MODULE_PARM_DESC(budget_us, "as iotimer has it");

static atomic_t calls;
module_param_named(nr_calls, calls.counter, int, 0444);
MODULE_PARM_DESC(nr_calls, "of slow routines");

static void slow_routine(struct iotimer_device *dev, void *context)
{
	u64 end = ktime_get_mono_fast_ns() + 2 * NSEC_PER_USEC * budget_us;

	while (ktime_get_mono_fast_ns() < end)
		cpu_relax();
	atomic_inc(&calls);
}

static void cheap_routine(struct iotimer_device *dev, void *context)
{
}

static struct iotimer_device *devices[CHEAP + SLOW];
static unsigned int nr;

static bool create(iotimer_routine_t routine)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "chunk%u", nr);
	dev = iotimer_device_create(name, 0);
	if (!EXPECT_PTR(dev))
		return false;
	devices[nr++] = dev;
	return EXPECT_EQ(iotimer_init(dev, routine, NULL), 0);
}

TEST(T15_all_have_ticked)
{
	unsigned int i;

	cheap = min_t(unsigned int, cheap, CHEAP);
	for (i = 0; i < cheap + SLOW; i++)
		if (!create(i < cheap ? cheap_routine : slow_routine))
			break;
	for (i = 0; i < nr; i++)
		EXPECT_EQ(iotimer_start(devices[i]), 0);
	EXPECT(wait_for(atomic_read(&calls) >= 2 * SLOW, TEST_LIMIT_MS));
	while (nr)
		EXPECT_EQ(iotimer_device_delete(devices[--nr]), 0);
}

static const struct test_case cases[] = {
	CASE(T15_all_have_ticked),
};

TEST_MODULE(cases);
