/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What iotimer.ko has for iotimer_wdm.ko alone.
 */
#ifndef IOTIMER_LAYER_H
#define IOTIMER_LAYER_H

#include <linux/iotimer.h>

/*
 * Wherever a routine is named, in debugfs, traces and complaints, that of a device
 * whose routine is @routine is @behind(dev). That is called in any context, of
 * devices alone that have been given @routine; it stays set as long as there are any.
 */
void iotimer_set_trampoline(iotimer_routine_t routine,
			    const void *(*behind)(struct iotimer_device *dev));

#endif /* IOTIMER_LAYER_H */
