/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions that run on several CPUs at once, for tests of exclusion
 *
 *	struct cpu_call call;
 *
 *	cpu_call_begin(&call, cpu, fn, arg);	fn(arg) in process context there
 *	...
 *	cpu_call_end(&call);			it has returned
 */
#ifndef _IOTIMER_TEST_CPUS_H
#define _IOTIMER_TEST_CPUS_H

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/spinlock.h>
#include <linux/sched/task_stack.h>
#include <linux/workqueue.h>

struct cpu_call {
	struct work_struct	work;
	void			(*fn)(void *arg);
	void			*arg;
};

static __maybe_unused void cpu_call_run(struct work_struct *work)
{
	struct cpu_call *call = container_of(work, struct cpu_call, work);

	call->fn(call->arg);
}

static __maybe_unused
void cpu_call_begin(struct cpu_call *call, int cpu, void (*fn)(void *arg), void *arg)
{
	call->fn = fn;
	call->arg = arg;
	if (object_is_on_stack(call))
		INIT_WORK_ONSTACK(&call->work, cpu_call_run);
	else
		INIT_WORK(&call->work, cpu_call_run);
	schedule_work_on(cpu, &call->work);
}

static __maybe_unused void cpu_call_end(struct cpu_call *call)
{
	flush_work(&call->work);
	destroy_work_on_stack(&call->work);
}

static __maybe_unused int first_cpu(void)
{
	return cpumask_first(cpu_online_mask);
}

/* The first CPU again if it is the only one. */
static __maybe_unused int second_cpu(void)
{
	return cpumask_last(cpu_online_mask);
}

/* Call @fn0 on the first CPU and @fn1 on the second at the same time. */
static __maybe_unused
void on_two_cpus(void (*fn0)(void *arg), void (*fn1)(void *arg), void *arg)
{
	struct cpu_call call0, call1;

	cpu_call_begin(&call0, first_cpu(), fn0, arg);
	cpu_call_begin(&call1, second_cpu(), fn1, arg);
	cpu_call_end(&call0);
	cpu_call_end(&call1);
}

/* As wait_for(), without sleeping; gives up after some seconds. */
#define spin_for(COND) ({						\
	int __left = 1000000;						\
	bool __true;							\
									\
	for (;;) {							\
		__true = (COND);					\
		if (__true || !--__left)				\
			break;						\
		udelay(5);						\
	}								\
	__true;								\
})

/* For a lock without other users. */
static __maybe_unused bool is_locked(spinlock_t *lock)
{
	return spin_is_locked(lock);
}

#endif /* _IOTIMER_TEST_CPUS_H */
