// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: types, lists, atomic operations, text, and the
 * ways to write that Windows sources have. It includes <iotimer/wdm.h> before
 * everything else, and annotations of both kinds at the end.
 */
#define DBG 1
#include <iotimer/wdm.h>

#include "driver_headers.h"
#include "cpus.h"
#include "test.h"

#include "wdm_signatures.h"

#include <iotimer/wdm/sal1.h>

// The idioms. They are compiled with all warnings of the kernel's W=1.

typedef struct _EXTENSION {
	LIST_ENTRY	Link;
	LARGE_INTEGER	Time;
	ULONG		Value;
} EXTENSION, *PEXTENSION;

KSYNCHRONIZE_ROUTINE IdiomSynch;
IO_TIMER_ROUTINE IdiomTimer;

_Use_decl_annotations_
BOOLEAN
NTAPI
IdiomSynch(
	IN PVOID SynchronizeContext
	)
{
	PEXTENSION Extension = (PEXTENSION)SynchronizeContext;

	if (NULL == Extension) {
		return FALSE;
	}
	Extension->Value += 1; // one more
	return TRUE;
}

VOID
IdiomTimer(
	_In_ PDEVICE_OBJECT DeviceObject,
	_In_opt_ PVOID Context
	)
{
	UNREFERENCED_PARAMETER(DeviceObject);
	UNREFERENCED_PARAMETER(Context);
}

_IRQL_requires_max_(DISPATCH_LEVEL)
static NTSTATUS
IdiomStatus(
	__in PEXTENSION Extension,
	__out_opt PULONG Value OPTIONAL
	)
{
	PAGED_CODE();
	ASSERT(Extension != NULL);
	KdPrint(("Value %ld\n", Extension->Value));
	if (Value != NULL) {
		*Value = Extension->Value;
	}
	return (Extension->Value == 0) ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

// In headers that several files include, with and without "static".

FORCEINLINE
ULONG
IdiomTwice(
	_In_ ULONG Value
	)
{
	PAGED_CODE();
	return 2 * Value;
}

static FORCEINLINE ULONG IdiomThrice(ULONG Value)
{
	ASSERT(Value != 0);
	return 3 * Value;
}

// A call of a void function is an expression.
static VOID IdiomExpressions(PDEVICE_OBJECT DeviceObject, PKTIMER Timer, PKSPIN_LOCK Lock)
{
	KIRQL OldIrql;
	PVOID Memory = ExAllocatePoolWithTag(NonPagedPool, 1, 'tseT');

	Memory != NULL ? ExFreePool(Memory) : (VOID)0;
	DeviceObject != NULL ? IoStopTimer(DeviceObject) : KeFlushQueuedDpcs();
	KeInitializeSpinLock(Lock), KeInitializeTimer(Timer);
	KeRaiseIrql(DISPATCH_LEVEL, &OldIrql), KeLowerIrql(OldIrql);
	(VOID)KeCancelTimer(Timer), PAGED_CODE();
}

TEST(W_idioms_of_functions)
{
	static KSPIN_LOCK Lock;
	static KTIMER Timer;

	EXPECT_EQ(IdiomTwice(4), 8);
	EXPECT_EQ(IdiomThrice(4), 12);
	IdiomExpressions(NULL, &Timer, &Lock);
	EXPECT_EQ(KeTestSpinLock(&Lock), TRUE);
}

TEST(W_idioms)
{
	EXTENSION Extension;
	PIO_TIMER_ROUTINE Timer = IdiomTimer;
	NTSTATUS Status;
	ULONG Value = 0;

	RtlZeroMemory(&Extension, sizeof(EXTENSION));
	Status = IdiomStatus(&Extension, NULL);
	EXPECT(!NT_SUCCESS(Status));
	if (IdiomSynch(&Extension) == TRUE) {
		Status = IdiomStatus(&Extension, &Value);
	}
	EXPECT_EQ(Status, STATUS_SUCCESS);
	EXPECT_EQ(Value, 1);
	EXPECT_EQ(IdiomSynch(NULL), FALSE);
	Timer(NULL, NULL);
}

TEST(W_types)
{
	CHAR idle = -1;
	ULARGE_INTEGER size;
	LARGE_INTEGER time;

	EXPECT(idle == -1 && idle < 0);
	EXPECT_EQ(sizeof(ULONG), 4);
	EXPECT_EQ(sizeof(ULONG_PTR), sizeof(PVOID));
	EXPECT_EQ(sizeof(BOOLEAN), 1);
	EXPECT_EQ(sizeof(KIRQL), 1);
	EXPECT_EQ(sizeof(L"ab"), 6);
	time.QuadPart = -1;
	EXPECT_EQ(time.LowPart, 0xffffffffU);
	EXPECT_EQ(time.u.HighPart, -1);
	time.QuadPart = 0x123456789LL;
	EXPECT_EQ(time.LowPart, 0x23456789);
	EXPECT_EQ(time.u.HighPart, 1);
	size.HighPart = 2;
	size.u.LowPart = 3;
	EXPECT_EQ(size.QuadPart, 0x200000003ULL);
	EXPECT(NT_SUCCESS(STATUS_PENDING) && NT_SUCCESS(STATUS_TIMEOUT));
	EXPECT(!NT_SUCCESS(STATUS_DEVICE_BUSY) && !NT_ERROR(STATUS_DEVICE_BUSY));
	EXPECT(NT_ERROR(STATUS_IO_TIMEOUT));
	EXPECT(CONTAINING_RECORD(&((PEXTENSION)4096)->Time, EXTENSION, Time) == (PVOID)4096);
	EXPECT_EQ(FIELD_OFFSET(EXTENSION, Time), sizeof(LIST_ENTRY));
}

// Lists

TEST(W_lists)
{
	LIST_ENTRY head, a, b, c;

	InitializeListHead(&head);
	EXPECT_EQ(IsListEmpty(&head), TRUE);
	EXPECT_EQ(RemoveHeadList(&head), &head);
	InsertTailList(&head, &b);
	InsertHeadList(&head, &a);
	InsertTailList(&head, &c);
	EXPECT_EQ(IsListEmpty(&head), FALSE);
	EXPECT(head.Flink == &a && a.Flink == &b && b.Flink == &c && c.Flink == &head);
	EXPECT(head.Blink == &c && a.Blink == &head && b.Blink == &a && c.Blink == &b);
	EXPECT_EQ(RemoveEntryList(&b), FALSE);
	EXPECT_EQ(b.Flink, &c);
	EXPECT_EQ(RemoveTailList(&head), &c);
	EXPECT_EQ(RemoveEntryList(&a), TRUE);
	EXPECT_EQ(IsListEmpty(&head), TRUE);
}

static LONG length(PLIST_ENTRY head)
{
	PLIST_ENTRY entry;
	LONG n = 0;

	for (entry = head->Flink; entry != head && entry->Flink->Blink == entry; entry = entry->Flink)
		n++;
	return entry == head ? n : -1;
}

// A ring without a head goes behind what is there.
TEST(W_append_to_a_list)
{
	LIST_ENTRY head, a, b, c;

	InitializeListHead(&b);
	InsertTailList(&b, &c);
	InitializeListHead(&head);
	InsertTailList(&head, &a);
	AppendTailList(&head, &b);
	EXPECT_EQ(length(&head), 3);
	EXPECT(head.Flink == &a && a.Flink == &b && b.Flink == &c && head.Blink == &c);

	InitializeListHead(&head);
	InitializeListHead(&a);
	AppendTailList(&head, &a);
	EXPECT_EQ(length(&head), 1);
	EXPECT_EQ(head.Flink, &a);
}

TEST(W_single_lists)
{
	SINGLE_LIST_ENTRY head = { NULL }, a, b;

	EXPECT_EQ(PopEntryList(&head) == NULL, TRUE);
	PushEntryList(&head, &a);
	PushEntryList(&head, &b);
	EXPECT_EQ(PopEntryList(&head), &b);
	EXPECT_EQ(PopEntryList(&head), &a);
	EXPECT_EQ(PopEntryList(&head) == NULL, TRUE);
}

TEST(W_interlocked_single_lists)
{
	SINGLE_LIST_ENTRY head = { NULL }, a, b;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	EXPECT_EQ(ExInterlockedPushEntryList(&head, &a, &lock) == NULL, TRUE);
	EXPECT_EQ(ExInterlockedPushEntryList(&head, &b, &lock), &a);
	EXPECT_EQ(ExInterlockedPopEntryList(&head, &lock), &b);
	EXPECT_EQ(ExInterlockedPopEntryList(&head, &lock), &a);
	EXPECT_EQ(ExInterlockedPopEntryList(&head, &lock) == NULL, TRUE);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
}

TEST(W_interlocked_lists)
{
	LIST_ENTRY head, a, b, c;
	KSPIN_LOCK lock;

	KeInitializeSpinLock(&lock);
	InitializeListHead(&head);
	EXPECT_EQ(ExInterlockedRemoveHeadList(&head, &lock) == NULL, TRUE);
	EXPECT_EQ(ExInterlockedInsertTailList(&head, &b, &lock) == NULL, TRUE);
	EXPECT_EQ(ExInterlockedInsertTailList(&head, &c, &lock), &b);
	EXPECT_EQ(ExInterlockedInsertHeadList(&head, &a, &lock), &b);
	EXPECT_EQ(ExInterlockedRemoveHeadList(&head, &lock), &a);
	EXPECT_EQ(ExInterlockedRemoveHeadList(&head, &lock), &b);
	EXPECT_EQ(ExInterlockedInsertHeadList(&head, &a, &lock), &c);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

// Interlocked*: some return the new value, others the old one

TEST(W_interlocked)
{
	volatile LONG n = 5;
	PVOID volatile p = NULL;

	EXPECT_EQ(InterlockedIncrement(&n), 6);
	EXPECT_EQ(InterlockedDecrement(&n), 5);
	EXPECT_EQ(InterlockedAdd(&n, 10), 15);
	EXPECT_EQ(InterlockedExchangeAdd(&n, 1), 15);
	EXPECT_EQ(InterlockedExchange(&n, -3), 16);
	EXPECT_EQ(InterlockedCompareExchange(&n, 7, 4), -3);
	EXPECT_EQ(InterlockedCompareExchange(&n, 7, -3), -3);
	EXPECT_EQ(InterlockedAnd(&n, 6), 7);
	EXPECT_EQ(InterlockedOr(&n, 9), 6);
	EXPECT_EQ(InterlockedXor(&n, 1), 15);
	EXPECT_EQ(InterlockedBitTestAndSet(&n, 0), FALSE);
	EXPECT_EQ(InterlockedBitTestAndSet(&n, 31), FALSE);
	EXPECT_EQ(InterlockedBitTestAndReset(&n, 31), TRUE);
	EXPECT_EQ(InterlockedBitTestAndReset(&n, 0), TRUE);
	EXPECT_EQ(n, 14);
	EXPECT_EQ(InterlockedExchangePointer(&p, (PVOID)&n) == NULL, TRUE);
	EXPECT_EQ(InterlockedCompareExchangePointer(&p, NULL, NULL), &n);
	EXPECT_EQ(InterlockedCompareExchangePointer(&p, NULL, (PVOID)&n), &n);
	EXPECT_EQ(p == NULL, TRUE);
}

TEST(W_interlocked_64)
{
	volatile LONG64 n = 0xffffffff;

	EXPECT_EQ(InterlockedIncrement64(&n), 0x100000000);
	EXPECT_EQ(InterlockedDecrement64(&n), 0xffffffff);
	EXPECT_EQ(InterlockedAdd64(&n, 2), 0x100000001);
	EXPECT_EQ(InterlockedExchangeAdd64(&n, -1), 0x100000001);
	EXPECT_EQ(InterlockedExchange64(&n, 1), 0x100000000);
	EXPECT_EQ(InterlockedCompareExchange64(&n, 6, 1), 1);
	EXPECT_EQ(InterlockedAnd64(&n, 3), 6);
	EXPECT_EQ(InterlockedOr64(&n, 4), 2);
	EXPECT_EQ(InterlockedXor64(&n, 7), 6);
	EXPECT_EQ(n, 1);
}

static LONG volatile counted, counting;
static atomic_t wanted;

/* Half a second: on a busy host the two CPUs of a virtual machine seldom run at the same time. */
static void count(void *unused)
{
	unsigned long end;
	int i, n;

	InterlockedIncrement(&counting);
	EXPECT(spin_for(counting == 2));
	end = jiffies + HZ / 2;
	for (n = 0; time_before(jiffies, end); n += i)
		for (i = 0; i < 1000; i++)
			InterlockedIncrement(&counted);
	atomic_add(n, &wanted);
}

TEST(W_interlocked_on_two_cpus)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	counted = 0;
	counting = 0;
	atomic_set(&wanted, 0);
	on_two_cpus(count, count, NULL);
	EXPECT_GT(counted, 0);
	EXPECT_EQ(counted, atomic_read(&wanted));
}

TEST(W_memory)
{
	UCHAR a[16], b[16];

	RtlFillMemory(a, sizeof(a), 7);
	RtlCopyMemory(b, a, sizeof(a));
	EXPECT(RtlEqualMemory(a, b, sizeof(a)));
	b[3] = 1;
	RtlMoveMemory(b + 4, b + 3, 8);
	EXPECT_EQ(b[4], 1);
	RtlZeroMemory(b, 8);
	EXPECT_EQ(b[7], 0);
	EXPECT_EQ(b[12], 7);
}

// wdm.sh looks for these lines in the log
TEST(W_text)
{
	WCHAR wide[] = L"wide";
	CHAR tail[300];

	memset(tail, 'x', sizeof(tail) - 1);
	tail[sizeof(tail) - 1] = '\0';
	DbgPrint("wdm-text: %ld %lu %lx %I64d %I64x %lld %hd\n", -1, 2, 0xabcUL, -3LL,
		 0x123456789abcULL, 4LL, 5);
	DbgPrint("wdm-text: %Id %Ix\n", (LONG_PTR)-7, (ULONG_PTR)0x123456789abULL);
	DbgPrint("wdm-text: %I32d %I32u %I32x|%5I32d|%I64d\n", -1, 2, 0xabc, 7, 8LL);
	DbgPrint("wdm-text: %d%% %-4s|%5.2d|%c %hs\n", 50, "ab", 7, 'z', "narrow");
	DbgPrint("wdm-text: %p %pS4 %ws %S %ls end\n", NULL, NULL, wide, wide, wide);
	DbgPrint(tail);
	KdPrint(("wdm-text: checked build %ld\n", 6));
	EXPECT_EQ(DbgPrint(""), STATUS_SUCCESS);
}

/* The text that a format of Windows makes of its arguments */
#define EXPECT_TEXT(EXPECTED, ...) ({					\
	char __text[300];						\
									\
	iotimer_wdm_format(__text, sizeof(__text), __VA_ARGS__);	\
	if (strcmp(__text, EXPECTED))					\
		test_fail(__FILE__, __LINE__, "'%s' and '%s'", __text, EXPECTED); \
})

TEST(W_text_formats)
{
	EXPECT_TEXT("", "");
	EXPECT_TEXT("plain", "plain");
	EXPECT_TEXT("a1b2", "a%db%i", 1, 2);
	EXPECT_TEXT("-1|4000000000|abc", "%ld|%lu|%lx", -1, 4000000000U, 0xabc);
	EXPECT_TEXT("5|2345", "%hd|%hx", 5, 0x12345);
	EXPECT_TEXT("-3|123456789abc|!", "%I64d|%I64x|%c", -3LL, 0x123456789abcULL, '!');
	EXPECT_TEXT("-4|fedcba987|!", "%lld|%llx|%c", -4LL, 0xfedcba987ULL, '!');
	EXPECT_TEXT("-1|ABC|   7|8", "%I32d|%I32X|%4I32d|%I64d", -1, 0xabc, 7, 8LL);
	EXPECT_TEXT("-7|!", "%Id|%c", (LONG_PTR)-7, '!');
	EXPECT_TEXT("1|00002|+3|0x4| 5|6  |", "%d|%05d|%+d|%#x|% d|%-3d|", 1, 2, 3, 4, 5, 6);
	EXPECT_TEXT("   7|abc", "%*d|%.3s", 4, 7, "abcdef");
	EXPECT_TEXT("50%|narrow|z", "%d%%|%hs|%hc", 50, "narrow", 'z');
}

/* As an address: wide text and UNICODE_STRINGs. A letter after it is no part of it. */
TEST(W_text_addresses)
{
	static const WCHAR wide[] = L"wide";
	char address[40], text[200];

	snprintf(address, sizeof(address), "%p", wide);
	snprintf(text, sizeof(text), "%s 1|%s x|%s!|%s", address, address, address, address);
	EXPECT_TEXT(text, "%p1|%px|%p!|%lp", wide, wide, wide, wide);
	snprintf(text, sizeof(text), "%s|%s|%s|%s|!", address, address, address, address);
	EXPECT_TEXT(text, "%ws|%S|%ls|%wc|%c", wide, wide, wide, wide, '!');
	EXPECT_TEXT(text, "%wZ|%Z|%C|%hS|%c", wide, wide, wide, wide, '!');
	EXPECT_TEXT(text, "%p|%Ip|%lS|%hZ|%c", wide, wide, wide, wide, '!');
}

/* Cut off at 255 characters, and not within a conversion */
TEST(W_text_that_is_long)
{
	char format[300], text[300];
	size_t n;

	memset(format, 'x', sizeof(format));
	format[299] = '\0';
	EXPECT_EQ(iotimer_wdm_format(text, sizeof(text), format), 255);
	EXPECT_EQ(strlen(text), 255);
	for (n = 250; n < 256; n++) {
		memset(format, 'x', sizeof(format));
		strscpy(&format[n], "%I64d%", 7);
		iotimer_wdm_format(text, sizeof(text), format, 5LL);
		EXPECT_EQ(strlen(text), n < 251 ? n + 1 : n);
		EXPECT_EQ(text[n], n < 251 ? '5' : 0);
	}
	EXPECT_TEXT("100", "100%");
	EXPECT_TEXT("100", "100%5");
	EXPECT_TEXT("100", "100%l");
}

static const struct test_case cases[] = {
	CASE(W_idioms),
	CASE(W_idioms_of_functions),
	CASE(W_types),
	CASE(W_lists),
	CASE(W_append_to_a_list),
	CASE(W_single_lists),
	CASE(W_interlocked_single_lists),
	CASE(W_interlocked_lists),
	CASE(W_interlocked),
	CASE(W_interlocked_64),
	CASE(W_interlocked_on_two_cpus),
	CASE(W_memory),
	CASE(W_text),
	CASE(W_text_formats),
	CASE(W_text_addresses),
	CASE(W_text_that_is_long),
};

TEST_MODULE(cases);
