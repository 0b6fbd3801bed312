/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iotimer_edu - requests, open files and the device, for its two files
 */
#ifndef IOTIMER_EDU_H
#define IOTIMER_EDU_H

#include <linux/iotimer.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* Faults that the driver simulates on request, because edu has none. */
enum edu_fault {
	EDU_FAULT_NONE,
	EDU_FAULT_LOSE_IRQ,
	EDU_FAULT_HANG,
	EDU_FAULT_DEAD,
	EDU_FAULT_GONE,
	EDU_FAULT_GONE_IRQ,
};

/* How an attempt ended, as the ISR or the timer routine reports it to edu_dpc(). */
enum edu_outcome {
	EDU_PENDING,
	EDU_DONE,
	EDU_RESET_DONE,
	EDU_RESET_TIMEOUT,
	EDU_GONE,
};

/* Private to its writer until edu_submit(), then under edu->dev->lock. */
struct edu_request {
	struct list_head	node;		/* in edu->queue or file->done */
	struct edu_file		*file;		/* NULL once it is closed */
	unsigned int		id;
	int			number;
	int			limit;		/* periods that an attempt or a reset may take */
	int			fault;
	int			times;		/* attempts that will still have the fault */
	int			retries;
	u32			result;
	int			error;
};

/* An open file. All but @edu is under edu->dev->lock. */
struct edu_file {
	struct edu		*edu;
	struct list_head	done;		/* finished requests, not yet read */
	unsigned int		requests;	/* written, not yet read */
	unsigned int		offset;		/* bytes read of the first result's line */
};

/* Shared with the ISR: accessed only there and inside iotimer_synchronize(). */
struct edu_isr_state {
	int			counter;	/* periods left, -1: no interrupt awaited */
	bool			reset_expected;	/* the interrupt of a reset is awaited */
	bool			programmed;	/* the device has the request */
	bool			gone;		/* the device was removed; until unbind */
	enum edu_outcome	outcome;	/* valid once the counter is -1 */
	enum edu_fault		fault;		/* of this attempt */
	unsigned int		id;		/* of the request */
	int			limit;		/* of the request */
	u32			result;
};

/*
 * The device extension, which holds all state of the driver. An open file may
 * outlive the binding to the PCI device, and its file operations need this
 * structure and dev->lock: so the iotimer device lives as long as the last
 * reference. Each open file holds one; the binding holds one that devres drops.
 * A driver without open files creates its device with
 * devm_iotimer_device_create() and needs no references.
 *
 * The resources of a bound driver (the interrupt, its vector, the registers) are
 * managed: devres releases them after edu_remove().
 */
struct edu {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;		/* only while bound */
	void __iomem		*regs;		/* only while bound */
	unsigned int		index;
	struct kref		ref;
	struct miscdevice	misc;
	struct work_struct	dpc;
	wait_queue_head_t	wait;		/* readers and pollers */

	struct edu_isr_state	isr;

	/* under dev->lock */
	bool			bound;
	unsigned int		last_id;
	struct edu_request	*active;	/* the device works on it */
	struct list_head	queue;		/* empty while the device is idle */
	struct edu_isr_state	snapshot;	/* for edu_show() */
};

int edu_submit(struct edu *edu, struct edu_request *req);
void edu_put(struct edu *edu);

extern const struct file_operations edu_fops;

#endif /* IOTIMER_EDU_H */
