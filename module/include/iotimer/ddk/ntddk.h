/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntddk.h> in a ported source, with this folder on the include path. */
#ifndef _IOTIMER_DDK_NTDDK_H
#define _IOTIMER_DDK_NTDDK_H

#include <wdm.h>

#endif /* _IOTIMER_DDK_NTDDK_H */
