// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_wdm: loading, unloading, and what drivers leave behind.
 */
#include <linux/iotimer_version.h>
#include <linux/module.h>
#include <linux/notifier.h>

#include <linux/iotimer_layer.h>

#include "wdm.h"

/*
 * A driver's code is about to go. DPCs that are queued still are run first: its
 * exit function disconnected its interrupts, and what an ISR had requested
 * before that may be on its way.
 */
static int module_event(struct notifier_block *nb, unsigned long event, void *owner)
{
	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	iotimer_wdm_wait_for_module(owner);
	iotimer_wdm_delete_devices(owner);
	KeFlushQueuedDpcs();
	iotimer_wdm_wait_for_module(owner);
	return NOTIFY_DONE;
}

/* Before the core, which knows the devices but not what is in them. */
static struct notifier_block module_notifier = {
	.notifier_call	= module_event,
	.priority	= IOTIMER_LAYER_PRIORITY,
};

static int __init iotimer_wdm_module_init(void)
{
	int ret = iotimer_wdm_work_init();

	if (ret)
		return ret;
	iotimer_wdm_irql_init();
	iotimer_wdm_dpc_init();
	iotimer_wdm_device_init();
	ret = register_module_notifier(&module_notifier);
	if (ret)
		iotimer_wdm_work_exit();
	return ret;
}
module_init(iotimer_wdm_module_init);

static void __exit iotimer_wdm_module_exit(void)
{
	unregister_module_notifier(&module_notifier);
	iotimer_wdm_device_exit();
	iotimer_wdm_dpc_exit();
	iotimer_wdm_work_exit();
}
module_exit(iotimer_wdm_module_exit);

MODULE_DESCRIPTION("IoTimer model: the layer for ported Windows sources");
MODULE_AUTHOR("The iotimer authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(IOTIMER_VERSION);
