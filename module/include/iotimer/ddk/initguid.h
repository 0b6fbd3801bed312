/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <initguid.h> in a ported source: each GUID is defined where it is used. */
#ifndef _IOTIMER_DDK_INITGUID_H
#define _IOTIMER_DDK_INITGUID_H

#include <iotimer/wdm/guid.h>

#endif /* _IOTIMER_DDK_INITGUID_H */
