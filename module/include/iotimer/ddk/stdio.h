/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <stdio.h> in a ported source: formats are those of Windows. */
#ifndef _IOTIMER_DDK_STDIO_H
#define _IOTIMER_DDK_STDIO_H

#include <linux/kernel.h>
#include <linux/limits.h>

#include <iotimer/wdm/print.h>

#define sprintf(TO, ...)	iotimer_wdm_format(TO, INT_MAX, __VA_ARGS__)
#define vsprintf(TO, FORMAT, ARGS) iotimer_wdm_vformat(TO, INT_MAX, FORMAT, ARGS)

#endif /* _IOTIMER_DDK_STDIO_H */
