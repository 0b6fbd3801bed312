// SPDX-License-Identifier: GPL-2.0-only
/// iotimer_stop_sync() and iotimer_device_delete() wait for the timer routine:
/// under a lock that the routine takes they wait for ever.
///
// Confidence: Moderate
// Comments: Locks are told apart by the name of their field. A function that
//	calls another with the lock held is not seen.
// Options: --no-includes --include-headers

virtual report

@timer@
identifier fn;
expression dev, context;
@@

iotimer_init(dev, fn, context)

@takes@
identifier timer.fn;
identifier lock;
expression owner;
@@

fn(...)
{
<+...
\(spin_lock\|spin_lock_irq\|spin_lock_bh\|spin_lock_irqsave\)(&owner->lock, ...)
...+>
}

@waits@
identifier takes.lock;
expression owner, other;
identifier call =~ "^(iotimer_stop_sync|iotimer_device_delete)$";
position p;
@@

\(spin_lock\|spin_lock_irq\|spin_lock_bh\|spin_lock_irqsave\)(&owner->lock, ...)
... when != \(spin_unlock\|spin_unlock_irq\|spin_unlock_bh\|spin_unlock_irqrestore\)(&owner->lock, ...)
call@p(other)

@script:python depends on report@
lock << takes.lock;
call << waits.call;
p << waits.p;
@@
coccilib.report.print_report(p[0], "ERROR: %s() with %s held, which the timer routine takes, waits for ever" % (call, lock))
