// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: interrupt objects and SynchCritSections
 */
#include "wdm_test.h"

#define STORM	1000

static BOOLEAN give_back(PVOID SynchronizeContext)
{
	return *(PUCHAR)SynchronizeContext;
}

/* A BOOLEAN that is neither TRUE nor FALSE comes back as it is. */
TEST(W_I7_value_comes_back_verbatim)
{
	static UCHAR values[] = { 0, 1, 2, 127, 128, 255 };
	int i;

	if (wdm_begin())
		for (i = 0; i < ARRAY_SIZE(values); i++)
			EXPECT_EQ(KeSynchronizeExecution(w.interrupt, give_back, &values[i]),
				  values[i]);
	wdm_end();
}

/* The state that the section sees, and that it leaves */
static struct {
	bool	locked;
	bool	irqs_off;
	KIRQL	irql;
	int	cpu;
} in;

static bool irq_lock_is_held(void)
{
	return iotimer_isr_lock_held(w.interrupt->irq);
}

static void look(void)
{
	in.locked = irq_lock_is_held();
	in.irqs_off = irqs_disabled();
	in.irql = KeGetCurrentIrql();
	in.cpu = raw_smp_processor_id();
	iotimer_assert_isr_locked(w.interrupt->irq);
}

static void expect_seen_locked(void)
{
	EXPECT(in.locked);
	EXPECT_EQ(in.irqs_off, !RT);
	EXPECT_GT(in.irql, DISPATCH_LEVEL);
	EXPECT(!irq_lock_is_held());
	EXPECT(!irqs_disabled());
}

static void look_from(KIRQL irql)
{
	int cpu;

	migrate_disable();
	cpu = raw_smp_processor_id();
	in_section(look);
	EXPECT_EQ(in.cpu, cpu);
	migrate_enable();
	expect_seen_locked();
	EXPECT_EQ(KeGetCurrentIrql(), irql);
}

TEST(W_I1_lock_is_held_inside_and_free_outside)
{
	KIRQL old;

	if (wdm_begin()) {
		look_from(PASSIVE_LEVEL);
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		look_from(DISPATCH_LEVEL);
		KeLowerIrql(old);
		in_isr(look);
		expect_seen_locked();
	}
	wdm_end();
}

TEST(W_interrupt_spin_lock)
{
	KIRQL old, outer;

	if (wdm_begin()) {
		old = KeAcquireInterruptSpinLock(w.interrupt);
		look();
		KeReleaseInterruptSpinLock(w.interrupt, old);
		EXPECT_EQ(old, PASSIVE_LEVEL);
		expect_seen_locked();
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);

		KeRaiseIrql(DISPATCH_LEVEL, &outer);
		old = KeAcquireInterruptSpinLock(w.interrupt);
		look();
		KeReleaseInterruptSpinLock(w.interrupt, old);
		EXPECT_EQ(old, DISPATCH_LEVEL);
		expect_seen_locked();
		EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
		KeLowerIrql(outer);
	}
	wdm_end();
}

/* Where one has the lock already Windows would hang: FALSE, and no call. */
static UCHAR one = 1;
static int nested;

static void nest(void)
{
	nested = KeSynchronizeExecution(w.interrupt, give_back, &one);
}

TEST(W_section_in_the_isr)
{
	if (wdm_begin()) {
		nested = -1;
		expect_trace_begin("iotimer: nest.*: iotimer_synchronize\\(\\) of", "refuse_nesting");
		in_isr(nest);
		EXPECT_EQ(nested, FALSE);
		nested = -1;
		in_section(nest);
		expect_warning_end();
		EXPECT_EQ(nested, FALSE);
	}
	wdm_end();
}

static void acquire_again(void)
{
	KIRQL old = KeAcquireInterruptSpinLock(w.interrupt);

	KeReleaseInterruptSpinLock(w.interrupt, old);
	look();
}

TEST(W_interrupt_spin_lock_in_the_isr)
{
	if (wdm_begin()) {
		expect_trace_begin("iotimer: acquire_again .*: the lock .* is held already",
				   "iotimer_wdm_lock_interrupt");
		in_isr(acquire_again);
		in_isr(acquire_again);
		expect_warning_end();
		expect_seen_locked();
	}
	wdm_end();
}

static noinline void release_unheld(void)
{
	KeReleaseInterruptSpinLock(w.interrupt, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(W_interrupt_spin_lock_not_held)
{
	if (wdm_begin()) {
		expect_trace_begin("iotimer: release_unheld .*: the lock .* is not held",
				   "wdm/interrupt\\.c");
		release_unheld();
		release_unheld();
		expect_warning_end();
		in_section(look);
		expect_seen_locked();
	}
	wdm_end();
}

/* State that all of them share: both CPUs, ISR, section and spin lock */
static struct {
	unsigned long	counter;
	atomic_t	entered;
	PKINTERRUPT	other;
} s;

static void critical(void)
{
	unsigned long n = READ_ONCE(s.counter);

	udelay(1);
	WRITE_ONCE(s.counter, n + 1);
	atomic_inc(&s.entered);
}

static void storm_on(PKINTERRUPT interrupt)
{
	KIRQL old;

	iotimer_wdm_raise_interrupt(interrupt);
	KeSynchronizeExecution(interrupt, wdm_section, NULL);
	old = KeAcquireInterruptSpinLock(interrupt);
	critical();
	KeReleaseInterruptSpinLock(interrupt, old);
}

static void storm(void *unused)
{
	int i;

	for (i = 0; i < STORM; i++) {
		storm_on(w.interrupt);
		if (s.other)
			storm_on(s.other);
		cond_resched();
	}
}

static void run_storm(void)
{
	s.counter = 0;
	atomic_set(&s.entered, 0);
	w.fn = critical;
	on_two_cpus(storm, storm, NULL);
}

static void expect_all_counted(int least)
{
	EXPECT_EQ(s.counter, atomic_read(&s.entered));
	EXPECT_GT(s.counter, least);
}

TEST(W_I2_storm_on_isr_section_and_spin_lock)
{
	s.other = NULL;
	if (wdm_begin())
		run_storm();
	wdm_end();
	expect_all_counted(4 * STORM);
}

TEST(W_I4_storm_on_interrupts_with_one_spin_lock)
{
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	memset(&w, 0, sizeof(w));
	w.device = wdm_device(64);
	if (w.device &&
	    EXPECT_EQ(wdm_connect(&w.interrupt, wdm_service, w.device, &lock), 0) &&
	    EXPECT_EQ(wdm_connect(&s.other, wdm_service, w.device, &lock), 0))
		run_storm();
	wdm_end();
	s.other = NULL;
	expect_all_counted(8 * STORM);
}

/* A KSPIN_LOCK at the same address, but of another driver */
static PKINTERRUPT others;
static bool others_is_held;

static void look_at_others(void)
{
	others_is_held = iotimer_isr_lock_held(others->irq);
}

static bool shares_with_others(PDEVICE_OBJECT device, struct module *owner, KSPIN_LOCK *lock)
{
	swap(device->owner, owner);
	if (!EXPECT_EQ(wdm_connect(&w.interrupt, wdm_service, w.device, lock), STATUS_SUCCESS))
		return false;
	swap(device->owner, owner);
	others_is_held = false;
	in_section(look_at_others);
	IoDisconnectInterrupt(w.interrupt);
	return others_is_held;
}

TEST(W_I4_spin_lock_of_another_driver)
{
	PDEVICE_OBJECT device = wdm_device(0);
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	memset(&w, 0, sizeof(w));
	w.device = wdm_device(0);
	if (device && w.device &&
	    EXPECT_EQ(wdm_connect(&others, wdm_service, device, &lock), STATUS_SUCCESS)) {
		EXPECT(shares_with_others(device, device->owner, &lock));
		EXPECT(!shares_with_others(device, NULL, &lock));
		EXPECT(!shares_with_others(device, device->owner, NULL));
	}
	wdm_end();
	if (device)
		IoDeleteDevice(device);
}

/* A section of one interrupt in a section of another, which is no mistake. */
static PKINTERRUPT inner;

static void enter_inner(void)
{
	EXPECT_EQ(KeSynchronizeExecution(inner, give_back, &one), 1);
}

TEST(W_section_in_a_section_of_another_interrupt)
{
	if (wdm_begin() &&
	    EXPECT_EQ(IoConnectInterrupt(&inner, wdm_service, w.device, NULL,
					 IOTIMER_IRQ_VIRTUAL, IOTIMER_DIRQL, IOTIMER_DIRQL,
					 Latched, FALSE, 1, FALSE), STATUS_SUCCESS)) {
		in_section(enter_inner);
		in_isr(enter_inner);
	}
	wdm_end();
}

/* Connecting */

static BOOLEAN not_ours(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	return FALSE;
}

TEST(W_bad_arguments_of_connect)
{
	PKINTERRUPT interrupt = (PVOID)&one;
	PDEVICE_OBJECT device = wdm_device(0);

	if (!device)
		return;
	EXPECT_EQ(IoConnectInterrupt(&interrupt, NULL, device, NULL, IOTIMER_IRQ_VIRTUAL,
				     3, 3, Latched, FALSE, 1, FALSE),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(interrupt == NULL, TRUE);
	EXPECT_EQ(IoConnectInterrupt(&interrupt, not_ours, device, NULL, IOTIMER_IRQ_VIRTUAL,
				     5, 3, Latched, FALSE, 1, FALSE),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(IoConnectInterrupt(&interrupt, not_ours, device, NULL, IOTIMER_IRQ_VIRTUAL,
				     3, 3, Latched, FALSE, 0, FALSE),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(IoConnectInterrupt(&interrupt, not_ours, device, NULL, IOTIMER_IRQ_VIRTUAL,
				     3, 3, Latched, FALSE, 1, TRUE),
		  STATUS_INVALID_PARAMETER);
	/* a virtual interrupt has no line to share */
	if (EXPECT_EQ(IoConnectInterrupt(&interrupt, not_ours, device, NULL, IOTIMER_IRQ_VIRTUAL,
					 3, 3, Latched, TRUE, 1, FALSE), STATUS_SUCCESS))
		IoDisconnectInterrupt(interrupt);
	/* no such line: what request_irq() says */
	EXPECT_EQ(IoConnectInterrupt(&interrupt, not_ours, device, NULL, 0x7ffffffe,
				     3, 3, Latched, TRUE, 1, FALSE),
		  STATUS_INVALID_PARAMETER);
	EXPECT_EQ(interrupt == NULL, TRUE);
	IoDeleteDevice(device);
}

static PKINTERRUPT passed;
static PVOID passed_context;

static BOOLEAN remember(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	passed = Interrupt;
	passed_context = ServiceContext;
	atomic_inc(&w.calls);
	return TRUE;
}

/* With a context that lies in no device, which is like the controller's. */
TEST(W_isr_is_given_interrupt_and_context)
{
	static LONG context;
	PKINTERRUPT interrupt;

	memset(&w, 0, sizeof(w));
	if (!EXPECT_EQ(wdm_connect(&interrupt, remember, &context, NULL), STATUS_SUCCESS))
		return;
	EXPECT_EQ(iotimer_wdm_raise_interrupt(interrupt), 0);
	EXPECT(wdm_called(1));
	EXPECT_EQ(passed, interrupt);
	EXPECT_EQ(passed_context, &context);
	IoDisconnectInterrupt(interrupt);
}

/* The device whose extension the context lies in; one of its own for any other address */
static bool is_interrupt_of(PDEVICE_OBJECT device, void *context)
{
	PKINTERRUPT interrupt;
	bool is_its;

	if (!EXPECT_EQ(wdm_connect(&interrupt, not_ours, context, NULL), STATUS_SUCCESS))
		return false;
	is_its = interrupt->device == device;
	IoDisconnectInterrupt(interrupt);
	return is_its;
}

TEST(W_device_of_an_interrupt)
{
	PDEVICE_OBJECT device = wdm_device(64);
	struct module *owner;

	if (!device)
		return;
	EXPECT(is_interrupt_of(device, device));
	EXPECT(is_interrupt_of(device, device->DeviceExtension));
	EXPECT(is_interrupt_of(device, device->DeviceExtension + 63));
	EXPECT(!is_interrupt_of(device, device->DeviceExtension + 64));
	EXPECT(!is_interrupt_of(device, (char *)device - 1));
	EXPECT(!is_interrupt_of(device, NULL));
	/* another driver's */
	owner = device->owner;
	device->owner = NULL;
	EXPECT(!is_interrupt_of(device, device->DeviceExtension));
	device->owner = owner;
	IoDeleteDevice(device);
}

/* Disconnect waits for the ISR, and none comes after it. */
static void slow(void)
{
	mdelay(20);
}

TEST(W_I5_disconnect_waits)
{
	int round, calls;

	if (wdm_begin()) {
		w.fn = slow;
		for (round = 0; round < 5 && w.interrupt; round++) {
			EXPECT_EQ(iotimer_wdm_raise_interrupt(w.interrupt), 0);
			IoDisconnectInterrupt(w.interrupt);
			calls = atomic_read(&w.calls);
			EXPECT_EQ(calls, round + 1);
			msleep(30);
			EXPECT_EQ(atomic_read(&w.calls), calls);
			EXPECT_EQ(wdm_connect(&w.interrupt, wdm_service, w.device, NULL), 0);
		}
	}
	wdm_end();
}

static void disconnect(void)
{
	IoDisconnectInterrupt(w.interrupt);
}

TEST(W_disconnect_in_the_isr)
{
	if (wdm_begin()) {
		expect_wrong_irql("disconnect", "IoDisconnectInterrupt");
		in_isr(disconnect);
		in_section(disconnect);
		expect_warning_end();
		in_isr(look);
		expect_seen_locked();
	}
	wdm_end();
}

static const struct test_case cases[] = {
	CASE(W_I7_value_comes_back_verbatim),
	CASE(W_I1_lock_is_held_inside_and_free_outside),
	CASE(W_interrupt_spin_lock),
	CASE(W_section_in_the_isr),
	CASE(W_interrupt_spin_lock_in_the_isr),
	CASE(W_interrupt_spin_lock_not_held),
	CASE(W_I2_storm_on_isr_section_and_spin_lock),
	CASE(W_I4_storm_on_interrupts_with_one_spin_lock),
	CASE(W_I4_spin_lock_of_another_driver),
	CASE(W_section_in_a_section_of_another_interrupt),
	CASE(W_bad_arguments_of_connect),
	CASE(W_isr_is_given_interrupt_and_context),
	CASE(W_device_of_an_interrupt),
	CASE(W_I5_disconnect_waits),
	CASE(W_disconnect_in_the_isr),
};

TEST_MODULE(cases);
