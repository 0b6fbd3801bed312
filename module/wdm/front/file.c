// SPDX-License-Identifier: GPL-2.0
/*
 * File operations: system calls become requests.
 *
 * A driver is never given an address of user space: it works on a zeroed buffer of
 * exactly the size that was asked for, and what it returns is cut off at that size.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "front.h"

static void file_init(struct front_file *file, struct front_node *node)
{
	file->object.Type = IO_TYPE_FILE;
	file->object.DeviceObject = node->device;
	file->node = node;
	file->cleaned_up = true;	/* until the driver has seen it */
	file->closed = true;
}

static struct front_file *file_alloc(struct front_node *node)
{
	struct front_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file_init(file, node);
	if (front_request_init(&file->cleanup, file, IRP_MJ_CLEANUP, 0))
		goto free;
	if (front_request_init(&file->close, file, IRP_MJ_CLOSE, 0))
		goto free_cleanup;
	return file;

free_cleanup:
	front_request_free(&file->cleanup);
free:
	kfree(file);
	return NULL;
}

static void file_free(struct front_file *file)
{
	front_request_free(&file->cleanup);
	front_request_free(&file->close);
	kfree(file);
}

static int file_create(struct front_file *file)
{
	struct front_request request;
	NTSTATUS status;
	int ret;

	ret = front_request_init(&request, file, IRP_MJ_CREATE, 0);
	if (ret)
		return ret;
	request.opens = file;
	status = front_request_send(file->node, &request);
	ret = front_request_error(file->node, &request, status);
	front_request_free(&request);
	return ret;
}

/* On the list first, so that a device that goes closes the file. */
static int file_add(struct front_file *file)
{
	struct front_node *node = file->node;
	int ret = 0;

	mutex_lock(&node->mutex);
	if (node->gone)
		ret = -ENODEV;
	else if (node->exclusive && !list_empty(&node->files))
		ret = -EBUSY;
	else
		list_add_tail(&file->link, &node->files);
	mutex_unlock(&node->mutex);
	return ret;
}

/* In a dispatch routine the driver may delete its device, which then closes the file at once. */
static void file_close(struct front_file *file)
{
	lockdep_assert_held(&file->node->closing);
	if (!file->cleaned_up) {
		file->cleaned_up = true;
		front_request_send_last(file->node, &file->cleanup);
	}
	if (!file->closed) {
		file->closed = true;
		front_request_send_last(file->node, &file->close);
	}
}

static bool closing_begin(struct front_node *node)
{
	if (READ_ONCE(node->closer) == current)
		return false;
	mutex_lock(&node->closing);
	WRITE_ONCE(node->closer, current);
	return true;
}

static void closing_end(struct front_node *node, bool begun)
{
	if (!begun)
		return;
	WRITE_ONCE(node->closer, NULL);
	mutex_unlock(&node->closing);
}

/* For a device that goes. Files leave the list under node->closing. */
void front_close_files(struct front_node *node)
{
	bool begun = closing_begin(node);
	struct front_file *file;

	list_for_each_entry(file, &node->files, link)
		file_close(file);
	closing_end(node, begun);
}

static void file_drop(struct front_file *file)
{
	struct front_node *node = file->node;
	bool begun;

	begun = closing_begin(node);
	file_close(file);
	mutex_lock(&node->mutex);
	list_del(&file->link);
	mutex_unlock(&node->mutex);
	closing_end(node, begun);
	file_free(file);
}

/* The caller's reference on the node becomes the file's, if that is opened. */
int front_open(struct file *filp, struct front_node *node)
{
	struct front_file *file = file_alloc(node);
	int ret;

	if (!file)
		return -ENOMEM;
	ret = file_add(file);
	if (ret) {
		file_free(file);
		return ret;
	}
	ret = file_create(file);
	if (ret) {
		file_drop(file);
		return ret;
	}
	filp->private_data = file;
	return 0;
}

static int front_release(struct inode *inode, struct file *filp)
{
	struct front_file *file = filp->private_data;
	struct front_node *node = file->node;

	file_drop(file);
	front_node_put(node);
	return 0;
}

static bool is_covered(struct front_node *node, UCHAR major)
{
	if (node->buffered)
		return true;
	if (!test_and_set_bit(FRONT_REPORTED_WAY, &node->reported))
		pr_warn("iotimer: %s: %s needs DO_BUFFERED_IO in DeviceObject->Flags: other ways are not covered\n",
			node->name, major == IRP_MJ_READ ? "read" : "write");
	return false;
}

/* How many bytes the driver says that it has moved. */
static size_t information(struct front_request *request, size_t size)
{
	return min_t(ULONG_PTR, request->irp->IoStatus.Information, size);
}

/* Parameters.Read and Parameters.Write have the same layout. */
static ssize_t transfer(struct front_file *file, struct front_request *request,
			char __user *buf, size_t count, loff_t pos)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(request->irp);
	void *buffer = request->irp->AssociatedIrp.SystemBuffer;
	bool is_read = location->MajorFunction == IRP_MJ_READ;
	ssize_t ret;

	if (!is_read && copy_from_user(buffer, buf, count))
		return -EFAULT;
	location->Parameters.Read.Length = count;
	location->Parameters.Read.ByteOffset.QuadPart = pos;
	ret = front_request_error(file->node, request,
				  front_request_send(file->node, request));
	if (ret)
		return ret;
	ret = information(request, count);
	if (is_read && copy_to_user(buf, buffer, ret))
		return -EFAULT;
	return ret;
}

static ssize_t front_transfer(struct file *filp, UCHAR major, char __user *buf,
			      size_t count, loff_t *pos)
{
	struct front_file *file = filp->private_data;
	struct front_request request;
	ssize_t ret;

	count = min_t(size_t, count, FRONT_MAX_TRANSFER);
	if (!is_covered(file->node, major))
		return -EOPNOTSUPP;
	ret = front_request_init(&request, file, major, count);
	if (ret)
		return ret;
	request.nonblock = filp->f_flags & O_NONBLOCK;
	ret = transfer(file, &request, buf, count, *pos);
	if (ret > 0)
		*pos += ret;
	front_request_free(&request);
	return ret;
}

static ssize_t front_read(struct file *filp, char __user *buf, size_t count, loff_t *pos)
{
	return front_transfer(filp, IRP_MJ_READ, buf, count, pos);
}

static ssize_t front_write(struct file *filp, const char __user *buf, size_t count,
			   loff_t *pos)
{
	return front_transfer(filp, IRP_MJ_WRITE, (char __user *)buf, count, pos);
}

static int check_control(struct file *filp, const struct iotimer_wdm_ioctl *control)
{
	struct front_file *file = filp->private_data;
	unsigned int access = control->code >> 14 & 3;

	if (control->reserved || control->in_size > FRONT_MAX_TRANSFER ||
	    control->out_size > FRONT_MAX_TRANSFER)
		return -EINVAL;
	if ((access & FILE_READ_ACCESS && !(filp->f_mode & FMODE_READ)) ||
	    (access & FILE_WRITE_ACCESS && !(filp->f_mode & FMODE_WRITE)))
		return -EACCES;
	if (METHOD_FROM_CTL_CODE(control->code) == METHOD_BUFFERED)
		return 0;
	if (!test_and_set_bit(FRONT_REPORTED_METHOD, &file->node->reported))
		pr_warn("iotimer: %s: control code %#x: only METHOD_BUFFERED is covered\n",
			file->node->name, control->code);
	return -EOPNOTSUPP;
}

static int send_control(struct front_file *file, struct front_request *request,
			struct iotimer_wdm_ioctl *control)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(request->irp);
	void *buffer = request->irp->AssociatedIrp.SystemBuffer;
	int ret;

	if (copy_from_user(buffer, u64_to_user_ptr(control->in), control->in_size))
		return -EFAULT;
	location->Parameters.DeviceIoControl.IoControlCode = control->code;
	location->Parameters.DeviceIoControl.InputBufferLength = control->in_size;
	location->Parameters.DeviceIoControl.OutputBufferLength = control->out_size;
	control->status = front_request_send(file->node, request);
	ret = front_request_error(file->node, request, control->status);
	if (ret)
		return ret;
	control->returned = information(request, control->out_size);
	if (copy_to_user(u64_to_user_ptr(control->out), buffer, control->returned))
		return -EFAULT;
	return 0;
}

static long front_ioctl(struct file *filp, unsigned int cmd, unsigned long arg)
{
	struct iotimer_wdm_ioctl __user *user = (void __user *)arg;
	struct front_file *file = filp->private_data;
	struct iotimer_wdm_ioctl control;
	struct front_request request;
	int ret;

	if (cmd != IOTIMER_WDM_IOCTL)
		return -ENOTTY;
	if (copy_from_user(&control, user, sizeof(control)))
		return -EFAULT;
	control.returned = 0;
	control.status = STATUS_SUCCESS;
	ret = check_control(filp, &control);
	if (ret)
		return ret;
	ret = front_request_init(&request, file, IRP_MJ_DEVICE_CONTROL,
				 max(control.in_size, control.out_size));
	if (ret)
		return ret;
	ret = send_control(file, &request, &control);
	front_request_free(&request);
	if (ret != -ERESTARTSYS && copy_to_user(user, &control, sizeof(control)))
		return -EFAULT;
	return ret;
}

static __poll_t front_poll(struct file *filp, poll_table *table)
{
	struct front_file *file = filp->private_data;
	struct front_node *node = file->node;
	__poll_t mask = 0;

	poll_wait(filp, &node->pollers, table);
	mutex_lock(&node->mutex);
	if (!node->dead)
		mask = node->driver->poll ? node->driver->poll(&file->object) :
			EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
	if (node->gone)
		mask |= EPOLLHUP | EPOLLERR;
	mutex_unlock(&node->mutex);
	return mask;
}

/* Copied for each driver, which is the owner; node.c opens. */
const struct file_operations front_fops = {
	.release	= front_release,
	.read		= front_read,
	.write		= front_write,
	.unlocked_ioctl	= front_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.poll		= front_poll,
	.llseek		= no_seek_end_llseek,
};
