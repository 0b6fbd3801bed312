// SPDX-License-Identifier: GPL-2.0
/*
 * An interrupt storm: each CPU raises a virtual interrupt as fast as it can for
 * some seconds, while process context synchronizes with its ISR. A raise is lost
 * only while another one is pending, and after the last ISR all raises have been
 * seen. The rate per second is printed and not tested.
 */
#include "cpus.h"
#include "test.h"

static unsigned int seconds = 2;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "of each storm");

struct storm {
	struct iotimer_irq	*irq;
	unsigned long		raised;		/* by the raising CPU */
	unsigned long		seen;		/* value of raised in the ISR */
	unsigned long		isrs;		/* under the interrupt's lock */
	unsigned long		sections;	/* under the interrupt's lock */
};

static struct storm storms[2];

static irqreturn_t storm_isr(struct iotimer_irq *irq, void *context)
{
	struct storm *storm = context;

	storm->isrs++;
	WRITE_ONCE(storm->seen, READ_ONCE(storm->raised));
	return IRQ_HANDLED;
}

static int section(void *context)
{
	struct storm *storm = context;

	return ++storm->sections & 1;
}

static void blow(void *arg)
{
	struct storm *storm = arg;
	unsigned long end = jiffies + seconds * HZ;

	while (time_before(jiffies, end)) {
		WRITE_ONCE(storm->raised, storm->raised + 1);
		EXPECT_EQ(iotimer_irq_raise(storm->irq), 0);
		if (storm->raised % 64)
			continue;
		EXPECT_EQ(iotimer_synchronize(storm->irq, section, storm),
			  (storm->raised / 64) & 1);
		cond_resched();
	}
}

static bool connect(struct iotimer_device *dev, struct storm *storm)
{
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = storm_isr,
		.context = storm,
	};

	return EXPECT_EQ(iotimer_irq_connect(dev, &config, &storm->irq), 0);
}

static void judge(struct storm *storm)
{
	EXPECT(wait_for(READ_ONCE(storm->seen) == storm->raised, TEST_LIMIT_MS));
	EXPECT_LE(storm->isrs, storm->raised);
	EXPECT_GT(storm->isrs, 0);
	pr_info("iotimer-test: # %lu raised, %lu ISRs, %lu a second\n",
		storm->raised, storm->isrs, storm->isrs / seconds);
}

TEST(storm_on_every_CPU)
{
	struct iotimer_device *dev __free(test_device) = test_device("storm");
	struct cpu_call call0, call1;

	if (!EXPECT_PTR(dev) || !connect(dev, &storms[0]) || !connect(dev, &storms[1]))
		return;
	cpu_call_begin(&call0, first_cpu(), blow, &storms[0]);
	cpu_call_begin(&call1, second_cpu(), blow, &storms[1]);
	cpu_call_end(&call0);
	cpu_call_end(&call1);
	judge(&storms[0]);
	judge(&storms[1]);
}

static const struct test_case cases[] = {
	CASE(storm_on_every_CPU),
};

TEST_MODULE(cases);
