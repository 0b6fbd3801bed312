// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_torture: all operations at the same time, for any length of time
 *
 *	loner	one device that is given work and started when it stops itself
 *	pairs	devices that are stopped at the moment of their call
 *	crowd	threads, softirqs, hard interrupts, ISRs, control routines and
 *		routines that start, stop, wait for, raise, allocate, delete and
 *		create each other's devices at random
 *
 * Loading the module runs these in turn for the given time and leaves the results
 * for functions.sh in the log, with a closing verdict. Invariants are checked where
 * the operations are: see torture_object.c. Devices of the crowd exist until the
 * module is unloaded, so that "counts" can be compared with debugfs.
 */
#include <linux/module.h>

#include "torture.h"

static unsigned int seconds = 6;
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "altogether");

unsigned int devices = 24;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "of the crowd, up to 64");

unsigned int period_ms = 1000;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "the period_ms of the loaded iotimer");

unsigned int slow = 1;
module_param(slow, uint, 0444);
MODULE_PARM_DESC(slow, "how many times slower than others the machine is");

unsigned int active;
struct counts torture_counts;

static atomic_t failures;
static char failure[160];

/* The first few failures are enough for a reader. */
void torture_fail(const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	int n = atomic_inc_return(&failures);
	va_list args;

	if (n > 5)
		return;
	va_start(args, fmt);
	vaf.va = &args;
	if (n == 1)
		snprintf(failure, sizeof(failure), "%pV", &vaf);
	else
		pr_info("iotimer-test: # %pV\n", &vaf);
	va_end(args);
}

static unsigned long count(atomic_long_t *counter)
{
	return atomic_long_read(counter);
}

/* An operation that never happened has proved nothing. */
static void must_have(atomic_long_t *counter, const char *what)
{
	if (!count(counter))
		torture_fail("no %s at all", what);
}

#define MUST_HAVE(WHAT)	must_have(&torture_counts.WHAT, #WHAT)

static void crowd_must_have(void)
{
	MUST_HAVE(starts);
	MUST_HAVE(stops);
	MUST_HAVE(stop_syncs);
	MUST_HAVE(quiets);
	MUST_HAVE(revivals);
	MUST_HAVE(calls);
	MUST_HAVE(isrs);
	MUST_HAVE(sections);
	MUST_HAVE(deletes);
	MUST_HAVE(allocations);
	MUST_HAVE(controls);
}

static void pairs_must_have(void)
{
	if (num_online_cpus() > 1)
		MUST_HAVE(shots);
}

static void loner_must_have(void)
{
	MUST_HAVE(revivals);
}

static const struct phase {
	const char	*name;
	int		(*begin)(void);
	void		(*end)(void);
	void		(*must_have)(void);
	unsigned int	share;		/* eighths of the time */
} phases[] = {
	{ "torture_loner", loner_begin, loner_end, loner_must_have, 2 },
	{ "torture_pairs", pairs_begin, pairs_end, pairs_must_have, 2 },
	{ "torture_crowd", crowd_begin, crowd_end, crowd_must_have, 4 },
};

static void run(const struct phase *phase)
{
	int before = atomic_read(&failures);

	if (phase->begin())
		torture_fail("%s cannot begin", phase->name);
	else
		msleep_interruptible(seconds * 1000 / 8 * phase->share); /* interruptible: not reported as hung */
	phase->end();
	phase->must_have();
	if (atomic_read(&failures) == before)
		pr_info("iotimer-test: ok %s\n", phase->name);
	else
		pr_info("iotimer-test: not ok %s %s (failures: %d)\n", phase->name,
			before ? "see above" : failure, atomic_read(&failures) - before);
}

static void verdict(void)
{
	struct counts *c = &torture_counts;

	pr_info("iotimer-test: # ops=%lu starts=%lu stops=%lu stop_syncs=%lu quiets=%lu revivals=%lu deletes=%lu\n",
		count(&c->ops), count(&c->starts), count(&c->stops),
		count(&c->stop_syncs), count(&c->quiets), count(&c->revivals),
		count(&c->deletes));
	pr_info("iotimer-test: # calls=%lu isrs=%lu sections=%lu allocations=%lu controls=%lu shots=%lu late=%lu\n",
		count(&c->calls), count(&c->isrs), count(&c->sections),
		count(&c->allocations), count(&c->controls), count(&c->shots),
		count(&c->late));
	pr_info("iotimer-test: # verdict: %s failures=%d %s\n",
		atomic_read(&failures) ? "FAIL" : "PASS", atomic_read(&failures),
		failure);
}

/* A line for each device of the crowd: its name and its counts. */
static int counts_get(char *buffer, const struct kernel_param *kp)
{
	unsigned int i;
	int n = 0;

	for (i = 0; i < devices; i++)
		n += sysfs_emit_at(buffer, n, "t%u %lu %lu %lu\n", i, objects[i].calls,
				   objects[i].isr_calls, objects[i].sections);
	return n;
}

static const struct kernel_param_ops counts_ops = { .get = counts_get };
module_param_cb(counts, &counts_ops, NULL, 0444);
MODULE_PARM_DESC(counts, "name, calls, ISR calls and SynchCritSections of each device");

static void cleanup(void)
{
	objects_delete();
	controllers_delete();
}

static int __init torture_init(void)
{
	const struct phase *phase;
	int ret;

	if (!devices || devices > MAX_OBJECTS)
		return -EINVAL;
	active = devices;
	ret = controllers_create() ?: objects_create();
	if (ret) {
		cleanup();
		return ret;
	}
	for (phase = phases; phase < phases + ARRAY_SIZE(phases); phase++)
		run(phase);
	verdict();
	pr_info("iotimer-test: done %zu\n", ARRAY_SIZE(phases));
	return 0;
}
module_init(torture_init);

static void __exit torture_exit(void)
{
	cleanup();
}
module_exit(torture_exit);

MODULE_DESCRIPTION("iotimer torture test");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
