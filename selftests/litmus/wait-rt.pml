/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Result: Never
 *
 * Waiting on PREEMPT_RT: the walk goes over two timers several times, holding a
 * timer's own lock while it is in its slot. Somebody stops the first one and
 * waits for its routine, perhaps with a lock held that the second one's routine
 * takes. The wait ends (nothing is left waiting for ever), no call of the first
 * one's routine is under way or begins after it, and the waiter does not spin:
 * where it finds the walk in the slot, that holds the lock, so that it goes round
 * once for each time the walk comes by, whatever the priorities.
 *
 * Sometimes, with one lock for both timers: s/held\[[A-Za-z]*\]/held[0]/
 * Sometimes, without the wait: /[*] wait/d
 * Sometimes, without the lock in the walk: /lock of the slot/d
 * Sometimes, with the slot left after the lock: /leave the slot/{h;d}; /unlock the slot/G
 * Sometimes, with the slot entered before the lock: /enter the slot/{h;d}; /^.LOCK.*lock of the slot/{H;g}
 * Sometimes, with a look at the timer before the slot is entered: /enter the slot/{h;d}; /look at the timer/G
 */

#define FIRST	0
#define SECOND	1
#define NONE	2
#define PASSES	3

byte running = NONE;
bool started[2] = true;
bool held[2];			/* the lock of a slot */
bool other;			/* a lock that the second routine takes */
bool calling[2];
bool over;			/* nobody waits any more */
byte rounds;

#define LOCK(l)		atomic { !l -> l = true }
#define UNLOCK(l)	l = false

inline call(i)
{
	calling[i] = true;
	if
	:: i == FIRST -> assert(!over)
	:: else -> LOCK(other); UNLOCK(other)
	fi;
	calling[i] = false
}

inline visit(i)
{
	LOCK(held[i]);		/* lock of the slot */
	running = i;		/* enter the slot */
	enters = started[i];	/* look at the timer */
	if
	:: enters -> call(i)
	:: else
	fi;
	running = NONE;		/* leave the slot */
	UNLOCK(held[i]);	/* unlock the slot: lock of the slot */
	skip
}

active proctype walk()
{
	byte pass;
	bool enters;

	for (pass : 1 .. PASSES) {
		visit(FIRST);
		visit(SECOND)
	}
}

active proctype waiter()
{
	bool locks;

	if
	:: LOCK(other); locks = true
	:: skip
	fi;
	started[FIRST] = false;
	do	/* wait */
	:: running == FIRST ->	/* wait */
		rounds++;	/* wait */
		assert(rounds <= PASSES);	/* wait */
		LOCK(held[FIRST]);	/* wait */
		UNLOCK(held[FIRST]);	/* wait */
	:: else -> break	/* wait */
	od;	/* wait */
	over = true;
	assert(!calling[FIRST]);
	if
	:: locks -> UNLOCK(other)
	:: else
	fi
}
