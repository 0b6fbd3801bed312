// SPDX-License-Identifier: GPL-2.0
/*
 * CPUs that go offline: a raised interrupt is served although its CPU stays away
 * (clause I2), and hotplug callbacks may create and delete devices
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/smp.h>

#include "cpus.h"
#include "test.h"

static struct {
	struct iotimer_irq	*irq;
	unsigned int		cpu;		/* goes offline */
	atomic_t		raised;
	int			seen;		/* of them, by the ISR */
} s;

static irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	WRITE_ONCE(s.seen, atomic_read(&s.raised));
	return IRQ_HANDLED;
}

/* In hard-interrupt context. */
static void raise(void *unused)
{
	atomic_inc(&s.raised);
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
}

/*
 * The last raise comes when all that could be parked there has been. The worker
 * sleeps, because remove_cpu() may need another one of the same CPU.
 */
static void raise_until_offline(void *unused)
{
	while (!smp_call_function_single(s.cpu, raise, NULL, true))
		usleep_range(10, 20);
}

static bool is_served(void)
{
	return wait_for(READ_ONCE(s.seen) == atomic_read(&s.raised), TEST_LIMIT_MS);
}

/* While the CPU is away the ISR runs and disconnect returns. */
static void served_offline(void)
{
	struct cpu_call call;
	bool served;

	s.cpu = second_cpu();
	s.seen = 0;
	atomic_set(&s.raised, 0);
	cpu_call_begin(&call, first_cpu(), raise_until_offline, NULL);
	EXPECT_EQ(remove_cpu(s.cpu), 0);
	cpu_call_end(&call);
	EXPECT_GT(atomic_read(&s.raised), 0);
	served = EXPECT(is_served());
	if (served)
		EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
	EXPECT_EQ(add_cpu(s.cpu), 0);
	if (!served)
		EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
}

TEST(I2_raise_is_served_with_its_cpu_offline)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};
	struct iotimer_device *dev __free(test_device) = test_device("offline");
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs") || !EXPECT_PTR(dev))
		return;
	for (i = 0; i < 4; i++) {
		if (!EXPECT_EQ(iotimer_irq_connect(dev, &config, &s.irq), 0))
			return;
		served_offline();
	}
}

/* The CPUs' lock is held for writing, as a statistics switch waits for it. */
static int create_and_delete(unsigned int cpu)
{
	struct iotimer_device *dev;
	int i;

	for (i = 0; i < 50; i++) {
		dev = test_device("hotplug");
		if (EXPECT_PTR(dev))
			EXPECT_EQ(iotimer_device_delete(dev), 0);
		msleep(1);
	}
	return 0;
}

/* hotplug.sh switches statistics on and off meanwhile. */
TEST(T1_devices_in_a_hotplug_callback)
{
	unsigned int cpu = second_cpu();
	int state;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "iotimer:test",
					  create_and_delete, create_and_delete);
	if (!EXPECT_GT(state, 0))
		return;
	EXPECT_EQ(remove_cpu(cpu), 0);
	EXPECT_EQ(add_cpu(cpu), 0);
	cpuhp_remove_state_nocalls(state);
}

static const struct test_case cases[] = {
	CASE(I2_raise_is_served_with_its_cpu_offline),
	CASE(T1_devices_in_a_hotplug_callback),
};

TEST_MODULE(cases);
