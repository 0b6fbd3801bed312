// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_vdev - any number of virtual devices
 *
 *	insmod iotimer_vdev.ko devices=4 context=device
 *	cat /sys/kernel/debug/iotimer/timers
 *	cat /sys/module/iotimer_vdev/parameters/collected
 *
 * Once a period a device's timer routine collects the events that its ISR has
 * counted and raises the interrupt again. The counts are in the routine's context,
 * which is one of the three kinds of the IoTimer model:
 *
 *	context=device		the device's own extension
 *	context=controller	the extension of a controller that eight devices
 *				share; they take turns at the controller, too
 *	context=own		memory of the driver's own
 *
 * Two locks guard a context: state that the ISR accesses is accessed elsewhere only
 * inside iotimer_synchronize(), and all other state under a device's lock. Devices
 * that share a context must use the same two locks: those of the first of the
 * eight, which is deleted last.
 */
#include <linux/iotimer.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#define VDEV_MAX_DEVICES	1000000
#define VDEVS_PER_CONTROLLER	8

enum vdev_kind { VDEV_DEVICE, VDEV_CONTROLLER, VDEV_OWN };

static const char * const vdev_kinds[] = { "device", "controller", "own" };

static unsigned int devices = 4;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many, 1..1000000, default 4");

static char *kind = "device";
module_param_named(context, kind, charp, 0444);
MODULE_PARM_DESC(context, "of the timer routines: device (default), controller or own");

static bool irqs = true;
module_param(irqs, bool, 0444);
MODULE_PARM_DESC(irqs, "give each device an interrupt, default Y");

/* The context of a timer routine, or of several that share it. */
struct vdev_context {
	struct iotimer_device	*guard;		/* the first of those devices */
	struct iotimer_irq	*irq;		/* its interrupt */
	struct iotimer_controller *ctl;		/* NULL unless it is the context */

	int			events;		/* under irq's lock */

	/* under guard->lock */
	unsigned long		ticks;
	unsigned long		collected;	/* events */
	unsigned long		turns;		/* at ctl */
};

/* The device extension. */
struct vdev {
	struct vdev_context	context;	/* with context=device */
	struct vdev_context	*ctx;		/* of any kind */
	struct iotimer_irq	*irq;
};

static DEFINE_MUTEX(vdev_mutex);		/* guards the following */
static struct iotimer_device **vdevs;
static unsigned int nr_vdevs;
static int vdev_kind;

/* [ISR] Called with the lock that this interrupt shares with ctx->irq. */
static irqreturn_t vdev_isr(struct iotimer_irq *irq, void *context)
{
	struct vdev_context *ctx = context;

	iotimer_assert_isr_locked(ctx->irq);
	ctx->events++;
	return IRQ_HANDLED;
}

/* [SynchCritSection] */
static int vdev_take_events(void *context)
{
	struct vdev_context *ctx = context;
	int events = ctx->events;

	iotimer_assert_isr_locked(ctx->irq);
	ctx->events = 0;
	return events;
}

/* [ControllerControl] Bottom halves are disabled, so spin_lock() is sufficient. */
static enum iotimer_action vdev_control(struct iotimer_device *dev,
					struct iotimer_controller *ctl, void *context)
{
	struct vdev_context *ctx = context;

	spin_lock(&ctx->guard->lock);
	ctx->turns++;
	spin_unlock(&ctx->guard->lock);
	return IOTIMER_KEEP;
}

/* A turn lasts a period. Then the holder goes to the end of the queue. */
static void vdev_take_turns(struct vdev_context *ctx, struct iotimer_device *dev)
{
	if (dev == ctx->guard)
		iotimer_controller_free(ctx->ctl);
	/* Mostly -EBUSY, because the device is in the queue already. */
	iotimer_controller_allocate(ctx->ctl, dev, vdev_control, ctx);
}

/* [IoTimer routine] */
static void vdev_routine(struct iotimer_device *dev, void *context)
{
	struct vdev *vdev = iotimer_device_ext(dev);
	struct vdev_context *ctx = context;

	spin_lock(&ctx->guard->lock);
	ctx->ticks++;
	if (ctx->irq)
		ctx->collected += iotimer_synchronize(ctx->irq, vdev_take_events, ctx);
	spin_unlock(&ctx->guard->lock);

	if (vdev->irq)
		iotimer_irq_raise(vdev->irq);
	if (ctx->ctl)
		vdev_take_turns(ctx, dev);
}

/* For debugfs, called under the lock of the device, which is the guard. */
static void vdev_show(struct seq_file *m, void *context)
{
	struct vdev_context *ctx = context;

	seq_printf(m, "ticks:     %lu\n", ctx->ticks);
	seq_printf(m, "collected: %lu\n", ctx->collected);
	seq_printf(m, "turns:     %lu\n", ctx->turns);
}

/* Process context uses spin_lock_bh() for state that it shares with routines. */
static int vdev_get_collected(char *buffer, const struct kernel_param *kp)
{
	unsigned long collected = 0;
	struct vdev_context *ctx;
	unsigned int i;

	mutex_lock(&vdev_mutex);
	for (i = 0; i < nr_vdevs; i++) {
		ctx = ((struct vdev *)iotimer_device_ext(vdevs[i]))->ctx;
		if (ctx->guard != vdevs[i])
			continue;
		spin_lock_bh(&ctx->guard->lock);
		collected += ctx->collected;
		spin_unlock_bh(&ctx->guard->lock);
		cond_resched();
	}
	mutex_unlock(&vdev_mutex);
	return sysfs_emit(buffer, "%lu\n", collected);
}

static const struct kernel_param_ops vdev_collected_ops = {
	.get = vdev_get_collected,
};

module_param_cb(collected, &vdev_collected_ops, NULL, 0444);
MODULE_PARM_DESC(collected, "interrupts that the timer routines have collected");

static struct vdev_context *vdev_controller_context(unsigned int i)
{
	struct iotimer_controller *ctl;
	struct vdev_context *ctx;
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "vctl%05u", i / VDEVS_PER_CONTROLLER);
	ctl = iotimer_controller_create(name, sizeof(*ctx));
	if (IS_ERR(ctl))
		return ERR_CAST(ctl);
	ctx = iotimer_controller_ext(ctl);
	ctx->ctl = ctl;
	return ctx;
}

/* Create the context of device @i, or find the one that it shares. */
static struct vdev_context *vdev_get_context(struct vdev *vdev, unsigned int i)
{
	unsigned int first = round_down(i, VDEVS_PER_CONTROLLER);
	struct vdev_context *ctx;

	if (vdev_kind == VDEV_DEVICE)
		return &vdev->context;
	if (vdev_kind == VDEV_OWN) {
		ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
		return ctx ?: ERR_PTR(-ENOMEM);
	}
	if (i == first)
		return vdev_controller_context(i);
	vdev = iotimer_device_ext(vdevs[first]);
	return vdev->ctx;
}

static void vdev_free_context(struct vdev_context *ctx)
{
	if (vdev_kind == VDEV_OWN)
		kfree(ctx);
	else if (vdev_kind == VDEV_CONTROLLER)
		iotimer_controller_delete(ctx->ctl);
}

static int vdev_connect(struct iotimer_device *dev, struct vdev *vdev)
{
	struct iotimer_irq_config config = {
		.irq		= IOTIMER_IRQ_VIRTUAL,
		.isr		= vdev_isr,
		.context	= vdev->ctx,
		.share_lock	= vdev->ctx->irq,
	};
	int err = iotimer_irq_connect(dev, &config, &vdev->irq);

	if (!err && !vdev->ctx->irq)
		vdev->ctx->irq = vdev->irq;
	return err;
}

static int vdev_setup(struct iotimer_device *dev, unsigned int i)
{
	struct vdev *vdev = iotimer_device_ext(dev);
	struct vdev_context *ctx = vdev_get_context(vdev, i);
	int err = 0;

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	vdev->ctx = ctx;
	if (!ctx->guard)
		ctx->guard = dev;
	if (irqs)
		err = vdev_connect(dev, vdev);
	if (!err)
		err = iotimer_init(dev, vdev_routine, ctx);
	if (!err && ctx->guard == dev)
		err = iotimer_device_set_show(dev, vdev_show, NULL);
	return err ?: iotimer_start(dev);
}

/*
 * Deletion stops the timer, disconnects the interrupt and leaves the controller's
 * queue. A context is freed after the last of its devices.
 */
static void vdev_delete(struct iotimer_device *dev)
{
	struct vdev *vdev = iotimer_device_ext(dev);
	struct vdev_context *ctx = vdev->ctx;
	bool last = ctx && ctx->guard == dev;

	iotimer_device_delete(dev);
	if (last)
		vdev_free_context(ctx);
}

static int vdev_create(unsigned int i)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];
	int err;

	snprintf(name, sizeof(name), "vdev%05u", i);
	dev = iotimer_device_create(name, sizeof(struct vdev));
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = vdev_setup(dev, i);
	if (err) {
		vdev_delete(dev);
		return err;
	}
	vdevs[nr_vdevs++] = dev;
	return 0;
}

static void vdev_delete_all(void)
{
	while (nr_vdevs) {
		vdev_delete(vdevs[--nr_vdevs]);
		cond_resched();
	}
	kvfree(vdevs);
	vdevs = NULL;
}

static int vdev_create_all(void)
{
	unsigned int i;
	int err = 0;

	vdevs = kvcalloc(devices, sizeof(*vdevs), GFP_KERNEL);
	if (!vdevs)
		return -ENOMEM;
	for (i = 0; i < devices && !err; i++) {
		err = vdev_create(i);
		cond_resched();
	}
	if (err)
		vdev_delete_all();
	return err;
}

static int __init vdev_init(void)
{
	int err;

	vdev_kind = match_string(vdev_kinds, ARRAY_SIZE(vdev_kinds), kind);
	if (vdev_kind < 0) {
		pr_err("iotimer_vdev: context: %s is not in device, controller, own\n",
		       kind);
		return -EINVAL;
	}
	if (!devices || devices > VDEV_MAX_DEVICES) {
		pr_err("iotimer_vdev: devices: %u is not in 1..%d\n", devices,
		       VDEV_MAX_DEVICES);
		return -EINVAL;
	}
	mutex_lock(&vdev_mutex);
	err = vdev_create_all();
	mutex_unlock(&vdev_mutex);
	return err;
}
module_init(vdev_init);

static void __exit vdev_exit(void)
{
	mutex_lock(&vdev_mutex);
	vdev_delete_all();
	mutex_unlock(&vdev_mutex);
}
module_exit(vdev_exit);

MODULE_DESCRIPTION("iotimer sample: any number of virtual devices");
MODULE_LICENSE("GPL");
