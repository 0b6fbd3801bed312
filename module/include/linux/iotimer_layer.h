/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of iotimer.ko's interface that is for iotimer_wdm.ko alone: drivers
 * use <linux/iotimer.h>.
 */
#ifndef _LINUX_IOTIMER_LAYER_H
#define _LINUX_IOTIMER_LAYER_H

#include <linux/limits.h>

#include <linux/iotimer.h>

/*
 * The layer's module notifier is called before the core deletes the devices of a
 * module that leaves, in a context that may sleep.
 */
#define IOTIMER_LAYER_PRIORITY	(INT_MAX - 1)

void iotimer_set_trampoline(iotimer_routine_t routine,
			    const void *(*behind)(struct iotimer_device *dev));
int iotimer_synchronize_begin(struct iotimer_irq *irq);
void iotimer_synchronize_end(struct iotimer_irq *irq);

#endif /* _LINUX_IOTIMER_LAYER_H */
