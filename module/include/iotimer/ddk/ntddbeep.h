/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntddbeep.h> in a ported source. */
#ifndef _IOTIMER_DDK_NTDDBEEP_H
#define _IOTIMER_DDK_NTDDBEEP_H

#include <iotimer/wdm/beep.h>

#endif /* _IOTIMER_DDK_NTDDBEEP_H */
