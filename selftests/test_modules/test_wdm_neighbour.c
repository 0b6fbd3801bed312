// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: a driver at work, with a thread and with a timer that its
 * DPC sets again, while another one goes. wdm_drivers.sh looks at the parameters.
 */
#include <linux/module.h>

#include <iotimer/wdm.h>

#define THREAD_MS	5000	/* or until the module goes */

static int calls, thread_ended;
module_param(calls, int, 0444);
module_param(thread_ended, int, 0444);

static unsigned int slow = 1;
module_param(slow, uint, 0444);
MODULE_PARM_DESC(slow, "how many times longer the thread may take");

static KTIMER timer;
static KDPC dpc;
static KEVENT stop;
static PVOID thread;

static VOID deferred(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	LARGE_INTEGER due = { .QuadPart = -50000 };

	WRITE_ONCE(calls, calls + 1);
	if (!KeReadStateEvent(&stop))
		KeSetTimer(&timer, due, Dpc);
}

static VOID wait_to_stop(PVOID StartContext)
{
	LARGE_INTEGER timeout = { .QuadPart = -10000LL * THREAD_MS * slow };

	KeWaitForSingleObject(&stop, Executive, KernelMode, FALSE, &timeout);
	WRITE_ONCE(thread_ended, 1);
}

static int __init test_wdm_neighbour_init(void)
{
	NTSTATUS status;
	HANDLE handle;

	KeInitializeEvent(&stop, NotificationEvent, FALSE);
	status = PsCreateSystemThread(&handle, THREAD_ALL_ACCESS, NULL, NULL, NULL, wait_to_stop,
				      NULL);
	if (!NT_SUCCESS(status))
		return -ENOMEM;
	ObReferenceObjectByHandle(handle, THREAD_ALL_ACCESS, NULL, KernelMode, &thread, NULL);
	ZwClose(handle);
	KeInitializeTimer(&timer);
	KeInitializeDpc(&dpc, deferred, NULL);
	deferred(&dpc, NULL, NULL, NULL);
	return 0;
}
module_init(test_wdm_neighbour_init);

static void __exit test_wdm_neighbour_exit(void)
{
	KeSetEvent(&stop, IO_NO_INCREMENT, FALSE);
	KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL);
	ObDereferenceObject(thread);
	KeFlushQueuedDpcs();
	KeCancelTimer(&timer);
	KeFlushQueuedDpcs();
}
module_exit(test_wdm_neighbour_exit);

MODULE_DESCRIPTION("iotimer self-test");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
