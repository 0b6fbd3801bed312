/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntstrsafe.h> in a ported source. */
#ifndef _IOTIMER_DDK_NTSTRSAFE_H
#define _IOTIMER_DDK_NTSTRSAFE_H

#include <iotimer/wdm/strsafe.h>

#endif /* _IOTIMER_DDK_NTSTRSAFE_H */
