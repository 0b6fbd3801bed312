/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counted text of 8 bit characters, and conversions into counted wide text.
 */
#ifndef _IOTIMER_WDM_TEXT_H
#define _IOTIMER_WDM_TEXT_H

#include <linux/string.h>

#include <iotimer/wdm/pool.h>
#include <iotimer/wdm/status.h>

/* Lengths are in bytes. */
typedef struct _STRING {
	USHORT	Length;
	USHORT	MaximumLength;
	PCHAR	Buffer;
} STRING, *PSTRING, ANSI_STRING, *PANSI_STRING;
typedef const STRING *PCSTRING, *PCANSI_STRING;

/**
 * RtlInitAnsiString() - count text that ends with a NUL
 * @DestinationString: refers to it afterwards
 * @SourceString: the text; NULL for none
 *
 * Context: Any IRQL.
 */
static inline VOID RtlInitAnsiString(PANSI_STRING DestinationString, PCSZ SourceString)
{
	USHORT n = SourceString ? strlen(SourceString) : 0;

	DestinationString->Length = n;
	DestinationString->MaximumLength = SourceString ? n + 1 : 0;
	DestinationString->Buffer = (PCHAR)SourceString;
}

#define RtlInitString(DESTINATION, SOURCE)	RtlInitAnsiString(DESTINATION, SOURCE)

/**
 * RtlAnsiStringToUnicodeString() - make wide text of it
 * @DestinationString: the wide text
 * @SourceString: the text, in ASCII
 * @AllocateDestinationString: TRUE: its memory is allocated, for RtlFreeUnicodeString()
 *
 * Differs from Windows: the code page is Latin 1.
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW for text that does not fit with a NUL
 * behind it; STATUS_NO_MEMORY.
 */
static inline
NTSTATUS RtlAnsiStringToUnicodeString(PUNICODE_STRING DestinationString,
				      PCANSI_STRING SourceString,
				      BOOLEAN AllocateDestinationString)
{
	ULONG i, size = (SourceString->Length + 1) * sizeof(WCHAR);

	if (size > MAXUSHORT || (!AllocateDestinationString &&
				 size > DestinationString->MaximumLength))
		return STATUS_BUFFER_OVERFLOW;
	if (AllocateDestinationString) {
		DestinationString->Buffer = ExAllocatePool(NonPagedPool, size);
		DestinationString->MaximumLength = size;
	}
	if (!DestinationString->Buffer)
		return STATUS_NO_MEMORY;
	for (i = 0; i < SourceString->Length; i++)
		DestinationString->Buffer[i] = (UCHAR)SourceString->Buffer[i];
	DestinationString->Buffer[i] = 0;
	DestinationString->Length = size - sizeof(WCHAR);
	return STATUS_SUCCESS;
}

/**
 * RtlFreeUnicodeString() - free the memory of wide text
 * @UnicodeString: of RtlAnsiStringToUnicodeString(); empty afterwards
 *
 * Context: PASSIVE_LEVEL.
 */
static inline VOID RtlFreeUnicodeString(PUNICODE_STRING UnicodeString)
{
	ExFreePool(UnicodeString->Buffer);
	memset(UnicodeString, 0, sizeof(*UnicodeString));
}

/**
 * RtlIntegerToUnicodeString() - print a number into wide text
 * @Value: the number
 * @Base: 2, 8, 10 or 16; 0 is 10
 * @String: the text, with a NUL behind if there is room
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for another @Base;
 * STATUS_BUFFER_OVERFLOW for a number that does not fit, and the text stays.
 */
static inline NTSTATUS RtlIntegerToUnicodeString(ULONG Value, ULONG Base,
						 PUNICODE_STRING String)
{
	char digits[32];
	ULONG i, n = 0;

	Base = Base ?: 10;
	if (Base != 2 && Base != 8 && Base != 10 && Base != 16)
		return STATUS_INVALID_PARAMETER;
	do {
		digits[n++] = "0123456789ABCDEF"[Value % Base];
		Value /= Base;
	} while (Value);
	if (n * sizeof(WCHAR) > String->MaximumLength)
		return STATUS_BUFFER_OVERFLOW;
	for (i = 0; i < n; i++)
		String->Buffer[i] = digits[n - 1 - i];
	String->Length = n * sizeof(WCHAR);
	if (String->Length < String->MaximumLength)
		String->Buffer[n] = 0;
	return STATUS_SUCCESS;
}

#endif /* _IOTIMER_WDM_TEXT_H */
