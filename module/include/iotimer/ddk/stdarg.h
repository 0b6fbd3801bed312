/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <stdarg.h> in a ported source. */
#ifndef _IOTIMER_DDK_STDARG_H
#define _IOTIMER_DDK_STDARG_H

#include <linux/stdarg.h>

#endif /* _IOTIMER_DDK_STDARG_H */
