// SPDX-License-Identifier: GPL-2.0
/*
 * Nodes: the character device of a device object, and its open files.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "front.h"

/*
 * All nodes have one region of numbers. A number leaves the table before its node goes;
 * an open() takes the driver and the node under the table's lock. Nothing else is held
 * while a driver thinks about an IRP_MJ_CREATE.
 */
static DEFINE_XARRAY_ALLOC(front_nodes);
static dev_t front_region;
static struct cdev *front_cdev;
static struct class front_class = { .name = "iotimer_wdm" };

/*
 * An open() waits here while the driver is being registered. If that fails, the module
 * is freed, whoever has a file of it open.
 */
static DECLARE_WAIT_QUEUE_HEAD(front_openers);

void front_driver_registered(struct iotimer_wdm_driver *driver, bool registered)
{
	WRITE_ONCE(driver->registered, registered);
	wake_up_all(&front_openers);
}

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

static dev_t node_number(struct front_node *node)
{
	return MKDEV(MAJOR(front_region), node->minor);
}

/* The character device of a node; the mode is devtmpfs's, 0600. */
static int node_register(struct front_node *node, struct device *parent)
{
	struct device *dev;
	int ret;

	ret = xa_alloc(&front_nodes, &node->minor, node, XA_LIMIT(0, MINORMASK), GFP_KERNEL);
	if (ret)
		return ret;
	dev = device_create(&front_class, parent, node_number(node), NULL, "%s", node->name);
	if (!IS_ERR(dev))
		return 0;
	xa_erase(&front_nodes, node->minor);
	return PTR_ERR(dev);
}

/*
 * Removes the character device of a node that goes for the first time, and cancels all
 * requests. Returns when none is left.
 */
void front_node_deregister(struct front_node *node, bool first)
{
	if (first) {
		device_destroy(&front_class, node_number(node));
		xa_erase(&front_nodes, node->minor);
	}
	front_cancel_all(node);
	wake_up_all(&node->pollers);
}

#define NODE_IS_EARLY	((struct front_node *)ERR_PTR(-EAGAIN))

/* The node with a number; it and its driver's file operations are held. */
static struct front_node *node_find(unsigned int minor)
{
	struct front_node *node;

	xa_lock(&front_nodes);
	node = xa_load(&front_nodes, minor);
	if (node && !READ_ONCE(node->driver->registered))
		node = NODE_IS_EARLY;
	else if (node && fops_get(node->driver->fops))
		kref_get(&node->ref);
	else
		node = NULL;
	xa_unlock(&front_nodes);
	return node;
}

static int node_open(struct inode *inode, struct file *filp)
{
	struct front_node *node;
	int ret;

	ret = wait_event_interruptible(front_openers,
				       (node = node_find(iminor(inode))) != NODE_IS_EARLY);
	if (ret)
		return ret;
	if (!node)
		return -ENODEV;
	replace_fops(filp, node->driver->fops);
	ret = front_open(filp, node);
	if (ret)
		front_node_put(node);
	return ret;
}

static const struct file_operations front_region_fops = {
	.owner	= THIS_MODULE,
	.open	= node_open,
	.llseek	= noop_llseek,
};

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

static struct front_node *node_create(PDEVICE_OBJECT device)
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
 * debugfs. IoDeleteDevice() removes it. An open() waits until the driver is registered
 * with all that it makes at its start.
 *
 * Context: PASSIVE_LEVEL.
 * Return: 0; -EOPNOTSUPP for DO_DIRECT_IO; -ENOMEM; an error of xa_alloc() or
 * device_create().
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
	node = node_create(device);
	if (!node)
		return -ENOMEM;
	device->Flags &= ~DO_DEVICE_INITIALIZING;
	rcu_assign_pointer(device->node_of_front, node);
	device->unpublish = node_unpublish;
	ret = node_register(node, parent);
	if (ret) {
		/* A program that guesses the number may have found the node meanwhile. */
		front_node_gone(node);
		node_unpublish(device);
		device->unpublish = NULL;
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

static int __init cdev_create(void)
{
	int ret;

	front_cdev = cdev_alloc();
	if (!front_cdev)
		return -ENOMEM;
	front_cdev->owner = THIS_MODULE;
	front_cdev->ops = &front_region_fops;
	ret = cdev_add(front_cdev, front_region, MINORMASK + 1);
	if (ret)
		kobject_put(&front_cdev->kobj);
	return ret;
}

static int __init front_init(void)
{
	int ret;

	ret = class_register(&front_class);
	if (ret)
		return ret;
	ret = alloc_chrdev_region(&front_region, 0, MINORMASK + 1, "iotimer_wdm");
	if (ret)
		goto unregister_class;
	ret = cdev_create();
	if (!ret)
		return 0;
	unregister_chrdev_region(front_region, MINORMASK + 1);
unregister_class:
	class_unregister(&front_class);
	return ret;
}

/* Before built-in drivers */
subsys_initcall(front_init);

static void __exit front_exit(void)
{
	cdev_del(front_cdev);
	unregister_chrdev_region(front_region, MINORMASK + 1);
	class_unregister(&front_class);
}
module_exit(front_exit);
