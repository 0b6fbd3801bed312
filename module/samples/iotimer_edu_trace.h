/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One event for each step of a request, in /sys/kernel/tracing/events/iotimer_edu
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iotimer_edu

#if !defined(_IOTIMER_EDU_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _IOTIMER_EDU_TRACE_H

#include <linux/tracepoint.h>

#ifndef _IOTIMER_EDU_STEP
#define _IOTIMER_EDU_STEP
enum edu_step {
	EDU_STEP_REQUEST,
	EDU_STEP_START,
	EDU_STEP_INTERRUPT,
	EDU_STEP_TICK,
	EDU_STEP_RESET,
	EDU_STEP_RETRY,
	EDU_STEP_SUSPEND,
	EDU_STEP_GONE,
	EDU_STEP_RESULT,
	EDU_STEP_FAILURE,
};
#endif

/* Export the values of the names to programs that decode the event. */
TRACE_DEFINE_ENUM(EDU_STEP_REQUEST);
TRACE_DEFINE_ENUM(EDU_STEP_START);
TRACE_DEFINE_ENUM(EDU_STEP_INTERRUPT);
TRACE_DEFINE_ENUM(EDU_STEP_TICK);
TRACE_DEFINE_ENUM(EDU_STEP_RESET);
TRACE_DEFINE_ENUM(EDU_STEP_RETRY);
TRACE_DEFINE_ENUM(EDU_STEP_SUSPEND);
TRACE_DEFINE_ENUM(EDU_STEP_GONE);
TRACE_DEFINE_ENUM(EDU_STEP_RESULT);
TRACE_DEFINE_ENUM(EDU_STEP_FAILURE);

TRACE_EVENT(edu_step,
	    TP_PROTO(unsigned int device, unsigned int request, enum edu_step step,
		     long value),
	    TP_ARGS(device, request, step, value),
	    TP_STRUCT__entry(__field(unsigned int, device)
			     __field(unsigned int, request)
			     __field(int, step)
			     __field(long, value)),
	    TP_fast_assign(__entry->device = device;
			   __entry->request = request;
			   __entry->step = step;
			   __entry->value = value;),
	    TP_printk("edu%u #%u %s %ld", __entry->device, __entry->request,
		      __print_symbolic(__entry->step,
				       { EDU_STEP_REQUEST, "request: factorial of" },
				       { EDU_STEP_START, "start: count down from" },
				       { EDU_STEP_INTERRUPT, "interrupt: status" },
				       { EDU_STEP_TICK, "tick: count" },
				       { EDU_STEP_RESET, "time-out: reset, count down from" },
				       { EDU_STEP_RETRY, "retry: number" },
				       { EDU_STEP_SUSPEND, "suspend: retries" },
				       { EDU_STEP_GONE, "gone: count" },
				       { EDU_STEP_RESULT, "result:" },
				       { EDU_STEP_FAILURE, "failure: error" }),
		      __entry->value));

#endif /* _IOTIMER_EDU_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE iotimer_edu_trace
#include <trace/define_trace.h>
