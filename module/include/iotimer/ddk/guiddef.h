/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <guiddef.h> in a ported source. */
#ifndef _IOTIMER_DDK_GUIDDEF_H
#define _IOTIMER_DDK_GUIDDEF_H

#include <iotimer/wdm/guid.h>

#endif /* _IOTIMER_DDK_GUIDDEF_H */
