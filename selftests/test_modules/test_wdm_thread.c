// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: system threads, extensions of driver objects, and
 * requests with a control code for another driver. Unloading waits for the thread that
 * is left running; wdm.sh looks at that.
 */
#include "wdm_test.h"

static struct {
	KEVENT		begun, go;
	PVOID		context;
	KIRQL		irql;
	bool		returned;
	bool		beyond;		/* the end of the thread */
	NTSTATUS	status;
} s;

static void begin(void)
{
	memset(&s, 0, sizeof(s));
	KeInitializeEvent(&s.begun, NotificationEvent, FALSE);
	KeInitializeEvent(&s.go, NotificationEvent, FALSE);
}

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
	LARGE_INTEGER timeout = { .QuadPart = -10000LL * ms };

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static VOID Returns(PVOID StartContext)
{
	s.context = StartContext;
	s.irql = KeGetCurrentIrql();
	KeSetEvent(&s.begun, IO_NO_INCREMENT, FALSE);
	wait_ms(&s.go, TEST_LIMIT_MS);
	WRITE_ONCE(s.returned, true);
}

static VOID Terminates(PVOID StartContext)
{
	Returns(StartContext);
	PsTerminateSystemThread(STATUS_SUCCESS);
	WRITE_ONCE(s.beyond, true);
}

static PKTHREAD start(PKSTART_ROUTINE routine, HANDLE *handle)
{
	OBJECT_ATTRIBUTES attributes;
	PVOID thread = NULL;

	begin();
	InitializeObjectAttributes(&attributes, NULL, OBJ_KERNEL_HANDLE, NULL, NULL);
	EXPECT_EQ(PsCreateSystemThread(handle, THREAD_ALL_ACCESS, &attributes, NULL, NULL,
				       routine, &s), STATUS_SUCCESS);
	EXPECT_EQ(ObReferenceObjectByHandle(*handle, THREAD_ALL_ACCESS, *PsThreadType, KernelMode,
					    &thread, NULL), STATUS_SUCCESS);
	return thread;
}

/* As drivers do it: a handle, a pointer in its place, a wait, and the pointer is given back. */
static void expect_thread(PKSTART_ROUTINE routine)
{
	HANDLE handle;
	PKTHREAD thread = start(routine, &handle);

	if (!thread)
		return;
	EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
	EXPECT_EQ(wait_ms(&s.begun, TEST_LIMIT_MS), STATUS_SUCCESS);
	EXPECT_EQ(s.context, &s);
	EXPECT_EQ(s.irql, PASSIVE_LEVEL);
	EXPECT_EQ(wait_ms(thread, 50), STATUS_TIMEOUT);
	KeSetEvent(&s.go, IO_NO_INCREMENT, FALSE);
	EXPECT_EQ(wait_ms(thread, TEST_LIMIT_MS), STATUS_SUCCESS);
	EXPECT(READ_ONCE(s.returned));
	/* it stays signalled */
	EXPECT_EQ(wait_ms(thread, 0), STATUS_SUCCESS);
	ObDereferenceObject(thread);
}

TEST(K3_thread_that_returns)
{
	expect_thread(Returns);
}

TEST(K3_thread_that_terminates_itself)
{
	expect_thread(Terminates);
	msleep(20);
	EXPECT(!READ_ONCE(s.beyond));
}

/* It may end before anything refers to it, and its memory goes with the last reference. */
TEST(K3_thread_that_is_closed_at_once)
{
	HANDLE handle;

	begin();
	KeSetEvent(&s.go, IO_NO_INCREMENT, FALSE);
	EXPECT_EQ(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, Returns, NULL),
		  STATUS_SUCCESS);
	EXPECT_EQ(ZwClose(handle), STATUS_SUCCESS);
	EXPECT(wait_for(READ_ONCE(s.returned), TEST_LIMIT_MS));
}

TEST(K3_references_of_a_thread)
{
	HANDLE handle;
	PKTHREAD thread = start(Returns, &handle);

	if (!thread)
		return;
	EXPECT_EQ(kref_read(&thread->ref), 3);
	ObReferenceObject(thread);
	EXPECT_EQ(kref_read(&thread->ref), 4);
	ObDereferenceObject(thread);
	ZwClose(handle);
	KeSetEvent(&s.go, IO_NO_INCREMENT, FALSE);
	EXPECT(wait_for(kref_read(&thread->ref) == 1, TEST_LIMIT_MS));
	ObDereferenceObject(thread);
}

/* One place in the driver each, to be reported once */
static noinline void refer_to(PVOID object)
{
	ObReferenceObject(object);
	barrier();	/* no tail call */
}

static noinline void let_go_of(PVOID object)
{
	ObDereferenceObject(object);
	barrier();
}

/* They begin with a Type of their own. */
TEST(K3_objects_that_are_no_threads)
{
	DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };
	PVOID objects[] = { NULL, &driver, &s.go, NULL };
	int i;

	begin();
	objects[3] = wdm_device(0);
	expect_trace_begin("iotimer: refer_to.*: ObReferenceObject.. of an object that is no thread",
			   "wdm/thread\\.c");
	for (i = 0; i < ARRAY_SIZE(objects); i++)
		refer_to(objects[i]);
	expect_warning_end();
	expect_trace_begin("iotimer: let_go_of.*: ObDereferenceObject.. of an object that is no thread",
			   "wdm/thread\\.c");
	for (i = 0; i < ARRAY_SIZE(objects); i++) {
		let_go_of(objects[i]);
		EXPECT_EQ(ZwClose(objects[i]), STATUS_INVALID_HANDLE);
	}
	expect_warning_end();
	EXPECT_EQ(driver.Type, IO_TYPE_DRIVER);
	if (objects[3])
		IoDeleteDevice(objects[3]);
}

static void create_there(void)
{
	HANDLE handle;

	s.status = PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, Returns, NULL);
}

static void terminate_there(void)
{
	s.status = PsTerminateSystemThread(STATUS_SUCCESS);
}

TEST(K3_threads_that_are_refused)
{
	PVOID thread = &s;
	HANDLE handle = &s;

	begin();
	EXPECT_EQ(PsTerminateSystemThread(STATUS_SUCCESS), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, NULL, NULL),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(handle == NULL, TRUE);
	EXPECT_EQ(ObReferenceObjectByHandle(NULL, 0, NULL, KernelMode, &thread, NULL),
		  STATUS_INVALID_HANDLE);
	EXPECT_EQ(thread == NULL, TRUE);
	EXPECT_EQ(ObReferenceObjectByHandle(&s.go, 0, NULL, KernelMode, &thread, NULL),
		  STATUS_INVALID_HANDLE);
	EXPECT_EQ(ZwClose(NULL), STATUS_INVALID_HANDLE);
	expect_wrong_irql("create_there", "PsCreateSystemThread");
	in_dpc(create_there);
	expect_warning_end();
	EXPECT_EQ(s.status, STATUS_UNSUCCESSFUL);
	expect_wrong_irql("terminate_there", "PsTerminateSystemThread");
	in_dpc(terminate_there);
	expect_warning_end();
	EXPECT_EQ(s.status, STATUS_UNSUCCESSFUL);
}

/* Extensions of driver objects */

static DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };
static DRIVER_OBJECT other_driver = { .Type = IO_TYPE_DRIVER };
static int first_id, second_id;

TEST(W_extensions_of_a_driver_object)
{
	PUCHAR first, second;
	PVOID again = &first;

	EXPECT_EQ(IoGetDriverObjectExtension(&driver, &first_id) == NULL, TRUE);
	EXPECT_EQ(IoAllocateDriverObjectExtension(&driver, &first_id, 100, (PVOID *)&first),
		  STATUS_SUCCESS);
	EXPECT_EQ(IoAllocateDriverObjectExtension(&driver, &second_id, 0, (PVOID *)&second),
		  STATUS_SUCCESS);
	if (!EXPECT_PTR(first))
		return;
	EXPECT(!memchr_inv(first, 0, 100));
	RtlFillMemory(first, 100, 0x5a);
	EXPECT_EQ(IoGetDriverObjectExtension(&driver, &first_id), first);
	EXPECT_EQ(IoGetDriverObjectExtension(&driver, &second_id), second);
	EXPECT_EQ(IoGetDriverObjectExtension(&other_driver, &first_id) == NULL, TRUE);
	EXPECT_EQ(IoAllocateDriverObjectExtension(&driver, &first_id, 8, &again),
		  STATUS_OBJECT_NAME_COLLISION);
	EXPECT_EQ(again == NULL, TRUE);
	EXPECT_EQ(IoAllocateDriverObjectExtension(&other_driver, &first_id, 0xffffffff, &again),
		  STATUS_INSUFFICIENT_RESOURCES);
	EXPECT_EQ(IoAllocateDriverObjectExtension(&other_driver, &first_id, 8, &again),
		  STATUS_SUCCESS);
	EXPECT_NE(again, first);
}

/* The test before has been another load of this module: nothing of it is left. */
TEST(W_extensions_go_with_the_module)
{
	EXPECT_EQ(IoGetDriverObjectExtension(&driver, &first_id) == NULL, TRUE);
}

/* Requests for another driver */

static struct {
	ULONG		code, in_size, out_size, in;
	PVOID		type3, user;
	UCHAR		major;
	PIRP		irp;
	NTSTATUS	status;
	ULONG_PTR	information;
} c;

static NTSTATUS Control(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
	PIO_STACK_LOCATION location = IoGetCurrentIrpStackLocation(Irp);
	PULONG buffer = Irp->AssociatedIrp.SystemBuffer;

	c.irp = Irp;
	c.major = location->MajorFunction;
	c.code = location->Parameters.DeviceIoControl.IoControlCode;
	c.in_size = location->Parameters.DeviceIoControl.InputBufferLength;
	c.out_size = location->Parameters.DeviceIoControl.OutputBufferLength;
	c.type3 = location->Parameters.DeviceIoControl.Type3InputBuffer;
	c.user = Irp->UserBuffer;
	c.in = buffer && c.in_size ? *buffer : 0;
	if (buffer && c.out_size)
		*buffer = 0x55555555;
	Irp->IoStatus.Information = c.information;
	if (c.status == STATUS_PENDING) {
		IoMarkIrpPending(Irp);
		return STATUS_PENDING;
	}
	Irp->IoStatus.Status = c.status;
	IoCompleteRequest(Irp, IO_NO_INCREMENT);
	return c.status;
}

static PDEVICE_OBJECT begin_control(NTSTATUS status, ULONG_PTR information)
{
	PDEVICE_OBJECT device = NULL;

	memset(&c, 0, sizeof(c));
	c.status = status;
	c.information = information;
	driver.MajorFunction[IRP_MJ_DEVICE_CONTROL] = Control;
	driver.MajorFunction[IRP_MJ_INTERNAL_DEVICE_CONTROL] = Control;
	EXPECT_EQ(IoCreateDevice(&driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device),
		  STATUS_SUCCESS);
	return device;
}

#define BUFFERED_CODE	CTL_CODE(FILE_DEVICE_UNKNOWN, 0x801, METHOD_BUFFERED, FILE_ANY_ACCESS)

/* Sends a request with the input 7; returns what is in the output afterwards. */
static ULONG send_control(PDEVICE_OBJECT device, BOOLEAN internal, NTSTATUS status)
{
	IO_STATUS_BLOCK iosb = { .Information = 77 };
	ULONG in = 7, out[2] = { 1, 1 };
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(BUFFERED_CODE, device, &in, sizeof(in), out,
					    sizeof(out[0]), internal, &event, &iosb);
	if (!EXPECT_PTR(irp))
		return 0;
	EXPECT_EQ(KeReadStateEvent(&event), 0);
	EXPECT_EQ(IoCallDriver(device, irp), status);
	EXPECT_NE(KeReadStateEvent(&event), 0);
	EXPECT_EQ(iosb.Status, status);
	EXPECT_EQ(iosb.Information, c.information);
	EXPECT_EQ(out[1], 1);
	EXPECT_EQ(c.in, 7);
	return out[0];
}

TEST(R3_control_request_for_another_driver)
{
	PDEVICE_OBJECT device = begin_control(STATUS_SUCCESS, 4);

	if (!device)
		return;
	EXPECT_EQ(send_control(device, FALSE, STATUS_SUCCESS), 0x55555555);
	EXPECT_EQ(c.major, IRP_MJ_DEVICE_CONTROL);
	EXPECT_EQ(c.code, BUFFERED_CODE);
	EXPECT_EQ(c.in_size * 10 + c.out_size, 44);
	EXPECT_EQ(send_control(device, TRUE, STATUS_SUCCESS), 0x55555555);
	EXPECT_EQ(c.major, IRP_MJ_INTERNAL_DEVICE_CONTROL);
	/* no more than there is room for, and nothing after an error; a warning has data */
	c.information = 8;
	EXPECT_EQ(send_control(device, FALSE, STATUS_SUCCESS), 0x55555555);
	c.information = 1;
	EXPECT_EQ(send_control(device, FALSE, STATUS_SUCCESS), (1 & ~0xff) | 0x55);
	c.information = 4;
	c.status = STATUS_BUFFER_OVERFLOW;
	EXPECT_EQ(send_control(device, FALSE, STATUS_BUFFER_OVERFLOW), 0x55555555);
	c.status = STATUS_IO_TIMEOUT;
	EXPECT_EQ(send_control(device, FALSE, STATUS_IO_TIMEOUT), 1);
	IoDeleteDevice(device);
}

TEST(R3_control_request_that_is_pending)
{
	PDEVICE_OBJECT device = begin_control(STATUS_PENDING, 0);
	IO_STATUS_BLOCK iosb = { };
	KEVENT event;
	PIRP irp;

	if (!device)
		return;
	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(BUFFERED_CODE, device, NULL, 0, NULL, 0, FALSE,
					    &event, &iosb);
	if (EXPECT_PTR(irp)) {
		EXPECT_EQ(irp->AssociatedIrp.SystemBuffer == NULL, TRUE);
		EXPECT_EQ(IoCallDriver(device, irp), STATUS_PENDING);
		EXPECT_EQ(wait_ms(&event, 20), STATUS_TIMEOUT);
		c.irp->IoStatus.Status = STATUS_SUCCESS;
		c.irp->IoStatus.Information = 5;
		IoCompleteRequest(c.irp, IO_NO_INCREMENT);
		EXPECT_EQ(wait_ms(&event, 0), STATUS_SUCCESS);
		EXPECT_EQ(iosb.Information, 5);
	}
	IoDeleteDevice(device);
}

/* The addresses as they are; no request for direct I/O; and one that is not sent, but freed. */
TEST(R3_control_requests_by_method)
{
	PDEVICE_OBJECT device = begin_control(STATUS_SUCCESS, 4);
	ULONG in = 7, out = 1;
	PIRP irp;

	if (!device)
		return;
	irp = IoBuildDeviceIoControlRequest(BUFFERED_CODE | METHOD_NEITHER, device, &in, 4, &out, 4,
					    FALSE, NULL, NULL);
	if (EXPECT_PTR(irp)) {
		EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS);
		EXPECT_EQ(c.type3, &in);
		EXPECT_EQ(c.user, &out);
		EXPECT_EQ(out, 1);
	}
	EXPECT_EQ(IoBuildDeviceIoControlRequest(BUFFERED_CODE | METHOD_IN_DIRECT, device, &in, 4,
						&out, 4, FALSE, NULL, NULL) == NULL, TRUE);
	EXPECT_EQ(IoBuildDeviceIoControlRequest(BUFFERED_CODE | METHOD_OUT_DIRECT, device, &in, 4,
						&out, 4, FALSE, NULL, NULL) == NULL, TRUE);
	/* a result without a place to go to */
	irp = IoBuildDeviceIoControlRequest(BUFFERED_CODE, device, &in, 4, NULL, 4, FALSE, NULL,
					    NULL);
	if (EXPECT_PTR(irp))
		EXPECT_EQ(IoCallDriver(device, irp), STATUS_SUCCESS);
	irp = IoBuildDeviceIoControlRequest(BUFFERED_CODE, device, &in, 4, NULL, 100, FALSE, NULL,
					    NULL);
	if (EXPECT_PTR(irp))
		EXPECT(!memchr_inv(irp->AssociatedIrp.SystemBuffer + 4, 0, 96));
	IoFreeIrp(irp);
	IoDeleteDevice(device);
}

/* Left to be waited for. */
static VOID Late(PVOID StartContext)
{
	msleep(500);
	pr_info("wdm-thread: late thread is done\n");
}

TEST(K3_left_running)
{
	HANDLE handle;

	EXPECT_EQ(PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, Late, NULL), STATUS_SUCCESS);
	ZwClose(handle);
}

static const struct test_case cases[] = {
	CASE(K3_thread_that_returns),
	CASE(K3_thread_that_terminates_itself),
	CASE(K3_thread_that_is_closed_at_once),
	CASE(K3_references_of_a_thread),
	CASE(K3_objects_that_are_no_threads),
	CASE(K3_threads_that_are_refused),
	CASE(W_extensions_go_with_the_module),
	CASE(W_extensions_of_a_driver_object),
	CASE(R3_control_request_for_another_driver),
	CASE(R3_control_request_that_is_pending),
	CASE(R3_control_requests_by_method),
	CASE(K3_left_running),
};

TEST_MODULE(cases);
