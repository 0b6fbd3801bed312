/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wdm.h> in a ported source, with this folder on the include path. */
#ifndef _IOTIMER_DDK_WDM_H
#define _IOTIMER_DDK_WDM_H

/*
 * The older annotations are macros from here on. These headers have __in and __out as
 * names of their own, so they come first; a Linux part that uses wait_event() behind this
 * needs #undef __out.
 */
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/poll.h>
#include <linux/wait.h>
#include <linux/writeback.h>

#include <iotimer/wdm.h>
#include <iotimer/wdm/sal1.h>
#undef __reserved	/* a member of many structures */

/* Names that a driver's headers test to find out their system and machine */
#define _NTDEF_
#define _WDMDDK_
#define _NTDDK_
#ifdef CONFIG_64BIT
#define _WIN64			1
#endif
#if defined(CONFIG_X86_64)
#define _AMD64_			1
#define _M_AMD64		100
#define _M_X64			100
#elif defined(CONFIG_X86_32)
#define _X86_			1
#define _M_IX86			600
#elif defined(CONFIG_ARM64)
#define _ARM64_			1
#define _M_ARM64		1
#endif

/* The names are those of Windows 7 and newer, unless the driver wants to be for an older one. */
#define NTDDI_WIN2K		0x05000000
#define NTDDI_WINXP		0x05010000
#define NTDDI_WS03		0x05020000
#define NTDDI_VISTA		0x06000000
#define NTDDI_WIN7		0x06010000
#define NTDDI_WIN8		0x06020000
#define NTDDI_WINBLUE		0x06030000
#define NTDDI_WIN10		0x0a000000
#ifndef NTDDI_VERSION
#define NTDDI_VERSION		NTDDI_WIN7
#endif
#ifndef _WIN32_WINNT
#define _WIN32_WINNT		(NTDDI_VERSION >> 16)
#endif

/* #pragma alloc_text and warning are for another compiler. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"
/* VOID Routine() declares a routine without arguments. */
#pragma GCC diagnostic ignored "-Wstrict-prototypes"

#endif /* _IOTIMER_DDK_WDM_H */
