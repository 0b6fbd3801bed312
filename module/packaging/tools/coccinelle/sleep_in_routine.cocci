// SPDX-License-Identifier: GPL-2.0-only
/// A timer routine, an interrupt service routine, a SynchCritSection and a
/// control routine must not sleep, nor wait for routines.
///
// Confidence: Moderate
// Comments: Only the function itself is looked into, not what it calls.
// Options: --no-includes --include-headers

virtual report

@timer@
identifier fn;
expression dev, context;
@@

(
iotimer_init(dev, fn, context)
|
IoInitializeTimer(dev, fn, context)
)

@section@
identifier fn;
expression irq, context;
@@

(
iotimer_synchronize(irq, fn, context)
|
KeSynchronizeExecution(irq, fn, context)
)

@control@
identifier fn;
expression ctl, dev, context;
@@

(
iotimer_controller_allocate(ctl, dev, fn, context)
|
IoAllocateController(ctl, dev, fn, context)
)

@isr@
identifier config, fn;
@@

struct iotimer_irq_config config = { .isr = fn, };

@sleeps@
identifier fn = { timer.fn, section.fn, control.fn, isr.fn };
identifier call =~ "^(msleep|msleep_interruptible|ssleep|usleep_range|fsleep|schedule|schedule_timeout.*|mutex_lock|mutex_lock_.*|down|down_.*|wait_event.*|wait_for_completion.*|synchronize_rcu|synchronize_irq|copy_to_user|copy_from_user|get_user|put_user|flush_work|cancel_work_sync|cancel_delayed_work_sync|vmalloc|vzalloc|free_irq|iotimer_init|iotimer_device_create|iotimer_device_delete|iotimer_irq_connect|iotimer_irq_disconnect|iotimer_controller_create|iotimer_controller_delete|iotimer_device_set_show|KeFlushQueuedDpcs|IoDeleteDevice|IoCreateDevice|IoConnectInterrupt|IoDisconnectInterrupt)$";
position p;
@@

fn(...)
{
<+...
call@p(...)
...+>
}

@script:python depends on report@
fn << sleeps.fn;
call << sleeps.call;
p << sleeps.p;
@@
coccilib.report.print_report(p[0], "ERROR: %s() may sleep, %s() must not" % (call, fn))

@allocates@
identifier fn = { timer.fn, section.fn, control.fn, isr.fn };
position p;
@@

fn(...)
{
<+...
GFP_KERNEL@p
...+>
}

@script:python depends on report@
fn << allocates.fn;
p << allocates.p;
@@
coccilib.report.print_report(p[0], "ERROR: GFP_KERNEL may sleep, %s() must not; GFP_ATOMIC does not" % fn)
