// SPDX-License-Identifier: GPL-2.0
/*
 * Extensions of driver objects, which live until the driver's module is unloaded.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "wdm.h"

struct wdm_driver_extension {
	struct list_head	node;
	struct module		*owner;
	PDRIVER_OBJECT		driver;
	PVOID			id;
	unsigned char		data[] __aligned(ARCH_KMALLOC_MINALIGN);
};

static DEFINE_SPINLOCK(wdm_extensions_lock);
static LIST_HEAD(wdm_extensions);

static struct list_head *wdm_all_extensions(void)
{
	lockdep_assert_held(&wdm_extensions_lock);
	return &wdm_extensions;
}

static PVOID wdm_extension_find(PDRIVER_OBJECT driver, PVOID id)
{
	struct wdm_driver_extension *extension;

	list_for_each_entry(extension, wdm_all_extensions(), node)
		if (extension->driver == driver && extension->id == id)
			return extension->data;
	return NULL;
}

/* False if there is one with this driver and this address. */
static bool wdm_extension_add(struct wdm_driver_extension *extension)
{
	unsigned long flags;
	bool is_new;

	spin_lock_irqsave(&wdm_extensions_lock, flags);
	is_new = !wdm_extension_find(extension->driver, extension->id);
	if (is_new)
		list_add_tail(&extension->node, wdm_all_extensions());
	spin_unlock_irqrestore(&wdm_extensions_lock, flags);
	return is_new;
}

/* Driver code calls IoAllocateDriverObjectExtension. */
NTSTATUS iotimer_wdm_allocate_extension(struct module *owner, PDRIVER_OBJECT driver,
					PVOID id, ULONG size, PVOID *data)
{
	struct wdm_driver_extension *extension;

	*data = NULL;
	extension = kzalloc(struct_size(extension, data, size), GFP_KERNEL | __GFP_NOWARN);
	if (!extension)
		return STATUS_INSUFFICIENT_RESOURCES;
	extension->owner = owner;
	extension->driver = driver;
	extension->id = id;
	if (!wdm_extension_add(extension)) {
		kfree(extension);
		return STATUS_OBJECT_NAME_COLLISION;
	}
	*data = extension->data;
	return STATUS_SUCCESS;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_allocate_extension);

/**
 * IoGetDriverObjectExtension() - find an extension of a driver object
 * @DriverObject: the driver object
 * @ClientIdentificationAddress: as given to IoAllocateDriverObjectExtension()
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the extension; NULL if there is none.
 */
PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject,
				 PVOID ClientIdentificationAddress)
{
	unsigned long flags;
	PVOID data;

	spin_lock_irqsave(&wdm_extensions_lock, flags);
	data = wdm_extension_find(DriverObject, ClientIdentificationAddress);
	spin_unlock_irqrestore(&wdm_extensions_lock, flags);
	return data;
}
EXPORT_SYMBOL_GPL(IoGetDriverObjectExtension);

/* None of the module's routines runs any more. */
void iotimer_wdm_free_extensions_of(struct module *owner)
{
	struct wdm_driver_extension *extension, *next;
	LIST_HEAD(gone);

	spin_lock_irq(&wdm_extensions_lock);
	list_for_each_entry_safe(extension, next, wdm_all_extensions(), node)
		if (extension->owner == owner)
			list_move(&extension->node, &gone);
	spin_unlock_irq(&wdm_extensions_lock);
	list_for_each_entry_safe(extension, next, &gone, node)
		kfree(extension);
}
