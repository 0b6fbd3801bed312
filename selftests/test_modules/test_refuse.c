// SPDX-License-Identifier: GPL-2.0
/*
 * Calls and routines that are refused or repaired, with a warning: clauses T6 and T11
 *
 * A warning that the same caller repeats for the same device is left out, and
 * addresses come again: stop.sh loads iotimer for each.
 */
#include <linux/kernel_stat.h>
#include <linux/stop_machine.h>

#include "test.h"

/* The misdeed of a routine. */
struct misdeed {
	int			(*fn)(void *dev);
	int			ret;
	int			preempt_count;	/* at the last call */
	unsigned int		run;		/* of the softirq, then */
	atomic_t		calls;
};

static struct misdeed misdeed;

static unsigned int timer_softirqs(void)
{
	return kstat_softirqs_cpu(TIMER_SOFTIRQ, raw_smp_processor_id());
}

static void bad_routine(struct iotimer_device *dev, void *context)
{
	struct misdeed *m = context;

	m->preempt_count = preempt_count();
	m->run = timer_softirqs();
	m->ret = m->fn(dev);
	atomic_inc_return_release(&m->calls);
}

/* A device whose routine does it, until it has done so @times times. */
static struct iotimer_device *do_in_routine(int (*fn)(void *dev), int times)
{
	struct iotimer_device *dev __free(test_device) = test_device("culprit");

	if (!EXPECT_PTR(dev))
		return NULL;
	memset(&misdeed, 0, sizeof(misdeed));
	misdeed.fn = fn;
	EXPECT_EQ(iotimer_init(dev, bad_routine, &misdeed), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&misdeed.calls, times));
	return_ptr(dev);
}

/* Refused and named, and stopped: it cannot have meant anything else. */
TEST(T6_stop_sync_in_own_routine)
{
	struct iotimer_device *dev __free(test_device) = NULL;
	int calls;

	expect_trace_begin("iotimer_stop_sync.* of culprit.* bad_routine", "stop_sync");
	dev = do_in_routine(test_stop_sync, 1);
	expect_warning_end();
	if (!dev)
		return;
	EXPECT_EQ(misdeed.ret, -EDEADLK);
	calls = atomic_read(&misdeed.calls);
	msleep(3 * period_ms);
	EXPECT_EQ(atomic_read(&misdeed.calls), calls);
	/* and again: no second warning */
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&misdeed.calls, 1));
	EXPECT_EQ(misdeed.ret, -EDEADLK);
}

/* A helper: it is the routine that must be named. */
static noinline int delete(void *dev)
{
	int ret = iotimer_device_delete(dev);

	OPTIMIZER_HIDE_VAR(ret);
	return ret;
}

/* Refused and named, and nothing changes: it goes on being called. */
TEST(T6_delete_in_own_routine)
{
	struct iotimer_device *dev __free(test_device) = NULL;

	expect_trace_begin("iotimer: .*bad_routine", "iotimer_refuse_wait");
	dev = do_in_routine(delete, 3);
	expect_warning_end();
	EXPECT_EQ(misdeed.ret, -EDEADLK);
}

static void stop_sync_refused(int (*call)(int (*fn)(void *arg), void *arg))
{
	struct iotimer_device *dev __free(test_device) = test_device("culprit");
	static atomic_t calls;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&calls, 1));
	expect_trace_begin("iotimer_stop_sync.* of culprit", "stop_sync");
	EXPECT_EQ(call(test_stop_sync, dev), -EDEADLK);
	expect_warning_end();
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
}

TEST(T6_stop_sync_in_hardirq)
{
	stop_sync_refused(test_in_hardirq);
}

TEST(T6_stop_sync_with_irqs_disabled)
{
	stop_sync_refused(test_with_irqs_off);
}

/* The ISR's context is a device with a timer; it notes down what stopping that returns. */
static struct {
	atomic_t	isrs;
	int		ret;
} stopping;

static irqreturn_t stopping_isr(struct iotimer_irq *irq, void *dev)
{
	stopping.ret = test_stop_sync(dev);
	atomic_inc_return_release(&stopping.isrs);
	return IRQ_HANDLED;
}

static void stop_sync_under_isr_lock(struct iotimer_device *dev, struct iotimer_irq *irq)
{
	static atomic_t calls;

	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	expect_trace_begin("iotimer_stop_sync.* of culprit", "stop_sync");
	EXPECT_EQ(iotimer_synchronize(irq, test_stop_sync, dev), -EDEADLK);
	expect_warning_end();
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_start(dev), 0);
	expect_trace_begin("stopping_isr.* iotimer_stop_sync.* of culprit", "stop_sync");
	EXPECT_EQ(iotimer_irq_raise(irq), 0);
	EXPECT(wait_for(atomic_read_acquire(&stopping.isrs), TEST_LIMIT_MS));
	expect_warning_end();
	EXPECT_EQ(stopping.ret, -EDEADLK);
	EXPECT(!iotimer_is_started(dev));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
}

/* On PREEMPT_RT, too, where both look like any other code of a thread. */
TEST(T6_stop_sync_in_a_section_and_an_isr)
{
	struct iotimer_device *other __free(test_device) = test_device("other");
	struct iotimer_device *dev __free(test_device) = test_device("culprit");
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = stopping_isr,
		.context = dev,
	};
	struct iotimer_irq *irq;

	if (!EXPECT_PTR(dev) || !EXPECT_PTR(other))
		return;
	if (EXPECT_EQ(iotimer_irq_connect(other, &config, &irq), 0))
		stop_sync_under_isr_lock(dev, irq);
}

/* One place that calls, wherever the compiler would put this: a caller is reported once. */
static noinline int stop_sync_with_irqs_off(void *dev)
{
	return test_with_irqs_off(test_stop_sync, dev);
}

/* One offender does not use up the warning of the next. */
TEST(T6_every_offender_is_named)
{
	struct iotimer_device *first __free(test_device) = test_device("first");
	struct iotimer_device *second __free(test_device) = test_device("second");
	static atomic_t calls;

	if (!EXPECT_PTR(first) || !EXPECT_PTR(second))
		return;
	EXPECT_EQ(iotimer_init(first, test_count, &calls), 0);
	EXPECT_EQ(iotimer_init(second, test_count, &calls), 0);
	expect_trace_begin("iotimer_stop_sync.* of first", "stop_sync");
	EXPECT_EQ(stop_sync_with_irqs_off(first), -EDEADLK);
	EXPECT_EQ(stop_sync_with_irqs_off(first), -EDEADLK);
	expect_warning_end();
	expect_trace_begin("iotimer_stop_sync.* of second", "stop_sync");
	EXPECT_EQ(stop_sync_with_irqs_off(second), -EDEADLK);
	expect_warning_end();
}

static int delete_bh_disabled(void *dev)
{
	int ret;

	local_bh_disable();
	ret = delete(dev);
	local_bh_enable();
	return ret;
}

static int delete_preempt_disabled(void *dev)
{
	int ret;

	preempt_disable();
	ret = delete(dev);
	preempt_enable();
	return ret;
}

static int delete_rcu_reader(void *dev)
{
	int ret;

	rcu_read_lock();
	ret = delete(dev);
	rcu_read_unlock();
	return ret;
}

TEST(T6_delete_in_atomic_context)
{
	struct iotimer_device *dev __free(test_device) = test_device("culprit");
	static atomic_t calls;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	expect_trace_begin("iotimer: .* iotimer_device_delete", "iotimer_refuse_wait");
	EXPECT_EQ(test_in_hardirq(delete, dev), -EDEADLK);
	expect_warning_end();
	EXPECT_EQ(test_in_softirq(delete, dev), -EDEADLK);
	EXPECT_EQ(test_with_irqs_off(delete, dev), -EDEADLK);
	EXPECT_EQ(delete_bh_disabled(dev), -EDEADLK);
	if (IS_ENABLED(CONFIG_PREEMPT_COUNT))
		EXPECT_EQ(delete_preempt_disabled(dev), -EDEADLK);
	if (IS_ENABLED(CONFIG_PREEMPT_RCU))
		EXPECT_EQ(delete_rcu_reader(dev), -EDEADLK);
	EXPECT(test_more_calls(&calls, 2));
}

static int leave_preempt_disabled(void *dev)
{
	preempt_disable();
	return 0;
}

static int leave_irqs_disabled(void *dev)
{
	local_irq_disable();
	return 0;
}

static int leave_bh_disabled(void *dev)
{
	local_bh_disable();
	return 0;
}

/* The routine that is called next in the same softirq. */
struct victim {
	atomic_t	calls;
	atomic_t	damaged;
};

static void victim_routine(struct iotimer_device *dev, void *context)
{
	struct victim *v = context;

	if (timer_softirqs() != misdeed.run)
		return;
	if (preempt_count() != misdeed.preempt_count || irqs_disabled())
		atomic_inc(&v->damaged);
	atomic_inc_return_release(&v->calls);
}

/* It is said once, the others do not feel it and the routine goes on being called. */
static void repairs(int (*fn)(void *dev))
{
	struct iotimer_device *culprit __free(test_device) = NULL;
	struct iotimer_device *victim __free(test_device) = NULL;
	static struct victim v;

	expect_trace_begin("iotimer: routine bad_routine.* of culprit returned with", "repair");
	culprit = do_in_routine(fn, 1);
	victim = test_device("victim");
	if (EXPECT_PTR(culprit) && EXPECT_PTR(victim)) {
		EXPECT_EQ(iotimer_init(victim, victim_routine, &v), 0);
		EXPECT_EQ(iotimer_start(victim), 0);
		EXPECT(test_more_calls(&v.calls, 3));
	}
	EXPECT(test_more_calls(&misdeed.calls, 2));
	expect_warning_end();
	EXPECT_EQ(atomic_read(&v.damaged), 0);
}

TEST(T11_preempt_count_is_repaired)
{
	if (SKIP_IF(!IS_ENABLED(CONFIG_PREEMPT_COUNT), "needs CONFIG_PREEMPT_COUNT"))
		return;
	repairs(leave_preempt_disabled);
}

TEST(T11_irqs_are_repaired)
{
	repairs(leave_irqs_disabled);
}

TEST(T11_bottom_halves_are_repaired)
{
	if (SKIP_IF(IS_ENABLED(CONFIG_PREEMPT_RT), "they are counted per task"))
		return;
	repairs(leave_bh_disabled);
}

static unsigned long behaved_at;	/* jiffies, at the last call */

static int behave(void *dev)
{
	behaved_at = jiffies;
	return 0;
}

/* Bottom halves are counted also where preempt_disable() counts nothing. */
static int misbehave_once(void *dev)
{
	WRITE_ONCE(misdeed.fn, behave);
	return IS_ENABLED(CONFIG_PREEMPT_COUNT) ? leave_preempt_disabled(dev) :
						  leave_bh_disabled(dev);
}

/* In the first pass that comes more than two periods after the one before. */
static int misbehave_late(void *dev)
{
	unsigned long before = behaved_at;

	behaved_at = jiffies;
	return behaved_at - before > 2 * msecs_to_jiffies(period_ms) ? misbehave_once(dev) : 0;
}

static void do_misdeed(void)
{
	WRITE_ONCE(misdeed.fn, misbehave_once);
	EXPECT(wait_for(READ_ONCE(misdeed.fn) == behave, TEST_LIMIT_MS));
	EXPECT(test_more_calls(&misdeed.calls, 2));
}

/*
 * Where routines are known to be cheap, the walker looks at what they leave
 * behind after several calls, and cannot tell which it was. From then on the
 * culprit is named at its next misdeed, and never again.
 */
TEST(T11_late_misdeed_is_named_the_second_time)
{
	struct iotimer_device *culprit __free(test_device) = NULL;
	struct iotimer_device *victim __free(test_device) = NULL;
	static struct victim v;

	if (SKIP_IF(IS_ENABLED(CONFIG_PREEMPT_RT), "each call is watched there"))
		return;
	culprit = do_in_routine(behave, 1);
	victim = test_device("victim");
	if (!EXPECT_PTR(culprit) || !EXPECT_PTR(victim))
		return;
	EXPECT_EQ(iotimer_init(victim, victim_routine, &v), 0);
	EXPECT_EQ(iotimer_start(victim), 0);
	EXPECT(test_more_calls(&v.calls, 5));

	expect_warning_begin("iotimer: one of the last .* returned with");
	do_misdeed();
	expect_warning_end();
	EXPECT_LE(atomic_read(&v.damaged), 1);

	atomic_set(&v.damaged, 0);
	expect_trace_begin("iotimer: routine bad_routine.* of culprit returned with", "repair");
	do_misdeed();
	do_misdeed();
	expect_warning_end();
	EXPECT_EQ(atomic_read(&v.damaged), 0);
}

/* No CPU takes interrupts meanwhile, so that the tick comes late. */
static int stall_all(void *ms)
{
	mdelay(*(unsigned int *)ms);
	return 0;
}

/*
 * A pass that comes late and has ticks to count is no slower than others: it is
 * walked quickly, which shows in the report of a misdeed in it. Otherwise one
 * late tick would make the next one late in its turn.
 */
TEST(T14_late_pass_is_walked_quickly)
{
	struct iotimer_device *culprit __free(test_device) = NULL;
	unsigned int ms = 3 * period_ms;
	int i;

	if (SKIP_IF(IS_ENABLED(CONFIG_PREEMPT_RT), "each call is watched there"))
		return;
	culprit = do_in_routine(behave, 5);
	if (!culprit)
		return;
	expect_warning_begin("iotimer: one of the last .* returned with");
	WRITE_ONCE(misdeed.fn, misbehave_late);
	for (i = 0; i < 20 && READ_ONCE(misdeed.fn) == misbehave_late; i++)
		EXPECT_EQ(stop_machine(stall_all, &ms, cpu_online_mask), 0);
	EXPECT(wait_for(READ_ONCE(misdeed.fn) == behave, TEST_LIMIT_MS));
	EXPECT(test_more_calls(&misdeed.calls, 2));
	expect_warning_end();
}

static int other_calls;

static void other_bad_routine(struct iotimer_device *dev, void *context)
{
	leave_irqs_disabled(dev);
	WRITE_ONCE(other_calls, other_calls + 1);
}

/* Each routine for itself: the first one's report does not silence the second's. */
TEST(T11_second_culprit_is_named)
{
	struct iotimer_device *culprit __free(test_device) = NULL;
	struct iotimer_device *other __free(test_device) = test_device("other");

	if (!EXPECT_PTR(other))
		return;
	EXPECT_EQ(iotimer_init(other, other_bad_routine, NULL), 0);
	expect_trace_begin("iotimer: routine bad_routine.* of culprit returned with", "repair");
	culprit = do_in_routine(leave_irqs_disabled, 2);
	expect_warning_end();
	expect_trace_begin("iotimer: routine other_bad_routine.* of other returned with", "repair");
	EXPECT_EQ(iotimer_start(other), 0);
	EXPECT(wait_for(READ_ONCE(other_calls) >= 2, TEST_LIMIT_MS));
	expect_warning_end();
}

static const struct test_case cases[] = {
	CASE(T6_stop_sync_in_own_routine),
	CASE(T6_delete_in_own_routine),
	CASE(T6_stop_sync_in_hardirq),
	CASE(T6_stop_sync_with_irqs_disabled),
	CASE(T6_stop_sync_in_a_section_and_an_isr),
	CASE(T6_every_offender_is_named),
	CASE(T6_delete_in_atomic_context),
	CASE(T11_preempt_count_is_repaired),
	CASE(T11_irqs_are_repaired),
	CASE(T11_bottom_halves_are_repaired),
	CASE(T11_late_misdeed_is_named_the_second_time),
	CASE(T14_late_pass_is_walked_quickly),
	CASE(T11_second_culprit_is_named),
};

TEST_MODULE(cases);
