/* SPDX-License-Identifier: GPL-2.0 */
/* For #include <csq.h> in a ported source: cancel-safe queues are in <wdm.h>. */
#ifndef _IOTIMER_DDK_CSQ_H
#define _IOTIMER_DDK_CSQ_H

#include <wdm.h>

#endif /* _IOTIMER_DDK_CSQ_H */
