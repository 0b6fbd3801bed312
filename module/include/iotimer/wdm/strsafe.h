/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text of a known size. The Cb forms count bytes, the Cch forms characters. A copy, an
 * append and a print that do not fit are cut off, end with a NUL and return
 * STATUS_BUFFER_OVERFLOW. Printing into wide text is not covered.
 */
#ifndef _IOTIMER_WDM_STRSAFE_H
#define _IOTIMER_WDM_STRSAFE_H

#include <iotimer/wdm/print.h>
#include <iotimer/wdm/status.h>

#define NTSTRSAFE_MAX_CCH	2147483647
#define NTSTRSAFE_MAX_LENGTH	(NTSTRSAFE_MAX_CCH - 1)

typedef char *NTSTRSAFE_PSTR;
typedef const char *NTSTRSAFE_PCSTR;
typedef WCHAR *NTSTRSAFE_PWSTR;
typedef const WCHAR *NTSTRSAFE_PCWSTR;

/* For a type of characters: the length, a copy to an offset, and the forms on top of them */
#define IOTIMER_WDM_STRSAFE(LETTER, TYPE)				\
static inline NTSTATUS RtlStringCchLength##LETTER(TYPE const *Text, SIZE_T Max, \
						  SIZE_T *Length)	\
{									\
	SIZE_T n = 0;							\
									\
	while (Text && n < Max && Text[n])				\
		n++;							\
	if (Length)							\
		*Length = Text && n < Max ? n : 0;			\
	return Text && n < Max ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER; \
}									\
									\
static inline NTSTATUS iotimer_wdm_put_##LETTER(TYPE *to, SIZE_T size, SIZE_T at, \
						const TYPE *text)	\
{									\
	if (at >= size || size > NTSTRSAFE_MAX_CCH)			\
		return STATUS_INVALID_PARAMETER;			\
	while (*text && at + 1 < size)					\
		to[at++] = *text++;					\
	to[at] = 0;							\
	return *text ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;		\
}									\
									\
static inline NTSTATUS RtlStringCchCopy##LETTER(TYPE *To, SIZE_T Size, const TYPE *Text) \
{									\
	return iotimer_wdm_put_##LETTER(To, Size, 0, Text);		\
}									\
									\
static inline NTSTATUS RtlStringCchCat##LETTER(TYPE *To, SIZE_T Size, const TYPE *Text) \
{									\
	SIZE_T length;							\
	NTSTATUS status = RtlStringCchLength##LETTER(To, Size, &length); \
									\
	return NT_SUCCESS(status) ? iotimer_wdm_put_##LETTER(To, Size, length, Text) : \
				    status;				\
}									\
									\
static inline NTSTATUS RtlStringCbLength##LETTER(const TYPE *Text, SIZE_T Max, \
						 SIZE_T *Length)	\
{									\
	NTSTATUS status = RtlStringCchLength##LETTER(Text, Max / sizeof(TYPE), Length); \
									\
	if (Length)							\
		*Length *= sizeof(TYPE);				\
	return status;							\
}									\
									\
static inline NTSTATUS RtlStringCbCopy##LETTER(TYPE *To, SIZE_T Size, const TYPE *Text) \
{									\
	return RtlStringCchCopy##LETTER(To, Size / sizeof(TYPE), Text);	\
}									\
									\
static inline NTSTATUS RtlStringCbCat##LETTER(TYPE *To, SIZE_T Size, const TYPE *Text) \
{									\
	return RtlStringCchCat##LETTER(To, Size / sizeof(TYPE), Text);	\
}

IOTIMER_WDM_STRSAFE(A, char)
IOTIMER_WDM_STRSAFE(W, WCHAR)

/**
 * RtlStringCbVPrintfA() - print into text of a known size
 * @To: the text
 * @Size: its size
 * @Format: as for DbgPrint()
 * @Arguments: the values to print
 *
 * Context: Any IRQL.
 * Return: STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW for text that was cut off;
 * STATUS_INVALID_PARAMETER for a size of 0, or above %NTSTRSAFE_MAX_CCH.
 */
static inline NTSTATUS RtlStringCbVPrintfA(char *To, SIZE_T Size, PCSTR Format,
					   va_list Arguments)
{
	int n;

	if (!Size || Size > NTSTRSAFE_MAX_CCH)
		return STATUS_INVALID_PARAMETER;
	n = iotimer_wdm_vformat(To, Size, Format, Arguments);
	return n < Size ? STATUS_SUCCESS : STATUS_BUFFER_OVERFLOW;
}

/**
 * RtlStringCbPrintfA() - print into text of a known size
 * @To: the text
 * @Size: its size
 * @Format: as for DbgPrint()
 *
 * Context: Any IRQL.
 * Return: as RtlStringCbVPrintfA().
 */
static __maybe_unused NTSTATUS RtlStringCbPrintfA(char *To, SIZE_T Size, PCSTR Format, ...)
{
	va_list args;
	NTSTATUS status;

	va_start(args, Format);
	status = RtlStringCbVPrintfA(To, Size, Format, args);
	va_end(args);
	return status;
}

#define RtlStringCchVPrintfA(TO, SIZE, FORMAT, ARGS)	RtlStringCbVPrintfA(TO, SIZE, FORMAT, ARGS)
#define RtlStringCchPrintfA(TO, SIZE, ...)		RtlStringCbPrintfA(TO, SIZE, __VA_ARGS__)

#endif /* _IOTIMER_WDM_STRSAFE_H */
