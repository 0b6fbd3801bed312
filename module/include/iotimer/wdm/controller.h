/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Controller objects, which several devices share and one at a time holds.
 */
#ifndef _IOTIMER_WDM_CONTROLLER_H
#define _IOTIMER_WDM_CONTROLLER_H

#include <iotimer/wdm/device.h>

/**
 * struct _CONTROLLER_OBJECT - a controller object: CONTROLLER_OBJECT
 * @ControllerExtension: zeroed, aligned as kmalloc() aligns (C2)
 *
 * Differs from Windows: there are no other members.
 */
struct _CONTROLLER_OBJECT {
	PVOID				ControllerExtension;

	/* private: */
	struct iotimer_controller	*controller;
	size_t				size;	/* with the extension */
};

PCONTROLLER_OBJECT iotimer_wdm_create_controller(struct module *owner, ULONG size);

/**
 * IoCreateController() - create a controller object: iotimer_controller_create()
 * @Size: bytes of zeroed extension, may be 0 (C2)
 *
 * Its name in debugfs is MODULE.N.
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported.
 * Return: the controller; NULL if no memory is available, and where it must not be
 * called (O1).
 */
static inline PCONTROLLER_OBJECT IoCreateController(ULONG Size)
{
	return iotimer_wdm_create_controller(THIS_MODULE, Size);
}

VOID IoDeleteController(PCONTROLLER_OBJECT ControllerObject);
VOID IoAllocateController(PCONTROLLER_OBJECT ControllerObject,
			  PDEVICE_OBJECT DeviceObject,
			  PDRIVER_CONTROL ExecutionRoutine, PVOID Context);
VOID IoFreeController(PCONTROLLER_OBJECT ControllerObject);

#define IoCreateController(SIZE)					\
	(IOTIMER_WDM_MAY_SLEEP("IoCreateController") ? IoCreateController(SIZE) : NULL)

#define IoDeleteController(CONTROLLER) ({				\
	if (IOTIMER_WDM_MAY_SLEEP("IoDeleteController"))		\
		IoDeleteController(CONTROLLER);				\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#define IoAllocateController(CONTROLLER, DEVICE, ROUTINE, CONTEXT) ({	\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoAllocateController"))	\
		IoAllocateController(CONTROLLER, DEVICE, ROUTINE, CONTEXT); \
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#define IoFreeController(CONTROLLER) ({					\
	if (IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoFreeController"))	\
		IoFreeController(CONTROLLER);				\
	IOTIMER_WDM_NO_TAIL_CALL();					\
})

#endif /* _IOTIMER_WDM_CONTROLLER_H */
