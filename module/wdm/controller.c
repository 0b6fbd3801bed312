// SPDX-License-Identifier: GPL-2.0
/*
 * Controller objects: struct iotimer_controller in the words of Windows.
 */
#include <linux/export.h>
#include <linux/kernel.h>

#include "wdm.h"

/* The driver's extension is aligned as kmalloc() aligns. */
#define OBJECT_SIZE	ALIGN(sizeof(CONTROLLER_OBJECT), ARCH_KMALLOC_MINALIGN)

#define WAITING		0		/* bit of DEVICE_OBJECT.waiting */

/* Driver code calls IoCreateController. */
PCONTROLLER_OBJECT iotimer_wdm_create_controller(struct module *owner, ULONG size)
{
	static atomic_t count = ATOMIC_INIT(-1);
	struct iotimer_controller *ctl;
	char name[IOTIMER_NAME_LEN];
	PCONTROLLER_OBJECT object;

	snprintf(name, sizeof(name), "%.20s.%u", owner ? owner->name : "wdm",
		 (unsigned int)atomic_inc_return(&count));
	ctl = iotimer_controller_create_owned(name, OBJECT_SIZE + (size_t)size, owner);
	if (IS_ERR(ctl))
		return NULL;
	object = iotimer_controller_ext(ctl);
	object->controller = ctl;
	object->ControllerExtension = (void *)object + OBJECT_SIZE;
	return object;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_create_controller);

/**
 * IoDeleteController() - delete a controller object: iotimer_controller_delete()
 * @ControllerObject: the controller, which nobody has or waits for, and whose
 *	extension is no timer's context
 *
 * Differs from Windows: one that is in use is reported, and stays (O1).
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 */
VOID IoDeleteController(PCONTROLLER_OBJECT ControllerObject)
{
	int ret = iotimer_controller_delete(ControllerObject->controller);

	WARN_ONCE(ret, "iotimer: %ps: %s() of a controller that is in use\n",
		  (void *)_RET_IP_, __func__);
}
EXPORT_SYMBOL_GPL(IoDeleteController);

/* From here on the device may wait for another one. */
static enum iotimer_action run_control(struct iotimer_device *dev,
				       struct iotimer_controller *ctl, void *context)
{
	PDEVICE_OBJECT device = iotimer_device_ext(dev);
	PDRIVER_CONTROL control = device->control;
	PVOID control_context = device->control_context;
	IO_ALLOCATION_ACTION action;

	clear_bit_unlock(WAITING, &device->waiting);
	action = control(device, device->CurrentIrp, NULL, control_context);
	return action == KeepObject ? IOTIMER_KEEP : IOTIMER_DEALLOCATE;
}

static noinline
void refuse(PDEVICE_OBJECT device, const char *what, unsigned long caller)
{
	WARN_ONCE(1, "iotimer: %ps: %s() for %s, which waits for one already or is being deleted\n",
		  (void *)caller, what, device->device->name);
}

/**
 * IoAllocateController() - ask for a controller: iotimer_controller_allocate()
 * @ControllerObject: the controller
 * @DeviceObject: who is to have it
 * @ExecutionRoutine: the ControllerControl routine, called once that has it
 * @Context: passed to @ExecutionRoutine
 *
 * A free controller is given away at once: @ExecutionRoutine is called before this
 * returns. Otherwise the device waits, first come, first served (O2).
 *
 * Differs from Windows: a device that waits already is reported, and the request
 * dropped, where Windows' queue is corrupted (O4); the same of a device whose
 * deletion has begun. There it must be called at DISPATCH_LEVEL; here also below.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoAllocateController(PCONTROLLER_OBJECT ControllerObject,
			  PDEVICE_OBJECT DeviceObject,
			  PDRIVER_CONTROL ExecutionRoutine, PVOID Context)
{
	if (test_and_set_bit_lock(WAITING, &DeviceObject->waiting)) {
		refuse(DeviceObject, __func__, _RET_IP_);
		return;
	}
	DeviceObject->control = ExecutionRoutine;
	DeviceObject->control_context = Context;
	if (iotimer_controller_allocate(ControllerObject->controller,
					DeviceObject->device, run_control, NULL)) {
		clear_bit_unlock(WAITING, &DeviceObject->waiting);
		refuse(DeviceObject, __func__, _RET_IP_);
	}
}
EXPORT_SYMBOL_GPL(IoAllocateController);

/**
 * IoFreeController() - give a controller back: iotimer_controller_free()
 * @ControllerObject: one that a device keeps (KeepObject)
 *
 * The next device gets it: its ControllerControl routine is called before this
 * returns, and of all that follow while they return DeallocateObject (O3).
 *
 * Differs from Windows: one that nobody has is reported. There it must be called at
 * DISPATCH_LEVEL; here also below.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 */
VOID IoFreeController(PCONTROLLER_OBJECT ControllerObject)
{
	int ret = iotimer_controller_free(ControllerObject->controller);

	WARN_ONCE(ret, "iotimer: %ps: %s() of a controller that nobody has\n",
		  (void *)_RET_IP_, __func__);
}
EXPORT_SYMBOL_GPL(IoFreeController);
