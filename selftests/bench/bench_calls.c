// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of single calls that are not part of a pass, and the size of structures
 */
#include <linux/compiler.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "bench.h"

static unsigned int calls = 10000;
module_param(calls, uint, 0444);
MODULE_PARM_DESC(calls, "how many are measured together");

static struct iotimer_device *device;
static struct iotimer_irq *irq;

static void result(const char *what, u64 value)
{
	bench_result("iotimer", "-", calls, what, value);
}

static int section(void *context)
{
	struct bench_context *c = context;

	c->calls++;
	return 0;
}

static irqreturn_t isr(struct iotimer_irq *unused, void *context)
{
	return IRQ_HANDLED;
}

/* Reads the clock before and after so many times CALL; no other interrupt is to be counted. */
#define MEASURE(what, call) do {					\
	unsigned long flags;						\
	unsigned int i;							\
	u64 start;							\
									\
	local_irq_save(flags);						\
	start = bench_clock();						\
	for (i = 0; i < calls; i++)					\
		call;							\
	start = bench_clock() - start;					\
	local_irq_restore(flags);					\
	result(what, start);						\
} while (0)

static DEFINE_SPINLOCK(lock);

static __always_inline int locked_inline(int (*fn)(void *context), void *context)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&lock, flags);
	ret = fn(context);
	spin_unlock_irqrestore(&lock, flags);
	return ret;
}

static noinline int locked(int (*fn)(void *context), void *context)
{
	return locked_inline(fn, context);
}

/* Against what a driver would write in its place: in line, or as a function for any section. */
static void synchronize(void)
{
	void *context = iotimer_device_ext(device);
	int (*fn)(void *context) = section;

	OPTIMIZER_HIDE_VAR(fn);		/* the compiler cannot see which function it is */
	MEASURE("synchronize", iotimer_synchronize(irq, fn, context));
	MEASURE("spinlock", locked_inline(fn, context));
	MEASURE("spinlock_function", locked(fn, context));
}

/* bench.sh looks how large these are. */
static noinline __used int site_nothing(void)
{
	return 0;
}

static noinline __used int site_start(void)
{
	return iotimer_start(device);
}

static noinline __used int site_synchronize(void)
{
	return iotimer_synchronize(irq, section, device);
}

static void sizes(void)
{
	bench_result("timer_list", "-", calls, "sizeof", sizeof(struct timer_list));
}

/* How many units of the clock are a second, by the kernel's time. */
static void frequency(void)
{
	u64 ticks = bench_clock(), ns = ktime_get_ns(), now;

	do {
		now = ktime_get_ns();
	} while (now - ns < 100 * NSEC_PER_MSEC);
	ticks = bench_clock() - ticks;
	bench_result("clock", "-", 1, "khz", div64_u64(ticks * 1000000, now - ns));
}

static int bench(void)
{
	const struct iotimer_irq_config config = {
		.irq	= IOTIMER_IRQ_VIRTUAL,
		.isr	= isr,
	};
	int ret = iotimer_irq_connect(device, &config, &irq);

	if (ret)
		return ret;
	synchronize();
	sizes();
	frequency();
	return 0;
}

static int __init bench_calls_init(void)
{
	int ret;

	device = iotimer_device_create("bench", sizeof(struct bench_context));
	if (IS_ERR(device))
		return PTR_ERR(device);
	ret = bench();
	iotimer_device_delete(device);
	return ret;
}
module_init(bench_calls_init);

static void __exit bench_calls_exit(void)
{
}
module_exit(bench_calls_exit);

MODULE_DESCRIPTION("iotimer benchmark: single calls and sizes");
MODULE_LICENSE("GPL");
