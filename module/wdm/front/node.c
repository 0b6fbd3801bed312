// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes: the character device of a device object, and its open files.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include "front.h"

static void node_free(struct kref *ref)
{
	struct front_node *node = container_of(ref, struct front_node, ref);
	PDEVICE_OBJECT device = node->device;

	/* The bus has gone, and the last file is closed. */
	if (!node->dead) {
		device->unpublish = NULL;
		RCU_INIT_POINTER(device->node_of_front, NULL);
		front_pci_delete(node->driver->pci, device);
	}
	mutex_destroy(&node->mutex);
	kfree_rcu(node, rcu);
}

void front_node_put(struct front_node *node)
{
	kref_put(&node->ref, node_free);
}

/* No new files; those that are open go on. True for the first caller. */
bool front_node_gone(struct front_node *node)
{
	bool was_gone;

	mutex_lock(&node->mutex);
	was_gone = node->gone;
	node->gone = true;
	mutex_unlock(&node->mutex);
	return !was_gone;
}

/*
 * Cancels all requests, and removes the character device of a node that goes for the
 * first time. In this order: an open() that waits for its request holds the lock that
 * misc_deregister() takes.
 */
void front_node_deregister(struct front_node *node, bool first)
{
	front_cancel_all(node);
	if (first)
		misc_deregister(&node->misc);
	wake_up_all(&node->pollers);
}

/*
 * IoDeleteDevice: the device object goes now, although files may be open. All requests are
 * cancelled, and the driver is told that the files are closed.
 */
static void node_unpublish(PDEVICE_OBJECT device)
{
	struct front_node *node = rcu_dereference_protected(device->node_of_front, true);
	bool first = front_node_gone(node);

	mutex_lock(&node->mutex);
	node->dead = true;
	mutex_unlock(&node->mutex);
	front_node_deregister(node, first);
	front_close_files(node);
	RCU_INIT_POINTER(device->node_of_front, NULL);
	wake_up_all(&node->pollers);
	front_node_put(node);
}

static struct front_node *node_create(PDEVICE_OBJECT device, struct device *parent)
{
	struct front_node *node = kzalloc(sizeof(*node), GFP_KERNEL);

	if (!node)
		return NULL;
	kref_init(&node->ref);
	node->driver = container_of(device->DriverObject, struct iotimer_wdm_driver, object);
	node->device = device;
	node->buffered = device->Flags & DO_BUFFERED_IO;
	node->exclusive = device->Flags & DO_EXCLUSIVE;
	strscpy(node->name, device->link[0] ? device->link :
		iotimer_device_name(iotimer_wdm_device(device)), sizeof(node->name));
	node->misc.name = node->name;
	node->misc.minor = MISC_DYNAMIC_MINOR;
	node->misc.mode = 0600;
	node->misc.fops = node->driver->fops;
	node->misc.parent = parent;
	mutex_init(&node->mutex);
	mutex_init(&node->closing);
	init_waitqueue_head(&node->pollers);
	init_waitqueue_head(&node->idle);
	INIT_LIST_HEAD(&node->requests);
	INIT_LIST_HEAD(&node->files);
	return node;
}

/**
 * iotimer_wdm_publish() - make the character device of a device object
 * @device: the device object, of a driver of the front end
 * @parent: for sysfs; may be NULL
 *
 * Done for those that DriverEntry has created, and by the glue to PCI. /dev/NAME,
 * mode 0600, has the name of the device's symbolic link or else the one that it has in
 * debugfs. IoDeleteDevice() removes it.
 *
 * Context: PASSIVE_LEVEL.
 * Return: 0; -EOPNOTSUPP for DO_DIRECT_IO; -ENOMEM; what misc_register() returns.
 */
int iotimer_wdm_publish(PDEVICE_OBJECT device, struct device *parent)
{
	struct front_node *node;
	int ret;

	if (device->Flags & DO_DIRECT_IO) {
		pr_err("iotimer: %s: direct I/O is not covered: set DO_BUFFERED_IO instead of DO_DIRECT_IO\n",
		       iotimer_device_name(iotimer_wdm_device(device)));
		return -EOPNOTSUPP;
	}
	node = node_create(device, parent);
	if (!node)
		return -ENOMEM;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	rcu_assign_pointer(device->node_of_front, node);
	device->unpublish = node_unpublish;
	ret = misc_register(&node->misc);
	if (ret) {
		device->unpublish = NULL;
		RCU_INIT_POINTER(device->node_of_front, NULL);
		kfree_rcu(node, rcu);
	}
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_publish);

/**
 * iotimer_wdm_wake() - have those that poll() look again
 * @device: the device object
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
void iotimer_wdm_wake(PDEVICE_OBJECT device)
{
	struct front_node *node;

	rcu_read_lock();
	node = rcu_dereference(device->node_of_front);
	if (node)
		wake_up_all(&node->pollers);
	rcu_read_unlock();
}
EXPORT_SYMBOL_GPL(iotimer_wdm_wake);
