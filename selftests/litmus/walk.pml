/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Result: Never
 *
 * Loops, which the litmus tests leave out. One slot, a walk that comes by again
 * and again, somebody who starts, stops and waits in any order, another one who
 * starts, and a third one who stops. No call is under way once somebody has
 * waited and nobody has started the timer since; the wait ends; in the end the
 * slot of a started timer is marked. Memory is sequentially consistent here.
 *
 * Sometimes, without the wait: /wait$/d
 * Sometimes, with a look at the timer before the slot is entered: /enter the slot/{h;d}; /look at the timer/G
 * Sometimes, with the slot left before the call: /leave the slot/d; /call the routine/i\	running = false;
 * Sometimes, without the look after the mark is cleared: /look again/d
 * Sometimes, where start marks first: /mark in start/d; s/^.*was = dev.*$/marked = true;\n&/
 * Sometimes, where stop removes the mark: /dev in stop/s/$/ marked = false;/
 */

#define VISITS	3
#define STEPS	3

bool running;		/* the slot */
bool dev;		/* slot->dev: the timer is started */
bool marked;
bool calling;		/* the routine */
byte starts;		/* how often it was started */
byte ended;		/* of those who start and stop */
bool walked;		/* the walk has ended */

inline start()
{
	atomic { was = dev; dev = true; starts = starts + (was -> 0 : 1) };
	if
	:: !was && !marked -> marked = true	/* mark in start */
	:: else
	fi
}

inline stop()
{
	dev = false;	/* dev in stop */
}

active proctype walk()
{
	byte visit;
	bool enters;

	for (visit : 1 .. VISITS) {
		if
		:: marked ->
			running = true;		/* enter the slot */
			enters = dev;		/* look at the timer */
			if
			:: enters ->
				calling = true;	/* call the routine */
				calling = false
			:: else ->
				marked = false;
				if :: dev -> marked = true :: else fi;	/* look again */
				skip
			fi;
			running = false;	/* leave the slot */
		:: else
		fi
	}
	walked = true
}

active proctype anybody()
{
	byte step, before;
	bool was;

	for (step : 1 .. STEPS) {
		if
		:: start()
		:: stop()
		:: before = starts;
			stop();
			!running;	// wait
			assert(!calling || starts != before)
		fi
	}
	ended++
}

active proctype starter()
{
	bool was;

	start();
	ended++
}

active proctype stopper()
{
	stop();
	ended++
}

active proctype judge()
{
	atomic { walked && ended == 3 -> assert(!dev || marked) }
}
