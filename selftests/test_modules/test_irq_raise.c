// SPDX-License-Identifier: GPL-2.0
/*
 * Raising a virtual interrupt: the end of clause I2
 */
#include "irq_test.h"

static int raise(void *irq)
{
	return iotimer_irq_raise(irq);
}

TEST(I2_raise_in_process_context)
{
	if (begin()) {
		EXPECT_EQ(raise(s.irq), 0);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I2_raise_in_softirq)
{
	if (begin()) {
		EXPECT_EQ(test_in_softirq(raise, s.irq), 0);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I2_raise_in_hardirq)
{
	if (begin()) {
		EXPECT_EQ(test_in_hardirq(raise, s.irq), 0);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I2_raise_with_interrupts_off)
{
	unsigned long flags;

	if (begin()) {
		local_irq_save(flags);
		EXPECT_EQ(raise(s.irq), 0);
		EXPECT_EQ(atomic_read(&s.isrs), 0);
		local_irq_restore(flags);
		EXPECT(isrs_reach(1));
	}
	end();
}

static int raise_inside(void *irq)
{
	int i;

	for (i = 0; i < 100; i++)
		EXPECT_EQ(iotimer_irq_raise(irq), 0);
	EXPECT_EQ(atomic_read(&s.isrs), 0);
	return 0;
}

TEST(I2_raised_inside_a_section_runs_after_it)
{
	if (begin()) {
		EXPECT_EQ(iotimer_synchronize(s.irq, raise_inside, s.irq), 0);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I2_raises_coalesce)
{
	if (begin()) {
		EXPECT_EQ(iotimer_synchronize(s.irq, raise_inside, s.irq), 0);
		EXPECT(isrs_reach(1));
		msleep(20);
		EXPECT_LE(atomic_read(&s.isrs), 2);
	}
	end();
}

static void raise_tickets(void *arg)
{
	int i;

	for (i = 0; i < 10; i++) {
		atomic_inc(&s.ticket);
		EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
	}
}

TEST(I2_no_raise_is_lost)
{
	int i;

	if (begin())
		for (i = 0; i < 200; i++) {
			on_two_cpus(raise_tickets, raise_tickets, NULL);
			if (!EXPECT(wait_for(READ_ONCE(s.seen) == atomic_read(&s.ticket),
					     TEST_LIMIT_MS)))
				break;
		}
	end();
}

static void raise_during_isr(void *irq)
{
	EXPECT(isr_begins());
	EXPECT_EQ(iotimer_irq_raise(irq), 0);
}

TEST(I2_raised_during_the_isr_runs_again)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 20;
		on_two_cpus(raise_first, raise_during_isr, s.irq);
		EXPECT(isrs_reach(2));
	}
	end();
}

TEST(I2_raise_bad_input)
{
	EXPECT_EQ(iotimer_irq_raise(NULL), -EINVAL);
	EXPECT_EQ(iotimer_irq_raise(ERR_PTR(-ENOMEM)), -EINVAL);
}

static const struct test_case cases[] = {
	CASE(I2_raised_inside_a_section_runs_after_it),
	CASE(I2_raise_in_process_context),
	CASE(I2_raise_in_softirq),
	CASE(I2_raise_in_hardirq),
	CASE(I2_raise_with_interrupts_off),
	CASE(I2_raises_coalesce),
	CASE(I2_no_raise_is_lost),
	CASE(I2_raised_during_the_isr_runs_again),
	CASE(I2_raise_bad_input),
};

TEST_MODULE(cases);
