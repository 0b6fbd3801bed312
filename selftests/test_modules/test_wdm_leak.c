// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: a driver that leaves everything behind, with its
 * timers and its interrupts at work. wdm_drivers.sh looks at the messages of the kernel.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/module.h>

#include <iotimer/wdm.h>

#define CROWD	200

static unsigned int crowd;
module_param(crowd, uint, 0444);
MODULE_PARM_DESC(crowd, "interrupts with a device of their own, default 0, at most 200");

static bool dpcs_only;
module_param(dpcs_only, bool, 0444);
MODULE_PARM_DESC(dpcs_only, "no device and no timer: the exit function leaves two DPCs on another CPU");

static bool by_work;
module_param(by_work, bool, 0444);
MODULE_PARM_DESC(by_work, "with dpcs_only: a work item queues the DPCs, 300 ms later");

static PDEVICE_OBJECT device;
static PKINTERRUPT interrupt;
static PKINTERRUPT crowd_of_interrupts[CROWD];
static LONG crowd_context;
/* Of the timers the first one is not set while its DPC is on its way. */
static KTIMER timers[3];
static KDPC timer_dpc;
/* The second one waits for the CPU while the first one runs. */
static KDPC left_dpcs[2];
static WORK_QUEUE_ITEM left_work;

static VOID dpc_for_isr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	InterlockedIncrement(DeviceObject->DeviceExtension);
}

static BOOLEAN service(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	IoRequestDpc(device, NULL, NULL);
	return TRUE;
}

static BOOLEAN section(PVOID SynchronizeContext)
{
	return TRUE;
}

/* Memory that was freed does not look as if it were not. */
static void use_freed_memory(void)
{
	void *memory[64];
	int i;

	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i] = kmalloc(sizeof(KINTERRUPT), GFP_ATOMIC);
		if (memory[i])
			memset(memory[i], 0x6b, sizeof(KINTERRUPT));
	}
	for (i = 0; i < ARRAY_SIZE(memory); i++)
		kfree(memory[i]);
}

/* The device is the oldest one, and uses all of the crowd. */
static void use_crowd(void)
{
	int i;

	use_freed_memory();
	for (i = 0; i < crowd; i++)
		KeSynchronizeExecution(crowd_of_interrupts[i], section, NULL);
}

/* Sets its timer again, for as long as it can. */
static VOID timer_deferred(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			   PVOID SystemArgument2)
{
	LARGE_INTEGER due = { .QuadPart = -100000 };

	KeSetTimer(&timers[0], due, Dpc);
	IoStartTimer(device);
	use_crowd();
}

static VOID leaking_timer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	use_crowd();
	iotimer_wdm_raise_interrupt(interrupt);
	IoRequestDpc(DeviceObject, NULL, NULL);
}

/* Their context lies in none of the devices, so that each gets its own. */
static NTSTATUS __init gather_crowd(void)
{
	NTSTATUS status = STATUS_SUCCESS;
	int i;

	crowd = min_t(unsigned int, crowd, CROWD);
	for (i = 0; i < crowd && NT_SUCCESS(status); i++)
		status = IoConnectInterrupt(&crowd_of_interrupts[i], service, &crowd_context,
					    NULL, IOTIMER_IRQ_VIRTUAL, IOTIMER_DIRQL,
					    IOTIMER_DIRQL, Latched, FALSE, 1, FALSE);
	return status;
}

static void __init set_timers(void)
{
	LARGE_INTEGER due = { .QuadPart = -100000 };
	int i;

	KeInitializeDpc(&timer_dpc, timer_deferred, NULL);
	for (i = 0; i < ARRAY_SIZE(timers); i++) {
		KeInitializeTimer(&timers[i]);
		KeSetTimerEx(&timers[i], due, 10, &timer_dpc);
	}
}

static NTSTATUS __init leak(void)
{
	NTSTATUS status;

	status = IoCreateDevice(NULL, sizeof(LONG), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (!NT_SUCCESS(status))
		return status;
	IoInitializeDpcRequest(device, dpc_for_isr);
	status = IoInitializeTimer(device, leaking_timer, device->DeviceExtension);
	if (NT_SUCCESS(status))
		status = IoConnectInterrupt(&interrupt, service, device, NULL,
					    IOTIMER_IRQ_VIRTUAL, IOTIMER_DIRQL, IOTIMER_DIRQL,
					    Latched, FALSE, 1, FALSE);
	if (NT_SUCCESS(status))
		status = gather_crowd();
	if (!NT_SUCCESS(status))
		return status;
	IoStartTimer(device);
	set_timers();
	return status;
}

static VOID left_deferred(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			  PVOID SystemArgument2)
{
	mdelay(50);
	pr_info("test_wdm_leak: a DPC has run to its end\n");
}

static void leave_dpcs(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(left_dpcs); i++) {
		KeInitializeDpc(&left_dpcs[i], left_deferred, NULL);
		KeSetTargetProcessorDpc(&left_dpcs[i],
					(CCHAR)cpumask_any_but(cpu_online_mask, raw_smp_processor_id()));
		KeInsertQueueDpc(&left_dpcs[i], NULL, NULL);
	}
}

static VOID left_worker(PVOID Parameter)
{
	msleep(300);
	leave_dpcs();
}

static int __init test_wdm_leak_init(void)
{
	if (dpcs_only)
		return 0;
	return NT_SUCCESS(leak()) ? 0 : -EIO;
}
module_init(test_wdm_leak_init);

static void __exit test_wdm_leak_exit(void)
{
	if (!dpcs_only)
		return;
	ExInitializeWorkItem(&left_work, left_worker, NULL);
	if (by_work)
		ExQueueWorkItem(&left_work, DelayedWorkQueue);
	else
		leave_dpcs();
}
module_exit(test_wdm_leak_exit);

MODULE_DESCRIPTION("iotimer self-test");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
