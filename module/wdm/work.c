// SPDX-License-Identifier: GPL-2.0
/*
 * Work items on workqueues, and waits for those of a device or of a module.
 *
 * A list has a record of each work item that is queued or runs. While it is queued,
 * that is the work item itself. Its memory is the driver's again when its routine is
 * called, so that for this time a copy on the worker's stack takes its place.
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "wdm.h"

static DEFINE_SPINLOCK(works_lock);
static LIST_HEAD(works);
static DECLARE_WAIT_QUEUE_HEAD(works_done);	/* for one that is over */
static struct workqueue_struct *works_wq;
static struct workqueue_struct *works_wq_high;

static struct list_head *all_works(void)
{
	lockdep_assert_held(&works_lock);
	return &works;
}

/* Leaves the work item to the driver. */
static void begin_work(struct iotimer_wdm_work *work, struct iotimer_wdm_work *copy)
{
	unsigned long flags;

	spin_lock_irqsave(&works_lock, flags);
	*copy = *work;
	copy->task = current;
	list_replace(&work->node, &copy->node);
	work->queued = false;
	spin_unlock_irqrestore(&works_lock, flags);
}

static void end_work(struct iotimer_wdm_work *copy)
{
	unsigned long flags;

	spin_lock_irqsave(&works_lock, flags);
	list_del(&copy->node);
	spin_unlock_irqrestore(&works_lock, flags);
	wake_up_all(&works_done);
}

static void run_io_work(struct work_struct *work_struct)
{
	PIO_WORKITEM item = container_of(work_struct, IO_WORKITEM, work.work);
	struct iotimer_wdm_work copy;
	PIO_WORKITEM_ROUTINE routine;

	begin_work(&item->work, &copy);
	if (copy.free)
		kfree(item);
	routine = copy.routine;
	routine(copy.device, copy.context);
	end_work(&copy);
}

static void run_ex_work(struct work_struct *work_struct)
{
	struct iotimer_wdm_work *work = container_of(work_struct, struct iotimer_wdm_work, work);
	struct iotimer_wdm_work copy;
	PWORKER_THREAD_ROUTINE routine;

	begin_work(work, &copy);
	routine = copy.routine;
	routine(copy.context);
	end_work(&copy);
}

/* Driver code calls ExInitializeWorkItem. */
void iotimer_wdm_init_work(struct iotimer_wdm_work *work)
{
	memset(work, 0, sizeof(*work));
	INIT_WORK(&work->work, run_ex_work);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_init_work);

static noinline void queued_twice(const char *what, unsigned long caller)
{
	iotimer_wdm_report(caller, "%s() of a work item that is queued already\n", what);
}

/* The first to be there decides what is called. */
static bool claim_work(struct iotimer_wdm_work *work, PVOID routine, PVOID context)
{
	unsigned long flags;
	bool claimed;

	spin_lock_irqsave(&works_lock, flags);
	claimed = !work->queued;
	if (claimed) {
		work->queued = true;
		work->routine = routine;
		work->context = context;
		work->task = NULL;
		list_add_tail(&work->node, all_works());
	}
	spin_unlock_irqrestore(&works_lock, flags);
	return claimed;
}

static void queue(struct iotimer_wdm_work *work, WORK_QUEUE_TYPE type)
{
	queue_work(type == DelayedWorkQueue ? works_wq : works_wq_high, &work->work);
}

/* Driver code calls ExQueueWorkItem. */
void iotimer_wdm_queue_item(struct module *owner, PWORK_QUEUE_ITEM item,
			    WORK_QUEUE_TYPE type)
{
	item->work.owner = owner;
	if (claim_work(&item->work, item->WorkerRoutine, item->Parameter))
		queue(&item->work, type);
	else
		queued_twice("ExQueueWorkItem", _RET_IP_);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_queue_item);

/**
 * IoAllocateWorkItem() - allocate a work item: kzalloc()
 * @DeviceObject: the device
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported.
 * Return: the work item, which IoFreeWorkItem() frees; NULL without memory, and at
 * DIRQL.
 */
PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject)
{
	PIO_WORKITEM item = kzalloc(sizeof(*item), iotimer_wdm_gfp());

	if (!item)
		return NULL;
	INIT_WORK(&item->work.work, run_io_work);
	item->work.device = DeviceObject;
	item->work.owner = DeviceObject->owner;
	return item;
}
EXPORT_SYMBOL_GPL(IoAllocateWorkItem);

/**
 * IoFreeWorkItem() - free a work item: kfree()
 * @WorkItem: from IoAllocateWorkItem(), not queued; its routine may run
 *
 * Differs from Windows: one that is queued is reported, and freed when its routine is
 * called.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
VOID IoFreeWorkItem(PIO_WORKITEM WorkItem)
{
	unsigned long flags;
	bool queued;

	spin_lock_irqsave(&works_lock, flags);
	queued = WorkItem->work.queued;
	WorkItem->work.free = true;
	spin_unlock_irqrestore(&works_lock, flags);
	if (queued)
		iotimer_wdm_report(_RET_IP_, "%s() of a work item that is queued\n", __func__);
	else
		kfree(WorkItem);
}
EXPORT_SYMBOL_GPL(IoFreeWorkItem);

/**
 * IoQueueWorkItem() - have a work item called: queue_work()
 * @WorkItem: the work item
 * @WorkerRoutine: called
 * @QueueType: DelayedWorkQueue; the others are of a higher priority
 * @Context: passed to @WorkerRoutine
 *
 * IoDeleteDevice() waits for it (K3).
 *
 * Differs from Windows: one that is queued already is reported, and called once, with
 * the arguments that it had.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoQueueWorkItem(PIO_WORKITEM WorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
		     WORK_QUEUE_TYPE QueueType, PVOID Context)
{
	if (claim_work(&WorkItem->work, WorkerRoutine, Context))
		queue(&WorkItem->work, QueueType);
	else
		queued_twice(__func__, _RET_IP_);
}
EXPORT_SYMBOL_GPL(IoQueueWorkItem);

/* Of the device or of the module; what the caller itself is in does not count. */
static bool is_busy(PDEVICE_OBJECT device, struct module *owner)
{
	struct iotimer_wdm_work *work;
	unsigned long flags;
	bool busy = false;

	spin_lock_irqsave(&works_lock, flags);
	list_for_each_entry(work, all_works(), node)
		if (work->task != current &&
		    (device ? work->device == device : work->owner == owner))
			busy = true;
	spin_unlock_irqrestore(&works_lock, flags);
	return busy;
}

/* In a work item of the device's own, that is left out. */
void iotimer_wdm_wait_for_device(PDEVICE_OBJECT device)
{
	wait_event_idle(works_done, !is_busy(device, NULL));
}

void iotimer_wdm_wait_for_module(struct module *owner)
{
	wait_event_idle(works_done, !is_busy(NULL, owner));
}

int iotimer_wdm_work_init(void)
{
	works_wq = alloc_workqueue("iotimer_wdm", WQ_UNBOUND, 0);
	works_wq_high = alloc_workqueue("iotimer_wdm_high", WQ_UNBOUND | WQ_HIGHPRI, 0);
	if (works_wq && works_wq_high)
		return 0;
	iotimer_wdm_work_exit();
	return -ENOMEM;
}

void iotimer_wdm_work_exit(void)
{
	if (works_wq)
		destroy_workqueue(works_wq);
	if (works_wq_high)
		destroy_workqueue(works_wq_high);
}
