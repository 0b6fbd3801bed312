/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <wdmsec.h> in a ported source. */
#ifndef _IOTIMER_DDK_WDMSEC_H
#define _IOTIMER_DDK_WDMSEC_H

#include <iotimer/wdm/secure.h>

#endif /* _IOTIMER_DDK_WDMSEC_H */
