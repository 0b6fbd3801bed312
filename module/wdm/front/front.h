/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations that the files of iotimer_wdm_front.ko share.
 *
 * A node is a character device. It is referred to by the device object, as long as
 * that is published, and by open files.
 *
 *	state	set by				calls reach the driver
 *	(new)	publish				yes
 *	gone	the bus: unbind			yes, by files that are open still; no new ones
 *	dead	IoDeleteDevice			no
 *
 * The mutex guards the state and the lists. A request leaves its list under it, so
 * that it can be cancelled by whoever holds it.
 */
#ifndef IOTIMER_WDM_FRONT_PRIVATE_H
#define IOTIMER_WDM_FRONT_PRIVATE_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/wait.h>

#include <iotimer/wdm/front.h>
#include <iotimer/wdm/ioctl.h>

#define FRONT_MAX_TRANSFER	SZ_1M		/* bytes of a request */

/* Messages that are printed once for each device */
enum { FRONT_REPORTED_WAY, FRONT_REPORTED_METHOD };

struct front_node {
	struct kref			ref;
	struct rcu_head			rcu;
	struct iotimer_wdm_driver	*driver;
	PDEVICE_OBJECT			device;		/* not of one that is dead */
	bool				buffered;	/* as its Flags say */
	bool				exclusive;
	unsigned long			reported;	/* bits: FRONT_REPORTED_* */
	u32				minor;
	char				name[IOTIMER_NAME_LEN];
	wait_queue_head_t		pollers;
	wait_queue_head_t		idle;		/* for no requests */

	struct mutex			mutex;		/* guards what follows */
	struct list_head		requests;
	struct list_head		files;
	bool				gone;
	bool				dead;

	struct mutex			closing;	/* outside of the other mutex */
	struct task_struct		*closer;	/* in whose thread it is held */
};

/* A request, from the IRP to what is done when it ends. */
struct front_request {
	struct list_head	link;		/* in node->requests */
	struct completion	done;
	PIRP			irp;
	struct task_struct	*task;		/* that waits for it */
	struct front_file	*opens;		/* what it is to open */
	bool			may_be_cancelled;
	bool			deletes;	/* its dispatch routine has deleted the device */
	bool			nonblock;
	bool			interrupted;
};

struct front_file {
	FILE_OBJECT		object;
	struct front_node	*node;
	struct list_head	link;		/* in node->files */
	bool			cleaned_up;	/* the driver knows; under node->closing */
	bool			closed;		/* likewise */
	struct front_request	cleanup;	/* made with the file: it cannot fail to end */
	struct front_request	close;
};

/* node.c */
void front_driver_registered(struct iotimer_wdm_driver *driver, bool registered);
void front_node_put(struct front_node *node);
bool front_node_gone(struct front_node *node);
void front_node_deregister(struct front_node *node, bool first);

/* file.c */
int front_open(struct file *filp, struct front_node *node);
void front_close_files(struct front_node *node);
extern const struct file_operations front_fops;

/* request.c */
int front_request_init(struct front_request *request, struct front_file *file,
		       UCHAR major, size_t buffer);
void front_request_free(struct front_request *request);
NTSTATUS front_request_send(struct front_node *node, struct front_request *request);
NTSTATUS front_request_send_last(struct front_node *node, struct front_request *request);
void front_cancel_all(struct front_node *node);
int front_request_error(struct front_node *node, struct front_request *request,
			NTSTATUS status);

/* pci.c */
#ifdef CONFIG_PCI
int front_pci_register(struct iotimer_wdm_driver *driver, struct module *owner);
void front_pci_unregister(struct iotimer_wdm_driver *driver);
void front_pci_delete(struct iotimer_wdm_pci *glue, PDEVICE_OBJECT device);
#else
static inline int front_pci_register(struct iotimer_wdm_driver *driver, struct module *owner)
{
	return 0;
}

static inline void front_pci_unregister(struct iotimer_wdm_driver *driver)
{
}

static inline void front_pci_delete(struct iotimer_wdm_pci *glue, PDEVICE_OBJECT device)
{
}
#endif

#endif /* IOTIMER_WDM_FRONT_PRIVATE_H */
