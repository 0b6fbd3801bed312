/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntstatus.h> in a ported source: the status codes. */
#ifndef _IOTIMER_DDK_NTSTATUS_H
#define _IOTIMER_DDK_NTSTATUS_H

#include <iotimer/wdm/status.h>

#endif /* _IOTIMER_DDK_NTSTATUS_H */
