/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <windef.h> in a ported source: the types. */
#ifndef _IOTIMER_DDK_WINDEF_H
#define _IOTIMER_DDK_WINDEF_H

#include <iotimer/wdm/types.h>

#endif /* _IOTIMER_DDK_WINDEF_H */
