// SPDX-License-Identifier: GPL-2.0
/*
 * iotimer_edu - a driver for QEMU's edu device whose requests time out
 *
 * The device computes a factorial and raises an interrupt when it has finished.
 * The driver implements the scenario that the Windows documentation gives for an
 * IoTimer routine; the names in brackets are those of that documentation.
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
 *	edu->isr.*	shared with the ISR: accessed only in functions that
 *			iotimer_synchronize() calls, and in the ISR itself
 *	the rest	shared with other routines: under edu->dev->lock, taken
 *			with spin_lock() in the timer routine and with
 *			spin_lock_bh() in process context, always before the
 *			interrupt's lock
 *
 * Suspend takes the active request back from the device and stops the timer;
 * resume starts both anew. A device that has been removed reads as all ones: its
 * requests fail with -ENODEV. iotimer_edu_file.c has the character device.
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

/* The device and the state that is shared with its ISR */

static void edu_clear(struct edu *edu)
{
	writel(0, edu->regs + EDU_STATUS);
	writel(~0, edu->regs + EDU_IRQ_ACK);
}

/* A simulated removal silences the line as well, as a real one does. */
static u32 edu_read(struct edu *edu, unsigned int reg)
{
	enum edu_fault fault = edu->isr.fault;

	iotimer_assert_isr_locked(edu->irq);
	if (fault != EDU_FAULT_GONE && fault != EDU_FAULT_GONE_IRQ)
		return readl(edu->regs + reg);
	edu_clear(edu);
	return ~0;	/* as PCI_POSSIBLE_ERROR() recognizes it */
}

static void edu_await(struct edu *edu)
{
	iotimer_assert_isr_locked(edu->irq);
	/* The first tick may come at once, so allow one more. */
	edu->isr.counter = edu->isr.limit + 1;
}

/*
 * End an attempt. If the interrupt and the time-out race, the counter decides:
 * the second of them finds -1 and does nothing.
 */
static void edu_conclude(struct edu *edu, enum edu_outcome outcome)
{
	iotimer_assert_isr_locked(edu->irq);
	edu->isr.counter = -1;
	edu->isr.outcome = outcome;
}

/*
 * All registers of a device that has been removed read as all ones. Without an
 * attempt in progress the next one finds the mark.
 */
static void edu_mark_gone(struct edu *edu)
{
	iotimer_assert_isr_locked(edu->irq);
	edu->isr.gone = true;
	if (edu->isr.counter < 0)
		return;
	trace_edu_step(edu->index, edu->isr.id, EDU_STEP_GONE, edu->isr.counter);
	edu_conclude(edu, EDU_GONE);
	queue_work(system_highpri_wq, &edu->dpc);
}

static enum edu_fault edu_next_fault(struct edu_request *req)
{
	if (!req->times)
		return EDU_FAULT_NONE;
	req->times--;
	return req->fault;
}

static bool edu_fault_hides_request(enum edu_fault fault)
{
	return fault == EDU_FAULT_HANG || fault == EDU_FAULT_DEAD || fault == EDU_FAULT_GONE;
}

static void edu_write_request(struct edu *edu, struct edu_request *req)
{
	writel(edu->isr.fault == EDU_FAULT_LOSE_IRQ ? 0 : EDU_STATUS_IRQ,
	       edu->regs + EDU_STATUS);
	writel(req->number, edu->regs + EDU_FACTORIAL);
}

/*
 * [SynchCritSection 1] Set the time-out counter and program the device. A device
 * that is still computing would ignore the request: the timer routine resets it.
 */
static int edu_program(void *context)
{
	struct edu *edu = context;
	struct edu_request *req = edu->active;
	struct edu_isr_state *isr = &edu->isr;
	u32 status = edu_read(edu, EDU_STATUS);

	isr->id = req->id;
	isr->limit = req->limit;
	isr->reset_expected = false;
	isr->fault = edu_next_fault(req);
	isr->programmed = !edu_fault_hides_request(isr->fault) &&
		!(status & EDU_STATUS_COMPUTING);
	edu_await(edu);
	trace_edu_step(edu->index, req->id, EDU_STEP_START, isr->counter);
	if (isr->gone || PCI_POSSIBLE_ERROR(status))
		edu_mark_gone(edu);
	else if (isr->programmed)
		edu_write_request(edu, req);
	return 0;
}

/* edu has no reset: clear its state and raise the interrupt that reports it. */
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
 * [SynchCritSection 2] Count down once a period and, when the time is up, reset
 * the device. Return false if the reset has timed out as well.
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
	if (PCI_POSSIBLE_ERROR(edu_read(edu, EDU_STATUS))) {
		edu_mark_gone(edu);
		return true;
	}
	if (!isr->reset_expected) {
		edu_reset(edu);
		return true;
	}
	edu_conclude(edu, EDU_RESET_TIMEOUT);
	return false;
}

/* Is this the awaited interrupt, or a late one of an earlier attempt? */
static bool edu_awaited(struct edu *edu, u32 status)
{
	iotimer_assert_isr_locked(edu->irq);
	if (edu->isr.counter < 0)
		return false;
	if (edu->isr.reset_expected)
		return status & EDU_IRQ_RESET;
	return edu->isr.programmed && status & EDU_IRQ_FACTORIAL &&
		!(edu_read(edu, EDU_STATUS) & EDU_STATUS_COMPUTING);
}

/*
 * [ISR] Acknowledge the interrupt; the bottom half does the rest. The bottom half
 * is a work item because it takes edu->dev->lock: an irq_work would do so in hard
 * interrupt context, tasklets are being removed from the kernel, and the oldest
 * supported kernels have no work items in softirq context.
 */
static irqreturn_t edu_isr(struct iotimer_irq *irq, void *context)
{
	struct edu *edu = context;
	u32 status = edu_read(edu, EDU_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;	/* from another device on the same line */
	trace_edu_step(edu->index, edu->isr.id, EDU_STEP_INTERRUPT, (s32)status);
	if (PCI_POSSIBLE_ERROR(status)) {
		edu_mark_gone(edu);
		return IRQ_NONE;	/* not this device: it cannot raise one */
	}
	writel(status, edu->regs + EDU_IRQ_ACK);
	if (edu_awaited(edu, status)) {
		edu->isr.result = edu_read(edu, EDU_FACTORIAL);
		edu_conclude(edu, edu->isr.reset_expected ? EDU_RESET_DONE : EDU_DONE);
		queue_work(system_highpri_wq, &edu->dpc);
	}
	return IRQ_HANDLED;
}

/* The bottom half's SynchCritSection: take the outcome of the attempt. */
static int edu_take_outcome(void *context)
{
	struct edu *edu = context;
	enum edu_outcome outcome = edu->isr.outcome;

	iotimer_assert_isr_locked(edu->irq);
	edu->isr.outcome = EDU_PENDING;
	edu->active->result = edu->isr.result;
	return outcome;
}

/* For unbind and suspend: the ISR and the timer routine find nothing to do. */
static int edu_silence(void *context)
{
	struct edu *edu = context;

	edu_conclude(edu, EDU_PENDING);
	edu_clear(edu);
	return 0;
}

/* For debugfs. */
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

/* Start another attempt after a reset; false if there have been enough. */
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

static int edu_error_of(enum edu_outcome outcome)
{
	switch (outcome) {
	case EDU_DONE:
		return 0;
	case EDU_GONE:
		return -ENODEV;
	default:
		return -ETIMEDOUT;
	}
}

/* [DpcForIsr] Complete the request and start the next one. */
static void edu_dpc(struct work_struct *work)
{
	struct edu *edu = container_of(work, struct edu, dpc);
	int outcome = EDU_PENDING;

	spin_lock_bh(&edu->dev->lock);
	if (edu->active)
		outcome = iotimer_synchronize(edu->irq, edu_take_outcome, edu);
	if (outcome == EDU_PENDING || (outcome == EDU_RESET_DONE && edu_retry(edu)))
		goto unlock;
	edu_finish(edu, edu_error_of(outcome));
	edu_start(edu);
unlock:
	spin_unlock_bh(&edu->dev->lock);
}

/* [IoTimer routine] Runs in softirq context, so spin_lock() is sufficient. */
static void edu_timer(struct iotimer_device *dev, void *context)
{
	struct edu *edu = context;
	bool alive = true;

	spin_lock(&dev->lock);
	if (edu->active)
		alive = iotimer_synchronize(edu->irq, edu_count_down, edu);
	spin_unlock(&dev->lock);
	if (!alive)
		queue_work(system_highpri_wq, &edu->dpc);
}

/* For debugfs, under edu->dev->lock. */
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
	seq_printf(m, "gone:           %d\n", edu->snapshot.gone);
}

/* Creation, deletion, binding */

static void edu_free(struct kref *ref)
{
	struct edu *edu = container_of(ref, struct edu, ref);
	unsigned int index = edu->index;

	iotimer_device_delete(edu->dev);	/* frees edu, its extension */
	ida_free(&edu_indices, index);
}

void edu_put(struct edu *edu)
{
	kref_put(&edu->ref, edu_free);
}

static void edu_put_managed(void *edu)
{
	edu_put(edu);
}

static struct edu *edu_setup(struct iotimer_device *dev, int index)
{
	struct edu *edu = iotimer_device_ext(dev);

	edu->dev = dev;
	edu->index = index;
	edu->isr.counter = -1;	/* the ISR is not connected yet */
	edu->misc.name = dev->name;
	edu->misc.minor = MISC_DYNAMIC_MINOR;
	edu->misc.fops = &edu_fops;
	kref_init(&edu->ref);
	init_waitqueue_head(&edu->wait);
	INIT_LIST_HEAD(&edu->queue);
	INIT_WORK(&edu->dpc, edu_dpc);
	return edu;
}

static struct edu *edu_create(struct device *parent)
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
	err = devm_add_action_or_reset(parent, edu_put_managed, edu) ?:
	      iotimer_init(dev, edu_timer, edu);
	return err ? ERR_PTR(err) : edu;
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

static void edu_free_vectors(void *pdev)
{
	pci_free_irq_vectors(pdev);
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
	err = devm_add_action_or_reset(&pdev->dev, edu_free_vectors, pdev);
	if (err)
		return err;
	config.irq = pci_irq_vector(pdev, 0);
	return devm_iotimer_irq_connect(&pdev->dev, edu->dev, &config, &edu->irq);
}

/* As in the scenario, the timer runs from here on, not only during requests. */
static void edu_bind(struct edu *edu)
{
	spin_lock_bh(&edu->dev->lock);
	edu->bound = true;
	spin_unlock_bh(&edu->dev->lock);
	iotimer_device_set_show(edu->dev, edu_show, NULL);
	iotimer_start(edu->dev);
}

/*
 * The caller has taken the active request away, so nothing queues the bottom half
 * or uses edu->irq and edu->regs after this, except for an ISR on behalf of another
 * device on the same line.
 */
static void edu_quiesce(struct edu *edu)
{
	WARN_ON(iotimer_stop_sync(edu->dev));
	cancel_work_sync(&edu->dpc);
}

/* Queued requests are freed when their file is closed. */
static void edu_unbind(struct edu *edu)
{
	spin_lock_bh(&edu->dev->lock);
	edu->bound = false;
	iotimer_synchronize(edu->irq, edu_silence, edu);
	if (edu->active)
		edu_finish(edu, -ENODEV);
	spin_unlock_bh(&edu->dev->lock);
	wake_up_interruptible_all(&edu->wait);
	edu_quiesce(edu);
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = edu_create(&pdev->dev);
	int err;

	if (IS_ERR(edu))
		return PTR_ERR(edu);
	pci_set_drvdata(pdev, edu);
	edu->misc.parent = &pdev->dev;
	err = edu_map(edu, pdev) ?: edu_connect(edu, pdev);
	if (err)
		return err;
	edu_bind(edu);
	err = misc_register(&edu->misc);
	if (err)
		edu_unbind(edu);
	return err;
}

static void edu_remove(struct pci_dev *pdev)
{
	struct edu *edu = pci_get_drvdata(pdev);

	misc_deregister(&edu->misc);
	edu_unbind(edu);
}

/* Power management */

/*
 * The request is the first one to be started after resume, as another attempt.
 * If its file is closed, nobody can read the result and the request ends here.
 */
static void edu_requeue(struct edu *edu)
{
	struct edu_request *req = edu->active;

	if (!req->file) {
		edu_finish(edu, -ECANCELED);
		return;
	}
	trace_edu_step(edu->index, req->id, EDU_STEP_SUSPEND, req->retries);
	list_add(&req->node, &edu->queue);
	edu->active = NULL;
}

/* User space is frozen, so no request is submitted until resume. */
static int edu_suspend(struct device *parent)
{
	struct edu *edu = dev_get_drvdata(parent);

	spin_lock_bh(&edu->dev->lock);
	iotimer_synchronize(edu->irq, edu_silence, edu);
	if (edu->active)
		edu_requeue(edu);
	spin_unlock_bh(&edu->dev->lock);
	edu_quiesce(edu);
	return 0;
}

static int edu_resume(struct device *parent)
{
	struct edu *edu = dev_get_drvdata(parent);

	spin_lock_bh(&edu->dev->lock);
	edu_start(edu);
	spin_unlock_bh(&edu->dev->lock);
	return iotimer_start(edu->dev);
}

static DEFINE_SIMPLE_DEV_PM_OPS(edu_pm_ops, edu_suspend, edu_resume);

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
	.driver.pm	= pm_sleep_ptr(&edu_pm_ops),
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("iotimer sample: QEMU's edu device with request time-outs");
MODULE_LICENSE("GPL");
