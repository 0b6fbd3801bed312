// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_wdm: loading, unloading, and cleaning up after drivers.
 */
#include <linux/iotimer_version.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include <linux/iotimer_layer.h>

#include "wdm.h"

#ifdef CONFIG_MODULES
/*
 * A driver's code is about to go, and the driver has left devices, timers or DPCs
 * behind. Its routines use each other's objects, so all of them are stopped before the
 * first object is freed. DPCs that are queued run, as the documentation promises: in
 * the first flush those that the timers have queued, while the driver's interrupts are
 * still served, in the second one those that the last interrupts have queued.
 */
static void wdm_clean_up(struct iotimer_wdm_owner *owner)
{
	iotimer_wdm_stop_devices(owner->module);
	KeFlushQueuedDpcs();
	iotimer_wdm_silence_devices(owner->module);
	KeFlushQueuedDpcs();
	iotimer_wdm_wait_for_module(owner->module);
	iotimer_wdm_delete_devices(owner->module);
}

static int wdm_module_event(struct notifier_block *nb, unsigned long event, void *module)
{
	struct iotimer_wdm_owner owner = { .module = module };

	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	/* A thread may wait for a timer, and use all other objects. */
	iotimer_wdm_wait_for_threads(module);
	iotimer_wdm_cancel_timers_of(&owner);
	iotimer_wdm_wait_for_module(module);
	/* Most modules have nothing to do with this layer. */
	if (iotimer_wdm_has_devices(module) || iotimer_wdm_has_dpcs(module))
		wdm_clean_up(&owner);
	iotimer_wdm_wait_for_module(module);
	iotimer_wdm_timers_gone(&owner);
	iotimer_wdm_free_extensions_of(module);
	iotimer_wdm_forget_reports(module);
	return NOTIFY_DONE;
}

/* Called before the core's, which knows the devices but not the objects in them. */
static struct notifier_block wdm_module_notifier = {
	.notifier_call	= wdm_module_event,
	.priority	= IOTIMER_LAYER_PRIORITY,
};

static int wdm_leave_init(void)
{
	return register_module_notifier(&wdm_module_notifier);
}

static void wdm_leave_exit(void)
{
	unregister_module_notifier(&wdm_module_notifier);
}
#else
static int wdm_leave_init(void) { return 0; }
static void wdm_leave_exit(void) { }
#endif

/* The core refers to the layer's code from device_init on, so that comes last. */
static int __init iotimer_wdm_module_init(void)
{
	int ret = iotimer_wdm_work_init();

	if (ret)
		return ret;
	iotimer_wdm_irql_init();
	iotimer_wdm_dpc_init();
	ret = wdm_leave_init();
	if (ret) {
		iotimer_wdm_dpc_exit();
		iotimer_wdm_work_exit();
		return ret;
	}
	iotimer_wdm_device_init();
	return 0;
}
module_init(iotimer_wdm_module_init);

static void __exit iotimer_wdm_module_exit(void)
{
	wdm_leave_exit();
	iotimer_wdm_device_exit();
	iotimer_wdm_thread_exit();
	iotimer_wdm_dpc_exit();
	iotimer_wdm_work_exit();
}
module_exit(iotimer_wdm_module_exit);

MODULE_DESCRIPTION("IoTimer model: the layer for ported Windows sources");
MODULE_AUTHOR("The iotimer authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOTIMER_VERSION);
