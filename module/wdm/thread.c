// SPDX-License-Identifier: GPL-2.0
/*
 * System threads: kthreads on a list, for as long as a driver's code may run in them.
 *
 * A thread that ends signals its object, leaves the list, and exits in a function of the
 * kernel's own, which completes wdm_threads_exited. A module that is unloaded waits for the
 * list, the layer itself for the completions, one for each thread that was ever created.
 */
#include <linux/completion.h>
#include <linux/export.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "wdm.h"

#define REPORT_AFTER	10	/* seconds */

static DEFINE_SPINLOCK(wdm_threads_lock);
static LIST_HEAD(wdm_threads);
static DECLARE_WAIT_QUEUE_HEAD(wdm_threads_ended);	/* for one that has left the list */
static DECLARE_COMPLETION(wdm_threads_exited);
static atomic_t wdm_threads_created = ATOMIC_INIT(0);

static struct list_head *wdm_all_threads(void)
{
	lockdep_assert_held(&wdm_threads_lock);
	return &wdm_threads;
}

static POBJECT_TYPE wdm_thread_type;
POBJECT_TYPE *PsThreadType = &wdm_thread_type;
EXPORT_SYMBOL_GPL(PsThreadType);

static void wdm_thread_free(struct kref *ref)
{
	kfree(container_of(ref, KTHREAD, ref));
}

static void wdm_thread_put(PKTHREAD thread)
{
	kref_put(&thread->ref, wdm_thread_free);
}

static bool wdm_is_thread(const void *object)
{
	return object && ((const KTHREAD *)object)->Header.Type == IOTIMER_WDM_THREAD;
}

static noinline void no_thread(const char *function, unsigned long caller)
{
	iotimer_wdm_report(caller, "%s() of an object that is no thread\n", function);
}

/**
 * ObReferenceObject() - refer to a thread: kref_get()
 * @Object: the thread
 *
 * Differs from Windows: threads are the only objects that are counted. A device object
 * lives until IoDeleteDevice(). For any other object this is reported, and has no effect.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
VOID ObReferenceObject(PVOID Object)
{
	if (wdm_is_thread(Object))
		kref_get(&((PKTHREAD)Object)->ref);
	else
		no_thread("ObReferenceObject", _RET_IP_);
}
EXPORT_SYMBOL_GPL(ObReferenceObject);

/**
 * ObDereferenceObject() - end to refer to a thread: kref_put()
 * @Object: the thread, from ObReferenceObjectByHandle(), which may be gone afterwards
 *
 * Differs from Windows: as ObReferenceObject().
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
VOID ObDereferenceObject(PVOID Object)
{
	if (wdm_is_thread(Object))
		wdm_thread_put(Object);
	else
		no_thread("ObDereferenceObject", _RET_IP_);
}
EXPORT_SYMBOL_GPL(ObDereferenceObject);

static void __noreturn wdm_thread_exit(PKTHREAD thread)
{
	iotimer_wdm_set_state(&thread->Header, 1);
	spin_lock(&wdm_threads_lock);
	list_del(&thread->node);
	spin_unlock(&wdm_threads_lock);
	wdm_thread_put(thread);
	wake_up_all(&wdm_threads_ended);
	kthread_complete_and_exit(&wdm_threads_exited, 0);
}

static int wdm_thread_main(void *data)
{
	PKTHREAD thread = data;

	thread->routine(thread->context);
	wdm_thread_exit(thread);
}

static PKTHREAD wdm_thread_alloc(struct module *owner, PKSTART_ROUTINE routine, PVOID context)
{
	PKTHREAD thread = kzalloc(sizeof(*thread), GFP_KERNEL);

	if (!thread)
		return NULL;
	iotimer_wdm_init_dispatcher(&thread->Header, IOTIMER_WDM_THREAD, 0);
	kref_init(&thread->ref);
	thread->owner = owner;
	thread->routine = routine;
	thread->context = context;
	thread->task = kthread_create(wdm_thread_main, thread, "%s",
				      owner ? module_name(owner) : "wdm");
	if (!IS_ERR(thread->task))
		return thread;
	kfree(thread);
	return NULL;
}

/* Driver code calls PsCreateSystemThread. */
NTSTATUS iotimer_wdm_create_thread(struct module *owner, HANDLE *handle,
				   PKSTART_ROUTINE routine, PVOID context)
{
	PKTHREAD thread;

	*handle = NULL;
	if (!routine)
		return STATUS_INVALID_PARAMETER;
	thread = wdm_thread_alloc(owner, routine, context);
	if (!thread)
		return STATUS_INSUFFICIENT_RESOURCES;
	kref_get(&thread->ref);		/* the handle's */
	*handle = thread;
	atomic_inc(&wdm_threads_created);
	spin_lock(&wdm_threads_lock);
	list_add_tail(&thread->node, wdm_all_threads());
	spin_unlock(&wdm_threads_lock);
	wake_up_process(thread->task);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_create_thread);

static PKTHREAD wdm_thread_of(const struct task_struct *task)
{
	PKTHREAD thread, found = NULL;

	spin_lock(&wdm_threads_lock);
	list_for_each_entry(thread, wdm_all_threads(), node)
		if (thread->task == task)
			found = thread;
	spin_unlock(&wdm_threads_lock);
	return found;
}

/**
 * PsTerminateSystemThread() - end the calling thread: kthread_complete_and_exit()
 * @ExitStatus: without effect
 *
 * Context: PASSIVE_LEVEL, in a thread of PsCreateSystemThread(). Elsewhere it is reported
 * and has no effect.
 * Return: never; STATUS_INVALID_PARAMETER in another thread; STATUS_UNSUCCESSFUL where it must
 * not be called.
 */
NTSTATUS PsTerminateSystemThread(NTSTATUS ExitStatus)
{
	PKTHREAD thread = wdm_thread_of(current);

	if (!thread)
		return STATUS_INVALID_PARAMETER;
	wdm_thread_exit(thread);
}
EXPORT_SYMBOL_GPL(PsTerminateSystemThread);

/**
 * ObReferenceObjectByHandle() - the object of a thread's handle: kref_get()
 * @Handle: from PsCreateSystemThread()
 * @DesiredAccess: without effect
 * @ObjectType: likewise
 * @AccessMode: likewise
 * @Object: set to the thread, for KeWaitForSingleObject() and ObDereferenceObject()
 * @HandleInformation: without effect
 *
 * Differs from Windows: handles are those of threads only, and a handle that was closed is
 * not recognized.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE for NULL and for another object.
 */
NTSTATUS ObReferenceObjectByHandle(HANDLE Handle, ACCESS_MASK DesiredAccess,
				   POBJECT_TYPE ObjectType, KPROCESSOR_MODE AccessMode,
				   PVOID *Object,
				   POBJECT_HANDLE_INFORMATION HandleInformation)
{
	*Object = NULL;
	if (!wdm_is_thread(Handle))
		return STATUS_INVALID_HANDLE;
	ObReferenceObject(Handle);
	*Object = Handle;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(ObReferenceObjectByHandle);

/**
 * ZwClose() - close a thread's handle: kref_put()
 * @Handle: from PsCreateSystemThread()
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_HANDLE for NULL and for another object.
 */
NTSTATUS ZwClose(HANDLE Handle)
{
	if (!wdm_is_thread(Handle))
		return STATUS_INVALID_HANDLE;
	wdm_thread_put(Handle);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(ZwClose);

/* A module that is being unloaded, and the layer */

static bool wdm_has_threads(struct module *owner)
{
	bool found = false;
	PKTHREAD thread;

	spin_lock(&wdm_threads_lock);
	list_for_each_entry(thread, wdm_all_threads(), node)
		if (thread->owner == owner)
			found = true;
	spin_unlock(&wdm_threads_lock);
	return found;
}

/* No thread runs code of the module's after this. */
void iotimer_wdm_wait_for_threads(struct module *owner)
{
	if (wait_event_idle_timeout(wdm_threads_ended, !wdm_has_threads(owner), REPORT_AFTER * HZ))
		return;
	pr_warn("iotimer: module %s goes, but a thread of it has been running for %d seconds\n",
		module_name(owner), REPORT_AFTER);
	wait_event_idle(wdm_threads_ended, !wdm_has_threads(owner));
}

void iotimer_wdm_thread_exit(void)
{
	while (atomic_dec_return(&wdm_threads_created) >= 0)
		wait_for_completion(&wdm_threads_exited);
}
