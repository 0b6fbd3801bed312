/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One event for every step of a request: the one that iotimer_edu has, so that
 * its reader need not know which of the two drivers is loaded.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iotimer_edu

#if !defined(_IOTIMER_EDU_WDM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _IOTIMER_EDU_WDM_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#define EDU_WDM_STEP_LEN	36

TRACE_EVENT(edu_step,
	    TP_PROTO(unsigned int device, unsigned int request, const char *step,
		     long value),
	    TP_ARGS(device, request, step, value),
	    TP_STRUCT__entry(__field(unsigned int, device)
			     __field(unsigned int, request)
			     __array(char, step, EDU_WDM_STEP_LEN)
			     __field(long, value)),
	    TP_fast_assign(__entry->device = device;
			   __entry->request = request;
			   strscpy(__entry->step, step, EDU_WDM_STEP_LEN);
			   __entry->value = value;),
	    TP_printk("edu%u #%u %s %ld", __entry->device, __entry->request,
		      __entry->step, __entry->value));

#endif /* _IOTIMER_EDU_WDM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE iotimer_edu_wdm_trace
#include <trace/define_trace.h>
