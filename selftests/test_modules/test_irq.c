// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts, real and virtual, and SynchCritSections: clauses I1 to I7
 *
 * The real line is one that no hardware has: a test rings it.
 */
#include <linux/irq.h>

#include "cpus.h"
#include "test.h"

#define RT		IS_ENABLED(CONFIG_PREEMPT_RT)
#define STORM		1000		/* of each CPU */
#define MANY		100000		/* ISRs that raise themselves */

/* What ISRs and SynchCritSections share. */
static struct shared {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;
	struct iotimer_irq	*other;		/* a second one, if a test has it */
	unsigned long		counter;	/* not atomic */
	atomic_long_t		entered;
	atomic_t		inside;
	atomic_t		overlaps;
	atomic_t		isrs;		/* which have returned */
	atomic_t		ticket;
	int			seen;		/* ticket, by the ISR */
	unsigned int		isr_ms;		/* how long an ISR takes */
	bool			in_isr;
	bool			raised;
	bool			wrong;		/* pointer, context or state in the ISR */
	bool			again;		/* the ISR raises itself */
	int			nested;		/* of what the ISR called */
	bool			in_use;
	bool			used;
} s;

/* Changes what is shared, in a way that needs the lock. */
static int critical(void *context)
{
	unsigned long n = READ_ONCE(s.counter);

	iotimer_assert_isr_locked(s.irq);
	if (atomic_inc_return(&s.inside) != 1)
		atomic_inc(&s.overlaps);
	udelay(1);
	atomic_dec(&s.inside);
	WRITE_ONCE(s.counter, n + 1);
	atomic_long_inc(&s.entered);
	return 0;
}

static bool isr_context(void)
{
	if (RT)
		return !in_hardirq() && !irqs_disabled();
	return in_hardirq() && irqs_disabled();
}

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	WRITE_ONCE(s.in_isr, true);
	if (context != &s || !isr_context())
		s.wrong = true;
	WRITE_ONCE(s.seen, atomic_read(&s.ticket));
	if (irq == READ_ONCE(s.irq) || irq == READ_ONCE(s.other))
		critical(context);
	else
		s.wrong = true;
	if (s.isr_ms)
		mdelay(s.isr_ms);
	if (s.again && atomic_read(&s.isrs) < MANY)
		iotimer_irq_raise(irq);
	WRITE_ONCE(s.in_isr, false);
	atomic_inc(&s.isrs);
	return IRQ_HANDLED;
}

static const struct iotimer_irq_config virtual = {
	.line = IOTIMER_IRQ_VIRTUAL,
	.isr = isr,
	.context = &s,
};

/* A device with a virtual interrupt, and an s without history. */
static bool begin(void)
{
	memset(&s, 0, sizeof(s));
	s.dev = iotimer_device_create("test_irq", 0);
	return EXPECT_PTR(s.dev) &&
	       EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0) &&
	       EXPECT_PTR(s.irq);
}

static void expect_consistent(void)
{
	EXPECT_EQ(s.counter, atomic_long_read(&s.entered));
	EXPECT_EQ(atomic_read(&s.overlaps), 0);
	EXPECT(!s.wrong);
}

/* Deleting the device disconnects what is still connected. */
static void end(void)
{
	if (IS_ERR_OR_NULL(s.dev))
		return;
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	s.dev = NULL;
	expect_consistent();
}

static bool isrs_reach(int n)
{
	return wait_for(atomic_read(&s.isrs) >= n, TEST_LIMIT_MS);
}

static int raise(void *irq)
{
	return iotimer_irq_raise(irq);
}

/* I1: the caller's state is the callee's, and the other way round */

static int give_back(void *context)
{
	return *(int *)context;
}

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
	state->locked = is_locked(&s.irq->lock->lock);
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
	EXPECT(!is_locked(&s.irq->lock->lock));
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

static int stay_until_raised(void *context)
{
	WRITE_ONCE(s.wrong, READ_ONCE(s.in_isr));
	atomic_inc(&s.inside);
	EXPECT(spin_for(READ_ONCE(s.raised)));
	mdelay(20);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 0);
	atomic_dec(&s.inside);
	return 0;
}

static void hold_section(void *irq)
{
	EXPECT_EQ(iotimer_synchronize(irq, stay_until_raised, NULL), 0);
}

/* Raises while the other CPU is inside. */
static void raise_into_section(void *irq)
{
	EXPECT(spin_for(atomic_read(&s.inside)));
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

static void raise_first(void *irq)
{
	EXPECT_EQ(iotimer_irq_raise(irq), 0);
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
}

static void enter_section_during_isr(void *irq)
{
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
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

static bool begin_sharing(void)
{
	struct iotimer_irq_config config = virtual;

	if (!begin())
		return false;
	config.share_lock = s.irq;
	return EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), 0);
}

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
		if (EXPECT_EQ(refcount_read(&s.irq->lock->users), 1)) {
			on_two_cpus(storm, storm, NULL);
			EXPECT(isrs_reach(1));
		}
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

/* I5: connect and disconnect */

static void raise_once_connected(void *arg)
{
	EXPECT(spin_for(READ_ONCE(s.irq)));
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
}

static void connect_late(void *arg)
{
	EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0);
	EXPECT(isrs_reach(1));
	EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
}

TEST(I5_raised_as_soon_as_the_pointer_is_set)
{
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin())
		for (i = 0; i < 20; i++) {
			EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
			WRITE_ONCE(s.irq, NULL);
			atomic_set(&s.isrs, 0);
			on_two_cpus(raise_once_connected, connect_late, NULL);
			if (!EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0))
				break;
		}
	end();
}

static void disconnect_during_isr(void *irq)
{
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
	EXPECT_EQ(iotimer_irq_disconnect(irq), 0);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 1);
}

TEST(I5_disconnect_waits_for_the_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 50;
		on_two_cpus(raise_first, disconnect_during_isr, s.irq);
	}
	end();
}

static void delete_during_isr(void *arg)
{
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 1);
	s.dev = NULL;
}

static void raise_s_irq(void *arg)
{
	raise_first(s.irq);
}

TEST(I5_delete_waits_for_the_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 50;
		on_two_cpus(raise_s_irq, delete_during_isr, NULL);
	}
	end();
}

/*
 * What runs on the device's behalf has the interrupt until it is over, even if
 * the device is being deleted, which is waited for here for up to @ms.
 */
static void use_while_deleted(struct iotimer_device *dev, int ms)
{
	WRITE_ONCE(s.in_use, true);
	while (iotimer_start(dev) != -ESHUTDOWN) {
		if (!ms--)
			return;
		mdelay(1);
	}
	mdelay(20);
	/* If it is gone, raise is more likely to survive that. */
	if (EXPECT_EQ(iotimer_irq_raise(s.irq), 0))
		EXPECT_EQ(iotimer_synchronize(s.irq, give_back, &(int){ 1 }), 1);
	WRITE_ONCE(s.used, true);
}

static void delete_while_used(void *arg)
{
	EXPECT(wait_for(READ_ONCE(s.in_use), TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	s.dev = NULL;
}

static enum iotimer_action using_control(struct iotimer_device *dev,
					 struct iotimer_controller *ctl, void *context)
{
	use_while_deleted(dev, 5000);
	return IOTIMER_DEALLOCATE;
}

static void run_using_control(void *ctl)
{
	EXPECT_EQ(iotimer_controller_allocate(ctl, s.dev, using_control, NULL), 0);
}

TEST(I5_delete_disconnects_after_the_control_routine)
{
	struct iotimer_controller *ctl;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	ctl = iotimer_controller_create("test_irq", 0);
	if (EXPECT_PTR(ctl) && begin()) {
		on_two_cpus(run_using_control, delete_while_used, ctl);
		EXPECT(s.used);
	}
	end();
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

static void using_routine(struct iotimer_device *dev, void *context)
{
	use_while_deleted(dev, 20);
}

/* Until the routine does not run where delete does, and is met running. */
TEST(I5_delete_disconnects_after_the_routine)
{
	struct cpu_call call;
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	s.used = false;
	for (i = 0; i < 40 && !s.used; i++) {
		if (begin() && EXPECT_EQ(iotimer_init(s.dev, using_routine, NULL), 0) &&
		    EXPECT_EQ(iotimer_start(s.dev), 0)) {
			cpu_call_begin(&call, i % 2 ? second_cpu() : first_cpu(),
				       delete_while_used, NULL);
			cpu_call_end(&call);
		}
		end();
	}
	EXPECT(s.used);
}

static void disconnect_from_elsewhere(void *irq)
{
	int isrs;

	EXPECT(isrs_reach(10));
	EXPECT_EQ(iotimer_irq_disconnect(irq), 0);
	isrs = atomic_read(&s.isrs);
	EXPECT_LT(isrs, MANY);
	msleep(20);
	EXPECT_EQ(atomic_read(&s.isrs), isrs);
}

/* Nothing else runs on the CPU of such an ISR. */
TEST(I5_disconnect_ends_an_isr_that_raises_itself)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.again = true;
		on_two_cpus(raise_first, disconnect_from_elsewhere, s.irq);
	}
	end();
}

/* I6: the assertions */

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
	EXPECT(spin_for(atomic_read(&s.inside)));
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

/* Raising a virtual interrupt */

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
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
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

/* A section in a section of the same lock; the warning comes once for all. */

static int synchronize_again(void *irq)
{
	return iotimer_synchronize(irq, give_back, &(int){ 1 });
}

static irqreturn_t synchronizing_isr(struct iotimer_irq *irq, void *context)
{
	s.nested = synchronize_again(irq);
	atomic_inc(&s.isrs);
	return IRQ_HANDLED;
}

TEST(I1_nested_sections_are_refused)
{
	struct iotimer_irq_config config = virtual;

	if (begin_sharing()) {
		expect_trace_begin("iotimer: synchronize_again", "\\[iotimer\\]");
		EXPECT_EQ(iotimer_synchronize(s.irq, synchronize_again, s.irq), -EDEADLK);
		EXPECT_EQ(iotimer_synchronize(s.irq, synchronize_again, s.other), -EDEADLK);

		EXPECT_EQ(iotimer_irq_disconnect(s.other), 0);
		config.isr = synchronizing_isr;
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), 0);
		EXPECT_EQ(iotimer_irq_raise(s.other), 0);
		EXPECT(isrs_reach(1));
		EXPECT_EQ(s.nested, -EDEADLK);
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

/* A real line */

static int ring(void *line)
{
	return generic_handle_irq((unsigned long)line);
}

static int ring_line(int line)
{
	return test_in_hardirq(ring, (void *)(unsigned long)line);
}

static int new_line(struct irq_chip *chip)
{
	int line = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);

	if (!EXPECT_GT(line, 0))
		return -1;
	irq_set_chip_and_handler(line, chip, handle_edge_irq);
	irq_clear_status_flags(line, IRQ_NOREQUEST | IRQ_NOAUTOEN);
	return line;
}

/* begin() with a real line in place of the virtual interrupt */
static int begin_line(struct irq_chip *chip)
{
	struct iotimer_irq_config config = virtual;

	memset(&s, 0, sizeof(s));
	config.line = new_line(chip);
	s.dev = iotimer_device_create("test_irq", 0);
	if ((int)config.line > 0 && EXPECT_PTR(s.dev) &&
	    EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.irq), 0))
		return config.line;
	return -1;
}

static void end_line(int line)
{
	end();
	if (line > 0)
		irq_free_desc(line);
}

static void storm_line(void *line)
{
	int i;

	for (i = 0; i < STORM / 4; i++) {
		EXPECT_EQ(test_in_hardirq(ring, line), 0);
		iotimer_synchronize(s.irq, critical, NULL);
	}
}

TEST(I2_storm_on_a_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0) {
		on_two_cpus(storm_line, storm_line, (void *)(unsigned long)line);
		EXPECT(isrs_reach(1));
	}
	end_line(line);
}

static void ring_first(void *line)
{
	EXPECT_EQ(test_in_hardirq(ring, line), 0);
	EXPECT(spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs)));
}

static void disconnect_s_irq(void *arg)
{
	disconnect_during_isr(s.irq);
}

TEST(I5_disconnect_of_a_line_waits_for_the_isr)
{
	int line;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	line = begin_line(&dummy_irq_chip);
	if (line > 0) {
		s.isr_ms = 50;
		on_two_cpus(ring_first, disconnect_s_irq, (void *)(unsigned long)line);
		ring_line(line);
		EXPECT_EQ(atomic_read(&s.isrs), 1);
	}
	end_line(line);
}

TEST(I5_delete_frees_the_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0) {
		EXPECT_EQ(iotimer_device_delete(s.dev), 0);
		s.dev = NULL;
		EXPECT(!irq_has_action(line));
		ring_line(line);
		EXPECT_EQ(atomic_read(&s.isrs), 0);
	}
	end_line(line);
}

/* A line that is pending when it is requested: it rings before connect returns. */
static int pending_line;

static void ring_pending(struct irq_work *work)
{
	generic_handle_irq(pending_line);
}

static struct irq_work ring_soon;

static void enable_pending(struct irq_data *data)
{
	irq_work_queue(&ring_soon);
}

static void no_op(struct irq_data *data)
{
}

TEST(I5_pointer_is_set_before_a_pending_line_rings)
{
	static struct irq_chip chip = {
		.name = "pending",
		.irq_enable = enable_pending,
		.irq_disable = no_op,
		.irq_mask = no_op,
		.irq_unmask = no_op,
		.irq_ack = no_op,
	};
	struct iotimer_irq_config config = virtual;

	memset(&s, 0, sizeof(s));
	ring_soon = IRQ_WORK_INIT_HARD(ring_pending);
	pending_line = new_line(&chip);
	s.dev = iotimer_device_create("test_irq", 0);
	if (pending_line > 0 && EXPECT_PTR(s.dev)) {
		config.line = pending_line;
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.irq), 0);
		irq_work_sync(&ring_soon);
		EXPECT(isrs_reach(1));
	}
	end_line(pending_line);
}

/* Bad input */

static irqreturn_t foreign_handler(int line, void *dev_id)
{
	return IRQ_NONE;
}

TEST(I5_occupied_line)
{
	struct iotimer_irq_config config = virtual;
	int line = new_line(&dummy_irq_chip);

	if (line > 0 && begin() &&
	    EXPECT_EQ(request_irq(line, foreign_handler, 0, "test", &s), 0)) {
		config.line = line;
		s.other = s.irq;
		/* With CONFIG_DEBUG_SHIRQ with a trace. */
		expect_warning_begin("genirq: Flags mismatch");
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), -EBUSY);
		expect_warning_end();
		EXPECT_EQ(s.other, NULL);
		free_irq(line, &s);
	}
	end_line(line);
}

TEST(I5_no_such_line)
{
	struct iotimer_irq_config config = virtual;

	if (begin()) {
		config.line = INT_MAX;
		s.other = s.irq;
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), -EINVAL);
		EXPECT_EQ(s.other, NULL);
	}
	end();
}

TEST(I5_raise_on_a_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0)
		EXPECT_EQ(iotimer_irq_raise(s.irq), -EINVAL);
	end_line(line);
}

/* Returns what connecting this on s.dev returns, which must fail. */
static int connect_bad(struct iotimer_irq_config config)
{
	struct iotimer_irq *irq = s.irq;
	int ret = iotimer_irq_connect(s.dev, &config, &irq);

	EXPECT_EQ(irq, NULL);
	return ret;
}

TEST(I5_connect_bad_input)
{
	struct iotimer_irq_config config = virtual;
	struct iotimer_irq *irq = NULL;

	if (begin()) {
		EXPECT_EQ(iotimer_irq_connect(NULL, &virtual, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(ERR_PTR(-ENOMEM), &virtual, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(s.dev, NULL, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, NULL), -EINVAL);
		config.isr = NULL;
		EXPECT_EQ(connect_bad(config), -EINVAL);
		config = virtual;
		config.share_lock = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EINVAL);
	}
	end();
}

TEST(I5_connect_bad_addresses)
{
	struct iotimer_irq_config config = virtual;
	void *user = (void *)PAGE_SIZE;

	if (begin()) {
		config.isr = user;
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config.isr = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config = virtual;
		config.context = user;
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config.context = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EFAULT);
	}
	end();
}

TEST(I5_disconnect_bad_input)
{
	EXPECT_EQ(iotimer_irq_disconnect(NULL), -EINVAL);
	EXPECT_EQ(iotimer_irq_disconnect(ERR_PTR(-ENOMEM)), -EINVAL);
}

TEST(I2_raise_bad_input)
{
	EXPECT_EQ(iotimer_irq_raise(NULL), -EINVAL);
	EXPECT_EQ(iotimer_irq_raise(ERR_PTR(-ENOMEM)), -EINVAL);
}

TEST(I1_synchronize_bad_input)
{
	EXPECT_EQ(iotimer_synchronize(NULL, critical, NULL), -EINVAL);
	EXPECT_EQ(iotimer_synchronize(ERR_PTR(-ENOMEM), critical, NULL), -EINVAL);
	if (begin())
		EXPECT_EQ(iotimer_synchronize(s.irq, NULL, NULL), -EINVAL);
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
	CASE(I2_raised_inside_a_section_runs_after_it),
	CASE(I2_raise_in_process_context),
	CASE(I2_raise_in_softirq),
	CASE(I2_raise_in_hardirq),
	CASE(I2_raise_with_interrupts_off),
	CASE(I2_raises_coalesce),
	CASE(I2_no_raise_is_lost),
	CASE(I2_raised_during_the_isr_runs_again),
	CASE(I2_raise_bad_input),
	CASE(I2_storm_on_a_line),
	CASE(I3_device_lock_does_not_exclude_the_isr),
	CASE(I3_assertion_catches_the_wrong_lock),
	CASE(I4_storm_on_a_shared_lock),
	CASE(I4_isr_waits_for_the_other_ones_section),
	CASE(I4_lock_outlives_its_first_interrupt),
	CASE(I4_devices_share_a_lock),
	CASE(I5_raised_as_soon_as_the_pointer_is_set),
	CASE(I5_pointer_is_set_before_a_pending_line_rings),
	CASE(I5_disconnect_waits_for_the_isr),
	CASE(I5_disconnect_of_a_line_waits_for_the_isr),
	CASE(I5_disconnect_ends_an_isr_that_raises_itself),
	CASE(I5_delete_waits_for_the_isr),
	CASE(I5_delete_frees_the_line),
	CASE(I5_delete_disconnects_after_the_control_routine),
	CASE(I5_delete_disconnects_after_the_routine),
	CASE(I5_occupied_line),
	CASE(I5_no_such_line),
	CASE(I5_raise_on_a_line),
	CASE(I5_connect_bad_input),
	CASE(I5_connect_bad_addresses),
	CASE(I5_disconnect_bad_input),
	CASE(I6_isr_assertion_fires_without_the_lock),
	CASE(I6_isr_assertion_fires_after_the_section),
	CASE(I6_isr_assertion_fires_after_the_isr),
	CASE(I6_isr_assertion_fires_beside_a_section),
	CASE(I6_isr_assertion_is_silent_where_the_lock_is_shared),
	CASE(I6_lock_assertion),
	CASE(I6_set_show_bad_input),
	CASE(I7_booleans_come_back_verbatim),
};

TEST_MODULE(cases);
