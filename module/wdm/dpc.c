// SPDX-License-Identifier: GPL-2.0
/*
 * DPCs: one queue and one tasklet per CPU, together a runner.
 *
 * A tasklet runs on the CPU that has scheduled it, so a runner's tasklet is
 * scheduled only on the runner's own CPU: by the caller if that is there, by an
 * interrupt of that CPU if not, and by the runner itself while it is running.
 * Two things follow. A DPC cannot run before bottom halves are enabled on its CPU
 * (K2), and a runner never runs on two CPUs at once.
 *
 * A CPU that goes offline hands its tasklets to another CPU, which is harmless:
 * K2 is without meaning then, and a tasklet runs on one CPU at a time anyway.
 *
 * One tasklet for each DPC would serialise its routine too, but a tasklet cannot be
 * taken off its list without a wait, and a driver may free a DPC that
 * KeRemoveQueueDpc() has removed.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#include "wdm.h"

struct iotimer_wdm_runner {
	struct tasklet_struct	tasklet;
	call_single_data_t	kick;		/* schedules the tasklet */
	struct irq_work		raise;		/* likewise, on PREEMPT_RT */

	/* under wdm_dpc_lock */
	struct list_head	queue;
	struct list_head	batch;		/* of the present run, off the queue */
	struct list_head	node;		/* in wdm_dpc_active while it runs */
	bool			active;
	bool			kicked;		/* an interrupt is on its way */
	PKDPC			running;	/* may have been freed by its routine */
	PKDEFERRED_ROUTINE	routine;	/* of that */
	KDPC			barrier;	/* of a flush */
};

static DEFINE_PER_CPU(struct iotimer_wdm_runner, wdm_dpc_runners);
static DEFINE_RAW_SPINLOCK(wdm_dpc_lock);
static LIST_HEAD(wdm_dpc_active);

/* Take the first DPC off the batch, with a copy of its routine's arguments. */
static PKDPC wdm_dpc_take(struct iotimer_wdm_runner *runner, KDPC *copy)
{
	PKDPC dpc;

	raw_spin_lock_irq(&wdm_dpc_lock);
	dpc = list_first_entry_or_null(&runner->batch, KDPC, node);
	if (dpc) {
		list_del(&dpc->node);
		dpc->queued = false;
		*copy = *dpc;
		runner->routine = dpc->DeferredRoutine;
	}
	runner->running = dpc;
	raw_spin_unlock_irq(&wdm_dpc_lock);
	return dpc;
}

static void wdm_dpc_begin_run(struct iotimer_wdm_runner *runner)
{
	raw_spin_lock_irq(&wdm_dpc_lock);
	list_splice_init(&runner->queue, &runner->batch);
	list_add(&runner->node, &wdm_dpc_active);
	runner->active = true;
	raw_spin_unlock_irq(&wdm_dpc_lock);
}

/* An active runner is not kicked, so it has to look for new entries itself. */
static void wdm_dpc_end_run(struct iotimer_wdm_runner *runner)
{
	raw_spin_lock_irq(&wdm_dpc_lock);
	list_del(&runner->node);
	runner->active = false;
	if (!list_empty(&runner->queue))
		tasklet_schedule(&runner->tasklet);
	raw_spin_unlock_irq(&wdm_dpc_lock);
}

/* A DPC that inserts itself is left to the next run, as softirqs do. */
static void wdm_dpc_run(struct tasklet_struct *tasklet)
{
	struct iotimer_wdm_runner *runner;
	KDPC copy;
	PKDPC dpc;

	runner = container_of(tasklet, struct iotimer_wdm_runner, tasklet);
	wdm_dpc_begin_run(runner);
	while ((dpc = wdm_dpc_take(runner, &copy)))
		copy.DeferredRoutine(dpc, copy.DeferredContext, copy.SystemArgument1,
				     copy.SystemArgument2);
	wdm_dpc_end_run(runner);
}

/* In an interrupt of the runner's CPU. */
static void wdm_dpc_schedule(struct iotimer_wdm_runner *runner)
{
	raw_spin_lock(&wdm_dpc_lock);
	WRITE_ONCE(runner->kicked, false);
	tasklet_schedule(&runner->tasklet);
	raw_spin_unlock(&wdm_dpc_lock);
}

static void wdm_dpc_raised(struct irq_work *work)
{
	wdm_dpc_schedule(container_of(work, struct iotimer_wdm_runner, raise));
}

/*
 * A function call from another CPU. An idle CPU may find it without an interrupt, and
 * PREEMPT_RT warns of a softirq that is raised there. So it interrupts itself.
 */
static void wdm_dpc_kicked(void *info)
{
	struct iotimer_wdm_runner *runner = info;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		irq_work_queue(&runner->raise);
	else
		wdm_dpc_schedule(runner);
}

/* False if the CPU is offline. */
static bool wdm_dpc_kick(struct iotimer_wdm_runner *runner, int cpu)
{
	lockdep_assert_held(&wdm_dpc_lock);
	if (!runner->kicked)
		runner->kicked = !smp_call_function_single_async(cpu, &runner->kick);
	return runner->kicked;
}

/* Have the runner look at its queue. */
static void wdm_dpc_start_runner(struct iotimer_wdm_runner *runner, int cpu)
{
	lockdep_assert_held(&wdm_dpc_lock);
	if (runner->active)
		return;
	if (cpu != smp_processor_id() && wdm_dpc_kick(runner, cpu))
		return;
	tasklet_schedule(&runner->tasklet);
}

/*
 * The runner that runs a DPC's routine. The KDPC may have been freed, or set up
 * anew, since the routine began: only its address counts.
 */
static struct iotimer_wdm_runner *wdm_dpc_runner_of(const KDPC *dpc)
{
	struct iotimer_wdm_runner *runner;

	lockdep_assert_held(&wdm_dpc_lock);
	list_for_each_entry(runner, &wdm_dpc_active, node)
		if (runner->running == dpc)
			return runner;
	return NULL;
}

static void wdm_dpc_enqueue(PKDPC dpc)
{
	struct iotimer_wdm_runner *runner = wdm_dpc_runner_of(dpc);
	int cpu = smp_processor_id();

	if (dpc->target && cpu_online(dpc->target - 1))
		cpu = dpc->target - 1;
	if (!runner)
		runner = per_cpu_ptr(&wdm_dpc_runners, cpu);
	dpc->queued = true;
	if (dpc->importance == HighImportance)
		list_add(&dpc->node, &runner->queue);
	else
		list_add_tail(&dpc->node, &runner->queue);
	wdm_dpc_start_runner(runner, cpu);
}

/* @source is the KTIMER that has expired; NULL if the driver queues the DPC. */
bool iotimer_wdm_insert_dpc(PKDPC dpc, PVOID argument1, PVOID argument2, const void *source)
{
	KIRQL irql = iotimer_wdm_hold_back_dpcs();
	unsigned long flags;
	bool inserted;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	inserted = !dpc->queued && !dpc->closed && dpc->DeferredRoutine;
	if (inserted) {
		dpc->SystemArgument1 = argument1;
		dpc->SystemArgument2 = argument2;
		dpc->source = source;
		wdm_dpc_enqueue(dpc);
	}
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	iotimer_wdm_lower(irql);
	return inserted;
}

/**
 * KeInitializeDpc() - set up a DPC
 * @Dpc: memory of the driver's own, nonpaged; the DPC must not be queued
 * @DeferredRoutine: called once for each successful KeInsertQueueDpc()
 * @DeferredContext: passed to @DeferredRoutine
 *
 * Differs from Windows: the routine does not run on two CPUs at once, even if the
 * DPC is set up anew while its routine is running.
 *
 * Context: Any IRQL.
 */
VOID KeInitializeDpc(PKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
	memset(Dpc, 0, sizeof(*Dpc));
	Dpc->importance = MediumImportance;
	Dpc->DeferredRoutine = DeferredRoutine;
	Dpc->DeferredContext = DeferredContext;
}
EXPORT_SYMBOL_GPL(KeInitializeDpc);

/**
 * KeSetImportanceDpc() - set where in its queue a DPC is placed
 * @Dpc: the DPC, which should not be queued
 * @Importance: HighImportance: in front; the others: at the end
 *
 * Differs from Windows: DPCs of low importance are not delayed.
 *
 * Context: Any IRQL.
 */
VOID KeSetImportanceDpc(PKDPC Dpc, KDPC_IMPORTANCE Importance)
{
	WRITE_ONCE(Dpc->importance, Importance);
}
EXPORT_SYMBOL_GPL(KeSetImportanceDpc);

/**
 * KeSetTargetProcessorDpc() - set the CPU on which a DPC runs
 * @Dpc: the DPC, which should not be queued
 * @Number: the number of the CPU
 *
 * Differs from Windows: while that CPU is offline or does not exist, the DPC runs on
 * the CPU of the caller of KeInsertQueueDpc().
 *
 * Context: Any IRQL.
 */
VOID KeSetTargetProcessorDpc(PKDPC Dpc, CCHAR Number)
{
	bool exists = Number >= 0 && (unsigned int)Number < nr_cpu_ids;

	WRITE_ONCE(Dpc->target, exists ? Number + 1 : 0);
}
EXPORT_SYMBOL_GPL(KeSetTargetProcessorDpc);

/**
 * KeInsertQueueDpc() - queue a DPC
 * @Dpc: the DPC
 * @SystemArgument1: passed to its routine
 * @SystemArgument2: likewise
 *
 * The routine is called at DISPATCH_LEVEL, in softirq context, on the DPC's target
 * CPU or on this one. It is called once the IRQL of this CPU has dropped below
 * DISPATCH_LEVEL; at PASSIVE_LEVEL it has returned when this function returns (K2).
 * While the routine is running, it is called again on the same CPU. The DPCs of one
 * CPU and one importance run in the order of insertion.
 *
 * Differs from Windows: on PREEMPT_RT a thread runs the routine, at any time after
 * the insertion. A zeroed KDPC, which has no routine, is not queued.
 *
 * Context: Any IRQL, interrupts included.
 * Return: TRUE; FALSE if it is queued already, in which case it keeps its arguments.
 */
BOOLEAN KeInsertQueueDpc(PKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
	return iotimer_wdm_insert_dpc(Dpc, SystemArgument1, SystemArgument2, NULL);
}
EXPORT_SYMBOL_GPL(KeInsertQueueDpc);

static void wdm_dpc_unqueue(PKDPC dpc)
{
	lockdep_assert_held(&wdm_dpc_lock);
	list_del(&dpc->node);
	dpc->queued = false;
}

/**
 * KeRemoveQueueDpc() - take a DPC off its queue
 * @Dpc: the DPC; it may be zeroed memory
 *
 * Does not wait for a routine that is running: KeFlushQueuedDpcs() does.
 *
 * Context: Any IRQL.
 * Return: TRUE if it was queued, and will not run for that insertion; FALSE if it was
 * not queued, in which case its routine may be running.
 */
BOOLEAN KeRemoveQueueDpc(PKDPC Dpc)
{
	unsigned long flags;
	bool removed;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	removed = Dpc->queued;
	if (removed)
		wdm_dpc_unqueue(Dpc);
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
	return removed;
}
EXPORT_SYMBOL_GPL(KeRemoveQueueDpc);

/* The same if @source has queued it: a driver's own insertion stays. */
void iotimer_wdm_remove_dpc_of(PKDPC dpc, const void *source)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&wdm_dpc_lock, flags);
	if (dpc->queued && dpc->source == source)
		wdm_dpc_unqueue(dpc);
	raw_spin_unlock_irqrestore(&wdm_dpc_lock, flags);
}

/* Flushes: one at a time, all CPUs at once. */

static DEFINE_MUTEX(wdm_dpc_flush_mutex);	/* the runners' barriers */
static DECLARE_COMPLETION(wdm_dpc_flushed);
static atomic_t wdm_dpc_barriers;		/* not passed yet, + 1 */

static void wdm_dpc_pass(void)
{
	if (atomic_dec_and_test(&wdm_dpc_barriers))
		complete(&wdm_dpc_flushed);
}

static VOID wdm_dpc_barrier_routine(PKDPC Dpc, PVOID DeferredContext,
				    PVOID SystemArgument1, PVOID SystemArgument2)
{
	wdm_dpc_pass();
}

/* A runner with nothing to do is left alone; one with something to do has been started already. */
static void wdm_dpc_add_barrier(struct iotimer_wdm_runner *runner)
{
	lockdep_assert_held(&wdm_dpc_lock);
	if (!runner->active && list_empty(&runner->queue))
		return;
	atomic_inc(&wdm_dpc_barriers);
	KeInitializeDpc(&runner->barrier, wdm_dpc_barrier_routine, NULL);
	runner->barrier.queued = true;
	list_add_tail(&runner->barrier.node, &runner->queue);
}

/**
 * KeFlushQueuedDpcs() - wait until the DPCs that are queued now, on any CPU, have run
 *
 * Differs from Windows: only the DPCs of this layer count, among them those of
 * other drivers on it.
 *
 * Context: PASSIVE_LEVEL; the caller holds no lock that a DPC takes. Elsewhere it
 * is reported and has no effect.
 */
VOID KeFlushQueuedDpcs(void)
{
	int cpu;

	mutex_lock(&wdm_dpc_flush_mutex);
	reinit_completion(&wdm_dpc_flushed);
	atomic_set(&wdm_dpc_barriers, 1);
	raw_spin_lock_irq(&wdm_dpc_lock);
	for_each_possible_cpu(cpu)
		wdm_dpc_add_barrier(per_cpu_ptr(&wdm_dpc_runners, cpu));
	raw_spin_unlock_irq(&wdm_dpc_lock);
	wdm_dpc_pass();
	wait_for_completion(&wdm_dpc_flushed);
	mutex_unlock(&wdm_dpc_flush_mutex);
}
EXPORT_SYMBOL_GPL(KeFlushQueuedDpcs);

static bool wdm_dpc_in(const KDPC *dpc, const void *memory, size_t size)
{
	return (const void *)dpc >= memory && (const void *)dpc < memory + size;
}

static void wdm_dpc_unqueue_in(struct list_head *list, const void *memory, size_t size)
{
	PKDPC dpc, next;

	list_for_each_entry_safe(dpc, next, list, node)
		if (wdm_dpc_in(dpc, memory, size)) {
			dpc->closed = true;
			wdm_dpc_unqueue(dpc);
		}
}

/*
 * Memory is about to be freed: no DPC in it is queued or running after this, unless
 * it is inserted again.
 */
void iotimer_wdm_remove_dpcs_in(const void *memory, size_t size)
{
	struct iotimer_wdm_runner *runner;
	bool running = false;
	int cpu;

	raw_spin_lock_irq(&wdm_dpc_lock);
	for_each_possible_cpu(cpu) {
		runner = per_cpu_ptr(&wdm_dpc_runners, cpu);
		wdm_dpc_unqueue_in(&runner->queue, memory, size);
		wdm_dpc_unqueue_in(&runner->batch, memory, size);
		running = running || wdm_dpc_in(runner->running, memory, size);
	}
	raw_spin_unlock_irq(&wdm_dpc_lock);
	if (running)
		KeFlushQueuedDpcs();
}

/* No insertion of it succeeds any more; it is neither queued nor running after this. */
void iotimer_wdm_close_dpc(PKDPC dpc)
{
	raw_spin_lock_irq(&wdm_dpc_lock);
	dpc->closed = true;
	raw_spin_unlock_irq(&wdm_dpc_lock);
	iotimer_wdm_remove_dpcs_in(dpc, sizeof(*dpc));
}

static bool wdm_dpc_list_has(const struct list_head *list, struct module *owner)
{
	PKDPC dpc;

	lockdep_assert_held(&wdm_dpc_lock);
	list_for_each_entry(dpc, list, node)
		if (within_module((unsigned long)dpc->DeferredRoutine, owner))
			return true;
	return false;
}

/* Does a DPC with a routine of this module's wait or run? */
bool iotimer_wdm_has_dpcs(struct module *owner)
{
	struct iotimer_wdm_runner *runner;
	bool found = false;
	int cpu;

	raw_spin_lock_irq(&wdm_dpc_lock);
	for_each_possible_cpu(cpu) {
		runner = per_cpu_ptr(&wdm_dpc_runners, cpu);
		found = found || wdm_dpc_list_has(&runner->queue, owner) ||
			wdm_dpc_list_has(&runner->batch, owner) ||
			(runner->running &&
			 within_module((unsigned long)runner->routine, owner));
	}
	raw_spin_unlock_irq(&wdm_dpc_lock);
	return found;
}

void iotimer_wdm_dpc_init(void)
{
	struct iotimer_wdm_runner *runner;
	int cpu;

	for_each_possible_cpu(cpu) {
		runner = per_cpu_ptr(&wdm_dpc_runners, cpu);
		tasklet_setup(&runner->tasklet, wdm_dpc_run);
		INIT_CSD(&runner->kick, wdm_dpc_kicked, runner);
		runner->raise = IRQ_WORK_INIT_HARD(wdm_dpc_raised);
		INIT_LIST_HEAD(&runner->queue);
		INIT_LIST_HEAD(&runner->batch);
	}
}

/* No driver is there any more, but an interrupt for a removed DPC may be on its way. */
void iotimer_wdm_dpc_exit(void)
{
	struct iotimer_wdm_runner *runner;
	int cpu;

	for_each_possible_cpu(cpu) {
		runner = per_cpu_ptr(&wdm_dpc_runners, cpu);
		while (READ_ONCE(runner->kicked))
			msleep(20);
	}
	synchronize_rcu();	/* the interrupt's handler has returned */
	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&wdm_dpc_runners, cpu)->tasklet);
}
