// SPDX-License-Identifier: GPL-2.0
/* The devices of iotimer_torture, the operations on them and their invariants */
#include <linux/slab.h>

#include "torture.h"

/* The crowd's devices lie in at least so many pages of timers. */
#define PAGES		3
#define FILLERS_A_PAGE	130

struct object objects[MAX_OBJECTS];

static struct iotimer_device *fillers[(PAGES - 1) * FILLERS_A_PAGE];

static atomic_t inside_any;		/* T9: routines run one after another */
static u32 routine_random = 1;		/* for routines, which run one at a time */
static struct iotimer_device *master;	/* others may share its interrupt's lock */
static struct iotimer_irq *master_irq;
static struct context common = { .magic = ALIVE };	/* isr_*: under that lock */

bool object_get(struct object *obj)
{
	return atomic_inc_unless_negative(&obj->users);
}

void object_put(struct object *obj)
{
	atomic_dec(&obj->users);
}

/* References come and go, so exclusive access may need several attempts. */
bool object_lock(struct object *obj)
{
	int tries;

	for (tries = 0; tries < 50; tries++) {
		if (!atomic_cmpxchg(&obj->users, 0, INT_MIN / 2))
			return true;
		usleep_range(20, 100);
	}
	return false;
}

void object_unlock(struct object *obj)
{
	atomic_set_release(&obj->users, 0);
}

struct object *object_any(u32 *random)
{
	return &objects[torture_below(random, READ_ONCE(active))];
}

/* Now and then, leave time for other CPUs to interfere. */
static void linger(unsigned long times)
{
	if (times % 8 == 0)
		udelay(100);
}

static void check_pair(unsigned long a, unsigned long b, const char *lock)
{
	if (a != b)
		torture_fail("not guarded by the %s: %lu and %lu", lock, a, b);
}

/* Called under the interrupt's lock, in the ISR and in SynchCritSections. */
static void touch_isr_state(struct object *obj)
{
	struct context *guarded = obj->guarded;

	check_pair(guarded->isr_a, guarded->isr_b, "interrupt's lock");
	guarded->isr_a++;
	linger(guarded->isr_a);
	guarded->isr_b++;
	if (!obj->shares_lock)
		return;
	check_pair(common.isr_a, common.isr_b, "shared lock");
	common.isr_a++;
	common.isr_b++;
}

int object_section(void *arg)
{
	struct object *obj = arg;

	iotimer_assert_isr_locked(obj->irq);
	touch_isr_state(obj);
	obj->sections++;
	COUNT(sections);
	return 42;
}

/*
 * To test an operation during a device's function, the function has to run long
 * enough: a thread that is about to delete the device or to wait for its routine
 * announces that and waits for @inside, and the function waits for the thread.
 */
void object_dawdle(struct object *obj, bool *inside)
{
	int us = READ_ONCE(obj->awaited) ? 5000 : 0;
	int ms = 20;

	WRITE_ONCE(*inside, true);
	while (us-- > 0 && !READ_ONCE(obj->going))
		udelay(1);
	/* Not if it is quiet: the caller reports that mistake. */
	while (ms-- > 0 && READ_ONCE(obj->going) && !READ_ONCE(obj->quiet))
		mdelay(1);
	WRITE_ONCE(*inside, false);
}

static irqreturn_t torture_isr(struct iotimer_irq *irq, void *context)
{
	static DEFINE_PER_CPU(u32, random) = 7;
	struct object *obj = context;
	u32 *mine = raw_cpu_ptr(&random);

	if (irq != READ_ONCE(obj->irq))
		torture_fail("ISR of another interrupt");
	touch_isr_state(obj);
	obj->isr_calls++;
	COUNT(isrs);
	ops_isr(obj, mine);
	object_dawdle(obj, &obj->in_isr);
	if (READ_ONCE(obj->quiet) && READ_ONCE(obj->going))
		torture_fail("t%u: ISR after its device was deleted", obj->index);
	return IRQ_HANDLED;
}

/* Called under the device's lock, in routines and in process context. */
static void touch_state(struct object *obj)
{
	struct context *guarded = obj->guarded;

	check_pair(guarded->a, guarded->b, "device's lock");
	guarded->a++;
	linger(guarded->a);
	guarded->b++;
}

static void check_call(struct object *obj, struct iotimer_device *dev,
		       struct context *context)
{
	if (atomic_inc_return(&inside_any) != 1)
		torture_fail("two routines at once");
	if (atomic_inc_return(&obj->inside) != 1)
		torture_fail("%s: twice at once", dev->name);
	/* The full barriers above pair with that of check_quiet(). */
	if (READ_ONCE(obj->quiet))
		torture_fail("%s: called after it was stopped", dev->name);
	if (obj->dev != dev || obj->context != context ||
	    (context && (context->magic != ALIVE ||
			 (context->obj && context->obj != obj))))
		torture_fail("%s: stale context", dev->name);
}

/* While deletion waits for the routine, a start fails. */
static void defy_deletion(struct object *obj)
{
	int turns;

	for (turns = 0; turns < 50 && READ_ONCE(obj->going); turns++) {
		udelay(200);
		op_start(obj);
	}
}

static void torture_routine(struct iotimer_device *dev, void *context)
{
	unsigned int index = MAX_OBJECTS;
	struct object *obj;

	if (kstrtouint(dev->name + 1, 10, &index) || index >= devices) {
		torture_fail("called for no device of ours");
		return;
	}
	obj = &objects[index];
	check_call(obj, dev, context);
	WRITE_ONCE(obj->calls, obj->calls + 1);
	COUNT(calls);
	spin_lock(&dev->lock);
	touch_state(obj);
	spin_unlock(&dev->lock);
	ops_routine(obj, &routine_random);
	object_dawdle(obj, &obj->in_routine);
	defy_deletion(obj);
	atomic_dec(&obj->inside);
	atomic_dec(&inside_any);
}

static struct context *make_context(struct object *obj)
{
	struct context *context = NULL;

	switch (obj->kind) {
	case CONTEXT_EXT:
		context = iotimer_device_ext(obj->dev);
		break;
	case CONTEXT_OWN:
		context = kzalloc(sizeof(*context), GFP_KERNEL);
		break;
	case CONTEXT_CTL:
		return controller_context(obj);
	default:
		break;
	}
	if (context) {
		context->obj = obj;
		context->magic = ALIVE;
	}
	return context;
}

static int connect(struct object *obj, u32 *random)
{
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = torture_isr,
		.context = obj,
	};

	obj->shares_lock = torture_below(random, 2);
	if (obj->shares_lock)
		config.share_lock = master_irq;
	return iotimer_irq_connect(obj->dev, &config, &obj->irq);
}

/* With exclusive access, as the next function. */
static int object_create(struct object *obj, u32 *random)
{
	char name[IOTIMER_NAME_LEN];
	int ret;

	snprintf(name, sizeof(name), "t%u", obj->index);
	obj->calls = 0;
	obj->isr_calls = 0;
	obj->sections = 0;
	obj->kind = torture_below(random, NR_CONTEXTS);
	obj->dev = iotimer_device_create(name, sizeof(struct context));
	if (IS_ERR(obj->dev)) {
		ret = PTR_ERR(obj->dev);
		obj->dev = NULL;
		return ret;
	}
	obj->context = make_context(obj);
	ret = connect(obj, random) ?:
	      iotimer_init(obj->dev, torture_routine, obj->context);
	WRITE_ONCE(obj->awaited, false);
	WRITE_ONCE(obj->going, false);
	WRITE_ONCE(obj->quiet, false);
	return ret;
}

static void object_delete(struct object *obj)
{
	struct context *own = obj->kind == CONTEXT_OWN ? obj->context : NULL;
	int ret;

	if (!obj->dev)
		return;
	/* Its routine and its ISR try to start it all the time: see ops_routine(). */
	WRITE_ONCE(obj->going, true);
	controllers_forget(obj);
	ret = iotimer_device_delete(obj->dev);
	if (ret)
		torture_fail("delete: %d", ret);
	WRITE_ONCE(obj->quiet, true);
	/* Pairs with the full barriers of check_call(). */
	smp_mb();
	if (atomic_read(&obj->inside))
		torture_fail("routine runs after its device was deleted");
	if (own)
		own->magic = DEAD;
	kfree(own);
	obj->dev = NULL;
	obj->irq = NULL;
	obj->context = NULL;
	COUNT(deletes);
}

static void filler_routine(struct iotimer_device *dev, void *context)
{
	torture_fail("%s: called, and never started", dev->name);
}

static irqreturn_t master_isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

static int master_create(void)
{
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL, .isr = master_isr,
	};

	master = iotimer_device_create("master", 0);
	if (IS_ERR(master))
		return PTR_ERR(master);
	return iotimer_irq_connect(master, &config, &master_irq);
}

/* Fill a page of timers, so that the devices created next have another one. */
static int fillers_create(void)
{
	static unsigned int nr;
	char name[IOTIMER_NAME_LEN];
	unsigned int i;
	int ret = 0;

	for (i = 0; i < FILLERS_A_PAGE && !ret; i++, nr++) {
		snprintf(name, sizeof(name), "filler%u", nr);
		fillers[nr] = iotimer_device_create(name, 0);
		if (IS_ERR(fillers[nr]))
			return PTR_ERR(fillers[nr]);
		ret = iotimer_init(fillers[nr], filler_routine, NULL);
	}
	return ret;
}

int objects_create(void)
{
	u32 random = 99;
	unsigned int i;
	int ret = master_create();

	for (i = 0; i < devices && !ret; i++) {
		if (i && i % (devices / PAGES + 1) == 0)
			ret = fillers_create();
		objects[i].index = i;
		objects[i].guarded = kzalloc(sizeof(struct context), GFP_KERNEL);
		ret = ret ?: objects[i].guarded ? object_create(&objects[i], &random) : -ENOMEM;
	}
	return ret;
}

void objects_delete(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(fillers); i++)
		if (!IS_ERR_OR_NULL(fillers[i]))
			iotimer_device_delete(fillers[i]);

	for (i = 0; i < devices; i++) {
		object_delete(&objects[i]);
		kfree(objects[i].guarded);
	}
	if (!IS_ERR_OR_NULL(master))
		iotimer_device_delete(master);
}

/* Only control routines that have not run yet still use the devices. */
void objects_stop(void)
{
	unsigned long end = torture_limit();
	unsigned int i;

	for (i = 0; i < devices; i++) {
		while (atomic_read(&objects[i].users) && time_before(jiffies, end))
			msleep(period_ms);
		if (atomic_read(&objects[i].users))
			torture_fail("t%u: its control routine was never called", i);
		op_stop_sync(&objects[i]);
	}
}

void op_start(struct object *obj)
{
	int ret = iotimer_start(obj->dev);

	if (ret && !(ret == -ESHUTDOWN && READ_ONCE(obj->going)))
		torture_fail("start: %d", ret);
	COUNT(starts);
}

void op_stop(struct object *obj)
{
	int ret = iotimer_stop(obj->dev);

	if (ret)
		torture_fail("stop: %d", ret);
	COUNT(stops);
}

void op_stop_sync(struct object *obj)
{
	int ret = iotimer_stop_sync(obj->dev);

	if (ret)
		torture_fail("stop_sync: %d", ret);
	COUNT(stop_syncs);
}

static void await(bool *inside, unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms) + 1;

	while (!READ_ONCE(*inside) && time_before(jiffies, end))
		usleep_range(5, 20);
}

/* No other thread starts it, because that needs a reference. */
void op_quiet(struct object *obj, u32 *random)
{
	unsigned long calls;

	if (!object_lock(obj))
		return;
	/* During a call, which then lasts for a while, or at any moment. */
	if (!torture_below(random, 3)) {
		WRITE_ONCE(obj->awaited, true);
		op_start(obj);
		await(&obj->in_routine, 2 * period_ms);
	}
	op_stop_sync(obj);
	WRITE_ONCE(obj->quiet, true);
	/* Pairs with the full barriers of check_call(). */
	smp_mb();
	if (atomic_read(&obj->inside))
		torture_fail("t%u: stop_sync() did not wait", obj->index);
	calls = READ_ONCE(obj->calls);
	if (torture_below(random, 4))
		udelay(torture_below(random, 50));
	else
		msleep(period_ms);
	if (READ_ONCE(obj->calls) != calls)
		torture_fail("t%u: called after stop_sync()", obj->index);
	WRITE_ONCE(obj->awaited, false);
	WRITE_ONCE(obj->quiet, false);
	object_unlock(obj);
	COUNT(quiets);
}

/* No other thread stops it. */
void op_revive(struct object *obj)
{
	unsigned long end = torture_limit(), calls;

	if (!object_lock(obj))
		return;
	calls = READ_ONCE(obj->calls);
	op_start(obj);
	while (READ_ONCE(obj->calls) == calls && time_before(jiffies, end))
		usleep_range(500, 1000);
	if (READ_ONCE(obj->calls) == calls)
		torture_fail("t%u: started and not called", obj->index);
	object_unlock(obj);
	COUNT(revivals);
}

void op_raise(struct object *obj)
{
	int ret = iotimer_irq_raise(obj->irq);

	if (ret && !(ret == -ESHUTDOWN && READ_ONCE(obj->going)))
		torture_fail("raise: %d", ret);
}

static void raise_here(void *obj)
{
	op_raise(obj);
}

static void raise_and_put(void *obj)
{
	op_raise(obj);
	object_put(obj);
}

static unsigned int other_cpu(void)
{
	return cpumask_any_but(cpu_online_mask, raw_smp_processor_id());
}

/* With exclusive access. Another CPU's interrupt does not interrupt this one. */
static void raise_elsewhere(struct object *obj)
{
	unsigned int cpu = other_cpu();

	if (cpu < nr_cpu_ids)
		smp_call_function_single(cpu, raise_here, obj, 1);
}

/* With a reference, and another one for the duration of the request. */
static void raise_elsewhere_meanwhile(struct object *obj)
{
	unsigned int cpu = other_cpu();

	if (cpu >= nr_cpu_ids)
		return;
	atomic_inc(&obj->users);
	if (smp_call_function_single(cpu, raise_and_put, obj, 0))
		object_put(obj);
}

void op_synchronize(struct object *obj)
{
	int ret;

	/* In contexts that may wait, with an ISR raised on another CPU meanwhile. */
	if (!in_interrupt() && !irqs_disabled())
		raise_elsewhere_meanwhile(obj);
	ret = iotimer_synchronize(obj->irq, object_section, obj);
	if (ret != 42)
		torture_fail("synchronize: %d", ret);
}

/* With exclusive access: wait for a moment at which deletion has to wait. */
static void await_moment(struct object *obj, u32 *random)
{
	WRITE_ONCE(obj->awaited, true);
	switch (torture_below(random, 4)) {
	case 0:
		op_start(obj);
		await(&obj->in_routine, 2 * period_ms);
		break;
	case 1:
		raise_elsewhere(obj);
		await(&obj->in_isr, 5);
		break;
	case 2:
		op_allocate_once(obj, random);
		await(&obj->in_control, period_ms);
		break;
	}
}

/* In any state. */
void op_recreate(struct object *obj, u32 *random)
{
	int ret;

	if (!object_lock(obj))
		return;
	await_moment(obj, random);
	object_delete(obj);
	ret = object_create(obj, random);
	if (ret)
		torture_fail("create: %d", ret);
	object_unlock(obj);
}

void op_guarded(struct object *obj)
{
	spin_lock_bh(&obj->dev->lock);
	iotimer_assert_locked(obj->dev);
	touch_state(obj);
	spin_unlock_bh(&obj->dev->lock);
}

