// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: the include lines of Windows, and the names that
 * most files have beside those of the model.
 */
#include <ntddk.h>
#include <wdm.h>
#include <ntdef.h>
#include <ntstatus.h>
#include <devioctl.h>

#include "driver_headers.h"
#include "wdm_test.h"

// No flag was given: it is a free build.
#if DBG
#error "a free build"
#endif

C_ASSERT(sizeof(BYTE) == 1 && sizeof(WORD) == 2 && sizeof(DWORD) == 4);
C_ASSERT(ARRAYSIZE(((PIRP)0)->Tail.Overlay.DriverContext) == 4);

static CONST CHAR Text[] = "text";

STDCALL static ULONG Length(IN PCSTR String OPTIONAL)
{
	if (!ARGUMENT_PRESENT(String)) {
		NOTHING;
		return 0;
	}
	return strlen(String);
}

TEST(W_idioms_of_the_ddk)
{
	EXPECT_EQ(Length(Text), 4);
	EXPECT_EQ(Length(NULL), 0);
	EXPECT_EQ(RTL_FIELD_SIZE(IO_STATUS_BLOCK, Status), 4);
	KdPrintEx((DPFLTR_IHVDRIVER_ID, DPFLTR_INFO_LEVEL, "never printed\n"));
	EXPECT_EQ(DbgPrintEx(DPFLTR_IHVDRIVER_ID, DPFLTR_ERROR_LEVEL, "printed %ld\n", 1),
		  STATUS_SUCCESS);
}

TEST(W_products_and_parts)
{
	ULONG thousands = 100000;

	EXPECT_EQ(Int32x32To64(thousands, -50000), -5000000000LL);
	EXPECT_EQ(UInt32x32To64(0xffffffff, 2), 0x1fffffffeLL);
	EXPECT_EQ(Int64ShllMod32(1, 33), 2);
	EXPECT_EQ(Int64ShraMod32(-8, 1), -4);
	EXPECT_EQ(Int64ShrlMod32(-1LL, 31), 0x1ffffffffLL);
	EXPECT_EQ(HIBYTE(0x1234) << 8 | LOBYTE(0x1234), 0x1234);
	EXPECT_EQ(MAKELONG(0x1234, 0x5678), 0x56781234);
	EXPECT_EQ(HIWORD(0x56781234) - LOWORD(0x56781234), 0x4444);
	EXPECT_EQ(MAKEWORD(1, 2), 0x201);
}

TEST(W_compare_memory)
{
	EXPECT_EQ(RtlCompareMemory("abcd", "abxd", 4), 2);
	EXPECT_EQ(RtlCompareMemory("abcd", "abcd", 4), 4);
	EXPECT_EQ(RtlCompareMemory("a", "b", 0), 0);
}

TEST(W_wide_strings)
{
	DECLARE_CONST_UNICODE_STRING(device, L"\\Device\\");
	WCHAR buffer[12];
	UNICODE_STRING name = { .MaximumLength = sizeof(buffer), .Buffer = buffer };
	UNICODE_STRING upper = RTL_CONSTANT_STRING(L"\\DEVICE\\ABC");
	UNICODE_STRING other = RTL_CONSTANT_STRING(L"\\Device\\abd");

	EXPECT_EQ(wcslen(L"four"), 4);
	RtlCopyUnicodeString(&name, &device);
	EXPECT_EQ(name.Length, 16);
	EXPECT_EQ(RtlAppendUnicodeToString(&name, L"abc"), STATUS_SUCCESS);
	EXPECT_EQ(name.Length, 22);
	EXPECT_EQ(RtlEqualUnicodeString(&name, &upper, FALSE), FALSE);
	EXPECT_EQ(RtlEqualUnicodeString(&name, &upper, TRUE), TRUE);
	EXPECT_EQ(RtlEqualUnicodeString(&name, &other, TRUE), FALSE);
	EXPECT_EQ(RtlAppendUnicodeStringToString(&name, &device), STATUS_BUFFER_TOO_SMALL);
	EXPECT_EQ(name.Length, 22);
	name.MaximumLength = 4;
	RtlCopyUnicodeString(&name, &device);
	EXPECT_EQ(name.Length, 4);
	RtlCopyUnicodeString(&name, NULL);
	EXPECT_EQ(name.Length, 0);
}

TEST(W_pool_without_a_tag)
{
	SIZE_T size;
	PVOID p;

	p = ExAllocatePool(NonPagedPool, 10);
	EXPECT_PTR(p);
	ExFreePool(p);
	for (size = 1; size < 2000; size += 95) {
		p = ExAllocatePoolWithTag(NonPagedPoolCacheAligned, size, 'tset');
		if (EXPECT_PTR(p))
			EXPECT_EQ((ULONG_PTR)p % SMP_CACHE_BYTES, 0);
		memset(p, 0x55, size);
		ExFreePoolWithTag(p, 'tset');
	}
	EXPECT_EQ(ExAllocatePoolWithTag(NonPagedPoolCacheAligned, -1, 'tset') == NULL, TRUE);
}

/* Registers are memory here. */
TEST(W_register_buffers)
{
	static ULONG registers[4] = { 1, 2, 3, 4 };
	ULONG buffer[4] = { };

	READ_REGISTER_BUFFER_ULONG(registers, buffer, 3);
	EXPECT_EQ(buffer[0] * 1000 + buffer[1] * 100 + buffer[2] * 10 + buffer[3], 1230);
	buffer[0] = 9;
	WRITE_REGISTER_BUFFER_ULONG(&registers[1], buffer, 2);
	EXPECT_EQ(registers[0] * 1000 + registers[1] * 100 + registers[2] * 10 + registers[3],
		  1924);
}

static void map_there(void)
{
	PHYSICAL_ADDRESS address = { .QuadPart = 0 };

	EXPECT_EQ(MmMapIoSpace(address, PAGE_SIZE, MmNonCached) == NULL, TRUE);
}

TEST(W_map_at_dispatch_level)
{
	expect_wrong_irql("map_there", "MmMapIoSpace");
	in_dpc(map_there);
	expect_warning_end();
}

TEST(W_performance_counter)
{
	LARGE_INTEGER frequency, from, to;
	u64 start = ktime_get_raw_ns();

	from = KeQueryPerformanceCounter(&frequency);
	msleep(20);
	to = KeQueryPerformanceCounter(NULL);
	EXPECT_EQ(frequency.QuadPart, NSEC_PER_SEC);
	EXPECT_GE(to.QuadPart - from.QuadPart, 20 * NSEC_PER_MSEC);
	EXPECT_LE(to.QuadPart - from.QuadPart, ktime_get_raw_ns() - start);
}

TEST(W_coalescable_timer)
{
	LARGE_INTEGER due = { .QuadPart = -100000 };
	LARGE_INTEGER limit = { .QuadPart = -10000LL * TEST_LIMIT_MS };
	static KTIMER timer;

	KeInitializeTimer(&timer);
	EXPECT_EQ(KeSetCoalescableTimer(&timer, due, 0, 100, NULL), FALSE);
	EXPECT_EQ(KeWaitForSingleObject(&timer, Executive, KernelMode, FALSE, &limit),
		  STATUS_SUCCESS);
}

TEST(W_connect_interrupt_ex)
{
	IO_CONNECT_INTERRUPT_PARAMETERS parameters = { .Version = CONNECT_LINE_BASED };
	IO_DISCONNECT_INTERRUPT_PARAMETERS disconnect = { };

	if (wdm_begin()) {
		IoDisconnectInterrupt(w.interrupt);
		EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_NOT_SUPPORTED);
		EXPECT_EQ(parameters.Version, CONNECT_FULLY_SPECIFIED);
		parameters.FullySpecified.InterruptObject = &w.interrupt;
		parameters.FullySpecified.ServiceRoutine = wdm_service;
		parameters.FullySpecified.ServiceContext = w.device;
		parameters.FullySpecified.Vector = IOTIMER_IRQ_VIRTUAL;
		parameters.FullySpecified.Irql = IOTIMER_DIRQL;
		parameters.FullySpecified.SynchronizeIrql = IOTIMER_DIRQL;
		parameters.FullySpecified.ProcessorEnableMask = 1;
		EXPECT_EQ(IoConnectInterruptEx(&parameters), STATUS_SUCCESS);
		EXPECT_EQ(iotimer_wdm_raise_interrupt(w.interrupt), 0);
		EXPECT(wdm_called(1));
		disconnect.Version = parameters.Version;
		disconnect.ConnectionContext.InterruptObject = w.interrupt;
		IoDisconnectInterruptEx(&disconnect);
	}
	wdm_end();
}

/* Reader-writer spin locks: zeroed memory is one. */
static struct {
	EX_SPIN_LOCK	lock;
	int		a, b;
	int		torn;
} rw;

static void rw_write(void *arg)
{
	KIRQL irql;
	int i;

	for (i = 0; i < 20000; i++) {
		irql = ExAcquireSpinLockExclusive(&rw.lock);
		rw.a++;
		rw.b++;
		ExReleaseSpinLockExclusive(&rw.lock, irql);
	}
}

static void rw_read(void *arg)
{
	KIRQL irql;
	int i;

	for (i = 0; i < 20000; i++) {
		irql = ExAcquireSpinLockShared(&rw.lock);
		rw.torn += READ_ONCE(rw.a) != READ_ONCE(rw.b);
		ExReleaseSpinLockShared(&rw.lock, irql);
	}
}

TEST(W_reader_writer_spin_locks)
{
	KIRQL irql;

	memset(&rw, 0, sizeof(rw));
	irql = ExAcquireSpinLockShared(&rw.lock);
	EXPECT_EQ(irql, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	ExAcquireSpinLockSharedAtDpcLevel(&rw.lock);
	ExReleaseSpinLockSharedFromDpcLevel(&rw.lock);
	ExReleaseSpinLockShared(&rw.lock, irql);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	irql = KeRaiseIrqlToDpcLevel();
	ExAcquireSpinLockExclusiveAtDpcLevel(&rw.lock);
	ExReleaseSpinLockExclusiveFromDpcLevel(&rw.lock);
	KeLowerIrql(irql);
	memset(&rw, 0, sizeof(rw));
	on_two_cpus(rw_write, rw_read, NULL);
	EXPECT_EQ(rw.torn, 0);
	on_two_cpus(rw_write, rw_write, NULL);
	EXPECT_EQ(rw.a, num_online_cpus() > 1 ? 60000 : rw.b);
}

static const struct test_case cases[] = {
	CASE(W_idioms_of_the_ddk),
	CASE(W_products_and_parts),
	CASE(W_compare_memory),
	CASE(W_wide_strings),
	CASE(W_pool_without_a_tag),
	CASE(W_register_buffers),
	CASE(W_map_at_dispatch_level),
	CASE(W_performance_counter),
	CASE(W_coalescable_timer),
	CASE(W_connect_interrupt_ex),
	CASE(W_reader_writer_spin_locks),
};

TEST_MODULE(cases);
