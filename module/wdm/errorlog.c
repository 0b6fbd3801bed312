// SPDX-License-Identifier: GPL-2.0
/*
 * The error log: entries are printed when they are written.
 */
#include <linux/export.h>
#include <linux/printk.h>
#include <linux/slab.h>

#include "wdm.h"

struct log_entry {
	char			name[IOTIMER_NAME_LEN];	/* whose it is */
	UCHAR			size;
	IO_ERROR_LOG_PACKET	packet;
};

static struct log_entry *log_entry_of(PVOID packet)
{
	return container_of((PIO_ERROR_LOG_PACKET)packet, struct log_entry, packet);
}

/* A driver or a device object: both begin with their type. */
static void log_name(char *name, size_t size, PVOID object)
{
	PDEVICE_OBJECT device = object;
	PDRIVER_OBJECT driver = object;
	size_t i;

	if (device->Type == IO_TYPE_DEVICE) {
		strscpy(name, iotimer_device_name(device->device), size);
		return;
	}
	for (i = 0; i < driver->DriverName.Length / sizeof(WCHAR) && i < size - 1; i++)
		name[i] = driver->DriverName.Buffer[i];
	name[i] = '\0';
}

/**
 * IoAllocateErrorLogEntry() - begin an entry of the error log: kzalloc()
 * @Object: the device or the driver
 * @EntrySize: with the dump data: sizeof(IO_ERROR_LOG_PACKET) to
 *	%ERROR_LOG_MAXIMUM_SIZE
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported.
 * Return: the zeroed entry; NULL without memory, for another size, and at DIRQL.
 */
PVOID IoAllocateErrorLogEntry(PVOID Object, UCHAR EntrySize)
{
	struct log_entry *entry;

	if (EntrySize < sizeof(IO_ERROR_LOG_PACKET) || EntrySize > ERROR_LOG_MAXIMUM_SIZE)
		return NULL;
	entry = kzalloc(offsetof(struct log_entry, packet) + EntrySize, iotimer_wdm_gfp());
	if (!entry)
		return NULL;
	log_name(entry->name, sizeof(entry->name), Object);
	entry->size = EntrySize;
	return &entry->packet;
}
EXPORT_SYMBOL_GPL(IoAllocateErrorLogEntry);

/**
 * IoWriteErrorLogEntry() - print an entry into the kernel log, as an error
 * @ElEntry: from IoAllocateErrorLogEntry(); gone afterwards
 *
 * Differs from Windows: messages have no text, and strings are not printed.
 *
 * Context: Any IRQL at which it can be freed: IRQL <= DISPATCH_LEVEL.
 */
VOID IoWriteErrorLogEntry(PVOID ElEntry)
{
	struct log_entry *entry = log_entry_of(ElEntry);
	PIO_ERROR_LOG_PACKET packet = ElEntry;
	size_t room = entry->size - offsetof(IO_ERROR_LOG_PACKET, DumpData);

	pr_err("iotimer: %s: error %#x, value %#x, final status %#x, retries %u, data [%*ph]\n",
	       entry->name, packet->ErrorCode, packet->UniqueErrorValue,
	       packet->FinalStatus, packet->RetryCount,
	       (int)min3(room, (size_t)packet->DumpDataSize, (size_t)64), packet->DumpData);
	kfree(entry);
}
EXPORT_SYMBOL_GPL(IoWriteErrorLogEntry);

/**
 * IoFreeErrorLogEntry() - drop an entry that was not written
 * @ElEntry: from IoAllocateErrorLogEntry()
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
VOID IoFreeErrorLogEntry(PVOID ElEntry)
{
	kfree(log_entry_of(ElEntry));
}
EXPORT_SYMBOL_GPL(IoFreeErrorLogEntry);
