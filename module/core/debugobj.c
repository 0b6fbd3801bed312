// SPDX-License-Identifier: GPL-2.0
/*
 * C4 on kernels with CONFIG_DEBUG_OBJECTS: a device, or a context of the
 * driver's own, that is freed while its timer is initialised is reported by
 * the kfree() that frees it.
 */
#include <linux/debugobjects.h>
#include <linux/xarray.h>

#include "core.h"

/* How many timers use a context, by its address; several may share one. */
static DEFINE_XARRAY_FLAGS(contexts, XA_FLAGS_LOCK_IRQ);

static bool fixup_device(void *dev, enum debug_obj_state state);
static bool fixup_context(void *context, enum debug_obj_state state);

static const struct debug_obj_descr device_descr = {
	.name		= "iotimer_device",
	.fixup_free	= fixup_device,
};

static const struct debug_obj_descr context_descr = {
	.name		= "iotimer_context",
	.fixup_free	= fixup_context,
};

static void watch(void *object, const struct debug_obj_descr *descr)
{
	debug_object_init(object, descr);
	debug_object_activate(object, descr);
}

static void unwatch(void *object, const struct debug_obj_descr *descr)
{
	debug_object_deactivate(object, descr);
	debug_object_free(object, descr);
}

/* It has been reported; there is nothing to mend, only to forget. */
static bool fixup_device(void *dev, enum debug_obj_state state)
{
	unwatch(dev, &device_descr);
	return true;
}

static bool fixup_context(void *context, enum debug_obj_state state)
{
	unsigned long flags;

	xa_lock_irqsave(&contexts, flags);
	__xa_erase(&contexts, (unsigned long)context);
	xa_unlock_irqrestore(&contexts, flags);
	unwatch(context, &context_descr);
	return true;
}

static bool is_own(struct iotimer_device *dev, void *context)
{
	return context && !iotimer_in_extension(dev, context) && !iotimer_private(dev)->context_ctl;
}

static unsigned long nr_timers(void *context)
{
	void *entry = xa_load(&contexts, (unsigned long)context);

	return entry ? xa_to_value(entry) : 0;
}

/* Under iotimer_mutex. */
void iotimer_debug_init(struct iotimer_device *dev, void *context)
{
	unsigned long nr;

	watch(dev, &device_descr);
	if (!is_own(dev, context))
		return;
	nr = nr_timers(context);
	if (xa_is_err(xa_store_irq(&contexts, (unsigned long)context,
				   xa_mk_value(nr + 1), GFP_KERNEL)))
		return;
	if (!nr)
		watch(context, &context_descr);
}

/* Under iotimer_mutex; a context that was freed and reported has no count. */
void iotimer_debug_delete(struct iotimer_device *dev, void *context)
{
	unsigned long nr;

	unwatch(dev, &device_descr);
	if (!is_own(dev, context))
		return;
	nr = nr_timers(context);
	if (nr > 1) {
		xa_store_irq(&contexts, (unsigned long)context,
			     xa_mk_value(nr - 1), GFP_KERNEL);
	} else if (nr) {
		xa_erase_irq(&contexts, (unsigned long)context);
		unwatch(context, &context_descr);
	}
}
