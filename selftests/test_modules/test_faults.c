// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of what drivers call fails once: the first in one run, the
 * second in the next, until one needs no more of them. Each run either succeeds
 * or says -ENOMEM, and leaves nothing behind. faults.sh switches on that
 * allocations which may sleep fail, and looks for leaks.
 */
#include "test.h"

#ifdef CONFIG_FAULT_INJECTION

#define MANY	200

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

static void nothing(struct iotimer_device *dev, void *context)
{
}

/* Calls @fn until it needs no allocation that fails; prints how many did. */
static void fail_each(int (*fn)(void))
{
	unsigned int n, left = 0, errors = 0;
	int ret;

	for (n = 1; n < MANY && !left; n++) {
		WRITE_ONCE(current->fail_nth, n);
		ret = fn();
		left = READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		if (ret)
			EXPECT_EQ(ret, -ENOMEM);
		if (ret && left)
			EXPECT_EQ(ret, 0);
		errors += !!ret;
	}
	EXPECT_NE(left, 0);
	/* The first allocation of each is one that it cannot do without. */
	EXPECT_GT(errors, 0);
	pr_info("iotimer-test: # %ps: %u allocations, %u errors\n", fn, n - 2, errors);
}

static int make_device(void)
{
	struct iotimer_device *dev = test_device("faulty");

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	return iotimer_device_delete(dev);
}

TEST(faults_device_create)
{
	fail_each(make_device);
}

static struct iotimer_device *faulty;
static int own_context;

/* Of a device that has none: made for each run, before faults begin. */
TEST(faults_init)
{
	unsigned int n, left = 0, errors = 0;
	int ret;

	for (n = 1; n < MANY && !left; n++) {
		faulty = test_device("faulty");
		if (!EXPECT_PTR(faulty))
			return;
		WRITE_ONCE(current->fail_nth, n);
		ret = iotimer_init(faulty, nothing, &own_context);
		left = READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		if (ret)
			EXPECT_EQ(ret, -ENOMEM);
		/* Refused once, it is taken when there is memory; taken, it works. */
		if (ret)
			EXPECT_EQ(iotimer_init(faulty, nothing, &own_context), 0);
		EXPECT_EQ(iotimer_start(faulty), 0);
		EXPECT_EQ(iotimer_stop_sync(faulty), 0);
		errors += !!ret;
		iotimer_device_delete(faulty);
	}
	EXPECT_NE(left, 0);
	EXPECT_GT(errors, 0);
	pr_info("iotimer-test: # init: %u allocations, %u errors\n", n - 2, errors);
}

static int connect(void)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};
	struct iotimer_irq *irq;
	int ret = iotimer_irq_connect(faulty, &config, &irq);

	if (ret) {
		EXPECT(!irq);
		return ret;
	}
	return iotimer_irq_disconnect(irq);
}

TEST(faults_irq_connect)
{
	faulty = test_device("faulty");
	if (!EXPECT_PTR(faulty))
		return;
	fail_each(connect);
	iotimer_device_delete(faulty);
}

static int make_controller(void)
{
	struct iotimer_controller *ctl = iotimer_controller_create("faulty", 8);

	if (IS_ERR(ctl))
		return PTR_ERR(ctl);
	return iotimer_controller_delete(ctl);
}

TEST(faults_controller_create)
{
	fail_each(make_controller);
}

static const struct test_case cases[] = {
	CASE(faults_device_create),
	CASE(faults_init),
	CASE(faults_irq_connect),
	CASE(faults_controller_create),
};

#else

TEST(faults)
{
	SKIP_IF(true, "needs CONFIG_FAULT_INJECTION");
}

static const struct test_case cases[] = {
	CASE(faults),
};

#endif /* CONFIG_FAULT_INJECTION */

TEST_MODULE(cases);
