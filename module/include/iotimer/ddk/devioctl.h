/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <devioctl.h> in a ported source: control codes. */
#ifndef _IOTIMER_DDK_DEVIOCTL_H
#define _IOTIMER_DDK_DEVIOCTL_H

#include <iotimer/wdm/irp.h>

#endif /* _IOTIMER_DDK_DEVIOCTL_H */
