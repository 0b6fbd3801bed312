/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntdef.h> in a ported source: the types. */
#ifndef _IOTIMER_DDK_NTDEF_H
#define _IOTIMER_DDK_NTDEF_H

#include <iotimer/wdm/types.h>

#endif /* _IOTIMER_DDK_NTDEF_H */
