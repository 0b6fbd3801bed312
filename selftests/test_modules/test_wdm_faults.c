// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: every allocation of what drivers call fails once. The
 * driver is told that there is no memory, and nothing is left behind: faults.sh.
 */
#include "faults.h"
#include "wdm_test.h"

#ifdef CONFIG_FAULT_INJECTION

static PDEVICE_OBJECT device;
static NTSTATUS status;
static DRIVER_OBJECT driver = { .Type = IO_TYPE_DRIVER };

static int error_of(NTSTATUS status)
{
	return status == STATUS_INSUFFICIENT_RESOURCES ? -ENOMEM : status;
}

static int error_of_pointer(const void *pointer)
{
	return pointer ? 0 : -ENOMEM;
}

static bool begin_device(void)
{
	device = wdm_device(64);
	return device;
}

static void end_device(void)
{
	IoDeleteDevice(device);
}

static int create_device(void)
{
	status = IoCreateDevice(NULL, 64, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	if (NT_SUCCESS(status))
		IoDeleteDevice(device);
	return error_of(status);
}

TEST(faults_IoCreateDevice)
{
	fail_each_of(create_device, NULL, NULL);
}

static VOID Routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
}

static int initialize_timer(void)
{
	status = IoInitializeTimer(device, Routine, &driver);
	return error_of(status);
}

/* Refused once, it is taken when there is memory; taken, it works. */
static void end_timer(void)
{
	if (!NT_SUCCESS(status))
		EXPECT_EQ(IoInitializeTimer(device, Routine, &driver), STATUS_SUCCESS);
	EXPECT_PTR(device->Timer);
	IoStartTimer(device);
	IoStopTimer(device);
	end_device();
}

TEST(faults_IoInitializeTimer)
{
	fail_each_of(initialize_timer, begin_device, end_timer);
}

/* In the device's extension, and in memory of the driver's own */
static int connect_with(PVOID context)
{
	PKINTERRUPT interrupt;

	status = wdm_connect(&interrupt, wdm_service, context, NULL);
	if (NT_SUCCESS(status))
		IoDisconnectInterrupt(interrupt);
	else
		EXPECT_EQ(interrupt == NULL, TRUE);
	return error_of(status);
}

static int connect(void)
{
	return connect_with(device);
}

static int connect_without_device(void)
{
	return connect_with(&driver);
}

TEST(faults_IoConnectInterrupt)
{
	fail_each_of(connect, begin_device, end_device);
	fail_each_of(connect_without_device, NULL, NULL);
}

static int create_controller(void)
{
	PCONTROLLER_OBJECT controller = IoCreateController(64);

	if (controller)
		IoDeleteController(controller);
	return error_of_pointer(controller);
}

TEST(faults_IoCreateController)
{
	fail_each_of(create_controller, NULL, NULL);
}

static int allocate_irp(void)
{
	PIRP irp = IoAllocateIrp(2, FALSE);

	if (irp)
		IoFreeIrp(irp);
	return error_of_pointer(irp);
}

/* The buffer of the second one fails as well. */
static int build_control_request(void)
{
	UCHAR in[16] = { }, out[16];
	IO_STATUS_BLOCK block;
	KEVENT event;
	PIRP irp;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	irp = IoBuildDeviceIoControlRequest(CTL_CODE(FILE_DEVICE_UNKNOWN, 0x800, METHOD_BUFFERED,
						     FILE_ANY_ACCESS), device, in, sizeof(in),
					    out, sizeof(out), FALSE, &event, &block);
	if (irp)
		IoFreeIrp(irp);
	return error_of_pointer(irp);
}

TEST(faults_requests)
{
	fail_each_of(allocate_irp, NULL, NULL);
	fail_each_of(build_control_request, begin_device, end_device);
}

static int allocate_work_item(void)
{
	PIO_WORKITEM item = IoAllocateWorkItem(device);

	if (item)
		IoFreeWorkItem(item);
	return error_of_pointer(item);
}

TEST(faults_IoAllocateWorkItem)
{
	fail_each_of(allocate_work_item, begin_device, end_device);
}

static VOID Thread(PVOID StartContext)
{
}

static int create_thread(void)
{
	HANDLE handle;

	status = PsCreateSystemThread(&handle, 0, NULL, NULL, NULL, Thread, NULL);
	if (NT_SUCCESS(status))
		ZwClose(handle);
	return error_of(status);
}

TEST(faults_PsCreateSystemThread)
{
	fail_each_of(create_thread, NULL, NULL);
}

/* The module's end frees it; each has an address of its own. */
static int allocate_extension(void)
{
	static char addresses[MANY_ALLOCATIONS];
	static int n;
	PVOID extension = &driver;

	status = IoAllocateDriverObjectExtension(&driver, &addresses[n++], 64, &extension);
	EXPECT_EQ(extension != NULL, NT_SUCCESS(status));
	return error_of(status);
}

TEST(faults_IoAllocateDriverObjectExtension)
{
	fail_each_of(allocate_extension, NULL, NULL);
}

static int allocate_error_log_entry(void)
{
	PVOID entry = IoAllocateErrorLogEntry(device, sizeof(IO_ERROR_LOG_PACKET));

	if (entry)
		IoFreeErrorLogEntry(entry);
	return error_of_pointer(entry);
}

TEST(faults_IoAllocateErrorLogEntry)
{
	fail_each_of(allocate_error_log_entry, begin_device, end_device);
}

static const struct test_case cases[] = {
	CASE(faults_IoCreateDevice),
	CASE(faults_IoInitializeTimer),
	CASE(faults_IoConnectInterrupt),
	CASE(faults_IoCreateController),
	CASE(faults_requests),
	CASE(faults_IoAllocateWorkItem),
	CASE(faults_PsCreateSystemThread),
	CASE(faults_IoAllocateDriverObjectExtension),
	CASE(faults_IoAllocateErrorLogEntry),
};

#endif /* CONFIG_FAULT_INJECTION */

TEST_MODULE(cases);
