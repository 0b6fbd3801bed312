/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DbgPrint: to the kernel log, as debug messages. The format is that of Windows:
 * %ld has 32 bits, %I64d has 64.
 */
#ifndef _IOTIMER_WDM_PRINT_H
#define _IOTIMER_WDM_PRINT_H

#include <iotimer/wdm/types.h>

ULONG DbgPrint(PCSTR Format, ...);

/* Who prints and how urgent it is make no difference: what is printed is a debug message. */
#define DbgPrintEx(COMPONENT, LEVEL, ...)				\
	((void)(COMPONENT), (void)(LEVEL), DbgPrint(__VA_ARGS__))

#define DPFLTR_IHVDRIVER_ID	77
#define DPFLTR_ERROR_LEVEL	0
#define DPFLTR_WARNING_LEVEL	1
#define DPFLTR_TRACE_LEVEL	2
#define DPFLTR_INFO_LEVEL	3

/* KdPrint(("...", ...)), like the original only in checked builds: -DDBG=1. */
#if defined(DBG) && DBG
#define KdPrint(ARGS)	DbgPrint ARGS
#define KdPrintEx(ARGS)	DbgPrintEx ARGS
#else
#define KdPrint(ARGS)	((void)0)
#define KdPrintEx(ARGS)	((void)0)
#endif

#endif /* _IOTIMER_WDM_PRINT_H */
