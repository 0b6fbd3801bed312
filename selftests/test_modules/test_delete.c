// SPDX-License-Identifier: GPL-2.0
/*
 * Delete: clause T12
 */
#include <linux/kthread.h>
#include <linux/random.h>

#include "cpus.h"
#include "hold.h"
#include "test.h"

#define ROUNDS		6

static atomic_t calls;

TEST(T12_bad_device)
{
	struct iotimer_device *bad = ERR_PTR(-ENODEV);

	EXPECT_EQ(iotimer_device_delete(NULL), -EINVAL);
	EXPECT_EQ(iotimer_device_delete(bad), -EINVAL);
}

TEST(T12_delete_in_every_state)
{
	struct iotimer_device *dev;
	int state;

	for (state = 0; state < 4; state++) {
		dev = test_device("t12");
		if (!EXPECT_PTR(dev))
			return;
		if (state > 0)
			EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
		if (state > 1)
			EXPECT_EQ(iotimer_start(dev), 0);
		if (state > 2) {
			EXPECT(test_more_calls(&calls, 2));
			EXPECT_EQ(iotimer_stop(dev), 0);
		}
		EXPECT_EQ(iotimer_device_delete(dev), 0);
		test_quiet(&calls);
	}
}

TEST(T12_delete_waits_for_routine)
{
	static struct hold h = HOLD_INIT(h);
	struct iotimer_device *dev;
	int i, before;

	for (i = 0; i < ROUNDS; i++) {
		dev = held_device(&h);
		if (!dev)
			return;
		hold_end(&h, 2);
		EXPECT_EQ(iotimer_device_delete(dev), 0);
		EXPECT(!held(&h));
		before = h.calls;
		usleep_range(100, 1000 * period_ms);
		EXPECT_EQ(h.calls, before);
	}
}

/* Goes on being started, in the routine and in interrupts on top of it. */
struct restart {
	struct hold	hold;
	bool		deleting;	/* will be, at any moment */
};

static int start_stop_start(void *dev)
{
	iotimer_start(dev);
	iotimer_stop(dev);
	return iotimer_start(dev);
}

static void restart(struct iotimer_device *dev, void *context)
{
	struct restart *r = context;
	int i;

	hold_routine(dev, &r->hold);
	for (i = 0; READ_ONCE(r->deleting) && i < 1000; i++) {
		start_stop_start(dev);
		test_in_hardirq(start_stop_start, dev);
	}
}

static void delete_while_restarting(struct restart *r)
{
	struct iotimer_device *dev __free(test_device) = test_device("t12");
	int before;

	if (!EXPECT_PTR(dev))
		return;
	r->deleting = false;
	EXPECT_EQ(iotimer_init(dev, restart, r), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	if (!EXPECT(hold(&r->hold)))
		return;
	WRITE_ONCE(r->deleting, true);
	hold_end(&r->hold, 0);
	udelay(get_random_u32() % 1000);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(dev)), 0);
	before = r->hold.calls;
	usleep_range(100, 1000 * period_ms);
	EXPECT_EQ(r->hold.calls, before);
}

TEST(T12_delete_while_restarting)
{
	static struct restart r = { .hold = HOLD_INIT(r.hold) };
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	for (i = 0; i < ROUNDS; i++)
		delete_while_restarting(&r);
}

/* A deletion that sleeps until an ISR has finished, so that others can look at it. */
struct deletion {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;
	struct iotimer_irq	*late;		/* connected too late */
	bool			in_isr;
	bool			over;
	int			published;	/* how often the ISR has seen @late */
};

static irqreturn_t long_isr(struct iotimer_irq *irq, void *context)
{
	struct deletion *d = context;
	int i;

	WRITE_ONCE(d->in_isr, true);
	for (i = 0; i < 10000000 && !READ_ONCE(d->over); i++) {
		d->published += !!READ_ONCE(d->late);
		udelay(1);
	}
	return IRQ_HANDLED;
}

static void raise(void *arg)
{
	struct deletion *d = arg;

	iotimer_irq_raise(d->irq);
}

static int delete(void *arg)
{
	struct deletion *d = arg;

	return iotimer_device_delete(d->dev);
}

/* Runs @fn while the deletion is in progress. */
static void while_deleting(struct deletion *d, void (*fn)(struct deletion *d))
{
	const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL, .isr = long_isr, .context = d,
	};
	struct task_struct *deleter;
	struct cpu_call raiser;
	int ret = 0;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	d->dev = test_device("t12");
	if (!EXPECT_PTR(d->dev))
		return;
	EXPECT_EQ(iotimer_init(d->dev, test_count, &calls), 0);
	EXPECT_EQ(iotimer_irq_connect(d->dev, &config, &d->irq), 0);
	deleter = kthread_create(delete, d, "iotimer-test");
	if (!EXPECT_PTR(deleter))
		return;
	kthread_bind(deleter, first_cpu());
	get_task_struct(deleter);

	set_cpus_allowed_ptr(current, cpumask_of(first_cpu()));
	cpu_call_begin(&raiser, second_cpu(), raise, d);
	EXPECT(wait_for(READ_ONCE(d->in_isr), TEST_LIMIT_MS));
	wake_up_process(deleter);
	wait_for((ret = iotimer_start(d->dev)) == -ESHUTDOWN, TEST_LIMIT_MS);
	EXPECT_EQ(ret, -ESHUTDOWN);
	fn(d);
	WRITE_ONCE(d->over, true);
	cpu_call_end(&raiser);
	EXPECT_EQ(kthread_stop(deleter), 0);
	put_task_struct(deleter);
}

static void use(struct deletion *d)
{
	EXPECT_EQ(iotimer_init(d->dev, test_count, &calls), -ESHUTDOWN);
	EXPECT_EQ(iotimer_device_delete(d->dev), -ESHUTDOWN);
	EXPECT_EQ(iotimer_stop(d->dev), 0);
	EXPECT_EQ(iotimer_stop_sync(d->dev), 0);
}

TEST(T12_second_delete_and_init_are_refused)
{
	static struct deletion d;

	while_deleting(&d, use);
}

/* An interrupt that is freed at once must not have been seen by another CPU. */
static void connect(struct deletion *d)
{
	const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL, .isr = long_isr, .context = d,
	};
	int i;

	for (i = 0; i < 2000; i++)
		EXPECT_EQ(iotimer_irq_connect(d->dev, &config, &d->late), -ESHUTDOWN);
	EXPECT_EQ(READ_ONCE(d->published), 0);
}

TEST(I5_failed_connect_publishes_nothing)
{
	static struct deletion d;

	while_deleting(&d, connect);
}

/*
 * Another device's routine starts the one that is deleted. It is an RCU reader, so
 * that a driver takes the pointer back, waits for readers, and deletes.
 */
static struct iotimer_device *found;
static atomic_t starts;

static void start_found(struct iotimer_device *dev, void *context)
{
	int i;

	for (i = 0; i < 100; i++) {
		struct iotimer_device *other = READ_ONCE(found);

		udelay(1);
		if (other && EXPECT_EQ(iotimer_start(other), 0))
			atomic_inc(&starts);
	}
	EXPECT(!IS_ENABLED(CONFIG_PREEMPT_RCU) || rcu_preempt_depth());
}

TEST(T12_routines_are_rcu_readers)
{
	struct iotimer_device *finder __free(test_device) = test_device("finder");
	struct iotimer_device *dev;
	int i;

	if (!EXPECT_PTR(finder))
		return;
	EXPECT_EQ(iotimer_init(finder, start_found, NULL), 0);
	EXPECT_EQ(iotimer_start(finder), 0);
	for (i = 0; i < 20; i++) {
		dev = test_device("found");
		if (!EXPECT_PTR(dev))
			return;
		EXPECT_EQ(iotimer_init(dev, test_count, &calls), 0);
		WRITE_ONCE(found, dev);
		EXPECT(test_more_calls(&starts, 1));
		WRITE_ONCE(found, NULL);
		synchronize_rcu();
		EXPECT_EQ(iotimer_device_delete(dev), 0);
	}
}

static const struct test_case cases[] = {
	CASE(T12_bad_device),
	CASE(T12_delete_in_every_state),
	CASE(T12_delete_waits_for_routine),
	CASE(T12_delete_while_restarting),
	CASE(T12_second_delete_and_init_are_refused),
	CASE(I5_failed_connect_publishes_nothing),
	CASE(T12_routines_are_rcu_readers),
};

TEST_MODULE(cases);
