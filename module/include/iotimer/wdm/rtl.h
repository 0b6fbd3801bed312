/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small helpers of the runtime library: products, comparisons, wide strings.
 */
#ifndef _IOTIMER_WDM_RTL_H
#define _IOTIMER_WDM_RTL_H

#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include <iotimer/wdm/status.h>

#define C_ASSERT(X)			static_assert(X)
#define ARRAYSIZE(A)			ARRAY_SIZE(A)
#define RTL_NUMBER_OF(A)		ARRAY_SIZE(A)
#define RTL_FIELD_SIZE(TYPE, FIELD)	sizeof_field(TYPE, FIELD)
#define ARGUMENT_PRESENT(P)		((P) != NULL)

#define Int32x32To64(A, B)		((LONGLONG)(LONG)(A) * (LONG)(B))
#define UInt32x32To64(A, B)		((ULONGLONG)(ULONG)(A) * (ULONG)(B))
#define Int64ShllMod32(A, B)		((ULONGLONG)(A) << ((B) & 31))
#define Int64ShraMod32(A, B)		((LONGLONG)(A) >> ((B) & 31))
#define Int64ShrlMod32(A, B)		((ULONGLONG)(A) >> ((B) & 31))

#define LOBYTE(W)			((UCHAR)((W) & 0xff))
#define HIBYTE(W)			((UCHAR)((USHORT)(W) >> 8))
#define LOWORD(L)			((USHORT)((L) & 0xffff))
#define HIWORD(L)			((USHORT)((ULONG)(L) >> 16))
#define MAKEWORD(A, B)			((USHORT)((UCHAR)(A) | (USHORT)(UCHAR)(B) << 8))
#define MAKELONG(A, B)			((LONG)((USHORT)(A) | (ULONG)(USHORT)(B) << 16))

/* Arithmetic of the time when compilers had no 64 bit type */
static inline LARGE_INTEGER iotimer_wdm_large(LONGLONG value)
{
	return (LARGE_INTEGER){ .QuadPart = value };
}

#define RtlConvertLongToLargeInteger(N)		iotimer_wdm_large((LONG)(N))
#define RtlConvertUlongToLargeInteger(N)	iotimer_wdm_large((ULONG)(N))
#define RtlLargeIntegerAdd(A, B)	iotimer_wdm_large((A).QuadPart + (B).QuadPart)
#define RtlLargeIntegerSubtract(A, B)	iotimer_wdm_large((A).QuadPart - (B).QuadPart)
#define RtlLargeIntegerNegate(A)	iotimer_wdm_large(-(A).QuadPart)
#define RtlEnlargedIntegerMultiply(A, B)	iotimer_wdm_large(Int32x32To64(A, B))
#define RtlEnlargedUnsignedMultiply(A, B)	iotimer_wdm_large(UInt32x32To64(A, B))
#define RtlExtendedIntegerMultiply(A, B)	iotimer_wdm_large((A).QuadPart * (LONG)(B))
#define RtlLargeIntegerGreaterThan(A, B)	((A).QuadPart > (B).QuadPart)
#define RtlLargeIntegerGreaterThanOrEqualTo(A, B) ((A).QuadPart >= (B).QuadPart)
#define RtlLargeIntegerLessThan(A, B)		((A).QuadPart < (B).QuadPart)
#define RtlLargeIntegerLessThanOrEqualTo(A, B)	((A).QuadPart <= (B).QuadPart)
#define RtlLargeIntegerEqualTo(A, B)		((A).QuadPart == (B).QuadPart)

#define DECLARE_CONST_UNICODE_STRING(NAME, TEXT)			\
	static const WCHAR NAME##_buffer[] = TEXT;			\
	const UNICODE_STRING NAME = {					\
		sizeof(TEXT) - sizeof(WCHAR), sizeof(TEXT), (PWSTR)NAME##_buffer, \
	}

/**
 * RtlCompareMemory() - how far two pieces of memory are equal
 * @Source1: one
 * @Source2: the other
 * @Length: how long they are
 *
 * Context: Any IRQL.
 * Return: how many bytes are equal, up to the first that is not.
 */
static inline SIZE_T RtlCompareMemory(const VOID *Source1, const VOID *Source2,
				      SIZE_T Length)
{
	const UCHAR *one = Source1, *other = Source2;
	SIZE_T n = 0;

	while (n < Length && one[n] == other[n])
		n++;
	return n;
}

/**
 * RtlSecureZeroMemory() - zero memory that nobody will read: memzero_explicit()
 * @Destination: the memory
 * @Length: how long it is
 *
 * Context: Any IRQL.
 * Return: @Destination.
 */
static inline PVOID RtlSecureZeroMemory(PVOID Destination, SIZE_T Length)
{
	memzero_explicit(Destination, Length);
	return Destination;
}

static inline SIZE_T iotimer_wdm_wide_length(PCWSTR text)
{
	SIZE_T n = 0;

	while (text[n])
		n++;
	return n;
}

/* The kernel has none of that name, but gcc knows it. */
#define wcslen(TEXT)	iotimer_wdm_wide_length(TEXT)

/**
 * RtlCopyUnicodeString() - copy counted text, as far as there is room
 * @DestinationString: to where
 * @SourceString: from where; NULL for no text
 *
 * Context: Any IRQL.
 */
static inline VOID RtlCopyUnicodeString(PUNICODE_STRING DestinationString,
					PCUNICODE_STRING SourceString)
{
	DestinationString->Length = 0;
	if (!SourceString)
		return;
	DestinationString->Length = min(SourceString->Length,
					DestinationString->MaximumLength);
	memcpy(DestinationString->Buffer, SourceString->Buffer, DestinationString->Length);
}

/**
 * RtlAppendUnicodeStringToString() - append counted text
 * @Destination: to what
 * @Source: what
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_TOO_SMALL, and nothing is appended.
 */
static inline NTSTATUS RtlAppendUnicodeStringToString(PUNICODE_STRING Destination,
						      PCUNICODE_STRING Source)
{
	if (Source->Length > Destination->MaximumLength - Destination->Length)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy((PUCHAR)Destination->Buffer + Destination->Length, Source->Buffer,
	       Source->Length);
	Destination->Length += Source->Length;
	return STATUS_SUCCESS;
}

/**
 * RtlAppendUnicodeToString() - append text
 * @Destination: to what
 * @Source: what; NULL for nothing
 *
 * Context: Any IRQL.
 * Return: as RtlAppendUnicodeStringToString().
 */
static inline NTSTATUS RtlAppendUnicodeToString(PUNICODE_STRING Destination, PCWSTR Source)
{
	UNICODE_STRING source;

	RtlInitUnicodeString(&source, Source);
	return RtlAppendUnicodeStringToString(Destination, &source);
}

/**
 * RtlEqualUnicodeString() - compare counted text
 * @String1: one
 * @String2: the other
 * @CaseInSensitive: TRUE: without regard to case, of ASCII letters
 *
 * Context: Any IRQL.
 * Return: TRUE if they are equal.
 */
static inline BOOLEAN RtlEqualUnicodeString(PCUNICODE_STRING String1,
					    PCUNICODE_STRING String2,
					    BOOLEAN CaseInSensitive)
{
	USHORT i;

	if (String1->Length != String2->Length)
		return FALSE;
	for (i = 0; i < String1->Length / sizeof(WCHAR); i++) {
		WCHAR a = String1->Buffer[i], b = String2->Buffer[i];

		if (CaseInSensitive && a >= 'a' && a <= 'z')
			a -= 'a' - 'A';
		if (CaseInSensitive && b >= 'a' && b <= 'z')
			b -= 'a' - 'A';
		if (a != b)
			return FALSE;
	}
	return TRUE;
}

#endif /* _IOTIMER_WDM_RTL_H */
