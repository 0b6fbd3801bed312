/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntifs.h> in a ported source: no name of a file system is covered. */
#ifndef _IOTIMER_DDK_NTIFS_H
#define _IOTIMER_DDK_NTIFS_H

#include <ntddk.h>

#endif /* _IOTIMER_DDK_NTIFS_H */
