// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that is built into the kernel and initialized before iotimer: its timer
 * has the period of the command line, and its interrupt is served. configurations.sh
 * builds it into user-mode Linux. It prints one line of result and powers off.
 */
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/iotimer.h>
#include <linux/jiffies.h>
#include <linux/reboot.h>

#define EARLY_PERIOD_MS	100	/* iotimer.period_ms on the command line */
#define EARLY_CALLS	4
#define EARLY_LIMIT_MS	20000

static struct iotimer_device *early_dev;
static struct iotimer_irq *early_irq;
static int early_error;
static int early_calls, early_isrs;
static unsigned long early_called_at[EARLY_CALLS];	/* jiffies */

static void early_routine(struct iotimer_device *dev, void *context)
{
	if (early_calls >= EARLY_CALLS)
		return;
	early_called_at[early_calls] = jiffies;
	/* Pairs with the acquire in early_called(). */
	smp_store_release(&early_calls, early_calls + 1);
}

static irqreturn_t early_isr(struct iotimer_irq *irq, void *context)
{
	WRITE_ONCE(early_isrs, early_isrs + 1);
	return IRQ_HANDLED;
}

static int __init early_init(void)
{
	static const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = early_isr,
	};

	early_dev = iotimer_device_create("early", 0);
	early_error = PTR_ERR_OR_ZERO(early_dev) ?:
		      iotimer_init(early_dev, early_routine, NULL) ?:
		      iotimer_irq_connect(early_dev, &config, &early_irq) ?:
		      iotimer_start(early_dev) ?:
		      iotimer_irq_raise(early_irq);
	return 0;
}
postcore_initcall(early_init);

static bool __init early_called(void)
{
	int ms;

	for (ms = 0; ms < EARLY_LIMIT_MS; ms += 20) {
		/* Pairs with the release in early_routine(). */
		if (smp_load_acquire(&early_calls) == EARLY_CALLS && READ_ONCE(early_isrs))
			return true;
		msleep(20);
	}
	return false;
}

/* The first deadlines may have gone by while the kernel booted, the last one has not. */
static bool __init early_period_is_right(void)
{
	unsigned long last = early_called_at[EARLY_CALLS - 1] - early_called_at[EARLY_CALLS - 2];

	return last + 1 >= msecs_to_jiffies(EARLY_PERIOD_MS);
}

static bool __init early_has_directory(void)
{
	struct dentry *root, *devices, *dir;

	root = debugfs_lookup("iotimer", NULL);
	devices = debugfs_lookup("devices", root);
	dir = debugfs_lookup("early", devices);
	dput(dir);
	dput(devices);
	dput(root);
	return dir;
}

static const char *__init early_result(void)
{
	if (early_error)
		return "not ok: refused";
	if (!early_called())
		return "not ok: not called";
	if (!early_period_is_right())
		return "not ok: called too often";
	if (!early_has_directory())
		return "not ok: no directory in debugfs";
	return "ok";
}

static int __init early_check(void)
{
	pr_info("iotimer-early: %s (error %d, calls %d, ISRs %d)\n", early_result(),
		early_error, early_calls, early_isrs);
	iotimer_device_delete(early_dev);
	kernel_power_off();
	return 0;
}
late_initcall_sync(early_check);
