// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers of the front end: DriverEntry and DriverUnload.
 */
#include <linux/export.h>
#include <linux/iotimer_version.h>
#include <linux/slab.h>

#include "front.h"

static NTSTATUS front_invalid(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	Irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	Irp->IoStatus.Information = 0;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* \Driver\MODULE */
static void driver_set_name(struct iotimer_wdm_driver *driver)
{
	char name[IOTIMER_NAME_LEN];
	size_t i, n;

	n = scnprintf(name, sizeof(name), "\\Driver\\%s", driver->name);
	for (i = 0; i < n; i++)
		driver->driver_name[i] = name[i];
	driver->object.DriverName.Buffer = driver->driver_name;
	driver->object.DriverName.Length = n * sizeof(WCHAR);
	driver->object.DriverName.MaximumLength = sizeof(driver->driver_name);
}

static int driver_setup(struct iotimer_wdm_driver *driver, struct module *owner)
{
	const struct file_operations *fops = kmemdup(&front_fops, sizeof(front_fops), GFP_KERNEL);
	size_t i;

	if (!fops)
		return -ENOMEM;
	*(struct module **)&fops->owner = owner;	/* a copy may be changed */
	driver->fops = fops;
	driver->object.Type = IO_TYPE_DRIVER;
	driver->object.DriverExtension = &driver->extension;
	driver->extension.DriverObject = &driver->object;
	for (i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
		driver->object.MajorFunction[i] = front_invalid;
	driver_set_name(driver);
	return 0;
}

static int publish_devices(struct iotimer_wdm_driver *driver)
{
	PDEVICE_OBJECT device;
	int ret = 0;

	for (device = driver->object.DeviceObject; device && !ret; device = device->NextDevice)
		if (!device->unpublish)
			ret = iotimer_wdm_publish(device, NULL);
	return ret;
}

/* Those that the driver has left behind; the layer deletes them, and says so. */
static void unpublish_devices(struct iotimer_wdm_driver *driver)
{
	PDEVICE_OBJECT device;

	for (device = driver->object.DeviceObject; device; device = device->NextDevice) {
		if (device->unpublish)
			device->unpublish(device);
		device->unpublish = NULL;
	}
}

static void driver_unload(struct iotimer_wdm_driver *driver)
{
	if (driver->object.DriverUnload)
		driver->object.DriverUnload(&driver->object);
	unpublish_devices(driver);
	kfree(driver->fops);
}

/* Driver code uses iotimer_wdm_driver(). */
int iotimer_wdm_register(struct iotimer_wdm_driver *driver, struct module *owner)
{
	UNICODE_STRING registry = { };
	NTSTATUS status;
	int ret;

	ret = driver_setup(driver, owner);
	if (ret)
		return ret;
	status = driver->entry(&driver->object, &registry);
	if (!NT_SUCCESS(status)) {
		pr_err("iotimer: %s: DriverEntry failed with status %#x\n", driver->name, status);
		kfree(driver->fops);
		return iotimer_wdm_error(status) ?: -EIO;
	}
	ret = publish_devices(driver) ?: front_pci_register(driver, owner);
	if (ret)
		driver_unload(driver);
	front_driver_registered(driver, !ret);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_register);

/* No file is open: the module could not be unloaded. */
void iotimer_wdm_unregister(struct iotimer_wdm_driver *driver)
{
	front_pci_unregister(driver);
	driver_unload(driver);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_unregister);

MODULE_DESCRIPTION("IoTimer model: the front end for ported Windows drivers");
MODULE_AUTHOR("The iotimer authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOTIMER_VERSION);
