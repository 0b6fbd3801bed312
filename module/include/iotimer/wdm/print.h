/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DbgPrint() prints debug messages to the kernel log. Formats are those of Windows: %ld
 * has 32 bits, %I64d has 64.
 */
#ifndef _IOTIMER_WDM_PRINT_H
#define _IOTIMER_WDM_PRINT_H

#include <linux/stdarg.h>

#include <iotimer/wdm/types.h>

ULONG DbgPrint(PCSTR Format, ...);
int iotimer_wdm_vformat(char *to, size_t size, PCSTR from, va_list args);
int iotimer_wdm_format(char *to, size_t size, PCSTR from, ...);

/* Component and level make no difference: every line is a debug message. */
#define DbgPrintEx(COMPONENT, LEVEL, ...)				\
	((void)(COMPONENT), (void)(LEVEL), DbgPrint(__VA_ARGS__))

#define DPFLTR_IHVDRIVER_ID	77
#define DPFLTR_ERROR_LEVEL	0
#define DPFLTR_WARNING_LEVEL	1
#define DPFLTR_TRACE_LEVEL	2
#define DPFLTR_INFO_LEVEL	3

/* KdPrint(("...", ...)), in checked builds (-DDBG=1) only, like the original */
#if defined(DBG) && DBG
#define KdPrint(ARGS)	DbgPrint ARGS
#define KdPrintEx(ARGS)	DbgPrintEx ARGS
#else
#define KdPrint(ARGS)	((void)0)
#define KdPrintEx(ARGS)	((void)0)
#endif

#endif /* _IOTIMER_WDM_PRINT_H */
