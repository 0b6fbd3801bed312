/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front end: DriverEntry instead of module_init(), and a character device for
 * each device object. The code behind is in iotimer_wdm_front.ko, which a driver that
 * has ported its timer file alone does not load.
 *
 *	#include <ntddk.h>
 *	#include <iotimer/wdm/front.h>
 *
 *	iotimer_wdm_driver(DriverEntry);
 *
 *	open()				IRP_MJ_CREATE
 *	read(), write()			IRP_MJ_READ, IRP_MJ_WRITE: DO_BUFFERED_IO
 *	ioctl(IOTIMER_WDM_IOCTL)	IRP_MJ_DEVICE_CONTROL: METHOD_BUFFERED
 *	the last close()		IRP_MJ_CLEANUP, IRP_MJ_CLOSE
 *	a signal, unbind, rmmod		IoCancelIrp(), and a wait for the request (R6)
 */
#ifndef _IOTIMER_WDM_FRONT_H
#define _IOTIMER_WDM_FRONT_H

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/poll.h>

#include <iotimer/wdm.h>

/**
 * struct iotimer_wdm_pci - the glue to PCI
 * @pci: name and id_table are the driver's to set, the rest is the front end's
 * @bar: which one is mapped, 0 to 5
 * @intx: use the level-triggered line even if the device has MSI; NULL: no
 * @add: AddDevice: creates the device object
 * @start: IRP_MN_START_DEVICE: is given the mapped BAR, for READ_REGISTER_ULONG() and
 *	its like, and a vector for IoConnectInterrupt()
 * @stop: IRP_MN_SURPRISE_REMOVAL: the hardware is not touched any more afterwards; what
 *	is pending is then cancelled
 * @remove: IRP_MN_REMOVE_DEVICE, once no file is open: deletes the device object; NULL:
 *	that is all there is to do
 * @show: given the context of its timer, prints into the device's file "context" in debugfs, see
 *	iotimer_device_set_show(); may be NULL
 */
struct iotimer_wdm_pci {
	struct pci_driver	pci;
	int			bar;
	bool			*intx;
	NTSTATUS		(*add)(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT *DeviceObject);
	NTSTATUS		(*start)(PDEVICE_OBJECT DeviceObject, PVOID Registers,
					 ULONG Vector);
	VOID			(*stop)(PDEVICE_OBJECT DeviceObject);
	VOID			(*remove)(PDEVICE_OBJECT DeviceObject);
	iotimer_show_t		show;

	/* private: */
	struct iotimer_wdm_driver *driver;
};

/**
 * struct iotimer_wdm_driver - a driver of the front end
 * @name: the module's
 * @entry: DriverEntry
 * @poll: what poll() is to say of a file; NULL: readable and writable
 * @pci: the glue to PCI; NULL: all devices are created in DriverEntry
 */
struct iotimer_wdm_driver {
	const char		*name;
	PDRIVER_INITIALIZE	entry;
	__poll_t		(*poll)(PFILE_OBJECT FileObject);
	struct iotimer_wdm_pci	*pci;

	/* private: */
	DRIVER_OBJECT		object;
	DRIVER_EXTENSION	extension;
	WCHAR			driver_name[IOTIMER_NAME_LEN];
	const struct file_operations *fops;	/* whose owner the module is */
	bool			registered;	/* devices may be opened */
};

int iotimer_wdm_register(struct iotimer_wdm_driver *driver, struct module *owner);
void iotimer_wdm_unregister(struct iotimer_wdm_driver *driver);
int iotimer_wdm_publish(PDEVICE_OBJECT device, struct device *parent);
void iotimer_wdm_wake(PDEVICE_OBJECT device);
int iotimer_wdm_error(NTSTATUS status);

/**
 * iotimer_wdm_driver() - instead of module_init() and module_exit()
 * @ENTRY: DriverEntry
 * @...: further members of struct iotimer_wdm_driver, as .pci = &glue
 */
#define iotimer_wdm_driver(ENTRY, ...)					\
static struct iotimer_wdm_driver __iotimer_wdm_driver = {		\
	.name	= KBUILD_MODNAME,					\
	.entry	= ENTRY,						\
	##__VA_ARGS__							\
};									\
									\
static int __init __iotimer_wdm_driver_init(void)			\
{									\
	return iotimer_wdm_register(&__iotimer_wdm_driver, THIS_MODULE);	\
}									\
module_init(__iotimer_wdm_driver_init);					\
									\
static void __exit __iotimer_wdm_driver_exit(void)			\
{									\
	iotimer_wdm_unregister(&__iotimer_wdm_driver);			\
}									\
module_exit(__iotimer_wdm_driver_exit)

#endif /* _IOTIMER_WDM_FRONT_H */
