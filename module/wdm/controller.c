// SPDX-License-Identifier: GPL-2.0
/*
 * Controller objects: struct iotimer_controller with the names of Windows.
 */
#include <linux/export.h>
#include <linux/kernel.h>

#include "wdm.h"

/* The driver's extension is aligned as kmalloc() aligns. */
#define WDM_CONTROLLER_SIZE	ALIGN(sizeof(CONTROLLER_OBJECT), ARCH_KMALLOC_MINALIGN)

#define WDM_WAITING	0		/* bit of DEVICE_OBJECT.waiting */

/* Driver code calls IoCreateController. */
PCONTROLLER_OBJECT iotimer_wdm_create_controller(struct module *owner, ULONG size)
{
	static atomic_t count = ATOMIC_INIT(-1);
	size_t total = WDM_CONTROLLER_SIZE + (size_t)size;
	struct iotimer_controller *ctl;
	char name[IOTIMER_NAME_LEN];
	PCONTROLLER_OBJECT object;

	snprintf(name, sizeof(name), "%.20s.%u", owner ? module_name(owner) : "wdm",
		 (unsigned int)atomic_inc_return(&count));
	ctl = iotimer_controller_create_owned(name, total, owner);
	if (IS_ERR(ctl))
		return NULL;
	object = iotimer_controller_ext(ctl);
	object->controller = ctl;
	object->size = total;
	object->ControllerExtension = (void *)object + WDM_CONTROLLER_SIZE;
	return object;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_create_controller);

/**
 * IoDeleteController() - delete a controller object: iotimer_controller_delete()
 * @ControllerObject: the controller, which no device holds or waits for, and whose
 *	extension is no timer's context
 *
 * Differs from Windows: one that is in use is reported, and stays (O1). A KTIMER in the
 * extension that is set is cancelled, and the driver is named; a DPC in the extension
 * that is queued is taken back (K1).
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 */
VOID IoDeleteController(PCONTROLLER_OBJECT ControllerObject)
{
	iotimer_wdm_release_memory(ControllerObject, ControllerObject->size,
				   iotimer_controller_name(ControllerObject->controller));
	if (iotimer_controller_delete(ControllerObject->controller))
		iotimer_wdm_report(_RET_IP_, "%s() of a controller that is in use\n", __func__);
}
EXPORT_SYMBOL_GPL(IoDeleteController);

/* The device does not wait any more and may ask for another controller. */
static enum iotimer_action wdm_run_control(struct iotimer_device *dev,
					   struct iotimer_controller *ctl, void *context)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);
	PDRIVER_CONTROL control = device->control;
	PVOID control_context = device->control_context;
	IO_ALLOCATION_ACTION action;

	clear_bit_unlock(WDM_WAITING, &device->waiting);
	action = control(device, device->CurrentIrp, NULL, control_context);
	return action == KeepObject ? IOTIMER_KEEP : IOTIMER_DEALLOCATE;
}

static noinline
void wdm_report_refused(PDEVICE_OBJECT device, const char *what, unsigned long caller)
{
	iotimer_wdm_report(caller, "%s() for %s, which waits for one already or is being deleted\n",
			   what, iotimer_device_name(device->device));
}

/**
 * IoAllocateController() - ask for a controller: iotimer_controller_allocate()
 * @ControllerObject: the controller
 * @DeviceObject: the device that is to hold it
 * @ExecutionRoutine: the ControllerControl routine, called once the device holds it
 * @Context: passed to @ExecutionRoutine
 *
 * If the controller is free, @ExecutionRoutine is called before this returns.
 * Otherwise the device waits, first come, first served (O2).
 *
 * Differs from Windows: a second request of a device that waits is reported, and has no
 * effect, where it corrupts the queue of Windows (O4). A driver with several requests
 * for one device makes them in the ControllerControl routine, or when it frees the
 * controller: see module/Documentation/porting.md. A request for a device whose deletion
 * has begun is reported too. Windows wants DISPATCH_LEVEL; a lower IRQL is accepted.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoAllocateController(PCONTROLLER_OBJECT ControllerObject,
			  PDEVICE_OBJECT DeviceObject,
			  PDRIVER_CONTROL ExecutionRoutine, PVOID Context)
{
	if (test_and_set_bit_lock(WDM_WAITING, &DeviceObject->waiting)) {
		wdm_report_refused(DeviceObject, __func__, _RET_IP_);
		return;
	}
	DeviceObject->control = ExecutionRoutine;
	DeviceObject->control_context = Context;
	if (iotimer_controller_allocate(ControllerObject->controller,
					DeviceObject->device, wdm_run_control, NULL)) {
		clear_bit_unlock(WDM_WAITING, &DeviceObject->waiting);
		wdm_report_refused(DeviceObject, __func__, _RET_IP_);
	}
}
EXPORT_SYMBOL_GPL(IoAllocateController);

/**
 * IoFreeController() - free a controller: iotimer_controller_free()
 * @ControllerObject: a controller that a device keeps (KeepObject)
 *
 * The next device gets it: the device's ControllerControl routine is called before this
 * returns, and those of the devices after it for as long as they return
 * DeallocateObject (O3).
 *
 * Differs from Windows: a controller that no device holds is reported. Windows wants
 * DISPATCH_LEVEL; a lower IRQL is accepted.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoFreeController(PCONTROLLER_OBJECT ControllerObject)
{
	if (iotimer_controller_free(ControllerObject->controller))
		iotimer_wdm_report(_RET_IP_, "%s() of a controller that no device holds\n",
				   __func__);
}
EXPORT_SYMBOL_GPL(IoFreeController);
