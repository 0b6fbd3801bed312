// SPDX-License-Identifier: GPL-2.0
/*
 * One variant with so many devices: creates, starts, measures some passes, stops
 * and deletes them, all while the module is loaded.
 */
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "bench.h"

static char *variant_name = "iotimer";
module_param_named(variant, variant_name, charp, 0444);
MODULE_PARM_DESC(variant, "what calls the routines");

static unsigned int devices = 10000;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many are initialised");

static unsigned int started;
module_param(started, uint, 0444);
MODULE_PARM_DESC(started, "how many of them are started, 0 for all");

static bool shuffled;
module_param(shuffled, bool, 0444);
MODULE_PARM_DESC(shuffled, "initialise and start them in another order than that of their memory");

static unsigned int period_ms = 4000;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "the period_ms of the loaded iotimer, and of all other variants");

static unsigned int passes = 3;
module_param(passes, uint, 0444);
MODULE_PARM_DESC(passes, "how many are measured, after two that are not");

static char *label = "";
module_param(label, charp, 0444);
MODULE_PARM_DESC(label, "appended to the variant's name in the results");

/* iotimer learns in the first pass after a start; caches in all. */
#define FIRST_PASSES	2

unsigned long bench_period;
unsigned long bench_first;

static const struct bench_variant *const variants[] = {
	&bench_loop, &bench_iotimer, &bench_timer_list, &bench_global_list,
	&bench_hrtimer, &bench_delayed_work, &bench_timer_rounded,
	&bench_deferrable_work,
};

static const struct bench_variant *variant;
static void **list;		/* in the order in which they are initialised */
static unsigned int nr_created;

static void result(const char *what, u64 value)
{
	char name[40];

	snprintf(name, sizeof(name), "%s%s", variant->name, label);
	bench_result(name, shuffled ? "shuffled" : "ordered", devices, what, value);
}

static int find_variant(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(variants); i++)
		if (!strcmp(variants[i]->name, variant_name))
			variant = variants[i];
	return variant ? 0 : -EINVAL;
}

static int create(void)
{
	u64 start = bench_clock();
	void *device;

	for (; nr_created < devices; nr_created++) {
		if (variant->create)
			device = variant->create(nr_created);
		else
			device = kzalloc(BENCH_DEVICE_SIZE, GFP_KERNEL);
		if (IS_ERR_OR_NULL(device))
			return -ENOMEM;
		list[nr_created] = device;
		cond_resched();
	}
	result("create", bench_clock() - start);
	return 0;
}

static void delete(void)
{
	u64 start = bench_clock();

	while (nr_created) {
		nr_created--;
		if (variant->delete)
			variant->delete(list[nr_created]);
		else
			kfree(list[nr_created]);
		cond_resched();
	}
	result("delete", bench_clock() - start);
}

/* The same order in each run. */
static void shuffle(void)
{
	struct rnd_state random;
	unsigned int i, j;

	prandom_seed_state(&random, 4);
	for (i = devices - 1; i > 0; i--) {
		j = prandom_u32_state(&random) % (i + 1);
		swap(list[i], list[j]);
	}
}

static int init(void)
{
	u64 start = bench_clock();
	int ret = variant->init(list, devices);

	result("init", bench_clock() - start);
	return ret;
}

static void sleep_until(unsigned long time)
{
	if (time_after(time, jiffies))
		schedule_timeout_idle(time - jiffies);
}

/* Those that are started are the last ones: a walk comes to all others before. */
static void **first_started(void)
{
	return list + devices - started;
}

static bool all_called(unsigned long times)
{
	unsigned int i;

	for (i = 0; i < started; i++)
		if (variant->context(first_started()[i])->calls != times)
			return false;
	return true;
}

static int measure(unsigned int number)
{
	unsigned long calls = variant->context(*first_started())->calls;
	struct bench_pass pass;

	bench_window_open(variant, first_started(), started);
	/* A deferrable timer does not wake up the CPU, and may be late by what the wheel knows. */
	sleep_until(bench_first + number * bench_period + bench_period / 3);
	sleep_until(bench_first + number * bench_period + bench_period / 2);
	if (bench_window_close(&pass) || !all_called(calls + 1)) {
		pr_warn("bench: pass %u of %s is not a call of each\n", number,
			variant->name);
		return -EIO;
	}
	result("pass", pass.total);
	result("longest", pass.longest);
	result("runs", pass.runs);
	return 0;
}

/*
 * All variants have their deadlines at the same distance from whole seconds, at which
 * the kernel's own timers are: a little behind, so that round_jiffies() rounds down.
 */
static void wait_for_phase(void)
{
	if (bench_period >= HZ)
		sleep_until(round_jiffies_up(jiffies) + HZ / 8);
}

static int run(void)
{
	unsigned int i, good = 0;
	u64 start;

	wait_for_phase();
	bench_first = jiffies + bench_period;
	start = bench_clock();
	variant->start(first_started(), started);
	result("start", bench_clock() - start);

	sleep_until(bench_first + FIRST_PASSES * bench_period - bench_period / 2);
	/* On a busy machine one may come so late that the window misses it. */
	for (i = 0; i < 2 * passes && good < passes; i++)
		good += !measure(FIRST_PASSES + i);

	start = bench_clock();
	variant->stop(first_started(), started);
	result("stop", bench_clock() - start);
	return good || !passes ? 0 : -EIO;
}

static int bench(void)
{
	int ret = create();

	if (shuffled && !ret)
		shuffle();
	if (!ret)
		ret = init();
	if (!ret) {
		ret = run();
		variant->exit(list, devices);
	}
	delete();
	return ret;
}

static int __init bench_pass_init(void)
{
	int ret = find_variant();

	bench_period = msecs_to_jiffies(period_ms);
	started = started ?: devices;
	if (ret || !devices || started > devices)
		return -EINVAL;
	list = kvcalloc(devices, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	ret = bench_window_init();
	if (!ret) {
		ret = bench();
		bench_window_exit();
	}
	kvfree(list);
	return ret;
}
module_init(bench_pass_init);

static void __exit bench_pass_exit(void)
{
}
module_exit(bench_pass_exit);

MODULE_DESCRIPTION("iotimer benchmark: what a pass over all devices costs");
MODULE_LICENSE("GPL");
