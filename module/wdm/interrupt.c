// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt objects: struct iotimer_irq with the names of Windows.
 *
 * An interrupt of the core belongs to a device, but IoConnectInterrupt() is given
 * none. The device is the one in whose object or extension the ServiceContext lies.
 * For any other context, such as a controller's extension, the layer creates a device
 * for this interrupt alone.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include <linux/iotimer_layer.h>

#include "wdm.h"

/* A connected interrupt of this owner's that has this KSPIN_LOCK */
static PKINTERRUPT wdm_interrupt_with(struct module *owner, PKSPIN_LOCK spin_lock)
{
	PDEVICE_OBJECT device;
	PKINTERRUPT interrupt;

	list_for_each_entry(device, iotimer_wdm_all_devices(), node)
		list_for_each_entry(interrupt, &device->interrupts, node)
			if (device->owner == owner && interrupt->spin_lock == spin_lock)
				return interrupt;
	return NULL;
}

/* The holder of an interrupt's lock is at DIRQL. */
static irqreturn_t wdm_service(struct iotimer_irq *irq, void *context)
{
	PKINTERRUPT interrupt = context;
	BOOLEAN ours;

	if (interrupt->silent)
		return IRQ_NONE;
	iotimer_wdm_enter_section(&interrupt->dirql);
	ours = interrupt->service(interrupt, interrupt->context);
	iotimer_wdm_leave_section(&interrupt->dirql);
	return ours ? IRQ_HANDLED : IRQ_NONE;
}

/* Driver code calls KeSynchronizeExecution. */
int iotimer_wdm_run_section(void *context)
{
	struct iotimer_wdm_section *section = context;
	int ret;

	iotimer_wdm_enter_section(&section->interrupt->dirql);
	ret = section->routine(section->context);
	iotimer_wdm_leave_section(&section->interrupt->dirql);
	return ret;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_run_section);

/* Returned by KeAcquireInterruptSpinLock() in place of an IRQL if it has not locked */
#define WDM_NOT_LOCKED	0xff

KIRQL iotimer_wdm_lock_interrupt(PKINTERRUPT interrupt)
{
	KIRQL irql = KeGetCurrentIrql();

	if (iotimer_synchronize_begin(interrupt->irq)) {
		iotimer_wdm_report(_RET_IP_, "the lock of an interrupt of %s is held already\n",
				   iotimer_device_name(interrupt->device->device));
		return WDM_NOT_LOCKED;
	}
	iotimer_wdm_enter_section(&interrupt->dirql);
	return irql;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_lock_interrupt);

void iotimer_wdm_unlock_interrupt(PKINTERRUPT interrupt, KIRQL irql)
{
	if (irql == WDM_NOT_LOCKED)
		return;
	if (!iotimer_isr_lock_held(interrupt->irq)) {
		iotimer_wdm_report(_RET_IP_, "the lock of an interrupt of %s is not held\n",
				   iotimer_device_name(interrupt->device->device));
		return;
	}
	iotimer_wdm_leave_section(&interrupt->dirql);
	iotimer_synchronize_end(interrupt->irq);
	/* DPCs that were queued under the lock run here. */
	iotimer_wdm_lower(iotimer_wdm_hold_back_dpcs());
}
EXPORT_SYMBOL_GPL(iotimer_wdm_unlock_interrupt);

/* Interrupts of a driver that have the same KSPIN_LOCK share a lock (I4). */
static struct iotimer_irq *wdm_interrupt_to_share(PKINTERRUPT interrupt)
{
	PKINTERRUPT other;

	if (!interrupt->spin_lock)
		return NULL;
	other = wdm_interrupt_with(interrupt->device->owner, interrupt->spin_lock);
	return other ? other->irq : NULL;
}

/* Under iotimer_wdm_objects. */
static NTSTATUS wdm_connect(PKINTERRUPT interrupt, ULONG vector, bool share,
			    struct lock_class_key *key)
{
	struct iotimer_irq_config config = {
		.irq		= vector,
		.isr		= wdm_service,
		.context	= interrupt,
		.share_lock	= wdm_interrupt_to_share(interrupt),
	};
	PDEVICE_OBJECT device = interrupt->device;
	int ret;

	if (share && vector != IOTIMER_IRQ_VIRTUAL)
		config.flags = IRQF_SHARED;
	ret = iotimer_irq_connect_keyed(device->device, &config, &interrupt->irq, key);
	if (!ret)
		list_add_tail(&interrupt->node, &device->interrupts);
	return iotimer_wdm_status(ret);
}

/* Locks iotimer_wdm_objects. */
static NTSTATUS wdm_interrupt_find_device(struct module *owner, PKINTERRUPT interrupt)
{
	NTSTATUS status;

	mutex_lock(&iotimer_wdm_objects);
	interrupt->device = iotimer_wdm_device_at(owner, interrupt->context);
	if (interrupt->device)
		return STATUS_SUCCESS;
	mutex_unlock(&iotimer_wdm_objects);
	status = iotimer_wdm_create_device(owner, NULL, 0, NULL, &interrupt->device);
	interrupt->own_device = true;
	mutex_lock(&iotimer_wdm_objects);
	return status;
}

static void wdm_interrupt_free(PKINTERRUPT interrupt)
{
	if (interrupt->own_device && interrupt->device)
		IoDeleteDevice(interrupt->device);
	kfree(interrupt);
}

/*
 * Driver code calls IoConnectInterrupt. The ISR may be entered before this returns, so
 * the driver's pointer is set first (I5).
 */
NTSTATUS iotimer_wdm_connect(struct module *owner, PKINTERRUPT *interruptp,
			     PKSERVICE_ROUTINE service, PVOID context,
			     PKSPIN_LOCK spin_lock, ULONG vector, bool share,
			     struct lock_class_key *key)
{
	PKINTERRUPT interrupt = kzalloc(sizeof(*interrupt), GFP_KERNEL);
	NTSTATUS status;

	if (!interrupt)
		return STATUS_INSUFFICIENT_RESOURCES;
	interrupt->service = service;
	interrupt->context = context;
	interrupt->spin_lock = spin_lock;
	status = wdm_interrupt_find_device(owner, interrupt);
	WRITE_ONCE(*interruptp, interrupt);
	if (NT_SUCCESS(status))
		status = wdm_connect(interrupt, vector, share, key);
	mutex_unlock(&iotimer_wdm_objects);
	if (!NT_SUCCESS(status)) {
		WRITE_ONCE(*interruptp, NULL);
		wdm_interrupt_free(interrupt);
	}
	return status;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_connect);

/**
 * IoDisconnectInterrupt() - disconnect an ISR: iotimer_irq_disconnect()
 * @InterruptObject: the interrupt; it is freed
 *
 * Waits until the ISR has returned; it is not entered again (I5).
 *
 * Context: PASSIVE_LEVEL; the caller holds no lock that the ISR takes. Elsewhere it
 * is reported and has no effect.
 */
VOID IoDisconnectInterrupt(PKINTERRUPT InterruptObject)
{
	mutex_lock(&iotimer_wdm_objects);
	list_del(&InterruptObject->node);
	mutex_unlock(&iotimer_wdm_objects);
	iotimer_irq_disconnect(InterruptObject->irq);
	wdm_interrupt_free(InterruptObject);
}
EXPORT_SYMBOL_GPL(IoDisconnectInterrupt);

static int wdm_interrupt_silence(void *context)
{
	PKINTERRUPT interrupt = context;

	interrupt->silent = true;
	return 0;
}

/*
 * The drivers' ISRs are not running after this, and are not entered again. DPCs that
 * are queued may use the interrupts still, so they are not disconnected yet.
 *
 * A level-triggered line that the device holds raised interrupts the CPUs from here to
 * the disconnection, for as long as the queued DPCs and the running work items take.
 * It is not disabled, because other drivers may share it; the kernel disables a line
 * by itself after 100,000 interrupts that no handler takes. Only a driver that leaves
 * its interrupt connected when its module goes gets here.
 */
void iotimer_wdm_silence_interrupts(struct list_head *interrupts)
{
	PKINTERRUPT interrupt;

	list_for_each_entry(interrupt, interrupts, node)
		iotimer_synchronize(interrupt->irq, wdm_interrupt_silence, interrupt);
}

/* Interrupts of a device that has been deleted, and so disconnected. */
void iotimer_wdm_free_interrupts(struct list_head *interrupts)
{
	PKINTERRUPT interrupt, next;

	list_for_each_entry_safe(interrupt, next, interrupts, node)
		kfree(interrupt);
}
