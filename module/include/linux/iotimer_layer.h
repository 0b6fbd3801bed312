/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What iotimer.ko has for iotimer_wdm.ko alone.
 */
#ifndef _LINUX_IOTIMER_LAYER_H
#define _LINUX_IOTIMER_LAYER_H

#include <linux/iotimer.h>

void iotimer_set_trampoline(iotimer_routine_t routine,
			    const void *(*behind)(struct iotimer_device *dev));

#endif /* _LINUX_IOTIMER_LAYER_H */
