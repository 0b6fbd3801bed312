// SPDX-License-Identifier: GPL-2.0
/*
 * Requests of the front end: an IRP is made, sent, waited for, cancelled.
 *
 * The thread that has made a request waits for its completion before the IRP and the buffer
 * go, however long that takes: what a driver has been given it may use until it
 * completes the request. A signal, a file that must not block and a device that goes
 * make it cancel the request, once a second until it ends, because a driver may set
 * its Cancel routine late.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

#include "front.h"

#define REPORT_AFTER	10	/* seconds */

static NTSTATUS front_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	struct front_request *request = Context;

	complete(&request->done);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* With a zeroed buffer of that many bytes. */
int front_request_init(struct front_request *request, struct front_file *file,
		       UCHAR major, size_t buffer)
{
	PIO_STACK_LOCATION location;
	PIRP irp;

	memset(request, 0, sizeof(*request));
	init_completion(&request->done);
	irp = IoAllocateIrp(1, FALSE);
	if (!irp)
		return -ENOMEM;
	request->irp = irp;
	request->may_be_cancelled = true;
	if (buffer) {
		irp->AssociatedIrp.SystemBuffer = kvzalloc(buffer, GFP_KERNEL);
		if (!irp->AssociatedIrp.SystemBuffer) {
			IoFreeIrp(irp);
			return -ENOMEM;
		}
	}
	irp->RequestorMode = UserMode;
	irp->Tail.Overlay.OriginalFileObject = &file->object;
	IoSetCompletionRoutine(irp, front_done, request, TRUE, TRUE, TRUE);
	location = IoGetNextIrpStackLocation(irp);
	location->MajorFunction = major;
	location->FileObject = &file->object;
	return 0;
}

void front_request_free(struct front_request *request)
{
	kvfree(request->irp->AssociatedIrp.SystemBuffer);
	IoFreeIrp(request->irp);
}

/* Mistakes of a driver's dispatch routine. */
static void check_dispatch(struct front_request *request, PDRIVER_DISPATCH dispatch,
			   NTSTATUS status)
{
	bool raised = !iotimer_wdm_may_sleep();

	if (!raised && (status == STATUS_PENDING || completion_done(&request->done)))
		return;
	if (!iotimer_wdm_first_report((unsigned long)dispatch))
		return;
	WARN(raised, "iotimer: %ps returned at a raised IRQL\n", dispatch);
	WARN(!raised, "iotimer: %ps returned %#x without completing its request\n",
	     dispatch, status);
}

/* Once a second, until the driver has completed it. */
static void wait_for_driver(struct front_node *node, struct front_request *request)
{
	int seconds;

	for (seconds = 1; ; seconds++) {
		if (request->may_be_cancelled && READ_ONCE(request->interrupted))
			IoCancelIrp(request->irp);
		if (wait_for_completion_timeout(&request->done, HZ))
			return;
		if (seconds == REPORT_AFTER)
			pr_warn("iotimer: %s: a request that is to end has been with the driver for %d seconds\n",
				node->name, seconds);
	}
}

static void wait_for_request(struct front_node *node, struct front_request *request)
{
	if (!request->nonblock && !wait_for_completion_interruptible(&request->done))
		return;
	if (request->may_be_cancelled)
		WRITE_ONCE(request->interrupted, true);
	wait_for_driver(node, request);
}

static NTSTATUS call_driver(struct front_node *node, struct front_request *request)
{
	UCHAR major = IoGetNextIrpStackLocation(request->irp)->MajorFunction;
	PDRIVER_DISPATCH dispatch = node->driver->object.MajorFunction[major];
	NTSTATUS status = IoCallDriver(node->device, request->irp);

	/* The device object may be gone: the driver may have deleted it. */
	check_dispatch(request, dispatch, status);
	if (!completion_done(&request->done))
		wait_for_request(node, request);
	return request->irp->IoStatus.Status;
}

static void add_request(struct front_node *node, struct front_request *request)
{
	lockdep_assert_held(&node->mutex);
	request->task = current;
	list_add_tail(&request->link, &node->requests);
}

static void remove_request(struct front_node *node, struct front_request *request)
{
	mutex_lock(&node->mutex);
	list_del(&request->link);
	mutex_unlock(&node->mutex);
	wake_up_all(&node->idle);
}

/* Returns when the driver has completed it. */
NTSTATUS front_request_send(struct front_node *node, struct front_request *request)
{
	NTSTATUS status;
	bool dead;

	mutex_lock(&node->mutex);
	dead = node->dead;
	if (!dead)
		add_request(node, request);
	mutex_unlock(&node->mutex);
	if (dead)
		return STATUS_DEVICE_NOT_CONNECTED;
	status = call_driver(node, request);
	/* While the request is on its list, a device that goes leaves files alone. */
	if (request->opens) {
		request->opens->cleaned_up = request->deletes || !NT_SUCCESS(status);
		request->opens->closed = request->opens->cleaned_up;
	}
	remove_request(node, request);
	return status;
}

/* The same for what ends a file: also of a node that is dead, and not cancelled. */
NTSTATUS front_request_send_last(struct front_node *node, struct front_request *request)
{
	NTSTATUS status;

	request->may_be_cancelled = false;
	mutex_lock(&node->mutex);
	add_request(node, request);
	mutex_unlock(&node->mutex);
	status = call_driver(node, request);
	remove_request(node, request);
	return status;
}

/* But for a request in whose dispatch routine the caller is. */
static bool look_at_requests(struct front_node *node, bool cancel)
{
	struct front_request *request;
	bool idle = true;

	mutex_lock(&node->mutex);
	list_for_each_entry(request, &node->requests, link) {
		if (request->task == current) {
			request->deletes = node->dead;
			continue;
		}
		idle = false;
		if (cancel && request->may_be_cancelled)
			IoCancelIrp(request->irp);
	}
	mutex_unlock(&node->mutex);
	return idle;
}

/* wait_event_timeout() for a second, with a condition that may sleep */
static bool wait_until_idle(struct front_node *node)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);
	long left = HZ;
	bool idle;

	add_wait_queue(&node->idle, &wait);
	while (!(idle = look_at_requests(node, false)) && left)
		left = wait_woken(&wait, TASK_UNINTERRUPTIBLE, left);
	remove_wait_queue(&node->idle, &wait);
	return idle;
}

/* Returns when no other request is with the driver. */
void front_cancel_all(struct front_node *node)
{
	int seconds;

	for (seconds = 1; !look_at_requests(node, true); seconds++) {
		if (wait_until_idle(node))
			return;
		if (seconds == REPORT_AFTER)
			pr_warn("iotimer: %s goes, but its driver has kept a request for %d seconds\n",
				node->name, seconds);
	}
}

/* Statuses in words of Linux */

static const struct {
	NTSTATUS	status;
	int		error;
} front_errors[] = {
	{ STATUS_IO_TIMEOUT,			-ETIMEDOUT },
	{ STATUS_CANCELLED,			-ECANCELED },
	{ STATUS_DEVICE_NOT_CONNECTED,		-ENODEV },
	{ STATUS_DEVICE_REMOVED,		-ENODEV },
	{ STATUS_DEVICE_DOES_NOT_EXIST,		-ENODEV },
	{ STATUS_NO_SUCH_DEVICE,		-ENODEV },
	{ STATUS_DELETE_PENDING,		-ENODEV },
	{ STATUS_INVALID_PARAMETER,		-EINVAL },
	{ STATUS_INVALID_PARAMETER_1,		-EINVAL },
	{ STATUS_INVALID_PARAMETER_2,		-EINVAL },
	{ STATUS_INVALID_DEVICE_REQUEST,	-ENOTTY },
	{ STATUS_NOT_SUPPORTED,			-EOPNOTSUPP },
	{ STATUS_NOT_IMPLEMENTED,		-EOPNOTSUPP },
	{ STATUS_INSUFFICIENT_RESOURCES,	-ENOMEM },
	{ STATUS_NO_MEMORY,			-ENOMEM },
	{ STATUS_ACCESS_DENIED,			-EACCES },
	{ STATUS_SHARING_VIOLATION,		-EBUSY },
	{ STATUS_DEVICE_BUSY,			-EBUSY },
	{ STATUS_OBJECT_NAME_COLLISION,		-EEXIST },
	{ STATUS_OBJECT_NAME_NOT_FOUND,		-ENOENT },
	{ STATUS_ARRAY_BOUNDS_EXCEEDED,		-ERANGE },
	{ STATUS_BUFFER_TOO_SMALL,		-EMSGSIZE },
	{ STATUS_INFO_LENGTH_MISMATCH,		-EMSGSIZE },
	{ STATUS_MEDIA_WRITE_PROTECTED,		-EROFS },
	{ STATUS_NO_MEDIA_IN_DEVICE,		-ENOMEDIUM },
	{ STATUS_DISK_FULL,			-ENOSPC },
};

/**
 * iotimer_wdm_error() - an NTSTATUS in words of Linux
 * @status: the status
 *
 * Context: Any IRQL.
 * Return: 0 for success and for what comes with data; else a negative error.
 */
int iotimer_wdm_error(NTSTATUS status)
{
	size_t i;

	if (NT_SUCCESS(status) || status == STATUS_BUFFER_OVERFLOW ||
	    status == STATUS_END_OF_FILE)
		return 0;
	for (i = 0; i < ARRAY_SIZE(front_errors); i++)
		if (front_errors[i].status == status)
			return front_errors[i].error;
	return -EIO;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_error);

/* A request that is cancelled by the front end fails with the reason for that. */
int front_request_error(struct front_node *node, struct front_request *request,
			NTSTATUS status)
{
	if (status != STATUS_CANCELLED)
		return iotimer_wdm_error(status);
	if (READ_ONCE(node->gone))
		return -ENODEV;
	if (request->nonblock)
		return -EAGAIN;
	return request->interrupted ? -ERESTARTSYS : -ECANCELED;
}
