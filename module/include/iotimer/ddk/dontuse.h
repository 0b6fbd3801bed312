/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <dontuse.h> in a ported source: it has warnings of another compiler. */
#ifndef _IOTIMER_DDK_DONTUSE_H
#define _IOTIMER_DDK_DONTUSE_H


#endif /* _IOTIMER_DDK_DONTUSE_H */
