// SPDX-License-Identifier: GPL-2.0
/*
 * A driver that uses what another one, test_leak, owns and leaves behind: clause T13
 */
#include <linux/notifier.h>
#include <linux/seq_file.h>

#include "cpus.h"
#include "test.h"
#include "test_keeper.h"

static struct iotimer_device *holder;	/* of the controller; the context is its extension */
static struct iotimer_device *waiter;	/* for the controller */
static struct iotimer_irq *irq;		/* with the same context */
static struct iotimer_controller *ctl;	/* for the device that is deleted */
static struct cpu_call allocate_call;
static struct cpu_call delete_call;

/* The context is memory of test_leak's: a call after that is gone writes to it. */
static void count_routine(struct iotimer_device *dev, void *context)
{
	atomic_inc(context);
}

static irqreturn_t count_isr(struct iotimer_irq *irq, void *context)
{
	atomic_inc(context);
	return IRQ_HANDLED;
}

static enum iotimer_action keep(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	return IOTIMER_KEEP;
}

/* The text in debugfs for the context, as long as there is one. */
static void show_count(struct seq_file *m, void *context)
{
	seq_printf(m, "counted %s\n", atomic_read((atomic_t *)context) ? "some" : "none");
}

static int use(struct iotimer_controller *ctl)
{
	const struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = count_isr,
		.context = iotimer_controller_ext(ctl),
	};

	return iotimer_init(holder, count_routine, iotimer_controller_ext(ctl)) ?:
	       iotimer_start(holder) ?:
	       iotimer_irq_connect(holder, &config, &irq) ?:
	       iotimer_device_set_show(holder, show_count, irq) ?:
	       iotimer_irq_raise(irq) ?:
	       iotimer_controller_allocate(ctl, holder, keep, NULL) ?:
	       iotimer_controller_allocate(ctl, waiter, keep, NULL);
}

/* Holds the controller, waits for it, and has its extension as context twice. */
int test_keeper_use(struct iotimer_controller *ctl)
{
	holder = test_device("holder");
	waiter = test_device("waiter");
	if (IS_ERR(holder) || IS_ERR(waiter))
		return -ENOMEM;
	return use(ctl);
}
EXPORT_SYMBOL_GPL(test_keeper_use);

static void allocate(void *arg)
{
	struct test_keeper_control *control = arg;

	iotimer_controller_allocate(ctl, control->dev, control->fn, control);
}

static void delete(void *dev)
{
	iotimer_device_delete(dev);
}

/* Returns while the device is being deleted, which waits for its control routine on another CPU. */
int test_keeper_delete(struct test_keeper_control *control)
{
	ctl = iotimer_controller_create("keeper", 0);
	if (IS_ERR(ctl))
		return PTR_ERR(ctl);
	cpu_call_begin(&allocate_call, second_cpu(), allocate, control);
	if (!wait_for(READ_ONCE(control->inside), TEST_LIMIT_MS))
		return -ETIME;
	cpu_call_begin(&delete_call, first_cpu(), delete, control->dev);
	return wait_for(iotimer_start(control->dev) == -ESHUTDOWN, TEST_LIMIT_MS) ? 0 : -ETIME;
}
EXPORT_SYMBOL_GPL(test_keeper_delete);

/* The only effect left: the errors of using it again. */
static int errors_get(char *buffer, const struct kernel_param *kp)
{
	int start = iotimer_start(holder), raise = iotimer_irq_raise(irq);

	return sprintf(buffer, "start %d, raise %d, disconnect %d\n", start, raise,
		       iotimer_irq_disconnect(irq));
}

static const struct kernel_param_ops errors_ops = {
	.get = errors_get,
};

module_param_cb(errors, &errors_ops, NULL, 0444);
MODULE_PARM_DESC(errors, "what the devices answer, once");

static int name_taken;
module_param(name_taken, int, 0444);
MODULE_PARM_DESC(name_taken, "was the device of a module that goes still there when its jump labels go?");

static int keeper_event(struct notifier_block *nb, unsigned long event, void *unused)
{
	struct iotimer_device *dev;

	if (event != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	dev = test_device("orphan");
	name_taken = dev == ERR_PTR(-EEXIST);
	test_device_free(dev);
	return NOTIFY_DONE;
}

/* Jump labels have priority 1, tracepoints and kprobes 0. */
static struct notifier_block keeper_notifier = {
	.notifier_call	= keeper_event,
	.priority	= 2,
};

static int __init test_keeper_init(void)
{
	return register_module_notifier(&keeper_notifier);
}
module_init(test_keeper_init);

static void __exit test_keeper_exit(void)
{
	unregister_module_notifier(&keeper_notifier);
	test_device_free(holder);
	test_device_free(waiter);
	if (delete_call.fn) {
		cpu_call_end(&allocate_call);
		cpu_call_end(&delete_call);
		iotimer_controller_delete(ctl);
	}
}
module_exit(test_keeper_exit);

MODULE_DESCRIPTION("iotimer self-test: a driver that uses another one's controller");
MODULE_INFO(test, "Y");
MODULE_LICENSE("GPL");
