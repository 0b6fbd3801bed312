// SPDX-License-Identifier: GPL-2.0
/*
 * Where timers are kept: side by side in pages, so that the walk goes through
 * memory in one direction. What happens to them there is in tick.c.
 */
#include "core.h"
#include <linux/iotimer_layer.h>

DEFINE_XARRAY_ALLOC(iotimer_pages);	/* M, read by the walk under RCU */
static LIST_HEAD(partial_pages);	/* M pages with a free slot */

bool iotimer_is_started(struct iotimer_device *dev)
{
	return dev->page && READ_ONCE(iotimer_slot(dev)->dev) == dev;
}

/* Under M, and fixed while a device has it for its routine. */
static iotimer_routine_t trampoline;
static const void *(*routine_behind)(struct iotimer_device *dev);

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
	routine_behind = behind;
	WRITE_ONCE(trampoline, routine);
	mutex_unlock(&iotimer_mutex);
}
EXPORT_SYMBOL_GPL(iotimer_set_trampoline);

static const void *look_behind(iotimer_routine_t routine, struct iotimer_device *dev)
{
	if (routine == READ_ONCE(trampoline))
		return routine_behind(dev);
	return routine;
}

/* What is to be shown as the device's routine: the driver's own. */
const void *iotimer_routine(struct iotimer_device *dev)
{
	return dev->page ? look_behind(iotimer_slot(dev)->routine, dev) : NULL;
}

/* The same of a slot whose routine runs; of one stopped since nobody knows the device. */
const void *iotimer_slot_routine(struct iotimer_slot *slot)
{
	struct iotimer_device *dev = READ_ONCE(slot->dev);

	if (dev > DELETED)
		return look_behind(slot->routine, dev);
	return slot->routine;
}

void *iotimer_context(struct iotimer_device *dev)
{
	return dev->page ? iotimer_slot(dev)->context : NULL;
}

/* Its size is not kept: it ends where kmalloc()'s piece does. */
bool iotimer_in_extension(struct iotimer_device *dev, const void *address)
{
	return address == dev->ext ||
	       (address > (void *)dev->ext && address < (void *)dev + ksize(dev));
}

u32 iotimer_ticks(struct iotimer_device *dev)
{
	return dev->page ? READ_ONCE(dev->page->ticks[dev->slot]) : 0;
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
	dev->slot = find_first_zero_bit(page->used, IOTIMER_SLOTS);
	__set_bit(dev->slot, page->used);
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_del_init(&page->free);
	slot = &page->slot[dev->slot];
	slot->routine = routine;
	slot->context = context;
	page->ticks[dev->slot] = 0;
	WRITE_ONCE(slot->dev, STOPPED);
	/* Pairs with the acquire in start and stop, which read dev->slot. */
	smp_store_release(&dev->page, page);
	return 0;
}

/* Takes the slot of a timer that is stopped and waited for. */
void iotimer_slot_put(struct iotimer_device *dev)
{
	struct iotimer_page *page = dev->page;

	lockdep_assert_held(&iotimer_mutex);
	if (!page)
		return;
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_add(&page->free, &partial_pages);
	__clear_bit(dev->slot, page->used);
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
