// SPDX-License-Identifier: GPL-2.0
/*
 * Mistakes of drivers, for vm/commands/verifier.sh: makes the one mistake that the
 * parameter "mistake" names, once, when it is loaded. Each has to be reported
 * by a debug kernel or by iotimer itself. It cannot be unloaded in good order
 * after that.
 */
#include <linux/slab.h>

#include "test.h"

static char *mistake = "none";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "which one");

struct state {
	unsigned long	count;
	struct mutex	mutex;
};

static struct iotimer_device *dev;
static struct iotimer_irq *irq;
static struct state *state;
static atomic_t calls = ATOMIC_INIT(0);
static bool in_routine;		/* the routine is to make the mistake */

static bool is(const char *name)
{
	return !strcmp(mistake, name);
}

static void sleep_in_routine(void)
{
	mutex_lock(&state->mutex);
	mutex_unlock(&state->mutex);
}

/* Nobody else takes it, or would wait for ever. */
static DEFINE_SPINLOCK(kept_lock);

static void keep_lock(void)
	__acquires(&kept_lock)
{
	spin_lock(&kept_lock);
}

/* Called by its address: sparse would be right to complain. */
static void (*const in_routine_keep_lock)(void) = keep_lock;

static void routine(struct iotimer_device *device, void *context)
{
	spin_lock(&device->lock);
	state->count++;
	spin_unlock(&device->lock);
	if (READ_ONCE(in_routine) && is("sleep-in-routine"))
		sleep_in_routine();
	if (READ_ONCE(in_routine) && is("lock-held-at-return"))
		in_routine_keep_lock();
	WRITE_ONCE(in_routine, false);
	atomic_inc(&calls);
}

/* Its count is shared with the routine: data_race is what is missing. */
static void racy_routine(struct iotimer_device *device, void *context)
{
	state->count++;
	atomic_inc(&calls);
}

static irqreturn_t isr(struct iotimer_irq *interrupt, void *context)
{
	if (is("device-lock-in-isr")) {
		spin_lock(&dev->lock);
		state->count++;
		spin_unlock(&dev->lock);
	}
	return IRQ_HANDLED;
}

static int section(void *context)
{
	spin_lock(&dev->lock);
	state->count++;
	spin_unlock(&dev->lock);
	return 0;
}

static void take_device_lock(void)
{
	spin_lock_bh(&dev->lock);
	state->count++;
	spin_unlock_bh(&dev->lock);
}

static void none(void)
{
	take_device_lock();
	iotimer_device_delete(dev);
	kfree(state);
}

static void free_context(void)
{
	kfree(state);
}

/* Stopped, so that nothing else goes wrong after that. */
static void free_device(void)
{
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	kfree(dev);
}

static void use_after_delete(void)
{
	iotimer_device_delete(dev);
	iotimer_start(dev);
}

static void leak_context(void)
{
	iotimer_device_delete(dev);
	dev = NULL;
	state = NULL;
}

static void wrong_order(void)
{
	iotimer_synchronize(irq, section, NULL);
}

static void device_lock_in_isr(void)
{
	take_device_lock();
	iotimer_irq_raise(irq);
}

static void isr_state_without_section(void)
{
	iotimer_assert_isr_locked(irq);
}

static void state_without_lock(void)
{
	iotimer_assert_locked(dev);
}

static void stop_sync_under_lock(void)
{
	iotimer_stop(dev);
	msleep(4 * period_ms);
	spin_lock_bh(&dev->lock);
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	spin_unlock_bh(&dev->lock);
}

static void lock_without_bh(void)
{
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	spin_lock(&dev->lock);
	state->count++;
	spin_unlock(&dev->lock);
}

/* The routine has been called before, and is to behave otherwise this once. */
static void let_routine(void)
{
	WRITE_ONCE(in_routine, true);
	wait_for(!READ_ONCE(in_routine), TEST_LIMIT_MS);
}

static void race(void)
{
	unsigned long end = jiffies + 20 * HZ, sum = 0;

	while (time_before(jiffies, end)) {
		sum += state->count;
		cond_resched();
		barrier();
	}
	WRITE_ONCE(period_ms, sum);
}

static const struct {
	const char	*name;
	void		(*make)(void);
} mistakes[] = {
	{ "none", none },
	{ "free-context", free_context },
	{ "free-device", free_device },
	{ "use-after-delete", use_after_delete },
	{ "leak-context", leak_context },
	{ "wrong-order", wrong_order },
	{ "device-lock-in-isr", device_lock_in_isr },
	{ "isr-state-without-section", isr_state_without_section },
	{ "state-without-lock", state_without_lock },
	{ "stop-sync-under-lock", stop_sync_under_lock },
	{ "lock-without-bh", lock_without_bh },
	{ "sleep-in-routine", let_routine },
	{ "lock-held-at-return", let_routine },
	{ "data-race", race },
};

/* A device with everything, whose routine has been called. */
static int setup(void)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = isr,
	};

	state = kzalloc(sizeof(*state), GFP_KERNEL);
	dev = test_device("mistaken");
	if (!state || IS_ERR(dev))
		return -ENOMEM;
	mutex_init(&state->mutex);
	return iotimer_irq_connect(dev, &config, &irq) ?:
	       iotimer_init(dev, is("data-race") ? racy_routine : routine, state) ?:
	       iotimer_start(dev);
}

static int __init mistakes_init(void)
{
	unsigned int i;
	int ret = setup();

	if (ret)
		return ret;
	if (!wait_for(atomic_read(&calls), TEST_LIMIT_MS))
		return -ETIME;
	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (!is(mistakes[i].name))
			continue;
		mistakes[i].make();
		return 0;
	}
	return -EINVAL;
}
module_init(mistakes_init);

static void __exit mistakes_exit(void)
{
}
module_exit(mistakes_exit);

MODULE_DESCRIPTION("iotimer: what drivers must not do");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
