/* SPDX-License-Identifier: GPL-2.0 */
/*
 * DbgPrint: to the kernel log, as debug messages. The format is that of Windows:
 * %ld has 32 bits, %I64d has 64.
 */
#ifndef _IOTIMER_WDM_PRINT_H
#define _IOTIMER_WDM_PRINT_H

#include <iotimer/wdm/types.h>

ULONG DbgPrint(PCSTR Format, ...);

/* KdPrint(("...", ...)), like the original only in checked builds: -DDBG=1. */
#if defined(DBG) && DBG
#define KdPrint(ARGS)	DbgPrint ARGS
#else
#define KdPrint(ARGS)	((void)0)
#endif

#endif /* _IOTIMER_WDM_PRINT_H */
