// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of what drivers call fails once: the first in one run, the
 * second in the next, until one needs no more of them. Each run either succeeds
 * or says -ENOMEM, and leaves nothing behind. faults.sh switches on that
 * allocations which may sleep fail, and looks for leaks.
 */
#include "faults.h"

#ifdef CONFIG_FAULT_INJECTION

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

static void nothing(struct iotimer_device *dev, void *context)
{
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
	fail_each_of(make_device, NULL, NULL);
}

static struct iotimer_device *faulty;
static int own_context, init_status;

static bool begin_init(void)
{
	faulty = test_device("faulty");
	return EXPECT_PTR(faulty);
}

static int init(void)
{
	init_status = iotimer_init(faulty, nothing, &own_context);
	return init_status;
}

/* Refused once, it is taken when there is memory; taken, it works. */
static void end_init(void)
{
	if (init_status)
		EXPECT_EQ(iotimer_init(faulty, nothing, &own_context), 0);
	EXPECT_EQ(iotimer_start(faulty), 0);
	EXPECT_EQ(iotimer_stop_sync(faulty), 0);
	iotimer_device_delete(faulty);
}

TEST(faults_init)
{
	fail_each_of(init, begin_init, end_init);
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
	fail_each_of(connect, NULL, NULL);
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
	fail_each_of(make_controller, NULL, NULL);
}

static const struct test_case cases[] = {
	CASE(faults_device_create),
	CASE(faults_init),
	CASE(faults_irq_connect),
	CASE(faults_controller_create),
};

#endif /* CONFIG_FAULT_INJECTION */

TEST_MODULE(cases);
