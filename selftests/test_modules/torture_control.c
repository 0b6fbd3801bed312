// SPDX-License-Identifier: GPL-2.0
/*
 * The controllers of iotimer_torture: a controller has one holder at a time, and
 * each waiting device is served
 *
 * A request keeps a reference to the device's object until it is served. A device
 * that requests without one may be deleted while it waits (O5), so its control
 * routine does not keep the controller.
 */
#include "torture.h"

struct controller {
	atomic_t		users;		/* references; negative: exclusive */
	struct iotimer_controller *ctl;
	atomic_t		holders;
	struct object		*kept_by;	/* the thread that clears this frees it */
	struct context		*context;	/* the extension */
	unsigned long		served;
};

static struct controller controllers[NR_CONTROLLERS];

static struct controller *controller_of(struct iotimer_controller *ctl)
{
	struct context *context = iotimer_controller_ext(ctl);

	return &controllers[context->a];
}

static void enter(struct controller *c)
{
	if (atomic_inc_return(&c->holders) != 1)
		torture_fail("two devices hold a controller");
	c->served++;
	COUNT(controls);
}

static enum iotimer_action control_keep(struct iotimer_device *dev,
					struct iotimer_controller *ctl, void *arg)
{
	struct controller *c = controller_of(ctl);
	struct object *obj = arg;

	enter(c);
	if (obj->dev != dev)
		torture_fail("control routine of another device");
	/* The stores above come before another thread can free it. */
	smp_store_release(&c->kept_by, obj);
	object_put(obj);
	return IOTIMER_KEEP;
}

static enum iotimer_action control_once(struct iotimer_device *dev,
					struct iotimer_controller *ctl, void *arg)
{
	struct controller *c = controller_of(ctl);
	struct object *obj = arg;

	enter(c);
	object_dawdle(obj, &obj->in_control);
	if (READ_ONCE(obj->quiet) && READ_ONCE(obj->going))
		torture_fail("control routine after its device was deleted");
	atomic_dec(&c->holders);
	return IOTIMER_DEALLOCATE;
}

static bool take_from(struct controller *c, struct object *obj)
{
	return cmpxchg(&c->kept_by, obj, NULL) == obj;
}

/* With exclusive access to the object, whose deletion frees the controller. */
void controllers_forget(struct object *obj)
{
	struct controller *c;

	for (c = controllers; c < controllers + NR_CONTROLLERS; c++)
		if (take_from(c, obj))
			atomic_dec(&c->holders);
}

static struct controller *controller_get(u32 *random)
{
	struct controller *c = &controllers[torture_below(random, NR_CONTROLLERS)];

	return atomic_inc_unless_negative(&c->users) ? c : NULL;
}

/* With a reference to the object or exclusive access. */
void op_allocate_once(struct object *obj, u32 *random)
{
	struct controller *c = controller_get(random);
	int ret;

	if (!c)
		return;
	ret = iotimer_controller_allocate(c->ctl, obj->dev, control_once, obj);
	if (!ret)
		COUNT(allocations);
	else if (ret != -EBUSY)
		torture_fail("allocate once: %d", ret);
	atomic_dec(&c->users);
}

/* With a reference to the object. */
void op_allocate(struct object *obj, u32 *random)
{
	struct controller *c = controller_get(random);
	int ret;

	if (!c)
		return;
	atomic_inc(&obj->users);
	ret = iotimer_controller_allocate(c->ctl, obj->dev, control_keep, obj);
	if (ret)
		object_put(obj);
	if (!ret)
		COUNT(allocations);
	else if (ret != -EBUSY)
		torture_fail("allocate: %d", ret);
	atomic_dec(&c->users);
}

/* With a reference to the controller. The object must exist until it is freed. */
static void free_kept(struct controller *c)
{
	struct object *obj = smp_load_acquire(&c->kept_by);
	int ret;

	if (!obj || !object_get(obj))
		return;
	if (take_from(c, obj)) {
		atomic_dec(&c->holders);
		ret = iotimer_controller_free(c->ctl);
		if (ret)
			torture_fail("free: %d", ret);
	}
	object_put(obj);
}

void op_free(u32 *random)
{
	struct controller *c = controller_get(random);

	if (!c)
		return;
	free_kept(c);
	atomic_dec(&c->users);
}

static int controller_create(struct controller *c)
{
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "c%u", (unsigned int)(c - controllers));
	c->ctl = iotimer_controller_create(name, sizeof(struct context));
	if (IS_ERR(c->ctl))
		return PTR_ERR(c->ctl);
	c->context = iotimer_controller_ext(c->ctl);
	if (c->context->magic)
		torture_fail("a controller's extension is not zeroed");
	c->context->a = c - controllers;
	c->context->magic = ALIVE;
	return 0;
}

static void controller_renew(struct controller *c)
{
	struct context old = *c->context;
	int ret;

	c->context->magic = DEAD;
	ret = iotimer_controller_delete(c->ctl);
	if (ret == -EBUSY) {
		*c->context = old;
		return;
	}
	if (ret || controller_create(c))
		torture_fail("a controller cannot be made anew: %d", ret);
}

/* Delete a controller without users and create it again. */
void op_new_controller(u32 *random)
{
	struct controller *c = &controllers[torture_below(random, NR_CONTROLLERS)];

	if (atomic_cmpxchg(&c->users, 0, INT_MIN / 2))
		return;
	controller_renew(c);
	atomic_set_release(&c->users, 0);
}

/* Forever: a controller whose extension is a timer's context cannot be deleted. */
struct context *controller_context(struct object *obj)
{
	return controllers[0].context;
}

int controllers_create(void)
{
	struct controller *c;
	int ret = 0;

	for (c = controllers; c < controllers + NR_CONTROLLERS && !ret; c++)
		ret = controller_create(c);
	/* A controller that is a context stays, see controller_context(). */
	atomic_set(&controllers[0].users, 1);
	return ret;
}

/* Wait until all waiters have been served. */
void controllers_drain(void)
{
	unsigned long end = jiffies + msecs_to_jiffies(500);
	struct controller *c;

	while (time_before(jiffies, end)) {
		for (c = controllers; c < controllers + NR_CONTROLLERS; c++)
			free_kept(c);
		usleep_range(1000, 2000);
	}
}

void controllers_delete(void)
{
	struct controller *c;
	int ret;

	for (c = controllers; c < controllers + NR_CONTROLLERS; c++) {
		if (IS_ERR_OR_NULL(c->ctl))
			continue;
		ret = iotimer_controller_delete(c->ctl);
		if (ret)
			torture_fail("delete of a controller: %d", ret);
	}
}
