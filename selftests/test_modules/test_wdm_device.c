// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: device objects with their timers and DPCs, and
 * controller objects
 */
/* before <iotimer/wdm.h>; test_wdm_names.c has the other order */
#include "driver_headers.h"
#include "hold.h"
#include "wdm_test.h"

static struct {
	PDEVICE_OBJECT	device;
	PVOID		context;
	KIRQL		irql;
	atomic_t	calls;
	bool		stop;
	wdm_fn		fn;
} t;

static VOID routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	t.device = DeviceObject;
	t.context = Context;
	t.irql = KeGetCurrentIrql();
	if (t.stop)
		IoStopTimer(DeviceObject);
	if (t.fn)
		t.fn();
	atomic_inc(&t.calls);
}

static VOID other_routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	atomic_add(1000000, &t.calls);
}

static PDEVICE_OBJECT begin(void)
{
	memset(&t, 0, sizeof(t));
	return wdm_device(64);
}

static bool calls(int n)
{
	return wait_for(atomic_read(&t.calls) >= n, TEST_LIMIT_MS);
}

static void expect_quiet(void)
{
	int before = atomic_read(&t.calls);

	msleep(4 * period_ms);
	EXPECT_EQ(atomic_read(&t.calls), before);
}

/* Devices */

TEST(W_C1_extension_is_zeroed_and_aligned)
{
	PDEVICE_OBJECT device = wdm_device(5000);

	if (!device)
		return;
	EXPECT(!memchr_inv(device->DeviceExtension, 0, 5000));
	EXPECT_EQ((ULONG_PTR)device->DeviceExtension % ARCH_KMALLOC_MINALIGN, 0);
	RtlFillMemory(device->DeviceExtension, 5000, 0xff);
	IoDeleteDevice(device);
}

static NTSTATUS create_named(PUNICODE_STRING name, PDEVICE_OBJECT *device)
{
	return IoCreateDevice(NULL, 0, name, FILE_DEVICE_DISK, FILE_DEVICE_SECURE_OPEN,
			      FALSE, device);
}

/* Disks have partitions of the same name. */
static void expect_name(PUNICODE_STRING path, const char *name)
{
	PDEVICE_OBJECT device;

	if (!EXPECT_EQ(create_named(path, &device), STATUS_SUCCESS))
		return;
	EXPECT_EQ(strcmp(iotimer_wdm_device(device)->name, name), 0);
	IoDeleteDevice(device);
}

TEST(W_device_names_in_directories)
{
	UNICODE_STRING disk0 = RTL_CONSTANT_STRING(L"\\Device\\Harddisk0\\Partition0");
	UNICODE_STRING disk1 = RTL_CONSTANT_STRING(L"\\Device\\Harddisk1\\Partition0");
	UNICODE_STRING plain = RTL_CONSTANT_STRING(L"Plain"), rooted = RTL_CONSTANT_STRING(L"\\Root");
	UNICODE_STRING none = RTL_CONSTANT_STRING(L"\\Device\\Harddisk0\\");
	UNICODE_STRING lengthy = RTL_CONSTANT_STRING(L"\\Device\\0123456789012345678901234567\\Port1");
	PDEVICE_OBJECT device, second;

	EXPECT_EQ(create_named(&disk0, &device), STATUS_SUCCESS);
	EXPECT_EQ(create_named(&disk1, &second), STATUS_SUCCESS);
	if (device)
		IoDeleteDevice(device);
	if (second)
		IoDeleteDevice(second);
	expect_name(&disk0, "Harddisk0.Partition0");
	expect_name(&plain, "Plain");
	expect_name(&rooted, "Root");
	expect_name(&lengthy, "3456789012345678901234567.Port1");
	EXPECT_EQ(create_named(&none, &second), STATUS_OBJECT_NAME_INVALID);
}

TEST(W_device_names)
{
	UNICODE_STRING name, slash = RTL_CONSTANT_STRING(L"\\Device\\");
	PDEVICE_OBJECT device, second;

	RtlInitUnicodeString(&name, L"\\Device\\Edu \xe9" L"0");
	if (!EXPECT_EQ(create_named(&name, &device), STATUS_SUCCESS))
		return;
	EXPECT_EQ(strcmp(iotimer_wdm_device(device)->name, "Edu__0"), 0);
	EXPECT_EQ(device->DeviceType, FILE_DEVICE_DISK);
	EXPECT_EQ(device->Characteristics, FILE_DEVICE_SECURE_OPEN);
	EXPECT_EQ(create_named(&name, &second), STATUS_OBJECT_NAME_COLLISION);
	EXPECT_EQ(second == NULL, TRUE);
	EXPECT_EQ(create_named(&slash, &second), STATUS_OBJECT_NAME_INVALID);
	EXPECT_EQ(IoCreateDevice(NULL, 0xffffffff, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &second),
		  STATUS_INSUFFICIENT_RESOURCES);
	IoDeleteDevice(device);
	EXPECT_EQ(create_named(&name, &device), STATUS_SUCCESS);
	IoDeleteDevice(device);
}

/* The timer */

TEST(W_T1_init_does_not_start)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	EXPECT_EQ(IoInitializeTimer(device, routine, device->DeviceExtension), STATUS_SUCCESS);
	expect_quiet();
	IoStartTimer(device);
	EXPECT(calls(3));
	EXPECT_EQ(t.device, device);
	EXPECT_EQ(t.context, device->DeviceExtension);
	EXPECT_EQ(t.irql, DISPATCH_LEVEL);
	IoStopTimer(device);
	expect_quiet();
	IoStartTimer(device);
	IoStartTimer(device);
	EXPECT(calls(atomic_read(&t.calls) + 2));
	IoStopTimer(device);
	IoStopTimer(device);
	expect_quiet();
	IoDeleteDevice(device);
}

TEST(W_T2_second_init_changes_nothing)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	EXPECT_EQ(IoInitializeTimer(device, NULL, NULL), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(IoInitializeTimer(device, other_routine, (PVOID)0x10000),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(IoInitializeTimer(device, routine, NULL), STATUS_SUCCESS);
	EXPECT_EQ(IoInitializeTimer(device, other_routine, device), STATUS_DEVICE_BUSY);
	IoStartTimer(device);
	EXPECT(calls(2));
	EXPECT_LT(atomic_read(&t.calls), 1000000);
	EXPECT_EQ(t.context == NULL, TRUE);
	IoDeleteDevice(device);
}

/* Drivers look at the member before they initialise. */
TEST(W_timer_member_tells_of_the_timer)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	EXPECT_EQ(device->Timer == NULL, TRUE);
	EXPECT_EQ(IoInitializeTimer(device, NULL, NULL), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(IoInitializeTimer(device, other_routine, (PVOID)0x10000),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(device->Timer == NULL, TRUE);
	EXPECT_EQ(IoInitializeTimer(device, routine, NULL), STATUS_SUCCESS);
	EXPECT_EQ(device->Timer != NULL, TRUE);
	IoDeleteDevice(device);
}

/* A number in place of a pointer, up to where memory may begin. */
TEST(W_C5_small_integers_as_context)
{
	static const ULONG_PTR numbers[] = { 1, 5, 0xffff };
	PDEVICE_OBJECT device;
	int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		device = begin();
		if (!device)
			return;
		EXPECT_EQ(IoInitializeTimer(device, routine, (PVOID)numbers[i]), STATUS_SUCCESS);
		IoStartTimer(device);
		EXPECT(calls(2));
		EXPECT_EQ(t.context, numbers[i]);
		EXPECT_EQ(t.device, device);
		IoDeleteDevice(device);
	}
}

/* Nothing of it is in the log, and the timer is stopped. */
TEST(W_T6_stop_inside_the_routine)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	t.stop = true;
	EXPECT_EQ(IoInitializeTimer(device, routine, NULL), STATUS_SUCCESS);
	IoStartTimer(device);
	EXPECT(calls(1));
	expect_quiet();
	EXPECT_EQ(atomic_read(&t.calls), 1);
	IoStartTimer(device);
	EXPECT(calls(2));
	IoDeleteDevice(device);
}

static VOID holding(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	hold_routine(NULL, Context);
}

/* The routine is kept in a call on another CPU, and let go while stop waits. */
TEST(W_T5_stop_waits_for_the_routine)
{
	static struct hold h = HOLD_INIT(h);
	PDEVICE_OBJECT device;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	device = begin();
	if (!device)
		return;
	EXPECT_EQ(IoInitializeTimer(device, holding, &h), STATUS_SUCCESS);
	IoStartTimer(device);
	if (EXPECT(hold(&h))) {
		hold_end(&h, 5);
		IoStopTimer(device);
		EXPECT(!held(&h));
	}
	IoDeleteDevice(device);
}

TEST(W_T4_start_without_init)
{
	PDEVICE_OBJECT device = begin();
	int i;

	if (!device)
		return;
	for (i = 0; i < 2; i++) {
		if (!i)
			expect_trace_begin("iotimer: W_T4_start_without_init.*: IoStartTimer.. of .* has no timer",
					   "no_timer");
		IoStartTimer(device);
		if (!i)
			expect_warning_end();
	}
	expect_trace_begin("iotimer: W_T4_start_without_init.*: IoStopTimer.. of .* has no timer",
			   "no_timer");
	IoStopTimer(device);
	expect_warning_end();
	IoDeleteDevice(device);
}

static PDEVICE_OBJECT victim;

static void delete_it(void)
{
	IoDeleteDevice(victim);
}

TEST(W_T6_delete_inside_the_routine)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	victim = device;
	t.fn = delete_it;
	EXPECT_EQ(IoInitializeTimer(device, routine, NULL), STATUS_SUCCESS);
	expect_wrong_irql("delete_it", "IoDeleteDevice");
	IoStartTimer(device);
	EXPECT(calls(3));
	expect_warning_end();
	IoStopTimer(device);
	IoDeleteDevice(device);
}

static VOID leaves_irqs_off(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	if (atomic_inc_return(&t.calls) == 1)
		local_irq_disable();
}

/* The complaint is about the driver's routine, not about the layer's. */
TEST(W_T11_misbehaving_routine_is_named)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	EXPECT_EQ(IoInitializeTimer(device, leaves_irqs_off, NULL), STATUS_SUCCESS);
	expect_trace_begin("iotimer: routine leaves_irqs_off.* of .* returned with", "repair");
	IoStartTimer(device);
	EXPECT(calls(3));
	expect_warning_end();
	IoDeleteDevice(device);
}

/* The DpcForIsr */

static struct {
	PDEVICE_OBJECT	device;
	PIRP		irp;
	PVOID		context;
	atomic_t	calls;
} f;

static VOID dpc_for_isr(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	f.device = DeviceObject;
	f.irp = Irp;
	f.context = Context;
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	atomic_inc(&f.calls);
}

static void request_dpc(void)
{
	IoRequestDpc(w.device, (PIRP)0x1234, &f);
}

TEST(W_dpc_for_isr)
{
	memset(&f, 0, sizeof(f));
	if (wdm_begin()) {
		IoInitializeDpcRequest(w.device, dpc_for_isr);
		in_isr(request_dpc);
		EXPECT(wait_for(atomic_read(&f.calls), TEST_LIMIT_MS));
		EXPECT_EQ(f.device, w.device);
		EXPECT_EQ(f.irp, 0x1234);
		EXPECT_EQ(f.context, &f);
	}
	wdm_end();
}

/* With the cast of the DDK's own header, and by way of the member Dpc. */
TEST(W_dpc_for_isr_as_the_ddk_does_it)
{
	memset(&f, 0, sizeof(f));
	if (wdm_begin()) {
		IoInitializeDpcRequest(w.device, (PKDEFERRED_ROUTINE)(void *)dpc_for_isr);
		EXPECT_EQ(KeInsertQueueDpc(&w.device->Dpc, (PVOID)0x1234, &f), TRUE);
		EXPECT(wait_for(atomic_read(&f.calls), TEST_LIMIT_MS));
		EXPECT_EQ(f.device, w.device);
		EXPECT_EQ(f.irp, 0x1234);
		EXPECT_EQ(f.context, &f);
		EXPECT_EQ(KeRemoveQueueDpc(&w.device->Dpc), FALSE);
	}
	wdm_end();
}

/* Before IoInitializeDpcRequest() */
TEST(W_dpc_requested_without_a_routine)
{
	PDEVICE_OBJECT device = begin();

	if (!device)
		return;
	IoRequestDpc(device, NULL, NULL);
	EXPECT_EQ(KeRemoveQueueDpc(&device->Dpc), FALSE);
	IoDeleteDevice(device);
}

static VOID requesting(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoRequestDpc(DeviceObject, NULL, Context);
}

static VOID dpc_holding(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
	hold_routine(NULL, Context);
}

/* The DPC is kept in a call on another CPU, and let go while delete waits. */
TEST(W_T12_delete_waits_for_the_dpc)
{
	static struct hold h = HOLD_INIT(h);
	PDEVICE_OBJECT device;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	device = begin();
	if (!device)
		return;
	IoInitializeDpcRequest(device, dpc_holding);
	EXPECT_EQ(IoInitializeTimer(device, requesting, &h), STATUS_SUCCESS);
	IoStartTimer(device);
	if (EXPECT(hold(&h)))
		hold_end(&h, HZ / 2);
	IoDeleteDevice(device);
	EXPECT(!held(&h));
}

/* Everything at once, and deleted in the middle of it. */
static void raise_and_request(void)
{
	iotimer_wdm_raise_interrupt(w.interrupt);
	IoRequestDpc(w.device, NULL, NULL);
}

static void timer_does_all(void)
{
	KeSynchronizeExecution(w.interrupt, wdm_section, NULL);
	raise_and_request();
}

TEST(W_I5_T12_delete_with_everything_connected)
{
	int round, ended, isrs;

	for (round = 0; round < 10; round++) {
		memset(&t, 0, sizeof(t));
		if (wdm_begin()) {
			IoInitializeDpcRequest(w.device, dpc_for_isr);
			w.fn = request_dpc;
			t.fn = timer_does_all;
			EXPECT_EQ(IoInitializeTimer(w.device, routine, NULL), STATUS_SUCCESS);
			IoStartTimer(w.device);
			EXPECT(calls(2));
			raise_and_request();
		}
		wdm_end();
		ended = atomic_read(&f.calls);
		isrs = atomic_read(&w.calls);
		expect_quiet();
		EXPECT_EQ(atomic_read(&f.calls), ended);
		EXPECT_EQ(atomic_read(&w.calls), isrs);
	}
}

/* Controllers */

static struct {
	PCONTROLLER_OBJECT	controller;
	PDEVICE_OBJECT		devices[4];
	PDEVICE_OBJECT		order[8];
	PIRP			irp;
	PVOID			registers, context;
	KIRQL			irql;
	int			n;
	IO_ALLOCATION_ACTION	action;
} c;

static IO_ALLOCATION_ACTION control(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				    PVOID MapRegisterBase, PVOID Context)
{
	if (c.n < ARRAY_SIZE(c.order))
		c.order[c.n++] = DeviceObject;
	c.irp = Irp;
	c.registers = MapRegisterBase;
	c.context = Context;
	c.irql = KeGetCurrentIrql();
	return c.action;
}

static bool begin_controller(void)
{
	int i;

	memset(&c, 0, sizeof(c));
	c.action = KeepObject;
	c.controller = IoCreateController(3000);
	for (i = 0; i < ARRAY_SIZE(c.devices); i++)
		c.devices[i] = wdm_device(0);
	return EXPECT_PTR(c.controller) && c.devices[3];
}

static void end_controller(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(c.devices); i++)
		if (c.devices[i])
			IoDeleteDevice(c.devices[i]);
	if (c.controller)
		IoDeleteController(c.controller);
}

/* Not inlined: one place for all tests */
static noinline void allocate(int device)
{
	IoAllocateController(c.controller, c.devices[device], control, &c);
}

TEST(W_O1_extension_and_arguments)
{
	if (begin_controller()) {
		EXPECT(!memchr_inv(c.controller->ControllerExtension, 0, 3000));
		EXPECT_EQ((ULONG_PTR)c.controller->ControllerExtension % ARCH_KMALLOC_MINALIGN, 0);
		c.devices[0]->CurrentIrp = (PIRP)0x4711;
		c.registers = &c;
		allocate(0);
		EXPECT_EQ(c.n, 1);
		EXPECT_EQ(c.irp, 0x4711);
		EXPECT_EQ(c.registers == NULL, TRUE);
		EXPECT_EQ(c.context, &c);
		EXPECT_EQ(c.irql, DISPATCH_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		IoFreeController(c.controller);
	}
	end_controller();
	EXPECT_EQ(IoCreateController(0xffffffff) == NULL, TRUE);
}

TEST(W_O2_first_in_first_out)
{
	static const int order[] = { 0, 2, 1, 3 };
	int i;

	if (begin_controller()) {
		for (i = 0; i < 4; i++)
			allocate(order[i]);
		EXPECT_EQ(c.n, 1);
		for (i = 1; i < 4; i++) {
			IoFreeController(c.controller);
			EXPECT_EQ(c.n, i + 1);
		}
		IoFreeController(c.controller);
		for (i = 0; i < 4; i++)
			EXPECT_EQ(c.order[i], c.devices[order[i]]);
	}
	end_controller();
}

TEST(W_O3_keep_and_deallocate)
{
	EXPECT_EQ(KeepObject, 1);
	EXPECT_EQ(DeallocateObject, 2);
	if (begin_controller()) {
		allocate(0);
		c.action = DeallocateObject;
		allocate(1);
		allocate(2);
		EXPECT_EQ(c.n, 1);
		IoFreeController(c.controller);
		/* all that waited have had it, and it is free */
		EXPECT_EQ(c.n, 3);
		allocate(3);
		EXPECT_EQ(c.n, 4);
	}
	end_controller();
}

TEST(W_O4_second_request_is_refused)
{
	if (begin_controller()) {
		allocate(0);
		allocate(1);
		expect_trace_begin("iotimer: .*: IoAllocateController.. for .* waits for one",
				   "refuse");
		allocate(1);
		allocate(1);
		expect_warning_end();
		IoFreeController(c.controller);
		IoFreeController(c.controller);
		EXPECT_EQ(c.n, 2);
		/* may wait again */
		allocate(1);
		EXPECT_EQ(c.n, 3);
		IoFreeController(c.controller);
	}
	end_controller();
}

/* In its control routine a device may ask for another controller. */
static PCONTROLLER_OBJECT second;

static IO_ALLOCATION_ACTION take_both(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				      PVOID MapRegisterBase, PVOID Context)
{
	IoAllocateController(second, DeviceObject, control, Context);
	return KeepObject;
}

TEST(W_O4_control_routine_asks_for_another)
{
	second = IoCreateController(0);
	if (begin_controller() && EXPECT_PTR(second)) {
		IoAllocateController(c.controller, c.devices[0], take_both, &second);
		EXPECT_EQ(c.n, 1);
		EXPECT_EQ(c.context, &second);
		IoFreeController(second);
		IoFreeController(c.controller);
		IoDeleteController(second);
	}
	end_controller();
}

TEST(W_O1_delete_while_in_use)
{
	if (begin_controller()) {
		allocate(0);
		expect_trace_begin("iotimer: .*: IoDeleteController.. of a controller that is in use",
				   "IoDeleteController");
		IoDeleteController(c.controller);
		expect_warning_end();
		IoFreeController(c.controller);
	}
	end_controller();
}

/* Each of the two places in this function is reported, once. */
TEST(W_free_of_a_free_controller)
{
	int i;

	if (begin_controller()) {
		for (i = 0; i < 3; i++) {
			if (i != 1)
				expect_trace_begin("iotimer: .*: IoFreeController.. of a controller that no device holds",
						   "IoFreeController");
			if (i < 2)
				IoFreeController(c.controller);
			else
				IoFreeController(c.controller);
			if (i)
				expect_warning_end();
		}
	}
	end_controller();
}

static void allocate_in_isr(void)
{
	allocate(0);
}

TEST(W_allocate_in_an_isr)
{
	if (begin_controller() && wdm_begin()) {
		expect_wrong_irql("allocate", "IoAllocateController");
		in_isr(allocate_in_isr);
		expect_warning_end();
		EXPECT_EQ(c.n, 0);
	}
	wdm_end();
	end_controller();
}

/* The purpose of a controller's extension; a timer that uses it holds it. */
TEST(W_C2_timer_context_in_the_controller)
{
	PDEVICE_OBJECT device = begin();

	if (device && begin_controller()) {
		EXPECT_EQ(IoInitializeTimer(device, routine, c.controller->ControllerExtension),
			  STATUS_SUCCESS);
		IoStartTimer(device);
		EXPECT(calls(2));
		EXPECT_EQ(t.context, c.controller->ControllerExtension);
		IoDeleteDevice(device);
	}
	end_controller();
}

static const struct test_case cases[] = {
	CASE(W_C1_extension_is_zeroed_and_aligned),
	CASE(W_device_names),
	CASE(W_device_names_in_directories),
	CASE(W_T1_init_does_not_start),
	CASE(W_T2_second_init_changes_nothing),
	CASE(W_timer_member_tells_of_the_timer),
	CASE(W_C5_small_integers_as_context),
	CASE(W_T4_start_without_init),
	CASE(W_T5_stop_waits_for_the_routine),
	CASE(W_T6_stop_inside_the_routine),
	CASE(W_T6_delete_inside_the_routine),
	CASE(W_T11_misbehaving_routine_is_named),
	CASE(W_dpc_for_isr),
	CASE(W_dpc_for_isr_as_the_ddk_does_it),
	CASE(W_dpc_requested_without_a_routine),
	CASE(W_T12_delete_waits_for_the_dpc),
	CASE(W_I5_T12_delete_with_everything_connected),
	CASE(W_O1_extension_and_arguments),
	CASE(W_O2_first_in_first_out),
	CASE(W_O3_keep_and_deallocate),
	CASE(W_O4_second_request_is_refused),
	CASE(W_O4_control_routine_asks_for_another),
	CASE(W_O1_delete_while_in_use),
	CASE(W_free_of_a_free_controller),
	CASE(W_allocate_in_an_isr),
	CASE(W_C2_timer_context_in_the_controller),
};

TEST_MODULE(cases);
