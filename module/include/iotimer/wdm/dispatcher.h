/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The head of a dispatcher object, which is anything that a thread can wait for.
 */
#ifndef _IOTIMER_WDM_DISPATCHER_H
#define _IOTIMER_WDM_DISPATCHER_H

#include <linux/list.h>

#include <iotimer/wdm/types.h>

/* private: Windows has no names for what is in it either */
enum iotimer_wdm_dispatcher {
	IOTIMER_WDM_NOTIFICATION,	/* stays signalled: event, timer */
	IOTIMER_WDM_SYNCHRONIZATION,	/* until one waiter has had it: event, timer */
	IOTIMER_WDM_SEMAPHORE,
	IOTIMER_WDM_MUTEX,
	IOTIMER_WDM_THREAD = 64,	/* none of IO_TYPE_*: other objects are told from it */
};

typedef struct _DISPATCHER_HEADER {
	UCHAR			Type;
	LONG			SignalState;	/* signalled if positive */
	struct list_head	waiters;
} DISPATCHER_HEADER, *PDISPATCHER_HEADER;

void iotimer_wdm_init_dispatcher(PDISPATCHER_HEADER object,
				 enum iotimer_wdm_dispatcher type, LONG state);
LONG iotimer_wdm_set_state(PDISPATCHER_HEADER object, LONG state);

static inline LONG iotimer_wdm_state(PDISPATCHER_HEADER object)
{
	return READ_ONCE(object->SignalState);
}

#endif /* _IOTIMER_WDM_DISPATCHER_H */
