// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that leaves its started device behind: clause T13
 */
#include <linux/delay.h>
#include <linux/iotimer.h>
#include <linux/module.h>

static bool fail;
module_param(fail, bool, 0444);
MODULE_PARM_DESC(fail, "the init function fails, after it has started the device");

static bool controller;
module_param(controller, bool, 0444);
MODULE_PARM_DESC(controller, "forget a controller, too, which the device holds");

static enum iotimer_action keep(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	return IOTIMER_KEEP;
}

static int forget_controller(struct iotimer_device *dev)
{
	struct iotimer_controller *ctl = iotimer_controller_create("orphan-ctl", 8);

	return IS_ERR(ctl) ? PTR_ERR(ctl) :
	       iotimer_controller_allocate(ctl, dev, keep, NULL);
}

/* Long enough that the module goes while it runs, now and then. */
static void orphan_routine(struct iotimer_device *dev, void *context)
{
	mdelay(3);
}

static int __init test_leak_init(void)
{
	struct iotimer_device *dev = iotimer_device_create("orphan", 64);
	int ret;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	ret = iotimer_init(dev, orphan_routine, iotimer_device_ext(dev)) ?:
	      iotimer_start(dev);
	if (!ret && controller)
		ret = forget_controller(dev);
	return fail ? -ENODEV : ret;
}
module_init(test_leak_init);

static void __exit test_leak_exit(void)
{
}
module_exit(test_leak_exit);

MODULE_DESCRIPTION("iotimer self-test: a driver that forgets its device");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
