/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A routine that stays in its call as long as a test needs it
 *
 * In the meantime its CPU handles only interrupts. So the routine stays only on a
 * CPU where the test does not run: hold() pins the test to another CPU than that
 * of the tick. The test must do nothing else while the routine is held: it would
 * wait for a task that the routine has interrupted with a lock held, and for each
 * remote function call to that CPU.
 */
#ifndef _IOTIMER_TEST_HOLD_H
#define _IOTIMER_TEST_HOLD_H

#include <linux/kthread.h>

#include "test.h"

#define HOLD_LIMIT_MS	10000

struct hold {
	raw_spinlock_t	lock;
	bool		wanted;		/* the next call has to stay */
	bool		inside;		/* a call stays */
	int		cpu;		/* of the last call */
	int		test_cpu;
	unsigned long	until;		/* in jiffies */
	int		calls;
	int		stayed;		/* calls that stayed and have ended */
};

#define HOLD_INIT(NAME)	{ .lock = __RAW_SPIN_LOCK_UNLOCKED((NAME).lock) }

static void hold_routine(struct iotimer_device *dev, void *context)
{
	struct hold *hold = context;
	unsigned long flags;
	bool inside;

	raw_spin_lock_irqsave(&hold->lock, flags);
	hold->cpu = raw_smp_processor_id();
	inside = hold->wanted && hold->cpu != hold->test_cpu;
	hold->inside = inside;
	hold->wanted = false;
	hold->calls++;
	raw_spin_unlock_irqrestore(&hold->lock, flags);

	while (inside && time_before(jiffies, READ_ONCE(hold->until)))
		cpu_relax();
	hold->stayed += inside;
	/* All stores of the call come before its end is visible. */
	smp_store_release(&hold->inside, false);
}

/* The next call has to stay if it is not on this CPU. */
static void hold_next(struct hold *hold)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&hold->lock, flags);
	hold->test_cpu = raw_smp_processor_id();
	hold->until = jiffies + msecs_to_jiffies(HOLD_LIMIT_MS);
	hold->wanted = true;
	raw_spin_unlock_irqrestore(&hold->lock, flags);
}

static int hold_be_busy(void *data)
{
	struct hold *hold = data;

	while (READ_ONCE(hold->wanted))
		cond_resched();
	module_put_and_kthread_exit(0);
}

/* Other CPUs may take over the timers of one that is idle (6.9), so the tick's must not be. */
static void hold_keep_busy(struct hold *hold)
{
	__module_get(THIS_MODULE);
	if (IS_ERR(kthread_run_on_cpu(hold_be_busy, hold, READ_ONCE(hold->cpu), "hold/%u")))
		module_put(THIS_MODULE);
}

static bool hold_try(struct hold *hold, bool busy)
{
	unsigned long flags;
	bool inside;

	hold_next(hold);
	if (busy)
		hold_keep_busy(hold);
	wait_for(!READ_ONCE(hold->wanted), TEST_LIMIT_MS);

	raw_spin_lock_irqsave(&hold->lock, flags);
	inside = hold->inside;
	hold->wanted = false;
	raw_spin_unlock_irqrestore(&hold->lock, flags);
	return inside;
}

/* Wait for a call of a started routine, and keep it in the call. */
static bool hold(struct hold *hold)
{
	int tries, cpu;

	for (tries = 0; tries < 100; tries++) {
		cpu = cpumask_any_but(cpu_online_mask, READ_ONCE(hold->cpu));
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
		if (hold_try(hold, tries >= 10))
			return true;
	}
	return false;
}

static __maybe_unused bool held(struct hold *hold)
{
	/* Pairs with the release at the end of the call. */
	return smp_load_acquire(&hold->inside);
}

/* The call ends after some jiffies. */
static void hold_end(struct hold *hold, unsigned long delay)
{
	WRITE_ONCE(hold->until, jiffies + delay);
}

/* A started device whose calls can be held, or NULL. */
static __maybe_unused
struct iotimer_device *holdable_device(const char *name, struct hold *h)
{
	struct iotimer_device *dev __free(test_device) = test_device(name);

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs") || !EXPECT_PTR(dev))
		return NULL;
	EXPECT_EQ(iotimer_init(dev, hold_routine, h), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	return_ptr(dev);
}

/* A device whose routine is kept in its call on another CPU, or NULL. */
static __maybe_unused struct iotimer_device *held_device(struct hold *h)
{
	struct iotimer_device *dev __free(test_device) = holdable_device("held", h);

	if (!dev || !EXPECT(hold(h)))
		return NULL;
	return_ptr(dev);
}

#endif /* _IOTIMER_TEST_HOLD_H */
