/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wdmguid.h> in a ported source: no GUID of it is covered. */
#ifndef _IOTIMER_DDK_WDMGUID_H
#define _IOTIMER_DDK_WDMGUID_H

#include <iotimer/wdm/guid.h>

#endif /* _IOTIMER_DDK_WDMGUID_H */
