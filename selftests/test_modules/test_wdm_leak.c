// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: a driver that leaves everything behind, with its
 * timer and its interrupt at work. wdm_drivers.sh looks at what the kernel says to that.
 */
#include <linux/module.h>

#include <iotimer/wdm.h>

static PDEVICE_OBJECT device;
static PKINTERRUPT interrupt;

static VOID dpc_for_isr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	InterlockedIncrement(DeviceObject->DeviceExtension);
}

static BOOLEAN service(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	IoRequestDpc(device, NULL, NULL);
	return TRUE;
}

static VOID leaking_timer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	iotimer_wdm_raise_interrupt(interrupt);
	IoRequestDpc(DeviceObject, NULL, NULL);
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
		IoStartTimer(device);
	return status;
}

static int __init test_wdm_leak_init(void)
{
	return NT_SUCCESS(leak()) ? 0 : -EIO;
}
module_init(test_wdm_leak_init);

static void __exit test_wdm_leak_exit(void)
{
}
module_exit(test_wdm_leak_exit);

MODULE_DESCRIPTION("iotimer self-test");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
