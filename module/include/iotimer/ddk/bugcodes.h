/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <bugcodes.h> in a ported source: KeBugCheckEx() is not covered. */
#ifndef _IOTIMER_DDK_BUGCODES_H
#define _IOTIMER_DDK_BUGCODES_H

#include <iotimer/wdm/types.h>

#endif /* _IOTIMER_DDK_BUGCODES_H */
