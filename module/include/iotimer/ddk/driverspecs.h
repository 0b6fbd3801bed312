/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <driverspecs.h> in a ported source: annotations. */
#ifndef _IOTIMER_DDK_DRIVERSPECS_H
#define _IOTIMER_DDK_DRIVERSPECS_H

#include <iotimer/wdm/sal1.h>

#endif /* _IOTIMER_DDK_DRIVERSPECS_H */
