// SPDX-License-Identifier: GPL-2.0
/*
 * Functions that wait refuse to do so where they would wait forever or must not
 * sleep, and control routines are not run with interrupts off: clauses I5, O1, O2
 *
 * A caller that is refused several times in a row is reported once.
 */
#include "test.h"


static struct iotimer_device *dev;
static struct iotimer_controller *ctl;
static struct iotimer_irq *irq;
static atomic_t isrs;
static int ret;		/* prevents tail calls: the report names the caller */

static noinline int disconnect(void *unused)
{
	ret = iotimer_irq_disconnect(irq);
	return ret;
}

static noinline int delete_controller(void *unused)
{
	ret = iotimer_controller_delete(ctl);
	return ret;
}

static noinline int delete_device(void *unused)
{
	ret = iotimer_device_delete(dev);
	return ret;
}

static irqreturn_t disconnecting_isr(struct iotimer_irq *irq, void *context)
{
	disconnect(NULL);
	atomic_inc_return_release(&isrs);
	return IRQ_HANDLED;
}

static enum iotimer_action deleting_control(struct iotimer_device *dev,
					    struct iotimer_controller *ctl, void *context)
{
	int (*fn)(void *unused) = context;

	EXPECT_EQ(fn(NULL), -EDEADLK);
	return IOTIMER_DEALLOCATE;
}

static enum iotimer_action control(struct iotimer_device *dev,
				   struct iotimer_controller *ctl, void *context)
{
	EXPECT(false);
	return IOTIMER_DEALLOCATE;
}

static void refused_in_control(int (*fn)(void *unused))
{
	EXPECT_EQ(iotimer_controller_allocate(ctl, dev, deleting_control, fn), 0);
}

static bool begin(void)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = disconnecting_isr,
	};

	dev = iotimer_device_create("test_atomic", 0);
	ctl = iotimer_controller_create("test_atomic", 0);
	return EXPECT_PTR(dev) && EXPECT_PTR(ctl) &&
	       EXPECT_EQ(iotimer_irq_connect(dev, &config, &irq), 0);
}

static void end(void)
{
	EXPECT_EQ(iotimer_device_delete(dev), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

/* A refused call changes nothing, so end() succeeds. */
TEST(I5_waiting_is_refused)
{
	if (begin()) {
		expect_trace_begin("iotimer: disconnect.* iotimer_irq_disconnect", IN_THE_CORE);
		EXPECT_EQ(test_in_softirq(disconnect, NULL), -EDEADLK);
		EXPECT_EQ(test_in_hardirq(disconnect, NULL), -EDEADLK);
		ret = 0;
		EXPECT_EQ(iotimer_irq_raise(irq), 0);
		EXPECT(wait_for(atomic_read_acquire(&isrs), TEST_LIMIT_MS));
		EXPECT_EQ(ret, -EDEADLK);
		EXPECT_EQ(iotimer_synchronize(irq, disconnect, NULL), -EDEADLK);
		expect_warning_end();
	}
	end();
}

TEST(O1_waiting_is_refused)
{
	if (begin()) {
		expect_trace_begin("iotimer: delete_.* iotimer_controller_delete", IN_THE_CORE);
		EXPECT_EQ(test_in_softirq(delete_controller, NULL), -EDEADLK);
		EXPECT_EQ(test_in_hardirq(delete_controller, NULL), -EDEADLK);
		refused_in_control(delete_controller);
		expect_warning_end();
		expect_trace_begin("iotimer: delete_.* iotimer_device_delete", IN_THE_CORE);
		refused_in_control(delete_device);
		expect_warning_end();
		expect_trace_begin("iotimer: disconnect.* iotimer_irq_disconnect", IN_THE_CORE);
		refused_in_control(disconnect);
		expect_warning_end();
	}
	end();
}

static noinline int call_allocate(void *unused)
{
	ret = iotimer_controller_allocate(ctl, dev, control, NULL);
	return ret;
}

static noinline int call_free(void *unused)
{
	ret = iotimer_controller_free(ctl);
	return ret;
}

/* A section counts as atomic on PREEMPT_RT, too, where interrupts stay on. */
static void refused_in_interrupts(int (*fn)(void *unused))
{
	EXPECT_EQ(test_with_irqs_off(fn, NULL), -EDEADLK);
	EXPECT_EQ(test_in_hardirq(fn, NULL), -EDEADLK);
	EXPECT_EQ(iotimer_synchronize(irq, fn, NULL), -EDEADLK);
}

TEST(O2_interrupts_off_are_refused)
{
	if (begin()) {
		expect_trace_begin("iotimer: call_.* iotimer_controller_allocate", IN_THE_CORE);
		refused_in_interrupts(call_allocate);
		expect_warning_end();
		expect_trace_begin("iotimer: call_.* iotimer_controller_free", IN_THE_CORE);
		refused_in_interrupts(call_free);
		expect_warning_end();
	}
	end();
}

static const struct test_case cases[] = {
	CASE(I5_waiting_is_refused),
	CASE(O1_waiting_is_refused),
	CASE(O2_interrupts_off_are_refused),
};

TEST_MODULE(cases);
