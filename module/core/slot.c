// SPDX-License-Identifier: GPL-2.0
/*
 * Where timers are kept: side by side in pages, so that the walk goes through
 * memory in one direction. What happens to them there is in tick.c.
 */
#include "core.h"
#include <linux/iotimer_layer.h>

DEFINE_XARRAY_ALLOC(iotimer_pages);	/* M, read by the walk under RCU */
static LIST_HEAD(partial_pages);	/* M pages with a free slot */

/* Under M, and fixed while a device has it for its routine. */
static iotimer_routine_t layer_trampoline;
static const void *(*layer_routine_behind)(struct iotimer_device *dev);

/**
 * iotimer_set_trampoline() - say which routine stands before those of drivers
 * @routine: the layer's routine for all its drivers' devices; NULL for none
 * @behind: the driver's own routine of a device that was given @routine; called in
 *	any context
 *
 * For iotimer_wdm alone: debugfs, traces and complaints name what is behind.
 *
 * Context: Process, while no device has @routine.
 */
void iotimer_set_trampoline(iotimer_routine_t routine,
			    const void *(*behind)(struct iotimer_device *dev))
{
	mutex_lock(&iotimer_mutex);
	layer_routine_behind = behind;
	WRITE_ONCE(layer_trampoline, routine);
	mutex_unlock(&iotimer_mutex);
}
EXPORT_SYMBOL_GPL(iotimer_set_trampoline);

static const void *slot_look_behind(iotimer_routine_t routine, struct iotimer_device *dev)
{
	if (routine == READ_ONCE(layer_trampoline))
		return layer_routine_behind(dev);
	return routine;
}

/* What is to be shown as the device's routine: the driver's own. */
const void *iotimer_routine(struct iotimer_device *dev)
{
	return iotimer_private(dev)->page ? slot_look_behind(iotimer_slot(dev)->routine, dev) : NULL;
}

/* The same of a slot whose routine runs; of one stopped since nobody knows the device. */
const void *iotimer_slot_routine(struct iotimer_slot *slot)
{
	struct iotimer_device *dev = READ_ONCE(slot->dev);

	if (dev > IOTIMER_DELETED)
		return slot_look_behind(slot->routine, dev);
	return slot->routine;
}

void *iotimer_context(struct iotimer_device *dev)
{
	return iotimer_private(dev)->page ? iotimer_slot(dev)->context : NULL;
}

bool iotimer_in_extension(struct iotimer_device *dev, const void *address)
{
	const void *end = dev->ext + iotimer_private(dev)->ext_size;

	return address == dev->ext || (address > (void *)dev->ext && address < end);
}

u32 iotimer_ticks(struct iotimer_device *dev)
{
	return iotimer_private(dev)->page ? READ_ONCE(iotimer_private(dev)->page->ticks[iotimer_private(dev)->slot]) : 0;
}

static void page_init_locks(struct iotimer_page *page)
{
	unsigned int i;

	for (i = 0; IS_ENABLED(CONFIG_PREEMPT_RT) && i < IOTIMER_SLOTS; i++)
		spin_lock_init(page->slot[i].lock);
}

static struct iotimer_page *page_create(void)
{
	struct iotimer_page *page = kzalloc(sizeof(*page), GFP_KERNEL);
	int ret;

	if (!page)
		return NULL;
	page_init_locks(page);
	ret = xa_alloc(&iotimer_pages, &page->index, page, xa_limit_32b, GFP_KERNEL);
	if (ret) {
		kfree(page);
		return NULL;
	}
	list_add(&page->free, &partial_pages);
	return page;
}

/* Gives the device a slot. Under iotimer_mutex. */
int iotimer_slot_get(struct iotimer_device *dev, iotimer_routine_t routine,
		     void *context)
{
	struct iotimer_slot *slot;
	struct iotimer_page *page;

	lockdep_assert_held(&iotimer_mutex);
	page = list_first_entry_or_null(&partial_pages, struct iotimer_page, free);
	if (!page)
		page = page_create();
	if (!page)
		return -ENOMEM;
	iotimer_private(dev)->slot = find_first_zero_bit(page->used, IOTIMER_SLOTS);
	__set_bit(iotimer_private(dev)->slot, page->used);
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_del_init(&page->free);
	slot = &page->slot[iotimer_private(dev)->slot];
	slot->routine = routine;
	slot->context = context;
	page->ticks[iotimer_private(dev)->slot] = 0;
	WRITE_ONCE(slot->dev, IOTIMER_STOPPED);
	/* Pairs with the acquire in start and stop, which read iotimer_private(dev)->slot. */
	smp_store_release(&iotimer_private(dev)->page, page);
	return 0;
}

/* Takes the slot of a timer that is stopped and waited for. */
void iotimer_slot_put(struct iotimer_device *dev)
{
	struct iotimer_page *page = iotimer_private(dev)->page;

	lockdep_assert_held(&iotimer_mutex);
	if (!page)
		return;
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_add(&page->free, &partial_pages);
	__clear_bit(iotimer_private(dev)->slot, page->used);
	if (!bitmap_empty(page->used, IOTIMER_SLOTS))
		return;
	list_del(&page->free);
	xa_erase(&iotimer_pages, page->index);
	kfree_rcu(page, rcu);
}

unsigned int iotimer_nr_started(void)
{
	struct iotimer_page *page;
	unsigned int nr = 0;
	unsigned long index;

	lockdep_assert_held(&iotimer_mutex);
	xa_for_each(&iotimer_pages, index, page)
		nr += atomic_read(&page->nr_started);
	return nr;
}
