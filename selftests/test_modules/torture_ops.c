// SPDX-License-Identifier: GPL-2.0
/* The operations of iotimer_torture in each context: all that are allowed there */
#include <linux/interrupt.h>

#include "torture.h"

typedef void (*op_fn)(struct object *obj);

static op_fn const anywhere[] = { op_start, op_start, op_stop, op_raise };
static op_fn const softirqs[] = {
	op_start, op_start, op_stop, op_raise, op_stop_sync, op_guarded, op_synchronize,
};

/* One of @ops on any device without an exclusive user. */
static void any_op(const op_fn *ops, unsigned int nr, u32 *random)
{
	struct object *obj = object_any(random);

	if (!object_get(obj))
		return;
	ops[torture_below(random, nr)](obj);
	object_put(obj);
	COUNT(ops);
}

void ops_hardirq(u32 *random)
{
	any_op(anywhere, ARRAY_SIZE(anywhere), random);
}

static void allocate_any(u32 *random)
{
	struct object *obj = object_any(random);

	if (!object_get(obj))
		return;
	if (torture_below(random, 2))
		op_allocate(obj, random);
	else
		op_allocate_once(obj, random);
	object_put(obj);
}

static void ops_controller(u32 *random)
{
	if (torture_below(random, 2))
		allocate_any(random);
	else
		op_free(random);
}

void ops_softirq(u32 *random)
{
	if (torture_below(random, 4))
		any_op(softirqs, ARRAY_SIZE(softirqs), random);
	else
		ops_controller(random);
}

/*
 * A routine and an ISR need no reference to their own object, which exists while
 * they run. They continue to start it while its deletion waits for them.
 */
static void op_own(struct object *self, u32 *random)
{
	if (READ_ONCE(self->going)) {
		op_start(self);
		op_raise(self);
	} else if (object_get(self)) {
		anywhere[torture_below(random, ARRAY_SIZE(anywhere))](self);
		object_put(self);
	}
}

void ops_isr(struct object *self, u32 *random)
{
	/* An interrupt causes at most one other. */
	if (!torture_below(random, 2))
		op_own(self, random);
	if (!torture_below(random, 4))
		ops_hardirq(random);
}

/* It must not wait for its own routine, and it holds no lock that others need. */
void ops_routine(struct object *self, u32 *random)
{
	struct object *other = object_any(random);

	op_own(self, random);
	if (other != self && !torture_below(random, 4) && object_get(other)) {
		op_stop_sync(other);
		op_synchronize(other);
		object_put(other);
	}
	if (!torture_below(random, 4))
		ops_controller(random);
	if (!torture_below(random, 8))
		udelay(torture_below(random, 100));
}

/* Operations that may sleep. */
static void ops_sleeping(u32 *random)
{
	struct object *obj = object_any(random);

	switch (torture_below(random, 8)) {
	case 0 ... 2:
		op_quiet(obj, random);
		break;
	case 3 ... 4:
		op_revive(obj);
		break;
	case 5 ... 6:
		op_recreate(obj, random);
		break;
	default:
		op_new_controller(random);
	}
	COUNT(ops);
}

void ops_process(u32 *random)
{
	if (torture_below(random, 8))
		ops_softirq(random);
	else
		ops_sleeping(random);
}
