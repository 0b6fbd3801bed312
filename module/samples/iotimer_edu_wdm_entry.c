// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu_wdm - the entry points around the driver proper: what a porter
 * writes anew. PCI instead of AddDevice and IRP_MN_START_DEVICE, a character
 * device instead of IRP_MJ_READ and IRP_MJ_WRITE.
 *
 * To user space it is iotimer_edu, with the names and the language of that: see
 * iotimer_edu_file.c. Only one of the two can be loaded.
 */
#include <linux/idr.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "edu_hw.h"
#include "iotimer_edu_wdm.h"

#define CREATE_TRACE_POINTS
#include "iotimer_edu_wdm_trace.h"

#define MAX_LIMIT	60
#define DEFAULT_LIMIT	2
#define MAX_IRPS	16	/* of an open file, not yet read */
#define LINE_LEN	64

static bool intx;
module_param(intx, bool, 0444);
MODULE_PARM_DESC(intx, "use the level-triggered line instead of MSI");

static DEFINE_IDA(indices);

/* One for each device object, gone with the last open file. */
struct entry {
	PDEVICE_OBJECT		device;
	unsigned int		index;
	struct kref		ref;
	struct miscdevice	misc;
	wait_queue_head_t	readers;
};

/* An open file; under the device's executive spin lock. */
struct open_file {
	struct entry	*entry;
	LIST_ENTRY	done;		/* completed, not yet read */
	unsigned int	irps;		/* written, not yet read */
	size_t		offset;		/* read of the first one's line */
};

/* A request as we keep it: the IRP, and how it ended. */
struct packet {
	EDU_REQUEST	irp;
	int	error;
};

static struct packet *packet_of(PLIST_ENTRY link)
{
	return CONTAINING_RECORD(link, struct packet, irp.ListEntry);
}

static PDEVICE_EXTENSION extension_of(struct entry *entry)
{
	return entry->device->DeviceExtension;
}

static void entry_free(struct kref *ref)
{
	struct entry *entry = container_of(ref, struct entry, ref);

	IoDeleteDevice(entry->device);
	ida_free(&indices, entry->index);
	kfree(entry);
}

static void entry_put(struct entry *entry)
{
	kref_put(&entry->ref, entry_free);
}

/* Called by the driver proper */

static int error_of(NTSTATUS status)
{
	switch (status) {
	case STATUS_SUCCESS:			return 0;
	case STATUS_IO_TIMEOUT:			return -ETIMEDOUT;
	case STATUS_DEVICE_NOT_CONNECTED:	return -ENODEV;
	case STATUS_INSUFFICIENT_RESOURCES:	return -ENOMEM;
	case STATUS_OBJECT_NAME_COLLISION:	return -EEXIST;
	default:				return -EIO;
	}
}

VOID EduTrace(PDEVICE_OBJECT DeviceObject, ULONG Id, PCSTR Step, LONG Value)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	struct entry *entry = Extension->Entry;

	trace_edu_step(entry->index, Id, Step, Value);
}

VOID EduCompleteIrp(PDEVICE_OBJECT DeviceObject, PEDU_REQUEST Irp, NTSTATUS Status)
{
	PDEVICE_EXTENSION Extension = DeviceObject->DeviceExtension;
	struct packet *packet = container_of(Irp, struct packet, irp);
	struct open_file *file = Irp->FileObject;
	struct entry *entry = Extension->Entry;

	packet->error = error_of(Status);
	if (packet->error)
		EduTrace(DeviceObject, Irp->Id, "failure: error", packet->error);
	else
		EduTrace(DeviceObject, Irp->Id, "result:", Irp->Information);
	if (file)
		InsertTailList(&file->done, &Irp->ListEntry);
	else
		kfree(packet);
	wake_up_interruptible_all(&entry->readers);
}

/* The character device */

static int entry_open(struct inode *inode, struct file *filp)
{
	struct entry *entry = container_of(filp->private_data, struct entry, misc);
	struct open_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return -ENOMEM;
	kref_get(&entry->ref);
	file->entry = entry;
	InitializeListHead(&file->done);
	filp->private_data = file;
	return stream_open(inode, filp);
}

/* Takes back what the device has not begun, and forgets what it is busy with. */
static void abandon(struct open_file *file)
{
	PDEVICE_EXTENSION extension = extension_of(file->entry);
	PEDU_REQUEST current_irp = EDU_CURRENT(file->entry->device);
	PLIST_ENTRY link, next;

	for (link = extension->Queue.Flink; link != &extension->Queue; link = next) {
		next = link->Flink;
		if (packet_of(link)->irp.FileObject != file)
			continue;
		RemoveEntryList(link);
		InsertTailList(&file->done, link);
	}
	if (current_irp && current_irp->FileObject == file)
		current_irp->FileObject = NULL;
}

static int entry_release(struct inode *inode, struct file *filp)
{
	struct open_file *file = filp->private_data;
	struct entry *entry = file->entry;

	spin_lock_bh(&extension_of(entry)->Lock);
	abandon(file);
	spin_unlock_bh(&extension_of(entry)->Lock);
	while (!IsListEmpty(&file->done))
		kfree(packet_of(RemoveHeadList(&file->done)));
	kfree(file);
	entry_put(entry);
	return 0;
}

static int parse_number(const char *text, int min, int max, int *value)
{
	int err = kstrtoint(text, 10, value);

	return err ?: *value < min || *value > max ? -ERANGE : 0;
}

static int parse_fault(const char *text, EDU_FAULT *fault)
{
	static const char * const names[] = { "none", "lose-irq", "hang", "dead" };
	int i = match_string(names, ARRAY_SIZE(names), text);

	if (i >= 0)
		*fault = i;
	return min(i, 0);
}

/* NUMBER [limit=N] [fault=NAME] [times=N] */
static int parse_word(PEDU_REQUEST irp, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		return -EINVAL;
	*value++ = '\0';
	if (!strcmp(word, "limit"))
		return parse_number(value, 1, MAX_LIMIT, &irp->Limit);
	if (!strcmp(word, "times"))
		return parse_number(value, 1, INT_MAX, &irp->FaultCount);
	if (!strcmp(word, "fault"))
		return parse_fault(value, &irp->Fault);
	return -EINVAL;
}

static int parse(PEDU_REQUEST irp, char *text)
{
	char *word = strsep(&text, " ");
	int number, err;

	irp->Limit = DEFAULT_LIMIT;
	irp->FaultCount = 1;
	err = parse_number(word, 0, EDU_MAX_NUMBER, &number);
	irp->Number = number;
	while (!err && (word = strsep(&text, " ")))
		if (*word)
			err = parse_word(irp, word);
	return err;
}

static int start_packet(struct open_file *file, struct packet *packet)
{
	PDEVICE_EXTENSION extension = extension_of(file->entry);
	NTSTATUS status = STATUS_PENDING;
	int err = -EBUSY;

	spin_lock_bh(&extension->Lock);
	if (file->irps < MAX_IRPS) {
		status = EduStartPacket(file->entry->device, &packet->irp);
		err = status == STATUS_PENDING ? 0 : error_of(status);
	}
	if (!err)
		file->irps++;
	spin_unlock_bh(&extension->Lock);
	return err;
}

static ssize_t entry_write(struct file *filp, const char __user *buf, size_t count,
			   loff_t *pos)
{
	struct packet *packet;
	char text[LINE_LEN];
	int err;

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, buf, count))
		return -EFAULT;
	text[count] = '\0';
	if (strlen(text) != count)
		return -EINVAL;
	packet = kzalloc(sizeof(*packet), GFP_KERNEL);
	if (!packet)
		return -ENOMEM;
	packet->irp.FileObject = filp->private_data;
	err = parse(&packet->irp, strim(text)) ?: start_packet(filp->private_data, packet);
	if (!err)
		return count;
	kfree(packet);
	return err;
}

static void consume(struct open_file *file)
{
	kfree(packet_of(RemoveHeadList(&file->done)));
	file->irps--;
	file->offset = 0;
}

static int read_packet(struct open_file *file, struct packet *packet, char *text,
		       size_t count)
{
	char line[LINE_LEN];
	size_t left;
	int error = packet->error;

	if (error) {
		consume(file);
		return error;
	}
	left = scnprintf(line, sizeof(line), "%u\n", packet->irp.Information) - file->offset;
	count = min(count, left);
	memcpy(text, line + file->offset, count);
	file->offset += count;
	if (count == left)
		consume(file);
	return count;
}

static int try_read(struct open_file *file, char *text, size_t count)
{
	PDEVICE_EXTENSION extension = extension_of(file->entry);
	int ret;

	spin_lock_bh(&extension->Lock);
	if (!IsListEmpty(&file->done))
		ret = read_packet(file, packet_of(file->done.Flink), text, count);
	else if (!extension->Started)
		ret = -ENODEV;
	else
		ret = file->irps ? -EAGAIN : 0;
	spin_unlock_bh(&extension->Lock);
	return ret;
}

static ssize_t entry_read(struct file *filp, char __user *buf, size_t count, loff_t *pos)
{
	struct open_file *file = filp->private_data;
	char text[LINE_LEN];
	int ret, err = 0;

	ret = try_read(file, text, count);
	if (ret == -EAGAIN && !(filp->f_flags & O_NONBLOCK))
		err = wait_event_interruptible(file->entry->readers,
					       (ret = try_read(file, text, count)) != -EAGAIN);
	if (err)
		return err;
	if (ret > 0 && copy_to_user(buf, text, ret))
		return -EFAULT;
	return ret;
}

static __poll_t entry_poll(struct file *filp, poll_table *table)
{
	struct open_file *file = filp->private_data;
	PDEVICE_EXTENSION extension = extension_of(file->entry);
	__poll_t mask = 0;

	poll_wait(filp, &file->entry->readers, table);
	spin_lock_bh(&extension->Lock);
	if (!IsListEmpty(&file->done))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!extension->Started)
		mask |= EPOLLHUP | EPOLLERR;
	else if (file->irps < MAX_IRPS)
		mask |= EPOLLOUT | EPOLLWRNORM;
	spin_unlock_bh(&extension->Lock);
	return mask;
}

static const struct file_operations entry_fops = {
	.owner		= THIS_MODULE,
	.open		= entry_open,
	.release	= entry_release,
	.read		= entry_read,
	.write		= entry_write,
	.poll		= entry_poll,
};

/* debugfs */

static void show_state(struct seq_file *m, PDEVICE_OBJECT device)
{
	PDEVICE_EXTENSION extension = device->DeviceExtension;
	EDU_ISR_STATE state;
	PLIST_ENTRY link;
	int queued = 0;

	for (link = extension->Queue.Flink; link != &extension->Queue; link = link->Flink)
		queued++;
	EduQueryState(device, &state);
	seq_printf(m, "requests:       %u\n", extension->LastId);
	seq_printf(m, "active:         %u\n", EDU_CURRENT(device) ? EDU_CURRENT(device)->Id : 0);
	seq_printf(m, "queued:         %d\n", queued);
	seq_printf(m, "counter:        %d\n", state.TimerCounter);
	seq_printf(m, "reset_expected: %d\n", state.ResetExpected);
}

/* The context of the timer is the device object. */
static void show(struct seq_file *m, void *context)
{
	PDEVICE_OBJECT device = context;
	PDEVICE_EXTENSION extension = device->DeviceExtension;

	spin_lock_bh(&extension->Lock);
	if (extension->Started)
		show_state(m, device);
	spin_unlock_bh(&extension->Lock);
}

/* PCI */

static NTSTATUS add_device(struct entry *entry)
{
	WCHAR text[IOTIMER_NAME_LEN] = L"";
	char name[IOTIMER_NAME_LEN];
	UNICODE_STRING unicode;
	NTSTATUS status;
	int i;

	snprintf(name, sizeof(name), "iotimer_edu%u", entry->index);
	for (i = 0; name[i]; i++)
		text[i] = name[i];
	RtlInitUnicodeString(&unicode, text);
	status = EduAddDevice(&unicode, &entry->device);
	if (NT_SUCCESS(status))
		extension_of(entry)->Entry = entry;
	return status;
}

static struct entry *entry_create(void)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	int err, index = ida_alloc(&indices, GFP_KERNEL);

	if (entry && index >= 0) {
		entry->index = index;
		kref_init(&entry->ref);
		init_waitqueue_head(&entry->readers);
		err = error_of(add_device(entry));
		if (!err)
			return entry;
	} else {
		err = entry ? index : -ENOMEM;
	}
	if (index >= 0)
		ida_free(&indices, index);
	kfree(entry);
	return ERR_PTR(err);
}

static int start_device(struct entry *entry, struct pci_dev *pdev)
{
	void __iomem *registers;
	NTSTATUS status;
	int err;

	err = pcim_enable_device(pdev);
	if (err)
		return err;
	registers = devm_ioremap_resource(&pdev->dev, &pdev->resource[0]);
	if (IS_ERR(registers))
		return PTR_ERR(registers);
	if ((readl(registers + EDU_ID) & EDU_ID_MASK) != EDU_ID_VALUE)
		return -ENODEV;
	pci_set_master(pdev);	/* an MSI is a write to memory */
	err = pci_alloc_irq_vectors(pdev, 1, 1, intx ? PCI_IRQ_INTX :
				    PCI_IRQ_INTX | PCI_IRQ_MSI);
	if (err < 0)
		return err;
	status = EduStartDevice(entry->device, iotimer_wdm_registers(registers),
				pci_irq_vector(pdev, 0));
	if (!NT_SUCCESS(status))
		pci_free_irq_vectors(pdev);
	return error_of(status);
}

static void stop_device(struct entry *entry, struct pci_dev *pdev)
{
	EduStopDevice(entry->device);
	wake_up_interruptible_all(&entry->readers);
	pci_free_irq_vectors(pdev);
}

static int entry_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct entry *entry = entry_create();
	int err;

	if (IS_ERR(entry))
		return PTR_ERR(entry);
	pci_set_drvdata(pdev, entry);
	err = start_device(entry, pdev);
	if (err)
		goto put;
	iotimer_device_set_show(iotimer_wdm_device(entry->device), show, NULL);
	entry->misc.name = iotimer_wdm_device(entry->device)->name;
	entry->misc.minor = MISC_DYNAMIC_MINOR;
	entry->misc.fops = &entry_fops;
	entry->misc.parent = &pdev->dev;
	err = misc_register(&entry->misc);
	if (!err)
		return 0;
	stop_device(entry, pdev);
put:
	entry_put(entry);
	return err;
}

static void entry_remove(struct pci_dev *pdev)
{
	struct entry *entry = pci_get_drvdata(pdev);

	misc_deregister(&entry->misc);
	stop_device(entry, pdev);
	entry_put(entry);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver edu_wdm_driver = {
	.name		= "iotimer_edu",
	.id_table	= ids,
	.probe		= entry_probe,
	.remove		= entry_remove,
};
module_pci_driver(edu_wdm_driver);

MODULE_DESCRIPTION("iotimer sample: QEMU's edu device, ported from Windows names");
MODULE_LICENSE("GPL");
