// SPDX-License-Identifier: GPL-2.0
/*
 * The wrong order of locks, which lockdep reports: clause X3
 *
 * lockdep reports once and is off from then on, so this is for the last test.
 */
#include <linux/debug_locks.h>

#include "test.h"

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

/* Under the interrupt's lock, that of the device. */
static int wrong_section(void *context)
{
	struct iotimer_device *dev = context;

	spin_lock(&dev->lock);
	spin_unlock(&dev->lock);
	return 0;
}

TEST(X3_wrong_order_is_reported)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};
	struct iotimer_device *dev __free(test_device) = NULL;
	struct iotimer_irq *irq;

	if (SKIP_IF(!IS_ENABLED(CONFIG_PROVE_LOCKING), "needs CONFIG_PROVE_LOCKING") ||
	    SKIP_IF(!debug_locks, "lockdep is off already"))
		return;
	dev = test_device("test_order");
	if (!EXPECT_PTR(dev) || !EXPECT_EQ(iotimer_irq_connect(dev, &config, &irq), 0))
		return;
	expect_warning_begin("WARNING: .*(locking dependency|lock order) detected");
	EXPECT_EQ(iotimer_synchronize(irq, wrong_section, dev), 0);
	expect_warning_end();
}

static const struct test_case cases[] = {
	CASE(X3_wrong_order_is_reported),
};

TEST_MODULE(cases);
