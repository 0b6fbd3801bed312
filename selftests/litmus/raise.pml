/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Result: Never
 *
 * Two threads raise the same interrupt on one CPU, iotimer_irq_raise() in
 * module/core/interrupt.c. The second has the higher priority: it takes the CPU at
 * any moment at which interrupts are on, and after its raise it spins until an ISR
 * has run. The ISR runs in an interrupt of that CPU when the interrupt is on the
 * CPU's list. The second thread never spins for ever.
 *
 * Sometimes, where the first can be preempted between the two steps: /interrupts off/s/true/false/
 */

#define LOW	0
#define HIGH	1

byte cpu = LOW;		/* the thread that has it */
bool off;		/* interrupts */
bool raised;		/* IOTIMER_RAISED */
bool queued;		/* the interrupt is on the list, the irq_work is pending */
bool wanted;		/* an ISR that sees what HIGH stored before its raise */

inline raise(me)
{
	atomic { cpu == me -> off = true };	/* interrupts off */
	atomic { cpu == me -> first = !raised; raised = true };	/* mark it */
	atomic { cpu == me -> queued = queued || first };	/* queue it */
	atomic { cpu == me -> off = false }
}

active proctype low()
{
	bool first = false;

	raise(LOW)
}

active proctype high()
{
	bool first = false;

	atomic { !off -> cpu = HIGH };
	wanted = true;
	raise(HIGH);
	!wanted;
	cpu = LOW
}

active proctype isr()
{
end:	do
	:: atomic { queued && !off -> queued = false; raised = false; wanted = false }
	od
}
