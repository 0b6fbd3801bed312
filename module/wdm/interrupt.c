// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt objects: struct iotimer_irq in the words of Windows.
 *
 * The core's interrupts belong to a device, and IoConnectInterrupt names none.
 * So it is the device whose object or extension the ServiceContext lies in. Where
 * there is none, as with a controller's extension, it is one made for it alone.
 */
#include <linux/export.h>
#include <linux/slab.h>

#include <linux/iotimer_layer.h>

#include "wdm.h"

/* Who has the interrupt's lock is at DIRQL. */
static irqreturn_t service(struct iotimer_irq *irq, void *context)
{
	PKINTERRUPT interrupt = context;
	BOOLEAN ours;

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

/* The same by hand, for KeAcquireInterruptSpinLock. No IRQL: it would wait for ever. */
#define NOT_LOCKED	0xff

KIRQL iotimer_wdm_lock_interrupt(PKINTERRUPT interrupt)
{
	KIRQL irql = KeGetCurrentIrql();

	if (iotimer_synchronize_begin(interrupt->irq)) {
		WARN_ONCE(1, "iotimer: %ps: the lock of an interrupt of %s is held already\n",
			  (void *)_RET_IP_, interrupt->device->device->name);
		return NOT_LOCKED;
	}
	iotimer_wdm_enter_section(&interrupt->dirql);
	return irql;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_lock_interrupt);

void iotimer_wdm_unlock_interrupt(PKINTERRUPT interrupt, KIRQL irql)
{
	if (irql == NOT_LOCKED)
		return;
	if (!iotimer_isr_lock_held(interrupt->irq)) {
		WARN_ONCE(1, "iotimer: %ps: the lock of an interrupt of %s is not held\n",
			  (void *)_RET_IP_, interrupt->device->device->name);
		return;
	}
	iotimer_wdm_leave_section(&interrupt->dirql);
	iotimer_synchronize_end(interrupt->irq);
}
EXPORT_SYMBOL_GPL(iotimer_wdm_unlock_interrupt);

/* Connected with the same KSPIN_LOCK: of that only the address matters (I4). */
static struct iotimer_irq *same_lock(PDEVICE_OBJECT device, PKSPIN_LOCK spin_lock)
{
	PKINTERRUPT interrupt;

	interrupt = iotimer_wdm_interrupt_with(device->owner, spin_lock);
	return interrupt ? interrupt->irq : NULL;
}

/* Under iotimer_wdm_objects. */
static NTSTATUS connect(PKINTERRUPT interrupt, ULONG vector, bool share)
{
	struct iotimer_irq_config config = {
		.irq		= vector,
		.isr		= service,
		.context	= interrupt,
	};
	PDEVICE_OBJECT device = interrupt->device;
	int ret;

	if (interrupt->spin_lock)
		config.share_lock = same_lock(device, interrupt->spin_lock);
	if (share && vector != IOTIMER_IRQ_VIRTUAL)
		config.flags = IRQF_SHARED;
	ret = iotimer_irq_connect(device->device, &config, &interrupt->irq);
	if (!ret)
		list_add_tail(&interrupt->node, &device->interrupts);
	return iotimer_wdm_status(ret);
}

/* Locks iotimer_wdm_objects. */
static NTSTATUS find_device(struct module *owner, PKINTERRUPT interrupt)
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

static void give_up(PKINTERRUPT interrupt)
{
	if (interrupt->own_device && interrupt->device)
		IoDeleteDevice(interrupt->device);
	kfree(interrupt);
}

/*
 * Driver code calls IoConnectInterrupt. The ISR may be entered before this
 * returns: the driver's pointer comes first (I5).
 */
NTSTATUS iotimer_wdm_connect(struct module *owner, PKINTERRUPT *interruptp,
			     PKSERVICE_ROUTINE service, PVOID context,
			     PKSPIN_LOCK spin_lock, ULONG vector, bool share)
{
	PKINTERRUPT interrupt = kzalloc(sizeof(*interrupt), GFP_KERNEL);
	NTSTATUS status;

	if (!interrupt)
		return STATUS_INSUFFICIENT_RESOURCES;
	interrupt->service = service;
	interrupt->context = context;
	interrupt->spin_lock = spin_lock;
	status = find_device(owner, interrupt);
	WRITE_ONCE(*interruptp, interrupt);
	if (NT_SUCCESS(status))
		status = connect(interrupt, vector, share);
	mutex_unlock(&iotimer_wdm_objects);
	if (!NT_SUCCESS(status)) {
		WRITE_ONCE(*interruptp, NULL);
		give_up(interrupt);
	}
	return status;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_connect);

/**
 * IoDisconnectInterrupt() - disconnect an ISR: iotimer_irq_disconnect()
 * @InterruptObject: the interrupt, which is gone afterwards
 *
 * Waits until the ISR is over; it is not entered again (I5).
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
	give_up(InterruptObject);
}
EXPORT_SYMBOL_GPL(IoDisconnectInterrupt);

/* Of a device that is gone, and so disconnected. */
void iotimer_wdm_free_interrupts(struct list_head *interrupts)
{
	PKINTERRUPT interrupt, next;

	list_for_each_entry_safe(interrupt, next, interrupts, node)
		kfree(interrupt);
}
