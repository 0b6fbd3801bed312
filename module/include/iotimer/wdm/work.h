/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work items: functions that are called at PASSIVE_LEVEL, in a thread of a workqueue.
 * IoDeleteDevice() and the unloading of the driver wait for them (K3).
 */
#ifndef _IOTIMER_WDM_WORK_H
#define _IOTIMER_WDM_WORK_H

#include <linux/workqueue.h>

#include <iotimer/wdm/device.h>

typedef enum _WORK_QUEUE_TYPE {
	CriticalWorkQueue,
	DelayedWorkQueue,
	HyperCriticalWorkQueue,
} WORK_QUEUE_TYPE;

/**
 * typedef IO_WORKITEM_ROUTINE - what a work item calls
 * @DeviceObject: the device
 * @Context: as given to IoQueueWorkItem()
 *
 * Context: PASSIVE_LEVEL. The work item may be queued again, or freed, in it.
 */
typedef VOID IO_WORKITEM_ROUTINE(PDEVICE_OBJECT DeviceObject, PVOID Context);
typedef IO_WORKITEM_ROUTINE *PIO_WORKITEM_ROUTINE;

/**
 * typedef WORKER_THREAD_ROUTINE - what a work item without a device calls
 * @Parameter: as given to ExInitializeWorkItem()
 *
 * Context: PASSIVE_LEVEL. The memory of the work item may be freed in it.
 */
typedef VOID WORKER_THREAD_ROUTINE(PVOID Parameter);
typedef WORKER_THREAD_ROUTINE *PWORKER_THREAD_ROUTINE;

/* private: a work item of either kind, and of whom something is queued or runs */
struct iotimer_wdm_work {
	struct work_struct	work;
	struct list_head	node;		/* while queued */
	PDEVICE_OBJECT		device;
	struct module		*owner;
	struct task_struct	*task;		/* in which it runs */
	PVOID			routine;
	PVOID			context;
	bool			queued;
	bool			free;		/* once it has been called */
};

typedef struct _IO_WORKITEM {
	/* private: */
	struct iotimer_wdm_work	work;
} IO_WORKITEM, *PIO_WORKITEM;

/**
 * struct _WORK_QUEUE_ITEM - a work item in memory of the driver's: WORK_QUEUE_ITEM
 * @List: without effect
 * @WorkerRoutine: called
 * @Parameter: passed to it
 */
typedef struct _WORK_QUEUE_ITEM {
	LIST_ENTRY		List;
	PWORKER_THREAD_ROUTINE	WorkerRoutine;
	PVOID			Parameter;

	/* private: */
	struct iotimer_wdm_work	work;
} WORK_QUEUE_ITEM, *PWORK_QUEUE_ITEM;

PIO_WORKITEM IoAllocateWorkItem(PDEVICE_OBJECT DeviceObject);
VOID IoFreeWorkItem(PIO_WORKITEM WorkItem);
VOID IoQueueWorkItem(PIO_WORKITEM WorkItem, PIO_WORKITEM_ROUTINE WorkerRoutine,
		     WORK_QUEUE_TYPE QueueType, PVOID Context);
void iotimer_wdm_init_work(struct iotimer_wdm_work *work);
void iotimer_wdm_queue_item(struct module *owner, PWORK_QUEUE_ITEM item,
			    WORK_QUEUE_TYPE type);

/**
 * ExInitializeWorkItem() - set up a work item: INIT_WORK()
 * @Item: memory of the driver's own, nonpaged
 * @Routine: called
 * @Context: passed to it
 *
 * Context: Any IRQL, while it is not queued.
 */
static inline VOID ExInitializeWorkItem(PWORK_QUEUE_ITEM Item,
					PWORKER_THREAD_ROUTINE Routine, PVOID Context)
{
	Item->List.Flink = NULL;
	Item->WorkerRoutine = Routine;
	Item->Parameter = Context;
	iotimer_wdm_init_work(&Item->work);
}

/**
 * ExQueueWorkItem() - have a work item called: queue_work()
 * @WorkItem: set up by ExInitializeWorkItem()
 * @QueueType: DelayedWorkQueue; the others are of a higher priority
 *
 * Differs from Windows: one that is queued already is reported, and called once.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
static inline VOID ExQueueWorkItem(PWORK_QUEUE_ITEM WorkItem, WORK_QUEUE_TYPE QueueType)
{
	iotimer_wdm_queue_item(THIS_MODULE, WorkItem, QueueType);
}

#define IoAllocateWorkItem(DEVICE)					\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoAllocateWorkItem") ?	\
	 IoAllocateWorkItem(DEVICE) : NULL)
#define IoQueueWorkItem(ITEM, ROUTINE, TYPE, CONTEXT) ({		\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoQueueWorkItem"))		\
		IoQueueWorkItem(ITEM, ROUTINE, TYPE, CONTEXT);		\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})
#define IoFreeWorkItem(ITEM) ({						\
	IoFreeWorkItem(ITEM);						\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})
#define ExQueueWorkItem(ITEM, TYPE) ({					\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExQueueWorkItem"))		\
		ExQueueWorkItem(ITEM, TYPE);				\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#endif /* _IOTIMER_WDM_WORK_H */
