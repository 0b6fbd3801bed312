/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wmistr.h> in a ported source: types only. */
#ifndef _IOTIMER_DDK_WMISTR_H
#define _IOTIMER_DDK_WMISTR_H

#include <iotimer/wdm/wmi.h>

#endif /* _IOTIMER_DDK_WMISTR_H */
