// SPDX-License-Identifier: GPL-2.0
/*
 * The assertions, and under which lock a context is shown: clause I6
 */
#include "irq_test.h"

TEST(I6_isr_assertion_fires_without_the_lock)
{
	if (begin()) {
		expect_warning_begin("WARNING: .*I6_isr_assertion_fires_without_the_lock");
		iotimer_assert_isr_locked(s.irq);
		expect_warning_end();
	}
	end();
}

TEST(I6_isr_assertion_fires_after_the_section)
{
	if (begin()) {
		EXPECT_EQ(iotimer_synchronize(s.irq, critical, NULL), 0);
		expect_warning_begin("WARNING: .*I6_isr_assertion_fires_after_the_section");
		iotimer_assert_isr_locked(s.irq);
		expect_warning_end();
	}
	end();
}

static noinline void assert_after_isr(void)
{
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
	EXPECT(isrs_reach(1));
	expect_warning_begin("WARNING: .*after_isr");
	iotimer_assert_isr_locked(s.irq);
	expect_warning_end();
}

TEST(I6_isr_assertion_fires_after_the_isr)
{
	if (begin())
		assert_after_isr();
	end();
}

static void assert_beside_section(void *arg)
{
	EXPECT(spin_for(atomic_read(&s.guarded.inside)));
	expect_warning_begin("WARNING: .*beside_section");
	iotimer_assert_isr_locked(s.irq);
	expect_warning_end();
	WRITE_ONCE(s.raised, true);
}

TEST(I6_isr_assertion_fires_beside_a_section)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin())
		on_two_cpus(hold_section, assert_beside_section, s.irq);
	end();
}

static int assert_both(void *context)
{
	iotimer_assert_isr_locked(s.irq);
	iotimer_assert_isr_locked(s.other);
	return 0;
}

/* Those in the ISRs are in critical(), and any warning fails the run. */
TEST(I6_isr_assertion_is_silent_where_the_lock_is_shared)
{
	if (begin_sharing()) {
		EXPECT_EQ(iotimer_synchronize(s.irq, assert_both, NULL), 0);
		EXPECT_EQ(iotimer_synchronize(s.other, assert_both, NULL), 0);
		EXPECT_EQ(iotimer_irq_raise(s.other), 0);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I6_lock_assertion)
{
	if (begin()) {
		spin_lock_bh(&s.dev->lock);
		iotimer_assert_locked(s.dev);
		spin_unlock_bh(&s.dev->lock);
		expect_warning_begin("WARNING: .*I6_lock_assertion");
		iotimer_assert_locked(s.dev);
		expect_warning_end();
	}
	end();
}

static void show(struct seq_file *m, void *context)
{
}

TEST(I6_set_show_bad_input)
{
	struct iotimer_device *dev __free(test_device) = test_device("test_irq2");

	if (EXPECT_PTR(dev) && begin()) {
		EXPECT_EQ(iotimer_device_set_show(NULL, show, NULL), -EINVAL);
		EXPECT_EQ(iotimer_device_set_show(ERR_PTR(-ENOMEM), show, NULL), -EINVAL);
		EXPECT_EQ(iotimer_device_set_show(s.dev, show, ERR_PTR(-ENOMEM)), -EINVAL);
		EXPECT_EQ(iotimer_device_set_show(dev, show, s.irq), -EINVAL);
		EXPECT_EQ(iotimer_device_set_show(s.dev, (iotimer_show_t)PAGE_SIZE, NULL),
			  -EFAULT);
		EXPECT_EQ(iotimer_device_set_show(s.dev, ERR_PTR(-ENOMEM), NULL), -EFAULT);
		EXPECT_EQ(iotimer_device_set_show(s.dev, show, s.irq), 0);
		EXPECT_EQ(iotimer_device_set_show(s.dev, NULL, NULL), 0);
	}
	end();
}

static const struct test_case cases[] = {
	CASE(I6_isr_assertion_fires_without_the_lock),
	CASE(I6_isr_assertion_fires_after_the_section),
	CASE(I6_isr_assertion_fires_after_the_isr),
	CASE(I6_isr_assertion_fires_beside_a_section),
	CASE(I6_isr_assertion_is_silent_where_the_lock_is_shared),
	CASE(I6_lock_assertion),
	CASE(I6_set_show_bad_input),
};

TEST_MODULE(cases);
