/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <kbdmou.h> in a ported source. */
#ifndef _IOTIMER_DDK_KBDMOU_H
#define _IOTIMER_DDK_KBDMOU_H

#include <iotimer/wdm/input.h>

#endif /* _IOTIMER_DDK_KBDMOU_H */
