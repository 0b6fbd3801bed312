// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu - a driver for QEMU's edu device whose requests time out
 *
 * The device computes a factorial and raises an interrupt when it is done. This
 * is the scenario that the Windows documentation gives for an IoTimer routine,
 * in full; the names in brackets are the ones used there.
 *
 *	write()				   edu_timer() once a period
 *	  |				     |		[IoTimer routine]
 *	queue				   edu_count_down()
 *	  |				     |		[SynchCritSection 2]
 *	edu_start()	[StartIo]	     +-- idle, or time is left: true
 *	  |				     +-- time-out: resets the device, true
 *	edu_program()			     +-- the reset timed out too: false
 *	  |	[SynchCritSection 1]		   |
 *	  v					   |
 *	device --> edu_isr() ----------------------+--> edu_dpc() --> read()
 *		   [ISR]				[DpcForIsr]
 *
 * Two rules, one for each kind of sharing:
 *
 *	edu->isr.*	shared with the ISR: only in functions that
 *			iotimer_synchronize() calls, and in the ISR itself
 *	the rest	shared with other routines: under edu->dev->lock, taken
 *			with spin_lock() in the timer routine and with
 *			spin_lock_bh() in process context, always before the
 *			interrupt's lock
 *
 * The character device is in iotimer_edu_file.c, with how to talk to it.
 */
#include <linux/idr.h>
#include <linux/io.h>
#include <linux/pci.h>
#include <linux/seq_file.h>

#include "compat.h"
#include "edu_hw.h"
#include "iotimer_edu.h"

#define CREATE_TRACE_POINTS
#include "iotimer_edu_trace.h"

#define EDU_MAX_RETRIES		3

static bool intx;
module_param(intx, bool, 0444);
MODULE_PARM_DESC(intx, "use the level-triggered line instead of MSI");

static DEFINE_IDA(edu_indices);

/* The device, and what is shared with its ISR */

static void edu_await(struct edu *edu)
{
	iotimer_assert_isr_locked(edu->irq);
	/* One more, because the first tick may come at once. */
	edu->isr.counter = edu->isr.limit + 1;
}

/*
 * Ends an attempt. When interrupt and time-out meet, the counter decides: who
 * comes second finds -1 and leaves it alone.
 */
static void edu_conclude(struct edu *edu, enum edu_outcome outcome)
{
	iotimer_assert_isr_locked(edu->irq);
	edu->isr.counter = -1;
	edu->isr.outcome = outcome;
}

/* Faults are the driver's own: edu never fails. */
static enum edu_fault edu_next_fault(struct edu_request *req)
{
	if (!req->times)
		return EDU_FAULT_NONE;
	req->times--;
	return req->fault;
}

/*
 * [SynchCritSection 1] Sets the time-out counter and programs the device. One
 * that still computes would ignore us: the timer routine will reset that, too.
 */
static int edu_program(void *context)
{
	struct edu *edu = context;
	struct edu_request *req = edu->active;
	enum edu_fault fault = edu_next_fault(req);

	edu->isr.id = req->id;
	edu->isr.limit = req->limit;
	edu->isr.reset_expected = false;
	edu->isr.fault = fault;
	edu->isr.programmed = fault != EDU_FAULT_HANG && fault != EDU_FAULT_DEAD &&
		!(readl(edu->regs + EDU_STATUS) & EDU_STATUS_COMPUTING);
	edu_await(edu);
	trace_edu_step(edu->index, req->id, EDU_STEP_START, edu->isr.counter);
	if (edu->isr.programmed) {
		writel(fault == EDU_FAULT_LOSE_IRQ ? 0 : EDU_STATUS_IRQ,
		       edu->regs + EDU_STATUS);
		writel(req->number, edu->regs + EDU_FACTORIAL);
	}
	return 0;
}

static void edu_clear(struct edu *edu)
{
	writel(0, edu->regs + EDU_STATUS);
	writel(~0, edu->regs + EDU_IRQ_ACK);
}

/* edu has no reset: forgets all, and raises the interrupt that reports it. */
static void edu_reset(struct edu *edu)
{
	struct edu_isr_state *isr = &edu->isr;

	isr->reset_expected = true;
	edu_await(edu);
	trace_edu_step(edu->index, isr->id, EDU_STEP_RESET, isr->counter);
	edu_clear(edu);
	if (isr->fault != EDU_FAULT_DEAD)
		writel(EDU_IRQ_RESET, edu->regs + EDU_IRQ_RAISE);
}

/*
 * [SynchCritSection 2] Once a period: counts down, and resets the device when
 * time is up. Returns false when that has been tried.
 */
static int edu_count_down(void *context)
{
	struct edu *edu = context;
	struct edu_isr_state *isr = &edu->isr;

	iotimer_assert_isr_locked(edu->irq);
	if (isr->counter < 0)
		return true;
	isr->counter--;
	trace_edu_step(edu->index, isr->id, EDU_STEP_TICK, isr->counter);
	if (isr->counter)
		return true;
	if (!isr->reset_expected) {
		edu_reset(edu);
		return true;
	}
	edu_conclude(edu, EDU_RESET_TIMEOUT);
	return false;
}

/* Is this what we wait for, or a straggler of an attempt that is over? */
static bool edu_awaited(struct edu *edu, u32 status)
{
	iotimer_assert_isr_locked(edu->irq);
	if (edu->isr.counter < 0)
		return false;
	if (edu->isr.reset_expected)
		return status & EDU_IRQ_RESET;
	return edu->isr.programmed && status & EDU_IRQ_FACTORIAL &&
		!(readl(edu->regs + EDU_STATUS) & EDU_STATUS_COMPUTING);
}

/*
 * [ISR] Acknowledges, and leaves all else to the bottom half. That is a work
 * item because it takes edu->dev->lock: an irq_work would do that in a hard
 * interrupt, tasklets are on their way out, and work items that run as bottom
 * halves are newer than the oldest kernels supported.
 */
static irqreturn_t edu_isr(struct iotimer_irq *irq, void *context)
{
	struct edu *edu = context;
	u32 status = readl(edu->regs + EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;	/* another device's on the same line */
	writel(status, edu->regs + EDU_IRQ_ACK);
	trace_edu_step(edu->index, edu->isr.id, EDU_STEP_INTERRUPT, status);
	if (edu_awaited(edu, status)) {
		edu->isr.result = readl(edu->regs + EDU_FACTORIAL);
		edu_conclude(edu, edu->isr.reset_expected ? EDU_RESET_DONE : EDU_DONE);
		queue_work(system_highpri_wq, &edu->dpc);
	}
	return IRQ_HANDLED;
}

/* The bottom half's SynchCritSection: what did the ISR or the timer leave? */
static int edu_take_outcome(void *context)
{
	struct edu *edu = context;
	enum edu_outcome outcome = edu->isr.outcome;

	iotimer_assert_isr_locked(edu->irq);
	edu->isr.outcome = EDU_PENDING;
	edu->active->result = edu->isr.result;
	return outcome;
}

/* unbind's: neither the ISR nor the timer routine will find anything to do. */
static int edu_silence(void *context)
{
	struct edu *edu = context;

	edu_conclude(edu, EDU_PENDING);
	edu_clear(edu);
	return 0;
}

/* debugfs' */
static int edu_snapshot(void *context)
{
	struct edu *edu = context;

	iotimer_assert_isr_locked(edu->irq);
	edu->snapshot = edu->isr;
	return 0;
}

/* Requests, under edu->dev->lock */

static void edu_next(struct edu *edu)
{
	iotimer_assert_locked(edu->dev);
	edu->active = list_first_entry_or_null(&edu->queue, struct edu_request, node);
	if (edu->active)
		list_del(&edu->active->node);
}

/* [StartIo] */
static void edu_start(struct edu *edu)
{
	edu_next(edu);
	if (edu->active)
		iotimer_synchronize(edu->irq, edu_program, edu);
}

int edu_submit(struct edu *edu, struct edu_request *req)
{
	iotimer_assert_locked(edu->dev);
	if (!edu->bound)
		return -ENODEV;
	req->id = ++edu->last_id;
	trace_edu_step(edu->index, req->id, EDU_STEP_REQUEST, req->number);
	list_add_tail(&req->node, &edu->queue);
	if (!edu->active)
		edu_start(edu);
	return 0;
}

/* Another attempt, now that the device is reset; false when there were enough. */
static bool edu_retry(struct edu *edu)
{
	struct edu_request *req = edu->active;

	if (req->retries == EDU_MAX_RETRIES)
		return false;
	req->retries++;
	trace_edu_step(edu->index, req->id, EDU_STEP_RETRY, req->retries);
	iotimer_synchronize(edu->irq, edu_program, edu);
	return true;
}

static void edu_finish(struct edu *edu, int error)
{
	struct edu_request *req = edu->active;

	iotimer_assert_locked(edu->dev);
	edu->active = NULL;
	req->error = error;
	if (error)
		trace_edu_step(edu->index, req->id, EDU_STEP_FAILURE, error);
	else
		trace_edu_step(edu->index, req->id, EDU_STEP_RESULT, req->result);
	if (req->file)
		list_add_tail(&req->node, &req->file->done);
	else
		kfree(req);
	wake_up_interruptible_all(&edu->wait);
}

/* [DpcForIsr] Completes the request and starts the next one. */
static void edu_dpc(struct work_struct *work)
{
	struct edu *edu = container_of(work, struct edu, dpc);
	int outcome = EDU_PENDING;

	spin_lock_bh(&edu->dev->lock);
	if (edu->active)
		outcome = iotimer_synchronize(edu->irq, edu_take_outcome, edu);
	if (outcome == EDU_PENDING || (outcome == EDU_RESET_DONE && edu_retry(edu)))
		goto unlock;
	edu_finish(edu, outcome == EDU_DONE ? 0 : -ETIMEDOUT);
	edu_start(edu);
unlock:
	spin_unlock_bh(&edu->dev->lock);
}

/* [IoTimer routine] Runs in a softirq, so that a plain spin_lock() does. */
static void edu_timer(struct iotimer_device *dev, void *context)
{
	struct edu *edu = context;
	bool hope = true;

	spin_lock(&dev->lock);
	if (edu->active)
		hope = iotimer_synchronize(edu->irq, edu_count_down, edu);
	spin_unlock(&dev->lock);
	if (!hope)
		queue_work(system_highpri_wq, &edu->dpc);
}

/* For debugfs, which takes edu->dev->lock. */
static void edu_show(struct seq_file *m, void *context)
{
	struct edu *edu = context;
	struct list_head *node;
	int queued = 0;

	if (!edu->bound)
		return;
	list_for_each(node, &edu->queue)
		queued++;
	iotimer_synchronize(edu->irq, edu_snapshot, edu);
	seq_printf(m, "requests:       %u\n", edu->last_id);
	seq_printf(m, "active:         %u\n", edu->active ? edu->active->id : 0);
	seq_printf(m, "queued:         %d\n", queued);
	seq_printf(m, "counter:        %d\n", edu->snapshot.counter);
	seq_printf(m, "reset_expected: %d\n", edu->snapshot.reset_expected);
}

/* Life and death */

static void edu_free(struct kref *ref)
{
	struct edu *edu = container_of(ref, struct edu, ref);
	unsigned int index = edu->index;

	iotimer_device_delete(edu->dev);	/* and edu, its extension */
	ida_free(&edu_indices, index);
}

void edu_put(struct edu *edu)
{
	kref_put(&edu->ref, edu_free);
}

static struct edu *edu_setup(struct iotimer_device *dev, int index)
{
	struct edu *edu = iotimer_device_ext(dev);

	edu->dev = dev;
	edu->index = index;
	edu->isr.counter = -1;	/* no ISR yet that could share it */
	edu->misc.name = dev->name;
	edu->misc.minor = MISC_DYNAMIC_MINOR;
	edu->misc.fops = &edu_fops;
	kref_init(&edu->ref);
	init_waitqueue_head(&edu->wait);
	INIT_LIST_HEAD(&edu->queue);
	INIT_WORK(&edu->dpc, edu_dpc);
	return edu;
}

static struct edu *edu_create(void)
{
	int index = ida_alloc(&edu_indices, GFP_KERNEL);
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];
	struct edu *edu;
	int err;

	if (index < 0)
		return ERR_PTR(index);
	snprintf(name, sizeof(name), "iotimer_edu%d", index);
	dev = iotimer_device_create(name, sizeof(*edu));
	if (IS_ERR(dev)) {
		ida_free(&edu_indices, index);
		return ERR_CAST(dev);
	}
	edu = edu_setup(dev, index);
	err = iotimer_init(dev, edu_timer, edu);
	if (!err)
		return edu;
	edu_put(edu);
	return ERR_PTR(err);
}

static int edu_map(struct edu *edu, struct pci_dev *pdev)
{
	int err = pcim_enable_device(pdev);

	if (err)
		return err;
	edu->regs = devm_ioremap_resource(&pdev->dev, &pdev->resource[0]);
	if (IS_ERR(edu->regs))
		return PTR_ERR(edu->regs);
	if ((readl(edu->regs + EDU_ID) & EDU_ID_MASK) != EDU_ID_VALUE)
		return -ENODEV;
	pci_set_master(pdev);	/* an MSI is a write to memory */
	return 0;
}

static int edu_connect(struct edu *edu, struct pci_dev *pdev)
{
	struct iotimer_irq_config config = {
		.flags		= IRQF_SHARED,
		.isr		= edu_isr,
		.context	= edu,
	};
	int err;

	err = pci_alloc_irq_vectors(pdev, 1, 1, intx ? PCI_IRQ_INTX :
				    PCI_IRQ_INTX | PCI_IRQ_MSI);
	if (err < 0)
		return err;
	config.irq = pci_irq_vector(pdev, 0);
	err = iotimer_irq_connect(edu->dev, &config, &edu->irq);
	if (err)
		pci_free_irq_vectors(pdev);
	return err;
}

/* The timer runs from here on, as in the scenario, not only for requests. */
static void edu_bind(struct edu *edu)
{
	spin_lock_bh(&edu->dev->lock);
	edu->bound = true;
	spin_unlock_bh(&edu->dev->lock);
	iotimer_device_set_show(edu->dev, edu_show, NULL);
	iotimer_start(edu->dev);
}

/*
 * Nobody uses edu->irq or edu->regs afterwards: there is no active request, and
 * there will not be one. What is queued goes when its file is closed.
 */
static void edu_unbind(struct edu *edu, struct pci_dev *pdev)
{
	spin_lock_bh(&edu->dev->lock);
	edu->bound = false;
	iotimer_synchronize(edu->irq, edu_silence, edu);
	if (edu->active)
		edu_finish(edu, -ENODEV);
	spin_unlock_bh(&edu->dev->lock);
	wake_up_interruptible_all(&edu->wait);

	WARN_ON(iotimer_stop_sync(edu->dev));
	iotimer_irq_disconnect(edu->irq);
	cancel_work_sync(&edu->dpc);
	pci_free_irq_vectors(pdev);
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = edu_create();
	int err;

	if (IS_ERR(edu))
		return PTR_ERR(edu);
	pci_set_drvdata(pdev, edu);
	edu->misc.parent = &pdev->dev;
	err = edu_map(edu, pdev) ?: edu_connect(edu, pdev);
	if (err)
		goto put;
	edu_bind(edu);
	err = misc_register(&edu->misc);
	if (!err)
		return 0;
	edu_unbind(edu, pdev);
put:
	edu_put(edu);
	return err;
}

static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	misc_deregister(&edu->misc);
	edu_unbind(edu, pdev);
	edu_put(edu);
}

static const struct pci_device_id edu_ids[] = {
	{ PCI_DEVICE(EDU_VENDOR, EDU_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, edu_ids);

static struct pci_driver edu_driver = {
	.name		= KBUILD_MODNAME,
	.id_table	= edu_ids,
	.probe		= edu_probe,
	.remove		= edu_remove,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("iotimer sample: QEMU's edu device with request time-outs");
MODULE_LICENSE("GPL");
