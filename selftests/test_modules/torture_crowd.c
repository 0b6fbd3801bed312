// SPDX-License-Identifier: GPL-2.0
/* The crowd of iotimer_torture: threads, each with a softirq and a hard interrupt of its own */
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/kthread.h>

#include "torture.h"

#define MAX_THREADS	16

static unsigned int threads = 4;
module_param(threads, uint, 0444);
MODULE_PARM_DESC(threads, "of the crowd");

static unsigned int seed = 1;
module_param(seed, uint, 0444);
MODULE_PARM_DESC(seed, "of what each thread does");

struct member {
	struct task_struct	*task;
	struct tasklet_struct	tasklet;
	struct irq_work		irq_work;
	u32			random[3];	/* for process, softirq, hard interrupt */
};

static struct member members[MAX_THREADS];

static void member_softirq(struct tasklet_struct *tasklet)
{
	struct member *m = container_of(tasklet, struct member, tasklet);
	int i;

	for (i = 0; i < 8; i++)
		ops_softirq(&m->random[1]);
}

static void member_hardirq(struct irq_work *work)
{
	struct member *m = container_of(work, struct member, irq_work);
	int i;

	for (i = 0; i < 8; i++)
		ops_hardirq(&m->random[2]);
}

/* Vary the number of devices: with few, threads meet often and all are stopped at times. */
static void choose_active(u32 *random)
{
	static const unsigned char few[] = { 1, 2, 3, 8 };
	unsigned int i = torture_below(random, ARRAY_SIZE(few) + 2);

	WRITE_ONCE(active, i < ARRAY_SIZE(few) ? min(devices, (unsigned int)few[i]) : devices);
}

static void member_round(struct member *m)
{
	u32 *random = &m->random[0];
	int i;

	for (i = 0; i < 20; i++)
		ops_process(random);
	tasklet_schedule(&m->tasklet);
	irq_work_queue(&m->irq_work);
	if (m == members && !torture_below(random, 16))
		choose_active(random);
	if (!torture_below(random, 4))
		usleep_range(100, 2000);
	cond_resched();
}

static int member_thread(void *arg)
{
	while (!kthread_should_stop())
		member_round(arg);
	return 0;
}

static int member_begin(struct member *m, unsigned int i)
{
	unsigned int c;

	for (c = 0; c < ARRAY_SIZE(m->random); c++)
		m->random[c] = seed * 7919 + i * 104729 + c * 1299709 + 1;
	tasklet_setup(&m->tasklet, member_softirq);
	m->irq_work = IRQ_WORK_INIT_HARD(member_hardirq);
	m->task = kthread_run(member_thread, m, "torture%u", i);
	return PTR_ERR_OR_ZERO(m->task);
}

int crowd_begin(void)
{
	unsigned int i;
	int ret = 0;

	WRITE_ONCE(active, devices);
	for (i = 0; i < min(threads, (unsigned int)MAX_THREADS) && !ret; i++)
		ret = member_begin(&members[i], i);
	return ret;
}

/* On return no thread uses a device any more. */
void crowd_end(void)
{
	struct member *m;

	for (m = members; m < members + MAX_THREADS; m++) {
		if (IS_ERR_OR_NULL(m->task))
			continue;
		kthread_stop(m->task);
		tasklet_kill(&m->tasklet);
		irq_work_sync(&m->irq_work);
		m->task = NULL;
	}
	controllers_drain();
	objects_stop();
}
