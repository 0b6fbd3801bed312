/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Shared by the files of iotimer_torture.ko
 *
 * An object is a device with its context and interrupt. Any thread with a
 * reference, from object_get() to object_put(), may use it. A thread that has it
 * exclusively, from object_lock() to object_unlock(), is the only one that starts
 * it, and may delete it and create it again.
 */
#ifndef _IOTIMER_TORTURE_H
#define _IOTIMER_TORTURE_H

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/iotimer.h>
#include <linux/jiffies.h>
#include <linux/sched.h>

#define MAX_OBJECTS	64
#define NR_CONTROLLERS	3
#define ALIVE		0x600dc0deU
#define DEAD		0xdeadc0deU

/* A routine's context, in any kind of memory. */
struct context {
	u32			magic;
	struct object		*obj;		/* NULL: shared by several */
	unsigned long		a, b;		/* equal under the device's lock */
	unsigned long		isr_a, isr_b;	/* equal under the interrupt's lock */
};

enum context_kind { CONTEXT_NONE, CONTEXT_EXT, CONTEXT_OWN, CONTEXT_CTL, NR_CONTEXTS };

struct object {
	unsigned int		index;
	atomic_t		users;		/* references; negative: exclusive */
	struct iotimer_device	*dev;
	bool			shares_lock;	/* its interrupt shares the master's lock */
	struct iotimer_irq	*irq;		/* NULL: none connected */
	enum context_kind	kind;
	struct context		*context;
	struct context		*guarded;	/* checked under its locks, if not shared */
	bool			quiet;		/* a call is a mistake */
	bool			awaited;	/* deletion is about to begin */
	bool			going;		/* deletion has begun */
	atomic_t		inside;		/* the routine */
	bool			in_routine;
	bool			in_isr;
	bool			in_control;
	unsigned long		calls;		/* of the routine, since creation */
	unsigned long		isr_calls;	/* under the interrupt's lock */
	unsigned long		sections;	/* under the interrupt's lock */
};

struct counts {
	atomic_long_t		ops, starts, stops, stop_syncs, quiets, revivals;
	atomic_long_t		calls, isrs, sections, deletes, allocations, controls;
	atomic_long_t		shots, late;
};

extern struct object objects[MAX_OBJECTS];
extern struct counts torture_counts;
extern unsigned int devices;
extern unsigned int period_ms;
extern unsigned int slow;
extern unsigned int active;

#define COUNT(WHAT)	atomic_long_inc(&torture_counts.WHAT)

/* torture_main.c: the verdict prints the first one */
__printf(1, 2) void torture_fail(const char *fmt, ...);

/* xorshift: reproducible for each thread, unlike the order of threads */
static inline u32 torture_random(u32 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static inline u32 torture_below(u32 *state, u32 limit)
{
	return torture_random(state) % limit;
}

/* Every awaited event comes within this time on any machine. */
static inline unsigned long torture_limit(void)
{
	return jiffies + msecs_to_jiffies(20000 * slow + 10 * period_ms);
}

/* torture_object.c */
bool object_get(struct object *obj);
void object_put(struct object *obj);
bool object_lock(struct object *obj);
void object_unlock(struct object *obj);
void object_dawdle(struct object *obj, bool *inside);
struct object *object_any(u32 *random);
int objects_create(void);
void objects_stop(void);
void objects_delete(void);
int object_section(void *obj);
void op_start(struct object *obj);
void op_stop(struct object *obj);
void op_stop_sync(struct object *obj);
void op_quiet(struct object *obj, u32 *random);
void op_revive(struct object *obj);
void op_recreate(struct object *obj, u32 *random);
void op_guarded(struct object *obj);
void op_synchronize(struct object *obj);
void op_raise(struct object *obj);

/* torture_control.c */
int controllers_create(void);
void controllers_drain(void);
void controllers_delete(void);
struct context *controller_context(struct object *obj);
void controllers_forget(struct object *obj);
void op_allocate(struct object *obj, u32 *random);
void op_allocate_once(struct object *obj, u32 *random);
void op_free(u32 *random);
void op_new_controller(u32 *random);

/* torture_ops.c: the operations of each context */
void ops_process(u32 *random);
void ops_softirq(u32 *random);
void ops_hardirq(u32 *random);
void ops_routine(struct object *self, u32 *random);
void ops_isr(struct object *self, u32 *random);

/* torture_snipe.c */
int pairs_begin(void);
void pairs_end(void);
int loner_begin(void);
void loner_end(void);

/* torture_crowd.c */
int crowd_begin(void);
void crowd_end(void);

#endif /* _IOTIMER_TORTURE_H */
