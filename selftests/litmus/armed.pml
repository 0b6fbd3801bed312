/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Result: Never
 *
 * page_get(), page_put() and the timer_list in module/core/timer.c: three devices of
 * one page are started and stopped, and the tick goes off meanwhile. Whenever the
 * lock is free, a started timer has an armed tick, or a tick that runs and arms
 * it again; in the end the tick is armed if anything is started, else not (T10).
 * An atomic_t is one variable, and all else is under the lock, so that it takes
 * no weak memory to be wrong here.
 *
 * Sometimes, where the first is counted without the lock: /first counted/{h;d}; /lock of get/{H;g}
 * Sometimes, where the last is counted without the lock: /last counted/{h;d}; /lock of put/{H;g}
 * Sometimes, where put looks and counts in two steps: /define PUT_UNLESS_LAST/s/atomic//
 * Sometimes, where get does not look again under the lock: s/first = (nr == 1)/first = true/
 * Sometimes, where the last one does not disarm: /disarm/s/pending = false/skip/
 * Sometimes, where the tick is not armed again: /armed again/d
 * Sometimes, where it is armed again in any case: /armed again/s/pages > 0/true/
 */

#define DEVICES		3

byte nr;		/* page->nr_started */
byte pages;		/* tick.pages_started */
bool pending;		/* tick.timer is */
bool busy;		/* tick_fn() runs */
bool held;		/* tick.lock is */
byte started;		/* devices: what must hold is judged by this */
byte ended;		/* processes */

#define LOCK		atomic { !held -> held = true }
#define UNLOCK		held = false
#define GET_NOT_ZERO	atomic { first = (nr == 0); if :: !first -> nr++ :: else fi }
#define PUT_UNLESS_LAST	atomic { last = (nr == 1); if :: !last -> nr-- :: else fi }

inline page_get()
{
	GET_NOT_ZERO;
	if
	:: !first
	:: else ->
		LOCK;	/* lock of get */
		atomic { nr++; first = (nr == 1) };	/* first counted */
		if
		:: first -> pages++; if :: pages == 1 -> pending = true :: else fi
		:: else
		fi;
		UNLOCK
	fi
}

inline page_put()
{
	PUT_UNLESS_LAST;
	if
	:: !last
	:: else ->
		LOCK;	/* lock of put */
		atomic { nr--; last = (nr == 0) };	/* last counted */
		if
		:: last -> pages--; if :: pages == 0 -> pending = false /* disarm */ :: else fi
		:: else
		fi;
		UNLOCK
	fi
}

active [DEVICES] proctype device()
{
	bool first, last;

	page_get();
	started++;
	atomic { !held -> assert(pages == 1 && (pending || busy)) };
	if
	:: started--; page_put()
	:: started--; page_put(); page_get(); started++
	:: skip
	fi;
	ended++
}

/* The timer is not pending while its function runs, unless it was armed anew. */
active proctype tick()
{
end:	do
	:: atomic { pending -> pending = false; busy = true };
		LOCK;
		UNLOCK;	/* the walk */
		LOCK;
		if
		:: pages > 0 -> pending = true;	/* armed again */
		:: else
		fi;
		atomic { UNLOCK; busy = false }
	od
}

active proctype judge()
{
	atomic {
		ended == DEVICES && !held && !busy ->
		assert(nr == started);
		assert(pending == (started > 0))
	}
}
