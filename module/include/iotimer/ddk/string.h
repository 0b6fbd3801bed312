/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <string.h> in a ported source. */
#ifndef _IOTIMER_DDK_STRING_H
#define _IOTIMER_DDK_STRING_H

#include <linux/string.h>

#endif /* _IOTIMER_DDK_STRING_H */
