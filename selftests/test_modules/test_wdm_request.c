// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: requests, from IoCallDriver to completion, as the
 * public documentation of Windows states them (R1 to R5).
 */
#include "cpus.h"
#include "test.h"

#include <iotimer/wdm.h>

#define IRPS	8

/* A driver whose StartIo notes what it is called with. */
static struct {
	PDEVICE_OBJECT	device;
	PIRP		irps[IRPS];
	PIRP		started[IRPS + 1];
	PIRP		done[IRPS + 1];
	int		nr_started, nr_done;
	int		depth, deepest;
	bool		at_once;	/* StartIo completes what it gets */
	PDRIVER_CANCEL	cancel;
	KIRQL		irql;
	KIRQL		cancel_irql;
} r;

/* One place in the driver, to be reported once */
static noinline NTSTATUS finish_irp(PIRP irp, NTSTATUS status)
{
	irp->IoStatus.Status = status;
	irp->IoStatus.Information = 7;
	IoCompleteRequest(irp, IO_NO_INCREMENT);
	return status;
}

static VOID StartIo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	r.depth++;
	r.deepest = max(r.deepest, r.depth);
	r.irql = KeGetCurrentIrql();
	EXPECT_EQ(DeviceObject, r.device);
	EXPECT_EQ(DeviceObject->CurrentIrp, Irp);
	if (r.nr_started < ARRAY_SIZE(r.started))
		r.started[r.nr_started] = Irp;
	r.nr_started++;
	if (r.at_once) {
		IoStartNextPacket(DeviceObject, FALSE);
		finish_irp(Irp, STATUS_SUCCESS);
	}
	r.depth--;
}

/* By key where the request has one. */
static NTSTATUS Read(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);

	IoMarkIrpPending(Irp);
	IoStartPacket(DeviceObject, Irp, location->Parameters.Read.Key ?
		      &location->Parameters.Read.Key : NULL, r.cancel);
	return STATUS_PENDING;
}

static NTSTATUS Flush(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	IoMarkIrpPending(Irp);
	IoStartPacket(DeviceObject, Irp, NULL, NULL);
	return STATUS_PENDING;
}

static DRIVER_OBJECT driver = {
	.Type				= IO_TYPE_DRIVER,
	.DriverStartIo			= StartIo,
	.MajorFunction[IRP_MJ_READ]	= Read,
	.MajorFunction[IRP_MJ_FLUSH_BUFFERS] = Flush,
};

/* The requests are the test's own: it frees them. */
static NTSTATUS done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	EXPECT_EQ(DeviceObject == NULL, TRUE);
	EXPECT_EQ(Context, &r);
	if (r.nr_done < ARRAY_SIZE(r.done))
		r.done[r.nr_done] = Irp;
	r.nr_done++;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP irp_create(CCHAR stack_size)
{
	PIRP irp = IoAllocateIrp(stack_size, FALSE);

	if (EXPECT_PTR(irp))
		IoSetCompletionRoutine(irp, done, &r, TRUE, TRUE, TRUE);
	return irp;
}

static bool begin(void)
{
	int i;

	memset(&r, 0, sizeof(r));
	for (i = 0; i < IRPS; i++) {
		r.irps[i] = irp_create(1);
		if (!r.irps[i])
			return false;
	}
	return EXPECT_EQ(IoCreateDevice(&driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					&r.device), STATUS_SUCCESS);
}

static void end(void)
{
	int i;

	if (r.device)
		IoDeleteDevice(r.device);
	for (i = 0; i < IRPS; i++)
		if (r.irps[i])
			IoFreeIrp(r.irps[i]);
}

static NTSTATUS send(int i, ULONG key)
{
	PIO_STACK_LOCATION location = IoGetNextIrpStackLocation(r.irps[i]);

	location->MajorFunction = IRP_MJ_READ;
	location->Parameters.Read.Key = key;
	return IoCallDriver(r.device, r.irps[i]);
}

TEST(R1_idle_device_starts_at_once)
{
	if (begin()) {
		EXPECT_EQ(send(0, 0), STATUS_PENDING);
		EXPECT_EQ(r.nr_started, 1);
		EXPECT_EQ(r.started[0], r.irps[0]);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[0]);
		EXPECT_EQ(r.irql, DISPATCH_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		EXPECT_EQ(IoGetCurrentIrpStackLocation(r.irps[0])->DeviceObject, r.device);
		EXPECT_EQ(r.irps[0]->CurrentLocation, 1);
		EXPECT_EQ(send(1, 0), STATUS_PENDING);
		EXPECT_EQ(r.nr_started, 1);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[0]);
	}
	end();
}

static void next_packets(int n)
{
	while (n--)
		IoStartNextPacket(r.device, FALSE);
}

static void expect_started(const int *order, int n)
{
	int i;

	EXPECT_EQ(r.nr_started, n);
	for (i = 0; i < n; i++)
		EXPECT_EQ(r.started[i], r.irps[order[i]]);
}

TEST(R1_queue_first_in_first_out)
{
	static const int order[] = { 3, 1, 2, 0 };
	int i;

	if (begin()) {
		for (i = 0; i < 4; i++)
			send(order[i], 0);
		next_packets(3);
		expect_started(order, 4);
	}
	end();
}

/* Equal keys stay in order; the first one did not queue. */
TEST(R1_queue_by_key)
{
	static const ULONG keys[] = { 50, 30, 20, 30, 10, 20 };
	static const int order[] = { 0, 4, 2, 5, 1, 3 };
	int i;

	if (begin()) {
		for (i = 0; i < ARRAY_SIZE(keys); i++)
			send(i, keys[i]);
		next_packets(5);
		expect_started(order, 6);
	}
	end();
}

TEST(R2_idle_when_nothing_is_queued)
{
	if (begin()) {
		send(0, 0);
		IoStartNextPacket(r.device, FALSE);
		EXPECT_EQ(r.device->CurrentIrp == NULL, TRUE);
		EXPECT_EQ(r.nr_started, 1);
		IoStartNextPacket(r.device, FALSE);
		EXPECT_EQ(r.device->CurrentIrp == NULL, TRUE);
		send(1, 0);
		EXPECT_EQ(r.nr_started, 2);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[1]);
	}
	end();
}

/* As an elevator: on from where it is, and from the start when nothing is above. */
TEST(R2_next_by_key)
{
	static const ULONG keys[] = { 1, 40, 10, 30, 20 };
	static const ULONG from[] = { 25, 30, 31, 41, 10 };
	static const int order[] = { 0, 3, 1, 2, 4 };
	int i;

	if (begin()) {
		for (i = 0; i < 5; i++)
			send(i, keys[i]);
		for (i = 0; i < 4; i++)
			IoStartNextPacketByKey(r.device, FALSE, from[i]);
		expect_started(order, 5);
		IoStartNextPacketByKey(r.device, FALSE, from[4]);
		EXPECT_EQ(r.device->CurrentIrp == NULL, TRUE);
	}
	end();
}

/* Never inside itself, however many complete at once. */
TEST(R2_in_a_loop)
{
	int i;

	if (begin()) {
		for (i = 0; i < IRPS; i++)
			send(i, 0);
		r.at_once = true;
		IoStartNextPacket(r.device, FALSE);
		EXPECT_EQ(r.nr_started, IRPS);
		EXPECT_EQ(r.nr_done, IRPS - 1);
		EXPECT_EQ(r.deepest, 1);
		for (i = 1; i < IRPS; i++)
			EXPECT_EQ(r.done[i - 1], r.irps[i]);
		EXPECT_EQ(r.device->CurrentIrp == NULL, TRUE);
	}
	end();
}

/* Completion */

TEST(R3_completion_takes_the_status_up)
{
	if (begin()) {
		send(0, 0);
		finish_irp(r.irps[0], STATUS_IO_TIMEOUT);
		EXPECT_EQ(r.nr_done, 1);
		EXPECT_EQ(r.done[0]->IoStatus.Status, STATUS_IO_TIMEOUT);
		EXPECT_EQ(r.done[0]->IoStatus.Information, 7);
		EXPECT_EQ(r.done[0]->PendingReturned, TRUE);
		EXPECT_EQ(r.done[0]->CurrentLocation, 2);
	}
	end();
}

TEST(R3_second_completion_has_no_effect)
{
	if (begin()) {
		send(0, 0);
		finish_irp(r.irps[0], STATUS_SUCCESS);
		expect_trace_begin("iotimer: .*: IoCompleteRequest.. of an IRP that is completed already",
				   "wdm/irp\\.c");
		finish_irp(r.irps[0], STATUS_IO_TIMEOUT);
		finish_irp(r.irps[0], STATUS_IO_TIMEOUT);
		expect_warning_end();
		/* each place once */
		expect_trace_begin("iotimer: R3_second.*: IoCompleteRequest.. of an IRP that is completed already",
				   "wdm/irp\\.c");
		IoCompleteRequest(r.irps[0], IO_NO_INCREMENT);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 1);
	}
	end();
}

static atomic_t completions;

static NTSTATUS counted(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	atomic_inc(&completions);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static noinline void finish_all(void *arg)
{
	int i;

	for (i = 0; i < IRPS; i++)
		IoCompleteRequest(r.irps[i], IO_NO_INCREMENT);
}

/* Requests without a driver: the place is reported here, and not in the race. */
static void report_before(void)
{
	if (begin()) {
		expect_trace_begin("iotimer: finish_all.*: IoCompleteRequest.. of an IRP that is completed already",
				   "wdm/irp\\.c");
		finish_all(NULL);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 0);
	}
	end();
}

TEST(R3_completed_on_two_cpus_at_once)
{
	int round, i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	report_before();
	for (round = 0; round < 200; round++) {
		if (begin()) {
			atomic_set(&completions, 0);
			for (i = 0; i < IRPS; i++) {
				IoSetCompletionRoutine(r.irps[i], counted, NULL, TRUE, TRUE, TRUE);
				send(i, 0);
			}
			on_two_cpus(finish_all, finish_all, NULL);
			EXPECT_EQ(atomic_read(&completions), IRPS);
		}
		end();
	}
}

static void expect_invalid(PDEVICE_OBJECT device, int i, UCHAR function)
{
	r.irps[i]->IoStatus.Information = 5;
	IoGetNextIrpStackLocation(r.irps[i])->MajorFunction = function;
	EXPECT_EQ(IoCallDriver(device, r.irps[i]), STATUS_INVALID_DEVICE_REQUEST);
	EXPECT_EQ(r.irps[i]->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	EXPECT_EQ(r.irps[i]->IoStatus.Information, 0);
	EXPECT_EQ(r.irps[i]->PendingReturned, FALSE);
	EXPECT_EQ(r.done[r.nr_done - 1], r.irps[i]);
}

/* Nor a function that there is not, nor a device without a driver */
TEST(R3_driver_without_the_function)
{
	PDEVICE_OBJECT none;

	if (begin() && EXPECT_EQ(IoCreateDevice(NULL, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &none),
				 STATUS_SUCCESS)) {
		expect_invalid(r.device, 0, IRP_MJ_WRITE);
		expect_invalid(r.device, 1, IRP_MJ_MAXIMUM_FUNCTION + 1);
		expect_invalid(none, 2, IRP_MJ_READ);
		EXPECT_EQ(r.nr_done, 3);
		IoDeleteDevice(none);
	}
	end();
}

/* The last function is one. */
TEST(R3_last_function)
{
	driver.MajorFunction[IRP_MJ_MAXIMUM_FUNCTION] = Flush;
	if (begin()) {
		IoGetNextIrpStackLocation(r.irps[0])->MajorFunction = IRP_MJ_MAXIMUM_FUNCTION;
		EXPECT_EQ(IoCallDriver(r.device, r.irps[0]), STATUS_PENDING);
		EXPECT_EQ(r.nr_started, 1);
	}
	driver.MajorFunction[IRP_MJ_MAXIMUM_FUNCTION] = NULL;
	end();
}

TEST(R3_request_without_a_location)
{
	if (begin()) {
		send(0, 0);
		expect_trace_begin("iotimer: R3_request_without.*: IoCallDriver.. of an IRP without a stack location",
				   "IofCallDriver");
		EXPECT_EQ(IoCallDriver(r.device, r.irps[0]), STATUS_INVALID_PARAMETER);
		expect_warning_end();
		EXPECT_EQ(r.nr_started, 1);
		EXPECT_EQ(r.irps[0]->CurrentLocation, 1);
	}
	end();
}

TEST(R3_completed_with_status_pending)
{
	if (begin()) {
		send(0, 0);
		r.irps[0]->IoStatus.Status = STATUS_PENDING;
		expect_trace_begin("iotimer: R3_completed_with_status.*: IoCompleteRequest.. with STATUS_PENDING",
				   "completed_wrongly");
		IoCompleteRequest(r.irps[0], IO_NO_INCREMENT);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 1);
	}
	end();
}

/* The IRP and its locations, which are zeroed */
TEST(R3_new_request)
{
	struct {
		IRP			irp;
		IO_STACK_LOCATION	locations[3];
		UCHAR			behind;
	} own;
	PIRP irp = &own.irp;

	RtlFillMemory(&own, sizeof(own), 0x6b);
	EXPECT_EQ(IoSizeOfIrp(3), offsetof(typeof(own), behind));
	IoInitializeIrp(irp, IoSizeOfIrp(3), 3);
	EXPECT_EQ(irp->Type, IO_TYPE_IRP);
	EXPECT_EQ(irp->Size, IoSizeOfIrp(3));
	EXPECT_EQ(irp->StackCount, 3);
	EXPECT_EQ(irp->CurrentLocation, 4);
	EXPECT_EQ(IoGetNextIrpStackLocation(irp), &own.locations[2]);
	EXPECT(!memchr_inv(own.locations, 0, sizeof(own.locations)));
	EXPECT_EQ(own.behind, 0x6b);
	EXPECT_EQ(IoAllocateIrp(0, FALSE) == NULL, TRUE);
	EXPECT_EQ(IoAllocateIrp(-1, FALSE) == NULL, TRUE);
	irp = IoAllocateIrp(2, FALSE);
	if (EXPECT_PTR(irp))
		EXPECT_EQ(irp->Size * 10 + irp->StackCount, IoSizeOfIrp(2) * 10 + 2);
	IoFreeIrp(irp);
}

/* Two drivers: the upper one looks at what the lower one has done. */
static struct {
	PDEVICE_OBJECT	above;
	NTSTATUS	status;
	NTSTATUS	answer;
	int		calls;
	bool		pending;
} upper;

static NTSTATUS upper_routine(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	upper.calls++;
	upper.above = DeviceObject;
	upper.status = Irp->IoStatus.Status;
	upper.pending = Irp->PendingReturned;
	if (upper.pending)
		IoMarkIrpPending(Irp);
	return upper.answer;
}

/* An IRP with two locations, the upper one the test's. */
static PIRP upper_send(BOOLEAN on_success, BOOLEAN on_error, BOOLEAN on_cancel)
{
	PIRP irp = irp_create(2);

	if (!irp)
		return NULL;
	memset(&upper, 0, sizeof(upper));
	upper.answer = STATUS_SUCCESS;
	IoSetNextIrpStackLocation(irp);
	IoGetCurrentIrpStackLocation(irp)->DeviceObject = r.device;
	IoGetCurrentIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
	IoCopyCurrentIrpStackLocationToNext(irp);
	EXPECT_EQ(IoGetNextIrpStackLocation(irp)->CompletionRoutine == NULL, TRUE);
	IoSetCompletionRoutine(irp, upper_routine, &upper, on_success, on_error, on_cancel);
	EXPECT_EQ(IoCallDriver(r.device, irp), STATUS_PENDING);
	return irp;
}

TEST(R3_completion_routine_is_called_by_result)
{
	static const struct {
		BOOLEAN success, error, cancel, cancelled;
		NTSTATUS status;
		int calls;
	} cases[] = {
		{ TRUE, FALSE, FALSE, FALSE, STATUS_SUCCESS, 1 },
		{ TRUE, FALSE, FALSE, FALSE, STATUS_IO_TIMEOUT, 0 },
		{ FALSE, TRUE, FALSE, FALSE, STATUS_SUCCESS, 0 },
		{ FALSE, TRUE, FALSE, FALSE, STATUS_IO_TIMEOUT, 1 },
		{ FALSE, FALSE, TRUE, FALSE, STATUS_CANCELLED, 0 },
		{ FALSE, FALSE, TRUE, TRUE, STATUS_SUCCESS, 1 },
	};
	PIRP irp;
	int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (!begin())
			break;
		irp = upper_send(cases[i].success, cases[i].error, cases[i].cancel);
		if (cases[i].cancelled)
			EXPECT_EQ(IoCancelIrp(irp), FALSE);
		finish_irp(irp, cases[i].status);
		EXPECT_EQ(upper.calls, cases[i].calls);
		EXPECT_EQ(r.nr_done, 1);
		/* with a routine or without, the mark goes up */
		EXPECT_EQ(irp->PendingReturned, TRUE);
		IoFreeIrp(irp);
		end();
	}
}

/* One that was not marked is not marked for the driver above, either. */
TEST(R3_request_that_is_not_pending)
{
	PIRP irp;

	if (begin()) {
		irp = irp_create(2);
		if (irp) {
			IoSetNextIrpStackLocation(irp);
			IoGetCurrentIrpStackLocation(irp)->DeviceObject = r.device;
			IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_WRITE;
			IoCallDriver(r.device, irp);
			EXPECT_EQ(r.nr_done, 1);
			EXPECT_EQ(irp->PendingReturned, FALSE);
		}
		IoFreeIrp(irp);
	}
	end();
}

TEST(R3_more_processing_keeps_the_request)
{
	PIRP irp;

	if (begin()) {
		irp = upper_send(TRUE, TRUE, TRUE);
		upper.answer = STATUS_MORE_PROCESSING_REQUIRED;
		finish_irp(irp, STATUS_IO_TIMEOUT);
		EXPECT_EQ(upper.above, r.device);
		EXPECT_EQ(upper.status, STATUS_IO_TIMEOUT);
		EXPECT(upper.pending);
		EXPECT_EQ(r.nr_done, 0);
		/* the upper driver goes on */
		finish_irp(irp, STATUS_SUCCESS);
		EXPECT_EQ(upper.calls, 1);
		EXPECT_EQ(r.nr_done, 1);
		EXPECT_EQ(r.done[0]->IoStatus.Status, STATUS_SUCCESS);
		IoFreeIrp(irp);
	}
	end();
}

/* Cancellation */

/* As the documentation has it for drivers with a StartIo routine. */
static VOID Cancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	r.cancel_irql = KeGetCurrentIrql();
	if (Irp == DeviceObject->CurrentIrp) {
		DeviceObject->CurrentIrp = NULL;
		IoReleaseCancelSpinLock(Irp->CancelIrql);
		IoStartNextPacket(DeviceObject, TRUE);
	} else {
		KeRemoveEntryDeviceQueue(&DeviceObject->DeviceQueue,
					 &Irp->Tail.Overlay.DeviceQueueEntry);
		IoReleaseCancelSpinLock(Irp->CancelIrql);
	}
	finish_irp(Irp, STATUS_CANCELLED);
}

TEST(R4_queued_request_is_cancelled)
{
	static const int order[] = { 0, 2 };

	if (begin()) {
		r.cancel = Cancel;
		send(0, 0);
		send(1, 0);
		send(2, 0);
		EXPECT_EQ(IoCancelIrp(r.irps[1]), TRUE);
		EXPECT_EQ(r.cancel_irql, DISPATCH_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		EXPECT_EQ(r.nr_done, 1);
		EXPECT_EQ(r.done[0], r.irps[1]);
		EXPECT_EQ(r.irps[1]->IoStatus.Status, STATUS_CANCELLED);
		EXPECT_EQ(r.irps[1]->Cancel, TRUE);
		IoStartNextPacket(r.device, TRUE);
		expect_started(order, 2);
	}
	end();
}

TEST(R4_current_request_is_cancelled)
{
	if (begin()) {
		r.cancel = Cancel;
		send(0, 0);
		send(1, 0);
		EXPECT_EQ(IoCancelIrp(r.irps[0]), TRUE);
		EXPECT_EQ(r.done[0], r.irps[0]);
		EXPECT_EQ(r.nr_started, 2);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[1]);
	}
	end();
}

/* StartIo has taken the Cancel routine back: the request is the driver's to end. */
TEST(R4_request_without_cancel_routine_goes_on)
{
	if (begin()) {
		r.cancel = Cancel;
		send(0, 0);
		EXPECT_EQ(IoSetCancelRoutine(r.irps[0], NULL), Cancel);
		EXPECT_EQ(IoCancelIrp(r.irps[0]), FALSE);
		EXPECT_EQ(r.nr_done, 0);
		EXPECT_EQ(r.irps[0]->Cancel, TRUE);
		finish_irp(r.irps[0], STATUS_SUCCESS);
		EXPECT_EQ(r.nr_done, 1);
	}
	end();
}

TEST(R4_cancelled_before_it_is_queued)
{
	if (begin()) {
		r.cancel = Cancel;
		send(0, 0);
		r.irps[1]->Cancel = TRUE;
		EXPECT_EQ(send(1, 0), STATUS_PENDING);
		EXPECT_EQ(r.nr_done, 1);
		EXPECT_EQ(r.done[0], r.irps[1]);
		EXPECT_EQ(r.done[0]->IoStatus.Status, STATUS_CANCELLED);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		IoStartNextPacket(r.device, TRUE);
		EXPECT_EQ(r.nr_started, 1);
	}
	end();
}

TEST(R4_non_cancelable_start)
{
	if (begin()) {
		r.cancel = Cancel;
		IoSetStartIoAttributes(r.device, FALSE, TRUE);
		send(0, 0);
		send(1, 0);
		EXPECT_EQ(IoCancelIrp(r.irps[0]), FALSE);
		IoStartNextPacket(r.device, TRUE);
		EXPECT_EQ(IoCancelIrp(r.irps[1]), FALSE);
		EXPECT_EQ(r.nr_done, 0);
		EXPECT_EQ(r.nr_started, 2);
	}
	end();
}

static VOID CancelHolding(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
}

static VOID CancelHoldingToo(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	r.cancel_irql = Irp->CancelIrql;
}

TEST(R4_cancel_routine_keeps_the_lock)
{
	KIRQL irql;

	if (begin()) {
		r.cancel = CancelHolding;
		send(0, 0);
		expect_trace_begin("iotimer: Cancel routine CancelHolding.* with the cancel spin lock held",
				   "iotimer_wdm_call_cancel");
		EXPECT_EQ(IoCancelIrp(r.irps[0]), TRUE);
		expect_warning_end();
		r.cancel = CancelHoldingToo;
		send(1, 0);
		expect_trace_begin("iotimer: Cancel routine CancelHoldingToo.* with the cancel spin lock held",
				   "iotimer_wdm_call_cancel");
		EXPECT_EQ(IoCancelIrp(r.irps[1]), TRUE);
		expect_warning_end();
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		IoAcquireCancelSpinLock(&irql);
		EXPECT_EQ(irql, PASSIVE_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
		IoReleaseCancelSpinLock(irql);
	}
	end();
}

TEST(R3_completed_with_its_cancel_routine)
{
	if (begin()) {
		r.cancel = Cancel;
		send(0, 0);
		expect_trace_begin("iotimer: .*: IoCompleteRequest.. of an IRP with a Cancel routine",
				   "completed_wrongly");
		/* a place of its own: each is reported once, whatever is wrong there */
		r.irps[0]->IoStatus.Status = STATUS_SUCCESS;
		IoCompleteRequest(r.irps[0], IO_NO_INCREMENT);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 1);
		EXPECT_EQ(IoCancelIrp(r.irps[0]), FALSE);
	}
	end();
}

/*
 * StartIo against IoCancelIrp() on two CPUs: one cancels all requests, the other one
 * ends what StartIo has got, and starts the next. Each is completed exactly once.
 */
static struct {
	atomic_t	done[IRPS];
	atomic_t	cancelled, served;
	bool		backwards;
} race;

static NTSTATUS race_done(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	if (Irp->IoStatus.Status == STATUS_CANCELLED)
		atomic_inc(&race.cancelled);
	else
		atomic_inc(&race.served);
	atomic_inc(&race.done[(long)Context]);
	return STATUS_MORE_PROCESSING_REQUIRED;
}

/* Either this takes the Cancel routine back, or IoCancelIrp() has it. */
static VOID race_start(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	KIRQL irql;

	IoAcquireCancelSpinLock(&irql);
	if (Irp != DeviceObject->CurrentIrp || !IoSetCancelRoutine(Irp, NULL)) {
		IoReleaseCancelSpinLock(irql);
		return;
	}
	IoReleaseCancelSpinLock(irql);
	IoStartNextPacket(DeviceObject, TRUE);
	finish_irp(Irp, STATUS_SUCCESS);
}

static void race_send(void *arg)
{
	int i;

	for (i = 0; i < IRPS; i++)
		send(i, 0);
}

static void race_cancel(void *arg)
{
	int i;

	for (i = 0; i < IRPS; i++)
		IoCancelIrp(r.irps[race.backwards ? IRPS - 1 - i : i]);
}

/* Many rounds where they are fast; on slow kernels as many as fit into some seconds. */
TEST(R4_start_against_cancel)
{
	unsigned long end_of_test = jiffies + 5 * HZ;
	int round, i;

	driver.DriverStartIo = race_start;
	for (round = 0; round < 2000 && (round < 200 || time_before(jiffies, end_of_test));
	     round++) {
		if (!begin())
			break;
		memset(&race, 0, sizeof(race));
		race.backwards = round & 1;
		r.cancel = Cancel;
		for (i = 0; i < IRPS; i++)
			IoSetCompletionRoutine(r.irps[i], race_done, (PVOID)(long)i,
					       TRUE, TRUE, TRUE);
		on_two_cpus(race_send, race_cancel, NULL);
		EXPECT_EQ(atomic_read(&race.cancelled) + atomic_read(&race.served), IRPS);
		for (i = 0; i < IRPS; i++)
			EXPECT_EQ(atomic_read(&race.done[i]), 1);
		EXPECT_EQ(r.device->CurrentIrp == NULL, TRUE);
		end();
	}
	driver.DriverStartIo = StartIo;
}

/* The cancel spin lock is held on the other CPU. */
static bool next_started;

static void start_next_cancelable(void *arg)
{
	IoStartNextPacket(r.device, TRUE);
	smp_store_release(&next_started, true);
}

TEST(R4_next_packet_takes_the_cancel_lock)
{
	struct cpu_call call;
	KIRQL irql;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	next_started = false;
	set_cpus_allowed_ptr(current, cpumask_of(first_cpu()));
	if (begin()) {
		send(0, 0);
		send(1, 0);
		IoAcquireCancelSpinLock(&irql);
		cpu_call_begin(&call, second_cpu(), start_next_cancelable, NULL);
		mdelay(50);
		EXPECT(!smp_load_acquire(&next_started));
		EXPECT_EQ(r.device->CurrentIrp, r.irps[0]);
		IoReleaseCancelSpinLock(irql);
		cpu_call_end(&call);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[1]);
	}
	end();
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* Without cancelable requests it does not, and the caller may hold it. */
TEST(R4_next_packet_leaves_the_cancel_lock)
{
	KIRQL irql;

	if (begin()) {
		send(0, 0);
		send(1, 0);
		IoAcquireCancelSpinLock(&irql);
		IoStartNextPacket(r.device, FALSE);
		EXPECT_EQ(r.device->CurrentIrp, r.irps[1]);
		IoReleaseCancelSpinLock(irql);
	}
	end();
}

/* Remove locks */

static IO_REMOVE_LOCK remove_lock;

static void remove(void *arg)
{
	EXPECT_EQ(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
	IoReleaseRemoveLockAndWait(&remove_lock, NULL);
	smp_store_release((bool *)arg, true);
}

TEST(R5_remove_lock_waits_for_the_last_user)
{
	struct cpu_call call;
	bool removed = false;
	NTSTATUS status;

	IoInitializeRemoveLock(&remove_lock, 'tset', 1, 2);
	EXPECT_EQ(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
	EXPECT_EQ(IoAcquireRemoveLock(&remove_lock, &call), STATUS_SUCCESS);
	cpu_call_begin(&call, second_cpu(), remove, &removed);
	/* from the moment that it waits nobody gets in */
	for (;;) {
		status = IoAcquireRemoveLock(&remove_lock, NULL);
		if (status != STATUS_SUCCESS)
			break;
		IoReleaseRemoveLock(&remove_lock, NULL);
		msleep(1);
	}
	EXPECT_EQ(status, STATUS_DELETE_PENDING);
	IoReleaseRemoveLock(&remove_lock, NULL);
	msleep(50);
	EXPECT(!smp_load_acquire(&removed));
	IoReleaseRemoveLock(&remove_lock, &call);
	cpu_call_end(&call);
	EXPECT(removed);
	EXPECT_EQ(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_DELETE_PENDING);
}

TEST(R5_remove_lock_without_users)
{
	bool removed = false;

	IoInitializeRemoveLock(&remove_lock, 'tset', 0, 0);
	remove(&removed);
	EXPECT(removed);
}

/* Device queues by themselves, and driver objects */

TEST(W_device_queue)
{
	KDEVICE_QUEUE_ENTRY a, b;
	KDEVICE_QUEUE queue;

	KeInitializeDeviceQueue(&queue);
	EXPECT_EQ(KeRemoveDeviceQueue(&queue) == NULL, TRUE);
	EXPECT_EQ(KeInsertDeviceQueue(&queue, &a), FALSE);
	EXPECT_EQ(a.Inserted, FALSE);
	EXPECT_EQ(KeRemoveEntryDeviceQueue(&queue, &a), FALSE);
	EXPECT_EQ(KeInsertByKeyDeviceQueue(&queue, &a, 5), TRUE);
	EXPECT_EQ(KeInsertByKeyDeviceQueue(&queue, &b, 0), TRUE);
	EXPECT_EQ(a.Inserted, TRUE);
	EXPECT_EQ(KeRemoveByKeyDeviceQueue(&queue, 0), &b);
	EXPECT_EQ(KeRemoveEntryDeviceQueue(&queue, &a), TRUE);
	EXPECT_EQ(KeRemoveEntryDeviceQueue(&queue, &a), FALSE);
	EXPECT_EQ(KeRemoveByKeyDeviceQueue(&queue, 0) == NULL, TRUE);
	EXPECT_EQ(KeInsertDeviceQueue(&queue, &a), FALSE);
}

TEST(W_devices_of_a_driver)
{
	PDEVICE_OBJECT devices[3];
	int i;

	for (i = 0; i < 3; i++)
		if (!EXPECT_EQ(IoCreateDevice(&driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
					      &devices[i]), STATUS_SUCCESS))
			return;
	EXPECT_EQ(driver.DeviceObject, devices[2]);
	EXPECT_EQ(devices[2]->NextDevice, devices[1]);
	EXPECT_EQ(devices[1]->NextDevice, devices[0]);
	EXPECT_EQ(devices[0]->Type, IO_TYPE_DEVICE);
	IoDeleteDevice(devices[1]);
	EXPECT_EQ(devices[2]->NextDevice, devices[0]);
	IoDeleteDevice(devices[2]);
	EXPECT_EQ(driver.DeviceObject, devices[0]);
	EXPECT_EQ(devices[0]->NextDevice == NULL, TRUE);
	IoDeleteDevice(devices[0]);
	EXPECT_EQ(driver.DeviceObject == NULL, TRUE);
}

TEST(W_start_without_startio)
{
	driver.DriverStartIo = NULL;
	if (begin()) {
		expect_trace_begin("iotimer: Read.*: IoStartPacket.. for .* has no StartIo",
				   "no_startio");
		send(0, 0);
		send(1, 0);
		expect_warning_end();
		expect_trace_begin("iotimer: Flush.*: IoStartPacket.. for .* has no StartIo",
				   "no_startio");
		IoGetNextIrpStackLocation(r.irps[2])->MajorFunction = IRP_MJ_FLUSH_BUFFERS;
		IoCallDriver(r.device, r.irps[2]);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 3);
		EXPECT_EQ(r.irps[2]->IoStatus.Status, STATUS_INVALID_DEVICE_REQUEST);
	}
	driver.DriverStartIo = StartIo;
	end();
}

TEST(W_start_without_driver)
{
	PDEVICE_OBJECT none;

	if (begin() && EXPECT_EQ(IoCreateDevice(NULL, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &none),
				 STATUS_SUCCESS)) {
		expect_trace_begin("iotimer: W_start_without_driver.*: IoStartPacket.. for .* has no StartIo",
				   "no_startio");
		IoSetNextIrpStackLocation(r.irps[0]);
		IoStartPacket(none, r.irps[0], NULL, NULL);
		expect_warning_end();
		EXPECT_EQ(r.nr_done, 1);
		IoDeleteDevice(none);
	}
	end();
}

static void write_error(PVOID object, UCHAR size, USHORT dump_size)
{
	PIO_ERROR_LOG_PACKET packet = IoAllocateErrorLogEntry(object, size);

	if (!EXPECT_PTR(packet))
		return;
	packet->ErrorCode = dump_size;
	packet->DumpDataSize = dump_size;
	memset(packet->DumpData, 0x5a, size - offsetof(IO_ERROR_LOG_PACKET, DumpData));
	IoWriteErrorLogEntry(packet);
}

/* The smallest and the largest entry, with names that fit and that do not: wdm.sh looks for them. */
TEST(W_error_log_limits)
{
	static WCHAR text[] = L"\\Driver\\LongNameOfADriver0123456789";
	const UCHAR smallest = sizeof(IO_ERROR_LOG_PACKET);

	if (begin()) {
		driver.DriverName.Buffer = text;
		driver.DriverName.Length = 14 * sizeof(WCHAR);
		EXPECT_EQ(IoAllocateErrorLogEntry(&driver, smallest - 1) == NULL, TRUE);
		write_error(&driver, smallest, 1);
		driver.DriverName.Length = sizeof(text) - sizeof(WCHAR);
		write_error(&driver, ERROR_LOG_MAXIMUM_SIZE, ERROR_LOG_MAXIMUM_SIZE);
		driver.DriverName.Length = 0;
	}
	end();
}

/* wdm.sh looks for the entry in the log. */
TEST(W_error_log)
{
	const UCHAR size = sizeof(IO_ERROR_LOG_PACKET) + 2 * sizeof(ULONG);
	PIO_ERROR_LOG_PACKET packet;

	if (begin()) {
		EXPECT_EQ(IoAllocateErrorLogEntry(r.device, 8) == NULL, TRUE);
		EXPECT_EQ(IoAllocateErrorLogEntry(r.device, 241) == NULL, TRUE);
		packet = IoAllocateErrorLogEntry(r.device, size);
		if (EXPECT_PTR(packet)) {
			EXPECT(!memchr_inv(packet, 0, size));
			packet->ErrorCode = 0x40040005;
			packet->UniqueErrorValue = 0x77;
			packet->FinalStatus = STATUS_IO_TIMEOUT;
			packet->RetryCount = 3;
			packet->DumpDataSize = 200;	/* more than it has room for */
			packet->DumpData[0] = 0x04030201;
			packet->DumpData[1] = 0x08070605;
			packet->DumpData[2] = 0x0c0b0a09;
			IoWriteErrorLogEntry(packet);
		}
		packet = IoAllocateErrorLogEntry(&driver, size);
		if (EXPECT_PTR(packet))
			IoFreeErrorLogEntry(packet);
	}
	end();
}

TEST(W_control_codes)
{
	ULONG code = CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_READ_ACCESS);

	EXPECT_EQ(code, 0x226004);
	EXPECT_EQ(DEVICE_TYPE_FROM_CTL_CODE(code), FILE_DEVICE_UNKNOWN);
	EXPECT_EQ(METHOD_FROM_CTL_CODE(code + 3), METHOD_NEITHER);
}

static const struct test_case cases[] = {
	CASE(R1_idle_device_starts_at_once),
	CASE(R1_queue_first_in_first_out),
	CASE(R1_queue_by_key),
	CASE(R2_idle_when_nothing_is_queued),
	CASE(R2_next_by_key),
	CASE(R2_in_a_loop),
	CASE(R3_completion_takes_the_status_up),
	CASE(R3_second_completion_has_no_effect),
	CASE(R3_completed_on_two_cpus_at_once),
	CASE(R3_driver_without_the_function),
	CASE(R3_last_function),
	CASE(R3_request_without_a_location),
	CASE(R3_completed_with_status_pending),
	CASE(R3_new_request),
	CASE(R3_completion_routine_is_called_by_result),
	CASE(R3_request_that_is_not_pending),
	CASE(R3_more_processing_keeps_the_request),
	CASE(R3_completed_with_its_cancel_routine),
	CASE(R4_queued_request_is_cancelled),
	CASE(R4_current_request_is_cancelled),
	CASE(R4_request_without_cancel_routine_goes_on),
	CASE(R4_cancelled_before_it_is_queued),
	CASE(R4_non_cancelable_start),
	CASE(R4_cancel_routine_keeps_the_lock),
	CASE(R4_start_against_cancel),
	CASE(R4_next_packet_takes_the_cancel_lock),
	CASE(R4_next_packet_leaves_the_cancel_lock),
	CASE(R5_remove_lock_waits_for_the_last_user),
	CASE(R5_remove_lock_without_users),
	CASE(W_device_queue),
	CASE(W_devices_of_a_driver),
	CASE(W_start_without_startio),
	CASE(W_start_without_driver),
	CASE(W_error_log),
	CASE(W_error_log_limits),
	CASE(W_control_codes),
};

TEST_MODULE(cases);
