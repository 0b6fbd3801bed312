/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The integer and pointer types of Windows drivers. LONG and ULONG have 32 bits
 * on every machine.
 */
#ifndef _IOTIMER_WDM_TYPES_H
#define _IOTIMER_WDM_TYPES_H

#include <linux/build_bug.h>
#include <linux/container_of.h>
#include <linux/iotimer.h>
#include <linux/stddef.h>
#include <linux/types.h>

#ifndef TRUE
#define TRUE	1
#endif
#ifndef FALSE
#define FALSE	0
#endif

typedef void VOID, *PVOID, *HANDLE, *PHANDLE;
/* Signed on every kernel: plain char is unsigned from Linux 6.2 on, and on arm64. */
typedef signed char CHAR, CCHAR, *PCHAR, *PCCHAR, *PSTR;
typedef const char *PCSTR, *PCSZ;
typedef unsigned char UCHAR, *PUCHAR, BOOLEAN, *PBOOLEAN;
typedef short SHORT, CSHORT, *PSHORT;
typedef unsigned short USHORT, *PUSHORT;
typedef __WCHAR_TYPE__ WCHAR, *PWCHAR, *PWSTR;
typedef const __WCHAR_TYPE__ *PCWSTR, *LPCWSTR, *PCWCH;
typedef char *LPSTR;
typedef const char *LPCSTR;
typedef int INT, *PINT, LONG, *PLONG, NTSTATUS, *PNTSTATUS;
typedef unsigned int UINT, *PUINT, ULONG, *PULONG;
typedef s64 LONGLONG, *PLONGLONG, LONG64, *PLONG64;
typedef u64 ULONGLONG, *PULONGLONG, ULONG64, *PULONG64, DWORDLONG;
typedef long LONG_PTR, *PLONG_PTR, INT_PTR;
typedef unsigned long ULONG_PTR, *PULONG_PTR, UINT_PTR, KAFFINITY, *PKAFFINITY;
typedef size_t SIZE_T, *PSIZE_T;
typedef UCHAR BYTE, *PBYTE;
typedef USHORT WORD, *PWORD;
typedef ULONG DWORD, *PDWORD;
typedef s8 INT8;
typedef u8 UINT8;
typedef s16 INT16;
typedef u16 UINT16;
typedef s32 INT32, LONG32;
typedef u32 UINT32, ULONG32;
typedef s64 INT64;
typedef u64 UINT64;

/* The halves of a 64 bit number are in the machine's order. */
typedef union _LARGE_INTEGER {
#ifdef __BIG_ENDIAN
	struct { LONG HighPart; ULONG LowPart; };
	struct { LONG HighPart; ULONG LowPart; } u;
#else
	struct { ULONG LowPart; LONG HighPart; };
	struct { ULONG LowPart; LONG HighPart; } u;
#endif
	LONGLONG	QuadPart;
} LARGE_INTEGER, *PLARGE_INTEGER, PHYSICAL_ADDRESS, *PPHYSICAL_ADDRESS;

typedef union _ULARGE_INTEGER {
#ifdef __BIG_ENDIAN
	struct { ULONG HighPart; ULONG LowPart; };
	struct { ULONG HighPart; ULONG LowPart; } u;
#else
	struct { ULONG LowPart; ULONG HighPart; };
	struct { ULONG LowPart; ULONG HighPart; } u;
#endif
	ULONGLONG	QuadPart;
} ULARGE_INTEGER, *PULARGE_INTEGER;

/* Counted text of 16 bit characters; lengths are in bytes. */
typedef struct _UNICODE_STRING {
	USHORT	Length;
	USHORT	MaximumLength;
	PWSTR	Buffer;
} UNICODE_STRING, *PUNICODE_STRING;
typedef const UNICODE_STRING *PCUNICODE_STRING;

#define RTL_CONSTANT_STRING(TEXT) {					\
	.Length		= sizeof(TEXT) - sizeof((TEXT)[0]),		\
	.MaximumLength	= sizeof(TEXT),					\
	.Buffer		= TEXT,						\
}

static inline VOID RtlInitUnicodeString(PUNICODE_STRING DestinationString,
					PCWSTR SourceString)
{
	USHORT n = 0;

	while (SourceString && SourceString[n])
		n++;
	DestinationString->Length = n * sizeof(*SourceString);
	DestinationString->MaximumLength =
		SourceString ? (n + 1) * sizeof(*SourceString) : 0;
	DestinationString->Buffer = (PWSTR)SourceString;
}

typedef struct _DRIVER_OBJECT DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _IRP IRP, *PIRP;

#define MAXUCHAR	((UCHAR)~0)
#define MAXUSHORT	((USHORT)~0)
#define MAXULONG	((ULONG)~0)
#define MAXLONG		((LONG)(MAXULONG >> 1))

#define ULongToPtr(N)	((PVOID)(ULONG_PTR)(ULONG)(N))
#define PtrToUlong(P)	((ULONG)(ULONG_PTR)(P))
#define PtrToUshort(P)	((USHORT)(ULONG_PTR)(P))
#define PtrToLong(P)	((LONG)(LONG_PTR)(P))
#define LongToPtr(N)	((PVOID)(LONG_PTR)(LONG)(N))
#define UlongToPtr(N)	ULongToPtr(N)
#define PtrToUint(P)	((UINT)(ULONG_PTR)(P))
#define IntToPtr(N)	((PVOID)(LONG_PTR)(INT)(N))
#define UintToPtr(N)	((PVOID)(ULONG_PTR)(UINT)(N))
#define UNICODE_NULL	((WCHAR)0)
#define ANSI_NULL	((CHAR)0)

#define CONTAINING_RECORD(ADDRESS, TYPE, FIELD)				\
	((TYPE *)((PUCHAR)(ADDRESS) - offsetof(TYPE, FIELD)))
#define FIELD_OFFSET(TYPE, FIELD)	((LONG)offsetof(TYPE, FIELD))

static_assert(sizeof(LONG) == 4 && sizeof(WCHAR) == 2);

#endif /* _IOTIMER_WDM_TYPES_H */
