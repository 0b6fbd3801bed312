/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntddmou.h> in a ported source. */
#ifndef _IOTIMER_DDK_NTDDMOU_H
#define _IOTIMER_DDK_NTDDMOU_H

#include <iotimer/wdm/input.h>

#endif /* _IOTIMER_DDK_NTDDMOU_H */
