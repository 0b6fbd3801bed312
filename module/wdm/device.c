// SPDX-License-Identifier: GPL-2.0
/*
 * Device objects: struct iotimer_device in the words of Windows.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>

#include <linux/iotimer_layer.h>
#include "wdm.h"

DEFINE_MUTEX(iotimer_wdm_objects);	/* the layer's devices and their interrupts */
LIST_HEAD(iotimer_wdm_devices);

/* The driver's extension is aligned as kmalloc() aligns. */
#define WDM_DEVICE_SIZE	ALIGN(sizeof(DEVICE_OBJECT), ARCH_KMALLOC_MINALIGN)

/* Contexts below this are integers: neither Windows nor Linux maps memory there. */
#define WDM_LOWEST_ADDRESS	0x10000

/* The device of this owner's in whose object or extension an address lies. */
PDEVICE_OBJECT iotimer_wdm_device_at(struct module *owner, const void *address)
{
	PDEVICE_OBJECT device;

	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (device->owner == owner && address >= (void *)device &&
		    address < (void *)device + device->size)
			return device;
	return NULL;
}

/* The name after its first directory: \Device\Harddisk0\Partition1 */
static size_t wdm_name_start(PUNICODE_STRING from)
{
	size_t i, length = from->Length / sizeof(WCHAR);

	if (!length || from->Buffer[0] != '\\')
		return 0;
	for (i = 1; i < length; i++)
		if (from->Buffer[i] == '\\')
			return i + 1;
	return 1;
}

static char wdm_name_char(WCHAR c)
{
	if (c == '\\')
		return '.';
	return c < 0x80 && isgraph(c) && c != '/' && c != '#' ? c : '_';
}

/* The end of a name tells more than its beginning. A directory's name is none. */
static void wdm_name_from_unicode(char *name, size_t size, PUNICODE_STRING from)
{
	size_t length = from->Length / sizeof(WCHAR);
	size_t i = wdm_name_start(from), n = 0;

	if (!length || from->Buffer[length - 1] == '\\')
		i = length;
	if (length - i > size - 1)
		i = length - (size - 1);
	while (i < length)
		name[n++] = wdm_name_char(from->Buffer[i++]);
	name[n] = '\0';
}

/* The device for which IoCreateDevice() was given this name. */
static PDEVICE_OBJECT wdm_device_named(PUNICODE_STRING name)
{
	char text[IOTIMER_NAME_LEN];
	PDEVICE_OBJECT device;

	wdm_name_from_unicode(text, sizeof(text), name);
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (!strcmp(iotimer_device_name(device->device), text))
			return device;
	return NULL;
}

static PDEVICE_OBJECT wdm_device_linked(const char *link)
{
	PDEVICE_OBJECT device;

	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (!strcmp(device->link, link))
			return device;
	return NULL;
}

/**
 * IoCreateSymbolicLink() - give a device object a name for user space
 * @SymbolicLinkName: without its first directory, it is the name of the node that the
 *	front end creates for the device, in place of the device's own name
 * @DeviceName: as for IoCreateDevice()
 *
 * Differs from Windows: one for each device, and before the front end has made the
 * node, that is in DriverEntry or AddDevice.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND without such a device;
 * STATUS_OBJECT_NAME_COLLISION if another device has the link, or this device one;
 * STATUS_OBJECT_NAME_INVALID for a name that ends in a backslash.
 */
NTSTATUS IoCreateSymbolicLink(PUNICODE_STRING SymbolicLinkName, PUNICODE_STRING DeviceName)
{
	NTSTATUS status = STATUS_SUCCESS;
	char link[IOTIMER_NAME_LEN];
	PDEVICE_OBJECT device;

	wdm_name_from_unicode(link, sizeof(link), SymbolicLinkName);
	if (!link[0])
		return STATUS_OBJECT_NAME_INVALID;
	mutex_lock(&iotimer_wdm_objects);
	device = wdm_device_named(DeviceName);
	if (!device)
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	else if (device->link[0] || wdm_device_linked(link))
		status = STATUS_OBJECT_NAME_COLLISION;
	else
		strscpy(device->link, link, sizeof(device->link));
	mutex_unlock(&iotimer_wdm_objects);
	return status;
}
EXPORT_SYMBOL_GPL(IoCreateSymbolicLink);

/**
 * IoDeleteSymbolicLink() - take a device object's name for user space back
 * @SymbolicLinkName: as for IoCreateSymbolicLink()
 *
 * Differs from Windows: the node stays until IoDeleteDevice().
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_NOT_FOUND.
 */
NTSTATUS IoDeleteSymbolicLink(PUNICODE_STRING SymbolicLinkName)
{
	char link[IOTIMER_NAME_LEN];
	PDEVICE_OBJECT device;

	wdm_name_from_unicode(link, sizeof(link), SymbolicLinkName);
	mutex_lock(&iotimer_wdm_objects);
	device = link[0] ? wdm_device_linked(link) : NULL;
	if (device)
		device->link[0] = '\0';
	mutex_unlock(&iotimer_wdm_objects);
	return device ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
EXPORT_SYMBOL_GPL(IoDeleteSymbolicLink);

/* MODULE.0, MODULE.1, ... */
static void wdm_name_by_number(char *name, size_t size, struct module *owner)
{
	static atomic_t count = ATOMIC_INIT(-1);

	snprintf(name, size, "%.20s.%u", owner ? module_name(owner) : "wdm",
		 (unsigned int)atomic_inc_return(&count));
}

static void wdm_device_setup(PDEVICE_OBJECT device, struct iotimer_device *dev,
			     struct module *owner, size_t size)
{
	device->device = dev;
	device->owner = owner;
	device->size = size;
	device->DeviceExtension = (void *)device + WDM_DEVICE_SIZE;
	INIT_LIST_HEAD(&device->interrupts);
	device->Type = IO_TYPE_DEVICE;
	device->Flags = DO_DEVICE_INITIALIZING;
	device->StackSize = 1;
	KeInitializeDeviceQueue(&device->DeviceQueue);
	spin_lock_init(&device->start_lock);
	mutex_lock(&iotimer_wdm_objects);
	list_add_tail(&device->node, iotimer_wdm_all_devices());
	mutex_unlock(&iotimer_wdm_objects);
}

/* A driver walks along this list in DriverUnload. */
static void wdm_device_link(PDEVICE_OBJECT device, PDRIVER_OBJECT driver)
{
	device->DriverObject = driver;
	if (!driver)
		return;
	mutex_lock(&iotimer_wdm_objects);
	device->NextDevice = driver->DeviceObject;
	driver->DeviceObject = device;
	mutex_unlock(&iotimer_wdm_objects);
}

static void wdm_device_unlink(PDEVICE_OBJECT device)
{
	PDEVICE_OBJECT *link = device->DriverObject ? &device->DriverObject->DeviceObject : NULL;

	lockdep_assert_held(&iotimer_wdm_objects);
	while (link && *link && *link != device)
		link = &(*link)->NextDevice;
	if (link && *link)
		*link = device->NextDevice;
}

/* Driver code calls IoCreateDevice. */
NTSTATUS iotimer_wdm_create_device(struct module *owner, PDRIVER_OBJECT driver,
				   ULONG ext_size, PUNICODE_STRING name,
				   PDEVICE_OBJECT *device)
{
	static struct lock_class_key key;
	size_t size = WDM_DEVICE_SIZE + (size_t)ext_size;
	struct iotimer_device *dev;
	char text[IOTIMER_NAME_LEN];

	*device = NULL;
	if (name && name->Length >= sizeof(WCHAR))
		wdm_name_from_unicode(text, sizeof(text), name);
	else
		wdm_name_by_number(text, sizeof(text), owner);
	dev = iotimer_device_create_keyed(text, size, owner, &key);
	if (dev == ERR_PTR(-EINVAL))
		return STATUS_OBJECT_NAME_INVALID;
	if (IS_ERR(dev))
		return iotimer_wdm_status(PTR_ERR(dev));
	*device = iotimer_device_ext(dev);
	wdm_device_setup(*device, dev, owner, size);
	wdm_device_link(*device, driver);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_create_device);

/* The IoTimer routine is not running after this. A device may have no timer: -EINVAL. */
static void wdm_device_stop(PDEVICE_OBJECT device)
{
	int ret = iotimer_stop_sync(device->device);

	WARN_ON_ONCE(ret && ret != -EINVAL);
}

/**
 * IoDeleteDevice() - delete a device object: iotimer_device_delete()
 * @DeviceObject: the device
 *
 * None of the driver's routines is called for the device after this (T12).
 *
 * Differs from Windows: there the driver must have stopped the timer and
 * disconnected the interrupts. Here the layer does it: it stops the timer, takes back
 * a queued DpcForIsr, disconnects the interrupts and frees their objects, leaves
 * controllers (O5), and waits for all these routines and for work items, but for the
 * work item that this is called in (K3). A KTIMER in the extension that is set is
 * cancelled, and the driver is named; a DPC in the extension that is queued is taken
 * back (K1). The device object and its extension have been freed when this returns:
 * there are no references.
 *
 * Context: PASSIVE_LEVEL; the caller holds no lock that one of the routines takes.
 * Elsewhere, as in a routine, it is reported and has no effect (T6).
 */
VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
	LIST_HEAD(interrupts);

	if (DeviceObject->unpublish)
		DeviceObject->unpublish(DeviceObject);
	/* ISR and routines may request it until the core has waited for them. */
	iotimer_wdm_close_dpc(&DeviceObject->Dpc);
	/* Neither can queue work any more, except for work itself. */
	wdm_device_stop(DeviceObject);
	iotimer_wdm_wait_for_device(DeviceObject);
	mutex_lock(&iotimer_wdm_objects);
	list_del(&DeviceObject->node);
	wdm_device_unlink(DeviceObject);
	list_splice_init(&DeviceObject->interrupts, &interrupts);
	mutex_unlock(&iotimer_wdm_objects);
	iotimer_wdm_silence_interrupts(&interrupts);
	iotimer_wdm_release_memory(DeviceObject, DeviceObject->size,
				   iotimer_device_name(DeviceObject->device));
	WARN_ON(iotimer_device_delete(DeviceObject->device));
	iotimer_wdm_free_interrupts(&interrupts);
}
EXPORT_SYMBOL_GPL(IoDeleteDevice);

/* A module that is being unloaded */

bool iotimer_wdm_has_devices(struct module *owner)
{
	PDEVICE_OBJECT device;
	bool found = false;

	mutex_lock(&iotimer_wdm_objects);
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		found = found || device->owner == owner;
	mutex_unlock(&iotimer_wdm_objects);
	return found;
}

/*
 * No IoTimer routine of the module's runs any more after this, and none is started
 * again, as by a DPC.
 */
void iotimer_wdm_stop_devices(struct module *owner)
{
	PDEVICE_OBJECT device;

	mutex_lock(&iotimer_wdm_objects);
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (device->owner == owner)
			WRITE_ONCE(device->io_timer.closed, true);
	synchronize_rcu();	/* pairs with the read in IoStartTimer() */
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (device->owner == owner)
			wdm_device_stop(device);
	mutex_unlock(&iotimer_wdm_objects);
}

/* None of the module's ISRs runs any more after this. */
void iotimer_wdm_silence_devices(struct module *owner)
{
	PDEVICE_OBJECT device;

	mutex_lock(&iotimer_wdm_objects);
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (device->owner == owner)
			iotimer_wdm_silence_interrupts(&device->interrupts);
	mutex_unlock(&iotimer_wdm_objects);
}

static PDEVICE_OBJECT wdm_last_device_of(struct module *owner)
{
	PDEVICE_OBJECT device, found = NULL;

	mutex_lock(&iotimer_wdm_objects);
	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		if (device->owner == owner)
			found = device;
	mutex_unlock(&iotimer_wdm_objects);
	return found;
}

/* None of the module's routines runs any more: the order does not matter. */
void iotimer_wdm_delete_devices(struct module *owner)
{
	PDEVICE_OBJECT device;

	while ((device = wdm_last_device_of(owner))) {
		pr_warn("iotimer: module %s left device %s behind, deleting it\n",
			module_name(owner), iotimer_device_name(device->device));
		IoDeleteDevice(device);
	}
}

/* The IoTimer */

static void wdm_timer_routine(struct iotimer_device *dev, void *context)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);
	PIO_TIMER timer = &device->io_timer;

	WRITE_ONCE(timer->running_in, current);
	timer->routine(device, timer->context);
	WRITE_ONCE(timer->running_in, NULL);
}

/* The core takes no integers as contexts: it is given the address of this one. */
static void *wdm_timer_context(PIO_TIMER timer, PVOID context)
{
	return context && (ULONG_PTR)context < WDM_LOWEST_ADDRESS ? timer : context;
}

/* Driver code calls the IoInitializeTimer macro. */
NTSTATUS iotimer_wdm_init_timer(PDEVICE_OBJECT device, PIO_TIMER_ROUTINE routine,
				PVOID context, struct lock_class_key *key,
				const char *name)
{
	PIO_TIMER timer = &device->io_timer;
	bool first;
	int ret;

	if (!routine)
		return STATUS_INVALID_PARAMETER;
	mutex_lock(&iotimer_wdm_objects);
	first = !timer->routine;
	if (first) {
		timer->routine = routine;	/* the core asks for it from here on */
		timer->context = context;
	}
	ret = iotimer_init_keyed(device->device, wdm_timer_routine,
				 wdm_timer_context(timer, context), key, name);
	if (first && ret)
		timer->routine = NULL;
	if (!ret)
		device->Timer = timer;
	mutex_unlock(&iotimer_wdm_objects);
	return iotimer_wdm_status(ret);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_init_timer);

static const void *wdm_driver_routine(struct iotimer_device *dev)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);

	return device->io_timer.routine;
}

void iotimer_wdm_device_init(void)
{
	iotimer_set_trampoline(wdm_timer_routine, wdm_driver_routine);
}

void iotimer_wdm_device_exit(void)
{
	iotimer_set_trampoline(NULL, NULL);
}

/* A void function cannot return an error. */
static noinline
void wdm_report_no_timer(PDEVICE_OBJECT device, const char *what, unsigned long caller)
{
	iotimer_wdm_report(caller, "%s() of %s, which has no timer\n",
			   what, iotimer_device_name(device->device));
}

/**
 * IoStartTimer() - start a device's timer: iotimer_start()
 * @DeviceObject: a device with a timer
 *
 * The first call comes within period_ms (T8). Starting what is started changes
 * nothing (T4), and once deletion has begun there is no effect.
 *
 * Differs from Windows: without IoInitializeTimer() it is reported, where Windows
 * crashes.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 */
VOID IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
	int ret = 0;

	/* iotimer_wdm_stop_devices() waits for this section, then stops the timer. */
	rcu_read_lock();
	if (!READ_ONCE(DeviceObject->io_timer.closed))
		ret = iotimer_start(DeviceObject->device);
	rcu_read_unlock();
	if (ret == -EINVAL)
		wdm_report_no_timer(DeviceObject, __func__, _RET_IP_);
}
EXPORT_SYMBOL_GPL(IoStartTimer);

/**
 * IoStopTimer() - stop a device's timer: iotimer_stop_sync()
 * @DeviceObject: a device with a timer
 *
 * When this returns the routine does not run on any CPU, and will not unless the
 * timer is started again (T5). Inside a routine it does not wait: inside the
 * device's own, that call is the last (T6).
 *
 * Differs from Windows: there, a call in the device's own routine hangs. This
 * function waits for the routine at every IRQL up to DISPATCH_LEVEL, so the caller
 * must not hold a lock that the routine takes. Without IoInitializeTimer() it is
 * reported.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it stops without waiting, and is
 * reported.
 */
VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
	int ret;

	if (READ_ONCE(DeviceObject->io_timer.running_in) == current || iotimer_wdm_at_dirql())
		ret = iotimer_stop(DeviceObject->device);
	else
		ret = iotimer_stop_sync(DeviceObject->device);
	if (ret == -EINVAL)
		wdm_report_no_timer(DeviceObject, __func__, _RET_IP_);
}
EXPORT_SYMBOL_GPL(IoStopTimer);

/* The DpcForIsr */

static VOID wdm_dpc_for_isr(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			    PVOID SystemArgument2)
{
	PDEVICE_OBJECT device = DeferredContext;

	device->dpc_routine(Dpc, device, SystemArgument1, SystemArgument2);
}

/**
 * IoInitializeDpcRequest() - give a device its DpcForIsr: KeInitializeDpc()
 * @DeviceObject: the device
 * @DpcRoutine: called after IoRequestDpc()
 *
 * A driver may also set up DeviceObject->Dpc itself, with KeInitializeDpc().
 *
 * Context: PASSIVE_LEVEL, before the ISR can request the DPC, and once.
 */
VOID IoInitializeDpcRequest(PDEVICE_OBJECT DeviceObject, PIO_DPC_ROUTINE DpcRoutine)
{
	DeviceObject->dpc_routine = DpcRoutine;
	KeInitializeDpc(&DeviceObject->Dpc, wdm_dpc_for_isr, DeviceObject);
}
EXPORT_SYMBOL_GPL(IoInitializeDpcRequest);
