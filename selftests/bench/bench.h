/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the benchmark modules: the clock, how a result is reported, and the
 * ways of calling a routine per device once a period that are compared.
 *
 * A result is a line of the kernel log, which bench-guest.sh collects:
 *
 *	bench: VARIANT,ORDER,DEVICES,WHAT,VALUE
 *
 * Values are sums over all devices, in units of the clock: the time stamp
 * counter, which under QEMU's -icount counts instructions. Nothing is subtracted
 * from them.
 */
#ifndef _IOTIMER_BENCH_H
#define _IOTIMER_BENCH_H

#include <linux/iotimer.h>
#include <linux/printk.h>
#include <linux/timex.h>

static __always_inline u64 bench_clock(void)
{
#ifdef CONFIG_UML
	u32 low, high;

	/* its get_cycles() is always 0 */
	asm volatile("rdtsc" : "=a" (low), "=d" (high));
	return (u64)high << 32 | low;
#else
	return get_cycles();
#endif
}

static inline void bench_result(const char *variant, const char *order,
				unsigned int devices, const char *what, u64 value)
{
	pr_info("bench: %s,%s,%u,%s,%llu\n", variant, order, devices, what, value);
}

/* The counters of the routine, which is the same for every variant. */
struct bench_context {
	unsigned long	calls;
};

/*
 * In all variants a device is as large as kmalloc() makes one of iotimer with
 * this context, so that caches see the same distances.
 */
#define BENCH_DEVICE_SIZE	256

/*
 * Lists of devices are given in the order in which they are initialised and
 * started, which may be another one than that in which they were created.
 */
struct bench_variant {
	const char	*name;
	/* NULL: BENCH_DEVICE_SIZE bytes of zeroed memory */
	void		*(*create)(unsigned int number);
	int		(*init)(void **devices, unsigned int nr);
	void		(*start)(void **devices, unsigned int nr);
	void		(*stop)(void **devices, unsigned int nr);
	/* what init and stop have left to do */
	void		(*exit)(void **devices, unsigned int nr);
	/* NULL: kfree() */
	void		(*delete)(void *device);
	const struct bench_context *(*context)(void *device);
	/* NULL if nothing happens between the time being up and the call */
	bool		(*due)(void *device);
};

extern const struct bench_variant bench_loop;
extern const struct bench_variant bench_global_list;
extern const struct bench_variant bench_timer_list;
extern const struct bench_variant bench_timer_rounded;
extern const struct bench_variant bench_hrtimer;
extern const struct bench_variant bench_delayed_work;
extern const struct bench_variant bench_deferrable_work;
extern const struct bench_variant bench_iotimer;

/* pass.c */
extern unsigned long bench_period;	/* jiffies */
extern unsigned long bench_first;	/* jiffies: the first deadline of all */

/* window.c */
struct bench_pass {
	u64		total;		/* of the runs below */
	u64		longest;	/* softirq run */
	unsigned int	runs;		/* of softirqs, and of kernel workers */
};

int bench_window_init(void);
void bench_window_exit(void);
void bench_window_open(const struct bench_variant *variant, void **devices,
		       unsigned int nr);
int bench_window_close(struct bench_pass *pass);

#endif /* _IOTIMER_BENCH_H */
