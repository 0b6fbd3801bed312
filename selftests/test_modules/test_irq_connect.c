// SPDX-License-Identifier: GPL-2.0
/*
 * Connecting and disconnecting virtual interrupts: clause I5
 */
#include "irq_test.h"

static void raise_once_connected(void *arg)
{
	EXPECT(spin_for(READ_ONCE(s.irq)));
	EXPECT_EQ(iotimer_irq_raise(s.irq), 0);
}

static void connect_late(void *arg)
{
	EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0);
	EXPECT(isrs_reach(1));
	EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
}

TEST(I5_raised_as_soon_as_the_pointer_is_set)
{
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin())
		for (i = 0; i < 20; i++) {
			EXPECT_EQ(iotimer_irq_disconnect(s.irq), 0);
			WRITE_ONCE(s.irq, NULL);
			atomic_set(&s.isrs, 0);
			on_two_cpus(raise_once_connected, connect_late, NULL);
			if (!EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0))
				break;
		}
	end();
}

TEST(I5_disconnect_waits_for_the_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 50;
		on_two_cpus(raise_first, disconnect_during_isr, s.irq);
	}
	end();
}

static void disconnect_from_elsewhere(void *irq)
{
	int isrs;

	EXPECT(isrs_reach(10));
	EXPECT_EQ(iotimer_irq_disconnect(irq), 0);
	isrs = atomic_read(&s.isrs);
	EXPECT_LT(isrs, MANY);
	msleep(20);
	EXPECT_EQ(atomic_read(&s.isrs), isrs);
}

/* Nothing else runs on the CPU of such an ISR. */
TEST(I5_disconnect_ends_an_isr_that_raises_itself)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.again = true;
		on_two_cpus(raise_first, disconnect_from_elsewhere, s.irq);
	}
	end();
}

static void delete_during_isr(void *arg)
{
	EXPECT(isr_begins());
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 1);
	s.dev = NULL;
}

static void raise_s_irq(void *arg)
{
	raise_first(s.irq);
}

TEST(I5_delete_waits_for_the_isr)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin()) {
		s.isr_ms = 50;
		on_two_cpus(raise_s_irq, delete_during_isr, NULL);
	}
	end();
}

/*
 * A routine that runs for the device has the interrupt until it returns, even if
 * the device is being deleted, which is waited for here for up to @ms.
 */
static void use_while_deleted(struct iotimer_device *dev, int ms)
{
	WRITE_ONCE(s.in_use, true);
	while (iotimer_start(dev) != -ESHUTDOWN) {
		if (!ms--)
			return;
		mdelay(1);
	}
	mdelay(20);
	/* If it is gone, raise is more likely to survive that. */
	if (EXPECT_EQ(iotimer_irq_raise(s.irq), 0))
		EXPECT_EQ(iotimer_synchronize(s.irq, give_back, &(int){ 1 }), 1);
	WRITE_ONCE(s.used, true);
}

static void delete_while_used(void *arg)
{
	EXPECT(wait_for(READ_ONCE(s.in_use), TEST_LIMIT_MS));
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	s.dev = NULL;
}

static enum iotimer_action using_control(struct iotimer_device *dev,
					 struct iotimer_controller *ctl, void *context)
{
	use_while_deleted(dev, 5000);
	return IOTIMER_DEALLOCATE;
}

static void run_using_control(void *ctl)
{
	EXPECT_EQ(iotimer_controller_allocate(ctl, s.dev, using_control, NULL), 0);
}

TEST(I5_delete_disconnects_after_the_control_routine)
{
	struct iotimer_controller *ctl;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	ctl = iotimer_controller_create("test_irq", 0);
	if (EXPECT_PTR(ctl) && begin()) {
		on_two_cpus(run_using_control, delete_while_used, ctl);
		EXPECT(s.used);
	}
	end();
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

static void using_routine(struct iotimer_device *dev, void *context)
{
	use_while_deleted(dev, 20);
}

/* Until the routine does not run where delete does, and is met running. */
TEST(I5_delete_disconnects_after_the_routine)
{
	struct cpu_call call;
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	s.used = false;
	for (i = 0; i < 40 && !s.used; i++) {
		if (begin() && EXPECT_EQ(iotimer_init(s.dev, using_routine, NULL), 0) &&
		    EXPECT_EQ(iotimer_start(s.dev), 0)) {
			cpu_call_begin(&call, i % 2 ? second_cpu() : first_cpu(),
				       delete_while_used, NULL);
			cpu_call_end(&call);
		}
		end();
	}
	EXPECT(s.used);
}

/* Bad input */

TEST(I5_no_such_line)
{
	struct iotimer_irq_config config = virtual;

	if (begin()) {
		config.irq = INT_MAX;
		s.other = s.irq;
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), -EINVAL);
		EXPECT_EQ(s.other, NULL);
	}
	end();
}

/* Returns what connecting this on s.dev returns, which must fail. */
static int connect_bad(struct iotimer_irq_config config)
{
	struct iotimer_irq *irq = s.irq;
	int ret = iotimer_irq_connect(s.dev, &config, &irq);

	EXPECT_EQ(irq, NULL);
	return ret;
}

TEST(I5_connect_bad_input)
{
	struct iotimer_irq_config config = virtual;
	struct iotimer_irq *irq = NULL;

	if (begin()) {
		EXPECT_EQ(iotimer_irq_connect(NULL, &virtual, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(ERR_PTR(-ENOMEM), &virtual, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(s.dev, NULL, &irq), -EINVAL);
		EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, NULL), -EINVAL);
		config.isr = NULL;
		EXPECT_EQ(connect_bad(config), -EINVAL);
		config = virtual;
		config.share_lock = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EINVAL);
	}
	end();
}

TEST(I5_connect_bad_addresses)
{
	struct iotimer_irq_config config = virtual;
	void *user = (void *)PAGE_SIZE;

	if (begin()) {
		config.isr = user;
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config.isr = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config = virtual;
		config.context = user;
		EXPECT_EQ(connect_bad(config), -EFAULT);
		config.context = ERR_PTR(-ENOMEM);
		EXPECT_EQ(connect_bad(config), -EFAULT);
	}
	end();
}

TEST(I5_disconnect_bad_input)
{
	EXPECT_EQ(iotimer_irq_disconnect(NULL), -EINVAL);
	EXPECT_EQ(iotimer_irq_disconnect(ERR_PTR(-ENOMEM)), -EINVAL);
}

static const struct test_case cases[] = {
	CASE(I5_raised_as_soon_as_the_pointer_is_set),
	CASE(I5_disconnect_waits_for_the_isr),
	CASE(I5_disconnect_ends_an_isr_that_raises_itself),
	CASE(I5_delete_waits_for_the_isr),
	CASE(I5_delete_disconnects_after_the_control_routine),
	CASE(I5_delete_disconnects_after_the_routine),
	CASE(I5_no_such_line),
	CASE(I5_connect_bad_input),
	CASE(I5_connect_bad_addresses),
	CASE(I5_disconnect_bad_input),
};

TEST_MODULE(cases);
