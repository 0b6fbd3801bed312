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
#include <csq.h>
#include <iointex.h>
#include <ntifs.h>
#include <ntddbeep.h>
#include <ntddser.h>
#include <ntstrsafe.h>
#include <windef.h>
#include <wmilib.h>
#include <wmidata.h>

/* wait_event() has a label of this name. */
#undef __out

#include "driver_headers.h"
#include "wdm_test.h"

#include <kbdmou.h>
#include <ntdd8042.h>
#include <ntddkbd.h>
#include <ntddmou.h>

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

static void paged_pool(void)
{
	EXPECT_EQ(ExAllocatePoolWithTag(PagedPool, 10, 'tset') == NULL, TRUE);
}

static void paged_pool_by_flag(void)
{
	EXPECT_EQ(ExAllocatePool2(POOL_FLAG_PAGED, 10, 'tset') == NULL, TRUE);
}

TEST(W_paged_pool)
{
	PVOID p = ExAllocatePoolWithTag(PagedPool, 10, 'tset');

	EXPECT_PTR(p);
	ExFreePoolWithTag(p, 'tset');
	p = ExAllocatePool2(POOL_FLAG_PAGED, 10, 'tset');
	EXPECT_PTR(p);
	ExFreePool(p);
	p = ExAllocatePool(PagedPoolCacheAligned, 10);
	EXPECT_EQ((ULONG_PTR)p % SMP_CACHE_BYTES, 0);
	ExFreePool(p);
	expect_wrong_irql("paged_pool", "ExAllocatePoolWithTag");
	in_dpc(paged_pool);
	expect_warning_end();
	expect_wrong_irql("paged_pool_by_flag", "ExAllocatePool2");
	in_dpc(paged_pool_by_flag);
	expect_warning_end();
}

TEST(W_pool_with_quota)
{
	PUCHAR p = ExAllocatePoolWithQuota(NonPagedPool, 10);

	EXPECT_PTR(p);
	ExFreePool(p);
	p = ExAllocatePoolWithQuotaTag((POOL_TYPE)(PagedPool | POOL_QUOTA_FAIL_INSTEAD_OF_RAISE),
				       SIZE_MAX / 2, 'tset');
	EXPECT_EQ(p == NULL, TRUE);
	p = ExAllocatePoolQuotaZero(NonPagedPool, 10, 'tset');
	if (EXPECT_PTR(p))
		EXPECT_EQ(p[0] | p[9], 0);
	ExFreePool(p);
}

TEST(W_mdl)
{
	static UCHAR memory[3][100];
	PIRP irp = IoAllocateIrp(1, FALSE);
	PMDL mdl[3];
	int i;

	if (!EXPECT_PTR(irp))
		return;
	for (i = 0; i < 3; i++) {
		mdl[i] = IoAllocateMdl(memory[i], 10 * i, i == 2, FALSE, i ? irp : NULL);
		if (!EXPECT_PTR(mdl[i]))
			return;
		MmBuildMdlForNonPagedPool(mdl[i]);
		EXPECT_EQ(MmGetSystemAddressForMdlSafe(mdl[i], NormalPagePriority), memory[i]);
		EXPECT_EQ(MmGetMdlVirtualAddress(mdl[i]), memory[i]);
		EXPECT_EQ(MmGetMdlByteCount(mdl[i]), 10 * i);
		EXPECT_EQ(MmGetMdlByteOffset(mdl[i]), (ULONG_PTR)memory[i] % PAGE_SIZE);
	}
	EXPECT_EQ(irp->MdlAddress, mdl[1]);
	EXPECT_EQ(mdl[1]->Next, mdl[2]);
	EXPECT_EQ(mdl[0]->Next == NULL, TRUE);
	for (i = 0; i < 3; i++)
		IoFreeMdl(mdl[i]);
	IoFreeIrp(irp);
}

TEST(W_text_of_a_known_size)
{
	WCHAR wide[6] = L"";
	char text[6] = "";
	SIZE_T length;

	EXPECT_EQ(RtlStringCbCopyA(text, sizeof(text), "abcde"), STATUS_SUCCESS);
	EXPECT_EQ(RtlStringCbCopyA(text, 4, "xyzzy"), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(strcmp(text, "xyz"), 0);
	EXPECT_EQ(RtlStringCbCopyA(text, 0, "a"), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(RtlStringCchCatA(text, sizeof(text), "ab"), STATUS_SUCCESS);
	EXPECT_EQ(RtlStringCchCatA(text, sizeof(text), "c"), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(strcmp(text, "xyzab"), 0);
	EXPECT_EQ(RtlStringCchLengthA(text, sizeof(text), &length), STATUS_SUCCESS);
	EXPECT_EQ(length, 5);
	EXPECT_EQ(RtlStringCchLengthA(text, 5, &length), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(RtlStringCbPrintfA(text, sizeof(text), "%ld%I64d", -1, 23LL), STATUS_SUCCESS);
	EXPECT_EQ(strcmp(text, "-123"), 0);
	EXPECT_EQ(RtlStringCchPrintfA(text, 4, "%s", "long"), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(strcmp(text, "lon"), 0);
	EXPECT_EQ(RtlStringCbCopyW(wide, sizeof(wide), L"abc"), STATUS_SUCCESS);
	EXPECT_EQ(RtlStringCbCatW(wide, sizeof(wide), L"def"), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(wide[4] == 'e' && wide[5] == 0, TRUE);
	EXPECT_EQ(RtlStringCbLengthW(wide, sizeof(wide), &length), STATUS_SUCCESS);
	EXPECT_EQ(length, 5 * sizeof(WCHAR));
}

TEST(W_counted_text)
{
	WCHAR buffer[4] = L"xyz";
	UNICODE_STRING wide = { .MaximumLength = 6, .Buffer = buffer };
	UNICODE_STRING copy = RTL_CONSTANT_STRING(L"caf\xe9");
	UNICODE_STRING made;
	ANSI_STRING text;

	RtlInitAnsiString(&text, "caf\xe9");
	EXPECT_EQ(text.Length * 10 + text.MaximumLength, 45);
	EXPECT_EQ(RtlAnsiStringToUnicodeString(&wide, &text, FALSE), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(RtlAnsiStringToUnicodeString(&made, &text, TRUE), STATUS_SUCCESS);
	EXPECT_EQ(RtlEqualUnicodeString(&made, &copy, FALSE), TRUE);
	EXPECT_EQ(made.Buffer[4], 0);
	RtlFreeUnicodeString(&made);
	EXPECT_EQ(made.Buffer == NULL && !made.Length && !made.MaximumLength, TRUE);
	EXPECT_EQ(RtlIntegerToUnicodeString(0x1a, 16, &wide), STATUS_SUCCESS);
	EXPECT_EQ(wide.Length == 4 && buffer[0] == '1' && buffer[1] == 'A' && !buffer[2], TRUE);
	EXPECT_EQ(RtlIntegerToUnicodeString(123, 0, &wide), STATUS_SUCCESS);
	EXPECT_EQ(wide.Length == 6 && buffer[2] == '3', TRUE);
	EXPECT_EQ(RtlIntegerToUnicodeString(1234, 10, &wide), STATUS_BUFFER_OVERFLOW);
	EXPECT_EQ(RtlIntegerToUnicodeString(1, 7, &wide), STATUS_INVALID_PARAMETER);
}

#ifdef CONFIG_I8253_LOCK
TEST(W_beep)
{
	EXPECT_EQ(HalMakeBeep(440), TRUE);
	EXPECT_EQ(inb(0x61) & 3, 3);
	EXPECT_EQ(HalMakeBeep(1), FALSE);
	EXPECT_EQ(HalMakeBeep(0), TRUE);
	EXPECT_EQ(inb(0x61) & 3, 0);
}
#endif

TEST(W_large_integers)
{
	LARGE_INTEGER a = RtlConvertLongToLargeInteger(-3);
	LARGE_INTEGER b = RtlEnlargedIntegerMultiply(100000, -100000);

	EXPECT_EQ(a.QuadPart, -3);
	EXPECT_EQ(b.QuadPart, -10000000000LL);
	EXPECT_EQ(RtlLargeIntegerAdd(a, b).QuadPart, -10000000003LL);
	EXPECT_EQ(RtlLargeIntegerSubtract(a, b).QuadPart, 9999999997LL);
	EXPECT_EQ(RtlLargeIntegerNegate(b).QuadPart, 10000000000LL);
	EXPECT_EQ(RtlExtendedIntegerMultiply(a, 7).QuadPart, -21);
	EXPECT_EQ(RtlEnlargedUnsignedMultiply(0xffffffff, 2).QuadPart, 0x1fffffffeLL);
	EXPECT_EQ(RtlConvertUlongToLargeInteger(0xffffffff).QuadPart, 0xffffffffLL);
	EXPECT(RtlLargeIntegerGreaterThan(a, b) && RtlLargeIntegerLessThan(b, a));
}

/* Nothing is paged, but drivers test the handle. */
TEST(W_pageable_sections)
{
	PVOID handle = MmLockPagableCodeSection(paged_pool);

	EXPECT_PTR(handle);
	MmLockPagableSectionByHandle(handle);
	MmUnlockPagableImageSection(handle);
	EXPECT_EQ(MmPageEntireDriver(paged_pool), (PVOID)paged_pool);
	EXPECT_LE(MmQuerySystemSize(), MmLargeSystem);
}

/* The layout and the numbers that programs and other drivers know. */
C_ASSERT(IOCTL_SERIAL_SET_BAUD_RATE == 0x1b0004 && IOCTL_SERIAL_GET_STATS == 0x1b008c);
C_ASSERT(IOCTL_KEYBOARD_SET_INDICATORS == 0xb0008 && IOCTL_MOUSE_QUERY_ATTRIBUTES == 0xf0000);
C_ASSERT(IOCTL_INTERNAL_KEYBOARD_CONNECT == 0xb0203);
C_ASSERT(sizeof(KEYBOARD_INPUT_DATA) == 12 && sizeof(MOUSE_INPUT_DATA) == 24);
C_ASSERT(sizeof(SERIAL_TIMEOUTS) == 20 && sizeof(SERIAL_HANDFLOW) == 16);
C_ASSERT(sizeof(SERIAL_LINE_CONTROL) == 3 && sizeof(SERIALPERF_STATS) == 24);
C_ASSERT(PowerDeviceD3 == 4 && PowerSystemShutdown == 6 && PCIBus == 5 && Isa == 1);

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
	u64 before = ktime_get_raw_ns(), begin, end;

	from = KeQueryPerformanceCounter(&frequency);
	begin = ktime_get_raw_ns();
	msleep(20);
	end = ktime_get_raw_ns();
	to = KeQueryPerformanceCounter(NULL);
	EXPECT_EQ(frequency.QuadPart, NSEC_PER_SEC);
	EXPECT_GE(to.QuadPart - from.QuadPart, end - begin);
	EXPECT_LE(to.QuadPart - from.QuadPart, ktime_get_raw_ns() - before);
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
	CASE(W_paged_pool),
	CASE(W_pool_with_quota),
	CASE(W_mdl),
	CASE(W_text_of_a_known_size),
	CASE(W_counted_text),
#ifdef CONFIG_I8253_LOCK
	CASE(W_beep),
#endif
	CASE(W_large_integers),
	CASE(W_pageable_sections),
	CASE(W_pool_without_a_tag),
	CASE(W_register_buffers),
	CASE(W_map_at_dispatch_level),
	CASE(W_performance_counter),
	CASE(W_coalescable_timer),
	CASE(W_connect_interrupt_ex),
	CASE(W_reader_writer_spin_locks),
};

TEST_MODULE(cases);
