/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <ntddser.h> in a ported source. */
#ifndef _IOTIMER_DDK_NTDDSER_H
#define _IOTIMER_DDK_NTDDSER_H

#include <iotimer/wdm/serial.h>

#endif /* _IOTIMER_DDK_NTDDSER_H */
