/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wdm.h> in a ported source, with this folder on the include path. */
#ifndef _IOTIMER_DDK_WDM_H
#define _IOTIMER_DDK_WDM_H

#include <iotimer/wdm.h>

/* #pragma alloc_text and warning are for another compiler. */
#pragma GCC diagnostic ignored "-Wunknown-pragmas"

#endif /* _IOTIMER_DDK_WDM_H */
