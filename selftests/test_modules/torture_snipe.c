// SPDX-License-Identifier: GPL-2.0
/*
 * The snipers of iotimer_torture: a stop or a start at the critical moment, which
 * random operations would hit once in hours
 *
 * Leads and targets are called in turn. A lead's call signals that its target is
 * next, and a sniper on another CPU stops the target. If the stop is too early, the
 * target is not called; if it is too late, it is. The sniper learns a delay with
 * which both happen equally often, so the stop comes when the walker decides
 * whether to call. After stop_sync() the target must not be running. In another
 * pass the sniper starts the target when the walker finds it stopped.
 *
 * The loner signals that it is about to stop itself, and a sniper gives it work and
 * starts it. Either that start comes before the stop, which then sees the work, or
 * it starts the loner again. No other timer is started, so the tick is about to be
 * disarmed at that moment.
 */
#include <linux/cpu.h>
#include <linux/kthread.h>

#include "torture.h"

#define PAIRS		16
#define DELAY_MAX	20000

struct target {
	struct iotimer_device	*lead;
	struct iotimer_device	*dev;
	unsigned int		index;
	bool			inside;
	bool			quiet;
	unsigned long		calls;
	bool			down;		/* stopped by the sniper */
	unsigned int		started;	/* the signal at its last start */
	unsigned long		calls_then;
};

static struct target targets[PAIRS];
static unsigned int signal;		/* the pair whose turn it is; in the high bits a count */
static int walk_cpu;
static struct iotimer_device *loner;
static unsigned long loner_calls;
static unsigned long loner_turn;	/* the call that is about to stop the loner */
static unsigned long loner_work;	/* the sniper's last work */
static unsigned long loner_done;	/* the work that the loner saw last */
static struct task_struct *threads[2];

/* Without cpu_relax(), which may take microseconds in a virtual machine. */
static void delay(unsigned int turns)
{
	while (turns--)
		barrier();
}

static void lead_routine(struct iotimer_device *dev, void *context)
{
	struct target *t = context;

	WRITE_ONCE(walk_cpu, raw_smp_processor_id());
	/* The target's state becomes visible with the signal. */
	smp_store_release(&signal, (signal | (PAIRS - 1)) + 1 + t->index);
	delay(DELAY_MAX / 4);
}

static void target_routine(struct iotimer_device *dev, void *context)
{
	struct target *t = context;

	WRITE_ONCE(t->inside, true);
	/* Pairs with the barrier in shoot(). */
	smp_mb();
	if (READ_ONCE(t->quiet))
		torture_fail("%s: called after stop_sync() under fire", dev->name);
	delay(2000);
	WRITE_ONCE(t->calls, t->calls + 1);
	/* All stores of the call come before its end is visible. */
	smp_store_release(&t->inside, false);
}

static void loner_routine(struct iotimer_device *dev, void *context)
{
	WRITE_ONCE(loner_calls, loner_calls + 1);
	WRITE_ONCE(walk_cpu, raw_smp_processor_id());
	smp_store_release(&loner_turn, loner_calls);
	delay(DELAY_MAX / 4);
	iotimer_stop(dev);
	smp_store_release(&loner_done, READ_ONCE(loner_work));
}

/* Return true if the target was called in spite of the stop. */
static bool shoot(struct target *t, unsigned int turns)
{
	unsigned long before = READ_ONCE(t->calls), calls;

	delay(turns);
	if (iotimer_stop_sync(t->dev))
		torture_fail("%s: stop_sync() under fire was refused", t->dev->name);
	WRITE_ONCE(t->quiet, true);
	/* Pairs with the barrier in target_routine(). */
	smp_mb();
	if (READ_ONCE(t->inside))
		torture_fail("%s: stop_sync() under fire did not wait", t->dev->name);
	calls = READ_ONCE(t->calls);
	delay(3000);
	if (READ_ONCE(t->inside) || READ_ONCE(t->calls) != calls)
		torture_fail("%s: runs after stop_sync() under fire", t->dev->name);
	WRITE_ONCE(t->quiet, false);
	t->down = true;
	return calls != before;
}

/* Return true if the target was not called in this pass any more. */
static bool raise_up(struct target *t, unsigned int turns)
{
	t->calls_then = READ_ONCE(t->calls);
	delay(turns);
	if (iotimer_start(t->dev))
		torture_fail("start under fire");
	/* Not earlier: this CPU may stall for many passes before the start. */
	t->started = READ_ONCE(signal);
	t->down = false;
	delay(5000);
	return READ_ONCE(t->calls) == t->calls_then;
}

/* Move to a CPU other than the walker's, and keep CPUs online during the move. */
static void leave_walk(void)
{
	int cpu = READ_ONCE(walk_cpu);

	if (raw_smp_processor_id() != cpu)
		return;
	cpus_read_lock();
	cpu = cpumask_any_but(cpu_online_mask, cpu);
	if (cpu < nr_cpu_ids)
		set_cpus_allowed_ptr(current, cpumask_of(cpu));
	cpus_read_unlock();
}

/* Wait until *@word is not @old; give up now and then. */
#define await(WORD, OLD) ({						\
	unsigned int __turns = 100000;					\
									\
	while (smp_load_acquire(WORD) == (OLD) && --__turns)		\
		barrier();						\
	__turns;							\
})

/* Approach the delay that is too late half of the time: in large steps at first. */
struct aim {
	unsigned int	turns;
	unsigned int	step;
	bool		late;		/* the last result */
};

static void adjust(struct aim *aim, bool late)
{
	if (late != aim->late)
		aim->step = max(aim->step / 2, 20U);
	else
		aim->step = min(aim->step + aim->step / 4, DELAY_MAX / 8U);
	aim->late = late;
	if (late)
		aim->turns -= min(aim->turns, aim->step);
	else
		aim->turns = min(aim->turns + aim->step, DELAY_MAX * 1U);
}

/* Return false if no whole pass, a signal per pair, has passed since its start. */
static bool was_called(struct target *t, unsigned int now)
{
	if ((now - t->started) / PAIRS < 3 * PAIRS)
		return false;
	if (READ_ONCE(t->calls) == t->calls_then)
		torture_fail("%s: started under fire and not called", t->dev->name);
	return true;
}

static int stop_sniper(void *unused)
{
	struct aim aims[] = {
		{ .turns = DELAY_MAX / 4, .step = DELAY_MAX / 8 },
		{ .turns = DELAY_MAX / 4, .step = DELAY_MAX / 8 },
	}, *aim;
	unsigned int seen = 0;
	struct target *t;
	bool late;

	while (!kthread_should_stop()) {
		leave_walk();
		if (!await(&signal, seen)) {
			cond_resched();
			continue;
		}
		seen = smp_load_acquire(&signal);
		t = &targets[seen % PAIRS];
		if (!t->down && !was_called(t, seen))
			continue;
		aim = &aims[t->down];
		late = t->down ? raise_up(t, aim->turns) : shoot(t, aim->turns);
		adjust(aim, late);
		COUNT(shots);
		if (late)
			COUNT(late);
	}
	return 0;
}

/* Work given before a start is seen. Return true if only a call after that start saw it. */
static bool employ(unsigned int turns, unsigned long seen)
{
	unsigned long end = torture_limit(), work = loner_work + 1;

	delay(turns);
	WRITE_ONCE(loner_work, work);
	iotimer_start(loner);
	while (smp_load_acquire(&loner_done) != work && time_before(jiffies, end))
		cond_resched();
	if (smp_load_acquire(&loner_done) != work)
		torture_fail("loner: started and not called, or before it could see its work");
	COUNT(revivals);
	return READ_ONCE(loner_turn) != seen;
}

/* The call that was seen may have ended: then the start leads to another one. */
static int start_sniper(void *unused)
{
	struct aim aim = { .turns = DELAY_MAX / 4, .step = DELAY_MAX / 8 };
	unsigned long seen = 0;
	bool late;

	while (!kthread_should_stop()) {
		leave_walk();
		/* The loner has done its work and stopped. */
		iotimer_start(loner);
		if (!await(&loner_turn, seen)) {
			cond_resched();
			continue;
		}
		late = employ(aim.turns, smp_load_acquire(&loner_turn));
		seen = smp_load_acquire(&loner_turn);
		adjust(&aim, late);
		COUNT(shots);
		if (late)
			COUNT(late);
	}
	return 0;
}

static int target_create(struct target *t, unsigned int index)
{
	char name[IOTIMER_NAME_LEN];
	int ret;

	t->index = index;
	snprintf(name, sizeof(name), "lead%u", index);
	t->lead = iotimer_device_create(name, 0);
	snprintf(name, sizeof(name), "target%u", index);
	t->dev = iotimer_device_create(name, 0);
	if (IS_ERR(t->lead) || IS_ERR(t->dev))
		return -ENOMEM;
	ret = iotimer_init(t->lead, lead_routine, t) ?:
	      iotimer_init(t->dev, target_routine, t) ?:
	      iotimer_start(t->lead) ?: iotimer_start(t->dev);
	/* The leads before this one have been signalling for a while. */
	t->started = READ_ONCE(signal);
	return ret;
}

static int loner_create(void)
{
	loner = iotimer_device_create("loner", 0);
	if (IS_ERR(loner))
		return PTR_ERR(loner);
	return iotimer_init(loner, loner_routine, NULL);
}

static int thread_start(unsigned int i, int (*fn)(void *))
{
	threads[i] = kthread_run(fn, NULL, "torture_snipe%u", i);
	return PTR_ERR_OR_ZERO(threads[i]);
}

int pairs_begin(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < PAIRS && !ret; i++)
		ret = target_create(&targets[i], i);
	return ret ?: thread_start(0, stop_sniper);
}

int loner_begin(void)
{
	return loner_create() ?: thread_start(1, start_sniper);
}

static void thread_stop(unsigned int i)
{
	if (!IS_ERR_OR_NULL(threads[i]))
		kthread_stop(threads[i]);
	threads[i] = NULL;
}

static void forget(struct iotimer_device **dev)
{
	if (!IS_ERR_OR_NULL(*dev))
		iotimer_device_delete(*dev);
	*dev = NULL;
}

void pairs_end(void)
{
	struct target *t;

	thread_stop(0);
	for (t = targets; t < targets + PAIRS; t++) {
		forget(&t->lead);
		forget(&t->dev);
	}
}

void loner_end(void)
{
	thread_stop(1);
	forget(&loner);
}
