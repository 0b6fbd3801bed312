// SPDX-License-Identifier: GPL-2.0
/*
 * SynchCritSections, and what excludes whom: clauses I1 to I4, I7
 */
#include "irq_test.h"

/* I1: the caller's state is the callee's, and the other way round */

TEST(I1_value_comes_back)
{
	static const int values[] = { 0, 1, 2, INT_MAX, -1, INT_MIN };
	int i;

	if (begin())
		for (i = 0; i < ARRAY_SIZE(values); i++)
			EXPECT_EQ(iotimer_synchronize(s.irq, give_back, (void *)&values[i]),
				  values[i]);
	end();
}

TEST(I7_booleans_come_back_verbatim)
{
	int value;

	if (begin())
		for (value = 0; value <= 2; value++)
			EXPECT_EQ(iotimer_synchronize(s.irq, give_back, &value), value);
	end();
}

struct state {
	int	cpu;
	bool	irqs_off;
	bool	locked;
};

static int look_around(void *context)
{
	struct state *state = context;

	state->cpu = raw_smp_processor_id();
	state->irqs_off = irqs_disabled();
	state->locked = iotimer_isr_lock_held(s.irq);
	iotimer_assert_isr_locked(s.irq);
	return 0;
}

/* Called in each of the states below. */
static void synchronize_and_compare(void)
{
	int count = preempt_count();
	bool irqs_off = irqs_disabled();
	struct state state = { .cpu = -1 };
	int cpu;

	migrate_disable();
	cpu = raw_smp_processor_id();
	iotimer_synchronize(s.irq, look_around, &state);
	EXPECT_EQ(state.cpu, cpu);
	EXPECT_EQ(raw_smp_processor_id(), cpu);
	migrate_enable();

	EXPECT(state.locked);
	EXPECT_EQ(state.irqs_off, !RT);
	EXPECT_EQ(!!irqs_disabled(), irqs_off);
	EXPECT_EQ(preempt_count(), count);
	EXPECT(!iotimer_isr_lock_held(s.irq));
}

TEST(I1_interrupts_on_before_and_after)
{
	if (begin()) {
		synchronize_and_compare();
		local_bh_disable();
		synchronize_and_compare();
		local_bh_enable();
	}
	end();
}

TEST(I1_interrupts_off_before_and_after)
{
	unsigned long flags;

	if (SKIP_IF(RT, "spinlock_t sleeps on PREEMPT_RT"))
		return;
	if (begin()) {
		local_irq_save(flags);
		synchronize_and_compare();
		local_irq_restore(flags);
	}
	end();
}

static int synchronize(void *irq)
{
	return iotimer_synchronize(irq, critical, NULL);
}

TEST(I1_synchronize_in_softirq)
{
	if (begin())
		EXPECT_EQ(test_in_softirq(synchronize, s.irq), 0);
	end();
}

TEST(I1_synchronize_in_hardirq)
{
	if (SKIP_IF(RT, "spinlock_t sleeps on PREEMPT_RT"))
		return;
	if (begin())
		EXPECT_EQ(test_in_hardirq(synchronize, s.irq), 0);
	end();
}

/* A section in a section of the same lock; the warning comes once for all. */

static int synchronize_again(void *irq)
{
	return iotimer_synchronize(irq, give_back, &(int){ 1 });
}

static int nested;	/* what the ISR's section returned */

static irqreturn_t synchronizing_isr(struct iotimer_irq *irq, void *context)
{
	nested = synchronize_again(irq);
	atomic_inc(&s.isrs);
	return IRQ_HANDLED;
}

TEST(I1_nested_sections_are_refused)
{
	struct iotimer_irq_config config = virtual;

	if (begin_sharing()) {
		expect_trace_begin("iotimer: synchronize_again", IN_THE_CORE);
		EXPECT_EQ(iotimer_synchronize(s.irq, synchronize_again, s.irq), -EDEADLK);
		EXPECT_EQ(iotimer_synchronize(s.irq, synchronize_again, s.other), -EDEADLK);
		expect_warning_end();

		expect_trace_begin("iotimer: synchronizing_isr", IN_THE_CORE);
		EXPECT_EQ(iotimer_irq_disconnect(s.other), 0);
		config.isr = synchronizing_isr;
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), 0);
		EXPECT_EQ(iotimer_irq_raise(s.other), 0);
		EXPECT(isrs_reach(1));
		EXPECT_EQ(nested, -EDEADLK);
		expect_warning_end();

		EXPECT_EQ(iotimer_synchronize(s.irq, critical, NULL), 0);
	}
	end();
}

/* Locks of two connect sites are of two classes, so lockdep does not mind. */
TEST(I1_section_of_another_lock_nests)
{
	if (begin()) {
		EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.other), 0);
		EXPECT_EQ(iotimer_synchronize(s.irq, synchronize_again, s.other), 1);
	}
	end();
}

TEST(I1_synchronize_bad_input)
{
	EXPECT_EQ(iotimer_synchronize(NULL, critical, NULL), -EINVAL);
	EXPECT_EQ(iotimer_synchronize(ERR_PTR(-ENOMEM), critical, NULL), -EINVAL);
	if (begin())
		EXPECT_EQ(iotimer_synchronize(s.irq, NULL, NULL), -EINVAL);
	end();
}

/* I2: the ISR and SynchCritSections exclude each other */

static void storm(void *arg)
{
	int i;

	for (i = 0; i < STORM; i++) {
		iotimer_irq_raise(s.irq);
		iotimer_synchronize(s.irq, critical, NULL);
		if (s.other) {
			iotimer_irq_raise(s.other);
			iotimer_synchronize(s.other, critical, NULL);
		}
		cond_resched();
	}
}

TEST(I2_storm_of_both_cpus)
{
	if (begin()) {
		on_two_cpus(storm, storm, NULL);
		EXPECT(isrs_reach(1));
	}
	end();
}

/* Raises while the other CPU is inside. */
static void raise_into_section(void *irq)
{
	EXPECT(spin_for(atomic_read(&s.guarded.inside)));
	WRITE_ONCE(s.raised, true);
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
}

TEST(I2_isr_waits_for_section)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		on_two_cpus(hold_section, raise_into_section, s.irq);
		EXPECT(isrs_reach(1));
	}
	end();
}

static int never_in_isr(void *context)
{
	EXPECT(!READ_ONCE(s.in_isr));
	return 0;
}

static void enter_section_during_isr(void *irq)
{
	EXPECT(isr_begins());
	EXPECT_EQ(iotimer_synchronize(irq, never_in_isr, NULL), 0);
}

TEST(I2_section_waits_for_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 20;
		on_two_cpus(raise_first, enter_section_during_isr, s.irq);
		EXPECT(isrs_reach(1));
	}
	end();
}

/* I3: the device's lock is no protection against the ISR */

static void hold_device_lock(void *arg)
{
	spin_lock_bh(&s.dev->lock);
	WRITE_ONCE(s.raised, true);
	EXPECT(spin_for(atomic_read(&s.isrs)));
	spin_unlock_bh(&s.dev->lock);
}

static void raise_under_device_lock(void *arg)
{
	EXPECT(spin_for(READ_ONCE(s.raised)));
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
}

/* On PREEMPT_RT that lock keeps threaded ISRs off the own CPU, but no other. */
TEST(I3_device_lock_does_not_exclude_the_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin())
		on_two_cpus(hold_device_lock, raise_under_device_lock, NULL);
	end();
}

TEST(I3_assertion_catches_the_wrong_lock)
{
	if (begin()) {
		spin_lock_bh(&s.dev->lock);
		expect_warning_begin("WARNING: .*I3_assertion_catches_the_wrong_lock");
		iotimer_assert_isr_locked(s.irq);
		expect_warning_end();
		spin_unlock_bh(&s.dev->lock);
	}
	end();
}

/* I4: one lock for two interrupts */

TEST(I4_storm_on_a_shared_lock)
{
	if (begin_sharing()) {
		on_two_cpus(storm, storm, NULL);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I4_isr_waits_for_the_other_ones_section)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin_sharing()) {
		/* raises s.irq in a section of s.other */
		on_two_cpus(hold_section, raise_into_section, s.other);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I4_lock_outlives_its_first_interrupt)
{
	struct iotimer_irq *first;

	if (begin_sharing()) {
		first = s.irq;
		WRITE_ONCE(s.irq, s.other);
		EXPECT_EQ(iotimer_irq_disconnect(first), 0);
		s.other = NULL;
		on_two_cpus(storm, storm, NULL);
		EXPECT(isrs_reach(1));
	}
	end();
}

TEST(I4_devices_share_a_lock)
{
	struct iotimer_device *dev __free(test_device) = test_device("test_irq2");
	struct iotimer_irq_config config = virtual;

	if (EXPECT_PTR(dev) && begin()) {
		config.share_lock = s.irq;
		EXPECT_EQ(iotimer_irq_connect(dev, &config, &s.other), 0);
		on_two_cpus(storm, storm, NULL);
		EXPECT(isrs_reach(1));
	}
	end();
}

static const struct test_case cases[] = {
	CASE(I1_value_comes_back),
	CASE(I1_interrupts_on_before_and_after),
	CASE(I1_interrupts_off_before_and_after),
	CASE(I1_synchronize_in_softirq),
	CASE(I1_synchronize_in_hardirq),
	CASE(I1_nested_sections_are_refused),
	CASE(I1_section_of_another_lock_nests),
	CASE(I1_synchronize_bad_input),
	CASE(I2_storm_of_both_cpus),
	CASE(I2_isr_waits_for_section),
	CASE(I2_section_waits_for_isr),
	CASE(I3_device_lock_does_not_exclude_the_isr),
	CASE(I3_assertion_catches_the_wrong_lock),
	CASE(I4_storm_on_a_shared_lock),
	CASE(I4_isr_waits_for_the_other_ones_section),
	CASE(I4_lock_outlives_its_first_interrupt),
	CASE(I4_devices_share_a_lock),
	CASE(I7_booleans_come_back_verbatim),
};

TEST_MODULE(cases);
