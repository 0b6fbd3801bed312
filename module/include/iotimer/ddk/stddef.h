/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <stddef.h> in a ported source. */
#ifndef _IOTIMER_DDK_STDDEF_H
#define _IOTIMER_DDK_STDDEF_H

#include <linux/stddef.h>

#endif /* _IOTIMER_DDK_STDDEF_H */
