// SPDX-License-Identifier: GPL-2.0
/*
 * DPCs: one queue and one tasklet per CPU.
 *
 * A tasklet does not run on two CPUs at once. Where a DPC's routine runs, a new
 * insertion of the DPC joins the queue of that runner, so that it does not run
 * twice at once either. A tasklet of each DPC's own would do that, too, but it
 * cannot be taken off its list without waiting, and a driver may free what
 * KeRemoveQueueDpc has removed.
 */
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/percpu.h>

#include "wdm.h"

struct iotimer_wdm_runner {
	struct tasklet_struct	tasklet;
	struct list_head	queue;		/* under lock */
	PKDPC			running;	/* under lock, may be gone */
};

static DEFINE_PER_CPU(struct iotimer_wdm_runner, runners);
static DEFINE_RAW_SPINLOCK(lock);

/* Takes the first one off, with what its routine is to be called with. */
static PKDPC take_first(struct iotimer_wdm_runner *runner, struct list_head *list,
			KDPC *copy)
{
	PKDPC dpc;

	raw_spin_lock_irq(&lock);
	dpc = list_first_entry_or_null(list, KDPC, node);
	if (dpc) {
		list_del_init(&dpc->node);
		*copy = *dpc;
	}
	runner->running = dpc;
	raw_spin_unlock_irq(&lock);
	return dpc;
}

/* One that inserts itself again is left to the next run: softirqs are fair. */
static void run_queue(struct tasklet_struct *tasklet)
{
	struct iotimer_wdm_runner *runner;
	LIST_HEAD(list);
	KDPC copy;
	PKDPC dpc;

	runner = container_of(tasklet, struct iotimer_wdm_runner, tasklet);
	raw_spin_lock_irq(&lock);
	list_splice_init(&runner->queue, &list);
	raw_spin_unlock_irq(&lock);
	while ((dpc = take_first(runner, &list, &copy)))
		copy.DeferredRoutine(dpc, copy.DeferredContext, copy.SystemArgument1,
				     copy.SystemArgument2);
}

/**
 * KeInitializeDpc() - set up a DPC
 * @Dpc: memory of the driver's own, nonpaged, which must not be queued
 * @DeferredRoutine: called once for each successful KeInsertQueueDpc()
 * @DeferredContext: passed to it
 *
 * Differs from Windows: while the routine runs, it is not called on another CPU as
 * well. Importance and target CPU cannot be set.
 *
 * Context: Any IRQL.
 */
VOID KeInitializeDpc(PKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
	Dpc->DeferredRoutine = DeferredRoutine;
	Dpc->DeferredContext = DeferredContext;
	Dpc->runner = NULL;
	Dpc->closed = false;
	INIT_LIST_HEAD(&Dpc->node);
}
EXPORT_SYMBOL_GPL(KeInitializeDpc);

static struct iotimer_wdm_runner *choose_runner(PKDPC dpc)
{
	if (dpc->runner && dpc->runner->running == dpc)
		return dpc->runner;
	return this_cpu_ptr(&runners);
}

/**
 * KeInsertQueueDpc() - queue a DPC
 * @Dpc: the DPC
 * @SystemArgument1: passed to its routine
 * @SystemArgument2: likewise
 *
 * The routine is called at DISPATCH_LEVEL, in softirq context: on this CPU, or on
 * the one where it runs just now. DPCs of one CPU run in the order of insertion.
 *
 * Differs from Windows: under load the kernel leaves softirqs to a thread, so that
 * it may come later than one is used to. On PREEMPT_RT it always is a thread.
 *
 * Context: Any IRQL, interrupts included.
 * Return: TRUE; FALSE if it is queued already, when it keeps the arguments that it
 * has.
 */
BOOLEAN KeInsertQueueDpc(PKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
	unsigned long flags;
	bool inserted;

	raw_spin_lock_irqsave(&lock, flags);
	inserted = list_empty(&Dpc->node) && !Dpc->closed;
	if (inserted) {
		Dpc->SystemArgument1 = SystemArgument1;
		Dpc->SystemArgument2 = SystemArgument2;
		Dpc->runner = choose_runner(Dpc);
		list_add_tail(&Dpc->node, &Dpc->runner->queue);
		tasklet_schedule(&Dpc->runner->tasklet);
	}
	raw_spin_unlock_irqrestore(&lock, flags);
	return inserted;
}
EXPORT_SYMBOL_GPL(KeInsertQueueDpc);

/**
 * KeRemoveQueueDpc() - take a DPC off its queue
 * @Dpc: the DPC
 *
 * Does not wait for a routine that runs: KeFlushQueuedDpcs() does.
 *
 * Context: Any IRQL.
 * Return: TRUE if it was queued, and will not run for that; FALSE if it was not,
 * when its routine may be running.
 */
BOOLEAN KeRemoveQueueDpc(PKDPC Dpc)
{
	unsigned long flags;
	bool removed;

	raw_spin_lock_irqsave(&lock, flags);
	removed = !list_empty(&Dpc->node);
	list_del_init(&Dpc->node);
	raw_spin_unlock_irqrestore(&lock, flags);
	return removed;
}
EXPORT_SYMBOL_GPL(KeRemoveQueueDpc);

struct barrier {
	KDPC			dpc;
	struct completion	passed;
};

static VOID pass_barrier(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			 PVOID SystemArgument2)
{
	complete(DeferredContext);
}

static void flush(struct iotimer_wdm_runner *runner)
{
	struct barrier barrier;

	init_completion(&barrier.passed);
	KeInitializeDpc(&barrier.dpc, pass_barrier, &barrier.passed);
	raw_spin_lock_irq(&lock);
	barrier.dpc.runner = runner;
	list_add_tail(&barrier.dpc.node, &runner->queue);
	tasklet_schedule(&runner->tasklet);
	raw_spin_unlock_irq(&lock);
	wait_for_completion(&barrier.passed);
}

/**
 * KeFlushQueuedDpcs() - wait until the DPCs that are queued now, on any CPU, have run
 *
 * Differs from Windows: of this layer's DPCs alone, among them those of other
 * drivers on it.
 *
 * Context: PASSIVE_LEVEL; the caller holds no lock that a DPC takes. Elsewhere it
 * is reported and has no effect.
 */
VOID KeFlushQueuedDpcs(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		flush(per_cpu_ptr(&runners, cpu));
}
EXPORT_SYMBOL_GPL(KeFlushQueuedDpcs);

/* Its routine is not running after this, and will not. */
void iotimer_wdm_close_dpc(PKDPC dpc)
{
	raw_spin_lock_irq(&lock);
	dpc->closed = true;
	list_del_init(&dpc->node);
	raw_spin_unlock_irq(&lock);
	if (dpc->runner)
		flush(dpc->runner);
}

void iotimer_wdm_dpc_init(void)
{
	struct iotimer_wdm_runner *runner;
	int cpu;

	for_each_possible_cpu(cpu) {
		runner = per_cpu_ptr(&runners, cpu);
		tasklet_setup(&runner->tasklet, run_queue);
		INIT_LIST_HEAD(&runner->queue);
	}
}

void iotimer_wdm_dpc_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		tasklet_kill(&per_cpu_ptr(&runners, cpu)->tasklet);
}
