/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Trace events of iotimer. Names are copied when the event happens, because the
 * device may be gone when the event is read.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM iotimer

#if !defined(IOTIMER_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define IOTIMER_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#include "core.h"

TRACE_EVENT(iotimer_init,
	    TP_PROTO(struct iotimer_device *dev, const void *context),
	    TP_ARGS(dev, context),
	    TP_STRUCT__entry(__array(char, dev, IOTIMER_NAME_LEN)
			     __field(const void *, routine)
			     __field(const void *, context)),
	    TP_fast_assign(strscpy(__entry->dev, dev->name, IOTIMER_NAME_LEN);
			   __entry->routine = iotimer_routine(dev);
			   __entry->context = context;),
	    TP_printk("dev=%s routine=%ps context=%p",
		      __entry->dev, __entry->routine, __entry->context));

TRACE_EVENT(iotimer_start,
	    TP_PROTO(const struct iotimer_device *dev, int ret),
	    TP_ARGS(dev, ret),
	    TP_STRUCT__entry(__array(char, dev, IOTIMER_NAME_LEN)
			     __field(int, ret)),
	    TP_fast_assign(strscpy(__entry->dev, dev->name, IOTIMER_NAME_LEN);
			   __entry->ret = ret;),
	    TP_printk("dev=%s ret=%d", __entry->dev, __entry->ret));

TRACE_EVENT(iotimer_stop,
	    TP_PROTO(const struct iotimer_device *dev, bool sync),
	    TP_ARGS(dev, sync),
	    TP_STRUCT__entry(__array(char, dev, IOTIMER_NAME_LEN)
			     __field(bool, sync)),
	    TP_fast_assign(strscpy(__entry->dev, dev->name, IOTIMER_NAME_LEN);
			   __entry->sync = sync;),
	    TP_printk("dev=%s sync=%d", __entry->dev, __entry->sync));

DECLARE_EVENT_CLASS(iotimer_routine_class,
		    TP_PROTO(struct iotimer_device *dev),
		    TP_ARGS(dev),
		    TP_STRUCT__entry(__array(char, dev, IOTIMER_NAME_LEN)
				     __field(const void *, routine)),
		    TP_fast_assign(strscpy(__entry->dev, dev->name, IOTIMER_NAME_LEN);
				   __entry->routine = iotimer_routine(dev);),
		    TP_printk("dev=%s routine=%ps", __entry->dev, __entry->routine));

DEFINE_EVENT(iotimer_routine_class, iotimer_routine_entry,
	     TP_PROTO(struct iotimer_device *dev),
	     TP_ARGS(dev));

DEFINE_EVENT(iotimer_routine_class, iotimer_routine_exit,
	     TP_PROTO(struct iotimer_device *dev),
	     TP_ARGS(dev));

TRACE_EVENT(iotimer_tick_entry,
	    TP_PROTO(u64 late_ns),
	    TP_ARGS(late_ns),
	    TP_STRUCT__entry(__field(u64, late_ns)),
	    TP_fast_assign(__entry->late_ns = late_ns;),
	    TP_printk("late_ns=%llu", __entry->late_ns));

TRACE_EVENT(iotimer_tick_exit,
	    TP_PROTO(bool done),
	    TP_ARGS(done),
	    TP_STRUCT__entry(__field(bool, done)),
	    TP_fast_assign(__entry->done = done;),
	    TP_printk("done=%d", __entry->done));

TRACE_EVENT(iotimer_synchronize,
	    TP_PROTO(const struct iotimer_device *dev, int (*fn)(void *context), int ret),
	    TP_ARGS(dev, fn, ret),
	    TP_STRUCT__entry(__array(char, dev, IOTIMER_NAME_LEN)
			     __field(void *, fn)
			     __field(int, ret)),
	    TP_fast_assign(strscpy(__entry->dev, dev->name, IOTIMER_NAME_LEN);
			   __entry->fn = fn;
			   __entry->ret = ret;),
	    TP_printk("dev=%s fn=%ps ret=%d", __entry->dev, __entry->fn, __entry->ret));

TRACE_EVENT(iotimer_controller_allocate,
	    TP_PROTO(const char *ctl, const char *dev),
	    TP_ARGS(ctl, dev),
	    TP_STRUCT__entry(__array(char, ctl, IOTIMER_NAME_LEN)
			     __array(char, dev, IOTIMER_NAME_LEN)),
	    TP_fast_assign(strscpy(__entry->ctl, ctl, IOTIMER_NAME_LEN);
			   strscpy(__entry->dev, dev, IOTIMER_NAME_LEN);),
	    TP_printk("ctl=%s dev=%s", __entry->ctl, __entry->dev));

TRACE_EVENT(iotimer_controller_free,
	    TP_PROTO(const char *ctl),
	    TP_ARGS(ctl),
	    TP_STRUCT__entry(__array(char, ctl, IOTIMER_NAME_LEN)),
	    TP_fast_assign(strscpy(__entry->ctl, ctl, IOTIMER_NAME_LEN);),
	    TP_printk("ctl=%s", __entry->ctl));

#endif /* IOTIMER_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
