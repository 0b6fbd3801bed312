// SPDX-License-Identifier: GPL-2.0
/*
 * Device objects: struct iotimer_device in the words of Windows.
 */
#include <linux/ctype.h>
#include <linux/export.h>
#include <linux/kernel.h>

#include <linux/iotimer_layer.h>
#include "wdm.h"

DEFINE_MUTEX(iotimer_wdm_objects);	/* which devices and interrupts there are */
static LIST_HEAD(devices);

/* The driver's extension is aligned as kmalloc() aligns. */
#define OBJECT_SIZE	ALIGN(sizeof(DEVICE_OBJECT), ARCH_KMALLOC_MINALIGN)

/* The device of this owner's in whose object or extension an address lies. */
PDEVICE_OBJECT iotimer_wdm_device_at(struct module *owner, const void *address)
{
	PDEVICE_OBJECT device;

	lockdep_assert_held(&iotimer_wdm_objects);
	list_for_each_entry(device, &devices, node)
		if (device->owner == owner && address >= (void *)device &&
		    address < (void *)device + device->size)
			return device;
	return NULL;
}

/* The last part of \Device\Name, in characters that the core takes. */
static void name_from_unicode(char *name, size_t size, PUNICODE_STRING from)
{
	size_t i, n = 0;

	for (i = 0; i < from->Length / sizeof(WCHAR); i++) {
		WCHAR c = from->Buffer[i];

		if (c == '\\')
			n = 0;
		else if (n < size - 1)
			name[n++] = c < 0x80 && isgraph(c) && c != '/' && c != '#' ? c : '_';
	}
	name[n] = '\0';
}

/* The one that IoCreateDevice() was given this name for. */
static PDEVICE_OBJECT device_named(PUNICODE_STRING name)
{
	char text[IOTIMER_NAME_LEN];
	PDEVICE_OBJECT device;

	lockdep_assert_held(&iotimer_wdm_objects);
	name_from_unicode(text, sizeof(text), name);
	list_for_each_entry(device, &devices, node)
		if (!strcmp(iotimer_device_name(device->device), text))
			return device;
	return NULL;
}

static PDEVICE_OBJECT device_linked(const char *link)
{
	PDEVICE_OBJECT device;

	lockdep_assert_held(&iotimer_wdm_objects);
	list_for_each_entry(device, &devices, node)
		if (!strcmp(device->link, link))
			return device;
	return NULL;
}

/**
 * IoCreateSymbolicLink() - give a device object a name for user space
 * @SymbolicLinkName: its last part is the name of the node that the front end makes
 *	of the device, instead of the device's own
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

	name_from_unicode(link, sizeof(link), SymbolicLinkName);
	if (!link[0])
		return STATUS_OBJECT_NAME_INVALID;
	mutex_lock(&iotimer_wdm_objects);
	device = device_named(DeviceName);
	if (!device)
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	else if (device->link[0] || device_linked(link))
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

	name_from_unicode(link, sizeof(link), SymbolicLinkName);
	mutex_lock(&iotimer_wdm_objects);
	device = link[0] ? device_linked(link) : NULL;
	if (device)
		device->link[0] = '\0';
	mutex_unlock(&iotimer_wdm_objects);
	return device ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}
EXPORT_SYMBOL_GPL(IoDeleteSymbolicLink);

/* An interrupt of this owner's that was connected with this lock. */
PKINTERRUPT iotimer_wdm_interrupt_with(struct module *owner, PKSPIN_LOCK spin_lock)
{
	PDEVICE_OBJECT device;
	PKINTERRUPT interrupt;

	lockdep_assert_held(&iotimer_wdm_objects);
	list_for_each_entry(device, &devices, node)
		list_for_each_entry(interrupt, &device->interrupts, node)
			if (device->owner == owner && interrupt->spin_lock == spin_lock)
				return interrupt;
	return NULL;
}

/* MODULE.0, MODULE.1, ... */
static void name_by_itself(char *name, size_t size, struct module *owner)
{
	static atomic_t count = ATOMIC_INIT(-1);

	snprintf(name, size, "%.20s.%u", owner ? owner->name : "wdm",
		 (unsigned int)atomic_inc_return(&count));
}

static void device_setup(PDEVICE_OBJECT device, struct iotimer_device *dev,
			 struct module *owner, size_t size)
{
	device->device = dev;
	device->owner = owner;
	device->size = size;
	device->DeviceExtension = (void *)device + OBJECT_SIZE;
	INIT_LIST_HEAD(&device->interrupts);
	KeInitializeDpc(&device->dpc, NULL, NULL);
	device->dpc.closed = true;	/* until IoInitializeDpcRequest */
	device->Type = IO_TYPE_DEVICE;
	device->Flags = DO_DEVICE_INITIALIZING;
	device->StackSize = 1;
	KeInitializeDeviceQueue(&device->DeviceQueue);
	spin_lock_init(&device->start_lock);
	mutex_lock(&iotimer_wdm_objects);
	list_add_tail(&device->node, &devices);
	mutex_unlock(&iotimer_wdm_objects);
}

/* The list that a driver walks along in DriverUnload. */
static void link_to_driver(PDEVICE_OBJECT device, PDRIVER_OBJECT driver)
{
	device->DriverObject = driver;
	if (!driver)
		return;
	mutex_lock(&iotimer_wdm_objects);
	device->NextDevice = driver->DeviceObject;
	driver->DeviceObject = device;
	mutex_unlock(&iotimer_wdm_objects);
}

static void unlink_from_driver(PDEVICE_OBJECT device)
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
	size_t size = OBJECT_SIZE + (size_t)ext_size;
	struct iotimer_device *dev;
	char text[IOTIMER_NAME_LEN];

	*device = NULL;
	if (name && name->Length)
		name_from_unicode(text, sizeof(text), name);
	else
		name_by_itself(text, sizeof(text), owner);
	dev = iotimer_device_create_keyed(text, size, owner, &key);
	if (dev == ERR_PTR(-EINVAL))
		return STATUS_OBJECT_NAME_INVALID;
	if (IS_ERR(dev))
		return iotimer_wdm_status(PTR_ERR(dev));
	*device = iotimer_device_ext(dev);
	device_setup(*device, dev, owner, size);
	link_to_driver(*device, driver);
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_create_device);

/**
 * IoDeleteDevice() - delete a device object: iotimer_device_delete()
 * @DeviceObject: the device
 *
 * Nothing of the driver's is called for the device after this (T12).
 *
 * Differs from Windows: there the driver must have stopped the timer and
 * disconnected the interrupts. Here that is done for it: the timer stops, a
 * queued DpcForIsr is taken back, interrupts are disconnected and their objects
 * freed, controllers are left (O5), and all routines and work items are waited for,
 * but for the work item that this is called in (K3). The device
 * object and its extension are gone when this returns: there are no references.
 *
 * Context: PASSIVE_LEVEL; the caller holds no lock that one of the routines takes.
 * Elsewhere, as in a routine, it is reported and has no effect (T6).
 */
VOID IoDeleteDevice(PDEVICE_OBJECT DeviceObject)
{
	LIST_HEAD(interrupts);
	int ret;

	if (DeviceObject->unpublish)
		DeviceObject->unpublish(DeviceObject);
	/* ISR and routines may request it until the core has waited for them. */
	iotimer_wdm_close_dpc(&DeviceObject->dpc);
	/* Neither can queue work any more, except for work itself. */
	ret = iotimer_stop_sync(DeviceObject->device);
	WARN_ON(ret && ret != -EINVAL);		/* it has no timer */
	iotimer_wdm_wait_for_device(DeviceObject);
	mutex_lock(&iotimer_wdm_objects);
	list_del(&DeviceObject->node);
	unlink_from_driver(DeviceObject);
	list_splice_init(&DeviceObject->interrupts, &interrupts);
	mutex_unlock(&iotimer_wdm_objects);
	WARN_ON(iotimer_device_delete(DeviceObject->device));
	/* Until then they may have been used. */
	iotimer_wdm_free_interrupts(&interrupts);
}
EXPORT_SYMBOL_GPL(IoDeleteDevice);

static PDEVICE_OBJECT any_device_of(struct module *owner)
{
	PDEVICE_OBJECT device, found = NULL;

	mutex_lock(&iotimer_wdm_objects);
	list_for_each_entry(device, &devices, node)
		if (device->owner == owner)
			found = device;
	mutex_unlock(&iotimer_wdm_objects);
	return found;
}

/* As the core does for devices that it knows. */
void iotimer_wdm_delete_devices(struct module *owner)
{
	PDEVICE_OBJECT device;

	while ((device = any_device_of(owner))) {
		pr_warn("iotimer: module %s left device %s behind, deleting it\n",
			owner->name, device->device->name);
		IoDeleteDevice(device);
	}
}

/* The IoTimer */

static void timer_routine(struct iotimer_device *dev, void *context)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);

	WRITE_ONCE(device->in_timer, current);
	device->timer_routine(device, context);
	WRITE_ONCE(device->in_timer, NULL);
}

/* Driver code calls the IoInitializeTimer macro. */
NTSTATUS iotimer_wdm_init_timer(PDEVICE_OBJECT device, PIO_TIMER_ROUTINE routine,
				PVOID context, struct lock_class_key *key,
				const char *name)
{
	bool first;
	int ret;

	if (!routine)
		return STATUS_INVALID_PARAMETER;
	mutex_lock(&iotimer_wdm_objects);
	first = !device->timer_routine;
	if (first)
		device->timer_routine = routine;	/* core asks for it from here on */
	ret = iotimer_init_keyed(device->device, timer_routine, context, key, name);
	if (first && ret)
		device->timer_routine = NULL;
	mutex_unlock(&iotimer_wdm_objects);
	return iotimer_wdm_status(ret);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_init_timer);

static const void *routine_behind(struct iotimer_device *dev)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);

	return device->timer_routine;
}

void iotimer_wdm_device_init(void)
{
	iotimer_set_trampoline(timer_routine, routine_behind);
}

void iotimer_wdm_device_exit(void)
{
	iotimer_set_trampoline(NULL, NULL);
}

/* A void function tells nobody that it could not. */
static noinline
void no_timer(PDEVICE_OBJECT device, const char *what, unsigned long caller)
{
	WARN_ONCE(1, "iotimer: %ps: %s() of %s, which has no timer\n",
		  (void *)caller, what, device->device->name);
}

/**
 * IoStartTimer() - start a device's timer: iotimer_start()
 * @DeviceObject: a device with a timer
 *
 * The first call comes within period_ms (T8). Starting what is started changes
 * nothing (T4), and once deletion has begun there is no effect.
 *
 * Differs from Windows: without IoInitializeTimer() it is reported, and nothing
 * crashes.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it works, but is reported.
 */
VOID IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
	if (iotimer_start(DeviceObject->device) == -EINVAL)
		no_timer(DeviceObject, __func__, _RET_IP_);
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
 * Differs from Windows: inside the own routine that hangs there. And it waits for
 * the routine at every IRQL up to DISPATCH_LEVEL, so that the caller must not hold
 * a lock that the routine takes. Without IoInitializeTimer() it is reported.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it stops without waiting, and is
 * reported.
 */
VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
	int ret;

	if (READ_ONCE(DeviceObject->in_timer) == current || iotimer_wdm_at_dirql())
		ret = iotimer_stop(DeviceObject->device);
	else
		ret = iotimer_stop_sync(DeviceObject->device);
	if (ret == -EINVAL)
		no_timer(DeviceObject, __func__, _RET_IP_);
}
EXPORT_SYMBOL_GPL(IoStopTimer);

/* The DpcForIsr */

static VOID dpc_for_isr(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
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
 * Context: PASSIVE_LEVEL, before the ISR can request the DPC, and once.
 */
VOID IoInitializeDpcRequest(PDEVICE_OBJECT DeviceObject, PIO_DPC_ROUTINE DpcRoutine)
{
	DeviceObject->dpc_routine = DpcRoutine;
	KeInitializeDpc(&DeviceObject->dpc, dpc_for_isr, DeviceObject);
}
EXPORT_SYMBOL_GPL(IoInitializeDpcRequest);
