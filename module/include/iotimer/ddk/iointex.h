/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <iointex.h> in a ported source: IoConnectInterruptEx() is in <wdm.h>. */
#ifndef _IOTIMER_DDK_IOINTEX_H
#define _IOTIMER_DDK_IOINTEX_H

#include <wdm.h>

#endif /* _IOTIMER_DDK_IOINTEX_H */
