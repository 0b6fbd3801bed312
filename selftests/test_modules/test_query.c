// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that only answer: the names, and whether the ISR's lock is held. The
 * states of a timer are in test_timer.c.
 */
#include "irq_test.h"

TEST(query_device_name)
{
	char name[] = "query";
	struct iotimer_device *dev __free(test_device) = test_device(name);

	if (!EXPECT_PTR(dev))
		return;
	/* A copy: the caller's may go. */
	name[0] = 'x';
	EXPECT_EQ(strcmp(iotimer_device_name(dev), "query"), 0);
}

TEST(query_longest_device_name)
{
	static const char name[] = "a_name_of_thirty-one_characters";
	struct iotimer_device *dev __free(test_device) = test_device(name);

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(sizeof(name), IOTIMER_NAME_LEN);
	EXPECT_EQ(strcmp(iotimer_device_name(dev), name), 0);
}

TEST(query_controller_name)
{
	struct iotimer_controller *ctl;
	char name[] = "query";

	ctl = iotimer_controller_create(name, 0);
	if (!EXPECT_PTR(ctl))
		return;
	name[0] = 'x';
	EXPECT_EQ(strcmp(iotimer_controller_name(ctl), "query"), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

TEST(query_controller_name_bad_input)
{
	struct iotimer_controller *bad = ERR_PTR(-ENOMEM);

	EXPECT_EQ(iotimer_controller_name(NULL), NULL);
	EXPECT_EQ(iotimer_controller_name(bad), NULL);
}

static int query_lock_held(void *irq)
{
	return iotimer_isr_lock_held(irq);
}

TEST(I6_query_lock_held)
{
	struct iotimer_irq *bad = ERR_PTR(-ENOMEM);

	EXPECT(!iotimer_isr_lock_held(NULL));
	EXPECT(!iotimer_isr_lock_held(bad));
	if (begin()) {
		EXPECT(!iotimer_isr_lock_held(s.irq));
		EXPECT_EQ(iotimer_synchronize(s.irq, query_lock_held, s.irq), true);
		EXPECT_EQ(iotimer_synchronize(s.irq, query_lock_held, NULL), false);
		EXPECT(!iotimer_isr_lock_held(s.irq));
	}
	end();
}

static const struct test_case cases[] = {
	CASE(query_device_name),
	CASE(query_longest_device_name),
	CASE(query_controller_name),
	CASE(query_controller_name_bad_input),
	CASE(I6_query_lock_held),
};

TEST_MODULE(cases);
