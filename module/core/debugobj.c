// SPDX-License-Identifier: GPL-2.0
/*
 * C4 on kernels with CONFIG_DEBUG_OBJECTS: a device, or a context of the driver's
 * own, that is freed while its timer is initialised is reported by the kfree() that
 * frees it.
 *
 * The kernel identifies an object by its address alone. A driver's context may begin
 * with a work_struct, a timer_list or another structure that is such an object
 * itself, so that the second byte stands for the context, and for the device: no
 * other object begins there.
 */
#include <linux/debugobjects.h>
#include <linux/xarray.h>

#include "core.h"

/* The number of timers that use a context, by its address. Changed under M. */
static DEFINE_XARRAY_FLAGS(debugobj_contexts, XA_FLAGS_LOCK_IRQ);

static bool debugobj_fixup_device(void *object, enum debug_obj_state state);
static bool debugobj_fixup_context(void *object, enum debug_obj_state state);

static const struct debug_obj_descr debugobj_device = {
	.name		= "iotimer_device",
	.fixup_free	= debugobj_fixup_device,
};

static const struct debug_obj_descr debugobj_context = {
	.name		= "iotimer_context",
	.fixup_free	= debugobj_fixup_context,
};

static void *debugobj_of(void *memory)
{
	return memory + 1;
}

static void debugobj_watch(void *memory, const struct debug_obj_descr *descr)
{
	debug_object_init(debugobj_of(memory), descr);
	debug_object_activate(debugobj_of(memory), descr);
}

static void debugobj_unwatch(void *memory, const struct debug_obj_descr *descr)
{
	debug_object_deactivate(debugobj_of(memory), descr);
	debug_object_free(debugobj_of(memory), descr);
}

/* The kernel has reported it. Nothing can be repaired; the object is forgotten. */
static bool debugobj_fixup_device(void *object, enum debug_obj_state state)
{
	debugobj_unwatch(object - 1, &debugobj_device);
	return true;
}

static bool debugobj_fixup_context(void *object, enum debug_obj_state state)
{
	void *context = object - 1;
	unsigned long flags;

	xa_lock_irqsave(&debugobj_contexts, flags);
	__xa_erase(&debugobj_contexts, (unsigned long)context);
	xa_unlock_irqrestore(&debugobj_contexts, flags);
	debugobj_unwatch(context, &debugobj_context);
	return true;
}

static bool debugobj_is_own(struct iotimer_device *dev, void *context)
{
	return context && !iotimer_in_extension(dev, context) &&
	       !iotimer_private(dev)->context_ctl;
}

static unsigned long debugobj_nr_timers(void *context)
{
	void *entry = xa_load(&debugobj_contexts, (unsigned long)context);

	return entry ? xa_to_value(entry) : 0;
}

/* Under iotimer_mutex. */
void iotimer_debug_init(struct iotimer_device *dev, void *context)
{
	unsigned long nr;

	debugobj_watch(dev, &debugobj_device);
	if (!debugobj_is_own(dev, context))
		return;
	nr = debugobj_nr_timers(context);
	if (xa_is_err(xa_store_irq(&debugobj_contexts, (unsigned long)context,
				   xa_mk_value(nr + 1), GFP_KERNEL)))
		return;
	if (!nr)
		debugobj_watch(context, &debugobj_context);
}

/* Under iotimer_mutex. A context that was freed and reported has no count. */
void iotimer_debug_delete(struct iotimer_device *dev, void *context)
{
	unsigned long nr;

	debugobj_unwatch(dev, &debugobj_device);
	if (!debugobj_is_own(dev, context))
		return;
	nr = debugobj_nr_timers(context);
	if (nr > 1) {
		xa_store_irq(&debugobj_contexts, (unsigned long)context,
			     xa_mk_value(nr - 1), GFP_KERNEL);
	} else if (nr) {
		xa_erase_irq(&debugobj_contexts, (unsigned long)context);
		debugobj_unwatch(context, &debugobj_context);
	}
}
