// SPDX-License-Identifier: GPL-2.0
/*
 * A start that overlaps a stop takes effect before or after it (T4). If before, the
 * stopper sees the stores that precede the start; if after, the timer is started.
 * A driver that gives its routine work and then starts the timer relies on that:
 *
 *	CPU 0				CPU 1
 *
 *	work = 1			iotimer_stop(dev)
 *	iotimer_start(dev)		if (!work) it will be called
 */
#include "cpus.h"
#include "test.h"

#define SECONDS		4
#define DEVICES		64	/* both CPUs visit all of them once a round */

struct entry {
	struct iotimer_device	*dev;
	int			calls;
	int			calls_then;
	int			work;
	int			seen;
} ____cacheline_aligned;

static struct entry entries[DEVICES];
static int skew;			/* the delay of the stopper */
static unsigned int ready[2];		/* each CPU's next round */
static unsigned int done;		/* the last round of the stopper */
static bool over;
static unsigned long rounds, unseen;

static void publish_routine(struct iotimer_device *dev, void *context)
{
	struct entry *e = context;

	WRITE_ONCE(e->calls, e->calls + 1);
}

static void delay(int turns)
{
	while (turns-- > 0)
		barrier();
}

/* Return false if the other CPU has given up. */
static bool meet(int me, unsigned int round)
{
	smp_store_release(&ready[me], round);
	while (smp_load_acquire(&ready[!me]) < round) {
		if (READ_ONCE(over))
			return false;
		cpu_relax();
	}
	return true;
}

static void stopper(void *unused)
{
	unsigned int round;
	struct entry *e;

	for (round = 1; meet(1, round); round++) {
		delay(READ_ONCE(skew));
		for (e = entries; e < entries + DEVICES; e++) {
			iotimer_stop(e->dev);
			e->seen = READ_ONCE(e->work);
		}
		smp_store_release(&done, round);
		cond_resched();
	}
}

static void prepare(void)
{
	struct entry *e;

	for (e = entries; e < entries + DEVICES; e++) {
		e->work = 0;
		iotimer_start(e->dev);
	}
}

/* If the stopper has not seen the work, the start came after the stop. */
static bool all_is_well(void)
{
	unsigned int n = 0;
	struct entry *e;

	for (e = entries; e < entries + DEVICES; e++)
		e->calls_then = READ_ONCE(e->calls);
	for (e = entries; e < entries + DEVICES; e++) {
		if (e->seen)
			continue;
		n++;
		if (!EXPECT(wait_for(READ_ONCE(e->calls) != e->calls_then, 50 * period_ms)))
			return false;
	}
	unseen += n;
	/* After half of the devices one CPU overtakes the other. */
	WRITE_ONCE(skew, skew + (n > DEVICES / 2 ? 100 : -100));
	return true;
}

static void starter(void *unused)
{
	unsigned long end = jiffies + SECONDS * HZ;
	unsigned int round;
	struct entry *e;

	for (round = 1; time_before(jiffies, end); round++) {
		prepare();
		if (!meet(0, round))
			break;
		delay(-skew);
		for (e = entries; e < entries + DEVICES; e++) {
			WRITE_ONCE(e->work, 1);
			iotimer_start(e->dev);
		}
		while (smp_load_acquire(&done) < round)
			cpu_relax();
		rounds++;
		if (!all_is_well())
			break;
		cond_resched();
	}
	WRITE_ONCE(over, true);
}

static bool make_devices(void)
{
	char name[IOTIMER_NAME_LEN];
	struct entry *e;

	for (e = entries; e < entries + DEVICES; e++) {
		snprintf(name, sizeof(name), "publish%u", (unsigned int)(e - entries));
		e->dev = test_device(name);
		if (!EXPECT_PTR(e->dev) ||
		    !EXPECT_EQ(iotimer_init(e->dev, publish_routine, e), 0))
			return false;
	}
	return true;
}

TEST(T4_start_publishes_what_came_before)
{
	struct entry *e;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (make_devices())
		on_two_cpus(starter, stopper, NULL);
	for (e = entries; e < entries + DEVICES; e++)
		test_device_free(e->dev);
	pr_info("iotimer-test: # %lu rounds of %d, in %lu the start came after the stop\n",
		rounds, DEVICES, unseen);
}

static const struct test_case cases[] = {
	CASE(T4_start_publishes_what_came_before),
};

TEST_MODULE(cases);
