/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wmidata.h> in a ported source: serial ports only. */
#ifndef _IOTIMER_DDK_WMIDATA_H
#define _IOTIMER_DDK_WMIDATA_H

#include <iotimer/wdm/wmi.h>

#endif /* _IOTIMER_DDK_WMIDATA_H */
