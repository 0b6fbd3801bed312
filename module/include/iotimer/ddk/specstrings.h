/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <specstrings.h> in a ported source: annotations. */
#ifndef _IOTIMER_DDK_SPECSTRINGS_H
#define _IOTIMER_DDK_SPECSTRINGS_H

#include <iotimer/wdm/sal1.h>

#endif /* _IOTIMER_DDK_SPECSTRINGS_H */
