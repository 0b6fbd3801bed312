// SPDX-License-Identifier: GPL-2.0
/*
 * The device's lock, and its order with an interrupt's: clauses X1 to X3
 */
#include "cpus.h"
#include "guarded.h"
#include "test.h"

#define RT		IS_ENABLED(CONFIG_PREEMPT_RT)
#define DEVICES		20		/* whose routines take one lock */
#define PASSES		20		/* while the storm lasts, at least */

/* State that the routines, process context and the ISR share. */
static struct {
	struct iotimer_device	*guard;		/* its lock is what guards */
	struct iotimer_irq	*irq;
	struct guarded		guarded;	/* by guard->lock */
	struct guarded		isr_guarded;	/* by irq's lock */
	atomic_t		calls;		/* of routines */
	int			context_errors;
	bool			enough;
} s;

static void critical(void)
{
	iotimer_assert_locked(s.guard);
	guarded_change(&s.guarded);
}

static int isr_critical(void *context)
{
	guarded_change(&s.isr_guarded);
	return 0;
}

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	isr_critical(context);
	return IRQ_HANDLED;
}

/* X2: plain spin_lock(), because softirqs cannot come here. */
static void locking_routine(struct iotimer_device *dev, void *context)
{
	spin_lock(&s.guard->lock);
	critical();
	spin_unlock(&s.guard->lock);
	atomic_inc(&s.calls);
}

/* X3: the device's lock, then the interrupt's. */
static void nesting_routine(struct iotimer_device *dev, void *context)
{
	spin_lock(&s.guard->lock);
	critical();
	iotimer_synchronize(s.irq, isr_critical, NULL);
	iotimer_irq_raise(s.irq);
	spin_unlock(&s.guard->lock);
	atomic_inc(&s.calls);
}

/* X1: process context keeps softirqs off. */
static void locking_process(void *arg)
{
	while (!READ_ONCE(s.enough)) {
		spin_lock_bh(&s.guard->lock);
		critical();
		spin_unlock_bh(&s.guard->lock);
		cond_resched();
	}
}

static void nesting_process(void *arg)
{
	while (!READ_ONCE(s.enough)) {
		spin_lock_bh(&s.guard->lock);
		critical();
		iotimer_irq_raise(s.irq);
		iotimer_synchronize(s.irq, isr_critical, NULL);
		spin_unlock_bh(&s.guard->lock);
		cond_resched();
	}
}

static struct iotimer_device *devices[DEVICES];

static bool create_devices(iotimer_routine_t routine)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];
	int i;

	memset(devices, 0, sizeof(devices));
	memset(&s, 0, sizeof(s));
	for (i = 0; i < DEVICES; i++) {
		snprintf(name, sizeof(name), "test_lock%d", i);
		dev = iotimer_device_create(name, 0);
		if (!EXPECT_PTR(dev))
			return false;
		devices[i] = dev;
		s.guard = devices[0];
		if (!EXPECT_EQ(iotimer_init(dev, routine, NULL), 0))
			return false;
	}
	return true;
}

/* The routines of all devices against process context on both CPUs. */
static void storm(void (*process)(void *arg))
{
	struct cpu_call call0, call1;
	int i;

	cpu_call_begin(&call0, first_cpu(), process, NULL);
	cpu_call_begin(&call1, second_cpu(), process, NULL);
	for (i = 0; i < DEVICES; i++)
		EXPECT_EQ(iotimer_start(devices[i]), 0);
	EXPECT(wait_for(atomic_read(&s.calls) >= DEVICES * PASSES, TEST_LIMIT_MS));
	WRITE_ONCE(s.enough, true);
	cpu_call_end(&call0);
	cpu_call_end(&call1);
	for (i = 0; i < DEVICES; i++)
		EXPECT_EQ(iotimer_stop_sync(devices[i]), 0);
}

static void delete_devices(void)
{
	int i;

	for (i = 0; i < DEVICES; i++)
		if (devices[i])
			EXPECT_EQ(iotimer_device_delete(devices[i]), 0);
	expect_guarded(&s.guarded);
	expect_guarded(&s.isr_guarded);
}

TEST(X1_X2_storm_on_the_device_lock)
{
	if (create_devices(locking_routine))
		storm(locking_process);
	delete_devices();
}

TEST(X3_storm_with_both_locks_in_order)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};

	if (create_devices(nesting_routine) &&
	    EXPECT_EQ(iotimer_irq_connect(s.guard, &config, &s.irq), 0)) {
		storm(nesting_process);
		EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
		EXPECT_GT(atomic_long_read(&s.isr_guarded.entered), 0);
	}
	delete_devices();
}

TEST(X1_lock_is_ready_and_free)
{
	struct iotimer_device *dev __free(test_device) = test_device("test_lock");

	if (!EXPECT_PTR(dev))
		return;
	EXPECT(!is_locked(&dev->lock));
	spin_lock_bh(&dev->lock);
	EXPECT(is_locked(&dev->lock));
	spin_unlock_bh(&dev->lock);
	EXPECT(!is_locked(&dev->lock));
}

/* X2: where a plain spin_lock() of the device's lock is right. */
static void look_around(struct iotimer_device *dev, void *context)
{
	EXPECT(in_serving_softirq());
	EXPECT(!in_hardirq());
	EXPECT(!irqs_disabled());
	EXPECT(!is_locked(&dev->lock));
	atomic_inc(&s.calls);
}

TEST(X2_routine_is_called_without_locks)
{
	struct iotimer_device *dev __free(test_device) = test_device("test_lock");

	if (!EXPECT_PTR(dev))
		return;
	atomic_set(&s.calls, 0);
	EXPECT_EQ(iotimer_init(dev, look_around, NULL), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(wait_for(atomic_read(&s.calls) >= 3, TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
}

/* start, stop, raise and synchronize are for those who hold the lock, too. */
static int do_nothing(void *context)
{
	return 1;
}

TEST(X3_calls_under_the_device_lock)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};
	struct iotimer_device *dev __free(test_device) = test_device("test_lock");
	struct iotimer_irq *irq;

	if (!EXPECT_PTR(dev) || !EXPECT_EQ(iotimer_init(dev, look_around, NULL), 0) ||
	    !EXPECT_EQ(iotimer_irq_connect(dev, &config, &irq), 0))
		return;
	spin_lock_bh(&dev->lock);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT_EQ(iotimer_irq_raise(irq), 0);
	EXPECT_EQ(iotimer_synchronize(irq, do_nothing, NULL), 1);
	EXPECT_EQ(iotimer_stop(dev), 0);
	spin_unlock_bh(&dev->lock);
}

static const struct test_case cases[] = {
	CASE(X1_lock_is_ready_and_free),
	CASE(X1_X2_storm_on_the_device_lock),
	CASE(X2_routine_is_called_without_locks),
	CASE(X3_calls_under_the_device_lock),
	CASE(X3_storm_with_both_locks_in_order),
};

TEST_MODULE(cases);
