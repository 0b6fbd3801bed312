// SPDX-License-Identifier: GPL-2.0
/*
 * The memory of timers: slots side by side in pages, so that the walk goes
 * through memory in one direction. tick.c walks them, timer.c starts and stops
 * what is in them.
 */
#include <linux/iotimer_layer.h>

#include "core.h"

DEFINE_XARRAY_ALLOC(iotimer_pages);	/* M, read by the walker under RCU */
unsigned long iotimer_last_page;	/* M, read by the walker: no page has a higher index */
static LIST_HEAD(slot_partial_pages);	/* M pages with a free slot */

/* M, and constant while a device has the layer's routine. */
static iotimer_routine_t slot_trampoline;
static const void *(*slot_behind_trampoline)(struct iotimer_device *dev);

/**
 * iotimer_set_trampoline() - set the routine that stands before those of drivers
 * @routine: the layer's routine for all its drivers' devices; NULL for none
 * @behind: returns the driver's own routine of a device that has @routine; called
 *	in any context
 *
 * For iotimer_wdm alone: debugfs, traces and warnings name the driver's routine
 * (T11).
 *
 * Context: Process, while no device has @routine.
 */
void iotimer_set_trampoline(iotimer_routine_t routine,
			    const void *(*behind)(struct iotimer_device *dev))
{
	mutex_lock(&iotimer_mutex);
	slot_behind_trampoline = behind;
	WRITE_ONCE(slot_trampoline, routine);
	mutex_unlock(&iotimer_mutex);
}
EXPORT_SYMBOL_GPL(iotimer_set_trampoline);

static const void *slot_driver_routine(iotimer_routine_t routine, struct iotimer_device *dev)
{
	if (routine == READ_ONCE(slot_trampoline))
		return slot_behind_trampoline(dev);
	return routine;
}

/* The routine that is shown as the device's: the driver's own. */
const void *iotimer_routine(struct iotimer_device *dev)
{
	if (!iotimer_private(dev)->page)
		return NULL;
	return slot_driver_routine(iotimer_slot(dev)->routine, dev);
}

/*
 * The same of a slot whose routine runs. A timer that was stopped since leaves
 * no device to ask, so the layer's routine is returned.
 */
const void *iotimer_slot_routine(struct iotimer_slot *slot)
{
	struct iotimer_device *dev = READ_ONCE(slot->dev);

	if (dev > IOTIMER_DELETED)
		return slot_driver_routine(slot->routine, dev);
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
	struct iotimer_device_private *private = iotimer_private(dev);

	return private->page ? READ_ONCE(private->page->ticks[private->slot]) : 0;
}

/*
 * PREEMPT_RT: a slot's lock has the class of its owner's routine, in a subclass
 * of its own. One class for all would report a waiter that holds a lock which
 * only another device's routine takes.
 */
static void slot_set_class(struct iotimer_slot *slot, struct lock_class_key *key)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		lockdep_set_class_and_subclass(slot->lock, key, 1);
}

/* The class of a slot without an owner, whose key must not be in a module that goes. */
static struct lock_class_key slot_free_key;

static void slot_init_locks(struct iotimer_page *page)
{
	unsigned int i;

	for (i = 0; IS_ENABLED(CONFIG_PREEMPT_RT) && i < IOTIMER_SLOTS; i++) {
		spin_lock_init(page->slot[i].lock);
		slot_set_class(&page->slot[i], &slot_free_key);
	}
}

static struct iotimer_page *slot_create_page(void)
{
	struct iotimer_page *page = kzalloc(sizeof(*page), GFP_KERNEL);
	int ret;

	if (!page)
		return NULL;
	slot_init_locks(page);
	ret = xa_alloc(&iotimer_pages, &page->index, page, xa_limit_32b, GFP_KERNEL);
	if (ret) {
		kfree(page);
		return NULL;
	}
	/* Before a timer in the page is started, which takes the tick's lock. */
	WRITE_ONCE(iotimer_last_page, max_t(unsigned long, iotimer_last_page, page->index));
	list_add(&page->free, &slot_partial_pages);
	return page;
}

static void slot_erase_page(struct iotimer_page *page)
{
	unsigned long last = iotimer_last_page;

	xa_erase(&iotimer_pages, page->index);
	while (last && !xa_load(&iotimer_pages, last))
		last--;
	WRITE_ONCE(iotimer_last_page, last);
}

/* Give the device a slot; @key is the lock class of its routine. Under iotimer_mutex. */
int iotimer_slot_get(struct iotimer_device *dev, iotimer_routine_t routine,
		     void *context, struct lock_class_key *key)
{
	struct iotimer_device_private *private = iotimer_private(dev);
	struct iotimer_slot *slot;
	struct iotimer_page *page;

	lockdep_assert_held(&iotimer_mutex);
	page = list_first_entry_or_null(&slot_partial_pages, struct iotimer_page, free);
	if (!page)
		page = slot_create_page();
	if (!page)
		return -ENOMEM;
	private->slot = find_first_zero_bit(page->used, IOTIMER_SLOTS);
	__set_bit(private->slot, page->used);
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_del_init(&page->free);
	slot = &page->slot[private->slot];
	slot->routine = routine;
	slot->context = context;
	slot_set_class(slot, key);
	WRITE_ONCE(page->ticks[private->slot], 0);
	WRITE_ONCE(slot->dev, IOTIMER_STOPPED);
	/* Pairs with the acquire in start and stop, which read the slot's number. */
	smp_store_release(&private->page, page);
	return 0;
}

/* Take back the slot of a timer that is stopped and waited for. */
void iotimer_slot_put(struct iotimer_device *dev)
{
	struct iotimer_device_private *private = iotimer_private(dev);
	struct iotimer_page *page = private->page;

	lockdep_assert_held(&iotimer_mutex);
	if (!page)
		return;
	slot_set_class(&page->slot[private->slot], &slot_free_key);
	if (private->reported)
		WRITE_ONCE(page->suspect, false);
	if (bitmap_full(page->used, IOTIMER_SLOTS))
		list_add(&page->free, &slot_partial_pages);
	__clear_bit(private->slot, page->used);
	if (!bitmap_empty(page->used, IOTIMER_SLOTS))
		return;
	list_del(&page->free);
	slot_erase_page(page);
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
