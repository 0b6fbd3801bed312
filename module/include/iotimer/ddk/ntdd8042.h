/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntdd8042.h> in a ported source. */
#ifndef _IOTIMER_DDK_NTDD8042_H
#define _IOTIMER_DDK_NTDD8042_H

#include <iotimer/wdm/input.h>

#endif /* _IOTIMER_DDK_NTDD8042_H */
