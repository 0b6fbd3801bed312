/* SPDX-License-Identifier: GPL-2.0 */
/*
 * iotimer_edu - what its two files share: requests, open files, the device
 */
#ifndef IOTIMER_EDU_H
#define IOTIMER_EDU_H

#include <linux/iotimer.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* What is to go wrong with a request. */
enum edu_fault {
	EDU_FAULT_NONE,
	EDU_FAULT_LOSE_IRQ,
	EDU_FAULT_HANG,
	EDU_FAULT_DEAD,
};

/* How an attempt ended: what the ISR or the timer routine tells edu_dpc(). */
enum edu_outcome {
	EDU_PENDING,
	EDU_DONE,
	EDU_RESET_DONE,
	EDU_RESET_TIMEOUT,
};

/* Belongs to who writes it, then, once submitted, to edu->dev->lock. */
struct edu_request {
	struct list_head	node;		/* in edu->queue or file->done */
	struct edu_file		*file;		/* NULL once that is closed */
	unsigned int		id;
	int			number;
	int			limit;		/* periods that it, or a reset, may take */
	int			fault;
	int			times;		/* attempts still to be disturbed */
	int			retries;
	u32			result;
	int			error;
};

/* An open file; under edu->dev->lock. */
struct edu_file {
	struct edu		*edu;
	struct list_head	done;		/* finished, not yet read */
	unsigned int		requests;	/* written, not yet read */
	unsigned int		offset;		/* read of the first one's line */
};

/* What the ISR shares: only inside iotimer_synchronize(), and in the ISR. */
struct edu_isr_state {
	int			counter;	/* periods left, -1: nothing awaited */
	bool			reset_expected;	/* then its interrupt is awaited */
	bool			programmed;	/* with the request */
	enum edu_outcome	outcome;	/* once the counter is -1 */
	enum edu_fault		fault;
	unsigned int		id;		/* of the request */
	int			limit;		/* as well */
	u32			result;
};

/*
 * The device extension. References are held by the PCI device while it is
 * bound and by open files, so that it may outlive the former.
 */
struct edu {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;		/* only while bound */
	void __iomem		*regs;		/* only while bound */
	unsigned int		index;
	struct kref		ref;
	struct miscdevice	misc;
	struct work_struct	dpc;
	wait_queue_head_t	wait;		/* for something to read */

	struct edu_isr_state	isr;

	/* under dev->lock */
	bool			bound;
	unsigned int		last_id;
	struct edu_request	*active;	/* what the device is busy with */
	struct list_head	queue;		/* empty unless it is busy or gone */
	struct edu_isr_state	snapshot;	/* for edu_show() */
};

int edu_submit(struct edu *edu, struct edu_request *req);
void edu_put(struct edu *edu);

extern const struct file_operations edu_fops;

#endif /* IOTIMER_EDU_H */
