/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of iotimer_wdm.ko share with each other and with nobody else.
 *
 * Locks, outermost first:
 *
 *	objects mutex		the layer's devices, their interrupts
 *	iotimer_mutex		the core's
 *	cancel spin lock (_bh)	cancellation, CurrentIrp
 *	KDEVICE_QUEUE.Lock (_bh), start_lock (_bh)
 *	KTIMER.lock (_bh)	set against cancel
 *	DPC lock (raw, irq)	all queues
 *	dispatcher lock (raw, irq)	what can be waited for
 */
#ifndef IOTIMER_WDM_PRIVATE_H
#define IOTIMER_WDM_PRIVATE_H

#include <linux/mutex.h>

#include <iotimer/wdm.h>

/*
 * The macros look at the IRQL of a driver's call and then call the function of
 * the same name, which is what we define here.
 */
#undef IoAcquireRemoveLock
#undef IoAllocateController
#undef IoAllocateErrorLogEntry
#undef IoAllocateWorkItem
#undef IoCancelIrp
#undef IoConnectInterrupt
#undef IoCreateController
#undef IoCreateDevice
#undef IoDeleteController
#undef IoDeleteDevice
#undef IoDisconnectInterrupt
#undef IoFreeController
#undef IoQueueWorkItem
#undef IoReleaseRemoveLock
#undef IoReleaseRemoveLockAndWait
#undef IoStartNextPacket
#undef IoStartNextPacketByKey
#undef IoStartPacket
#undef IoStartTimer
#undef IoStopTimer
#undef KeCancelTimer
#undef KeClearEvent
#undef KeDelayExecutionThread
#undef IofCompleteRequest
#undef KeFlushQueuedDpcs
#undef KeInsertByKeyDeviceQueue
#undef KeInsertDeviceQueue
#undef KeRemoveByKeyDeviceQueue
#undef KeRemoveDeviceQueue
#undef KeRemoveEntryDeviceQueue
#undef KeReleaseMutex
#undef KeReleaseSemaphore
#undef KeResetEvent
#undef KeSetEvent
#undef KeSetTimer
#undef KeSetTimerEx
#undef KeWaitForMultipleObjects
#undef KeWaitForSingleObject

/* irql.c */
#ifdef CONFIG_PREEMPT_RT
void iotimer_wdm_irql_init(void);
#else
static inline void iotimer_wdm_irql_init(void) { }
#endif

/* dpc.c */
void iotimer_wdm_dpc_init(void);
void iotimer_wdm_dpc_exit(void);
void iotimer_wdm_close_dpc(PKDPC dpc);

/* device.c */
extern struct mutex iotimer_wdm_objects;
void iotimer_wdm_device_init(void);
void iotimer_wdm_device_exit(void);
PDEVICE_OBJECT iotimer_wdm_device_at(struct module *owner, const void *address);
PKINTERRUPT iotimer_wdm_interrupt_with(struct module *owner, PKSPIN_LOCK spin_lock);
void iotimer_wdm_delete_devices(struct module *owner);

/* irp.c */
void iotimer_wdm_call_cancel(PDRIVER_CANCEL routine, PDEVICE_OBJECT device, PIRP irp,
			     KIRQL irql);

/* work.c */
int iotimer_wdm_work_init(void);
void iotimer_wdm_work_exit(void);
void iotimer_wdm_wait_for_device(PDEVICE_OBJECT device);
void iotimer_wdm_wait_for_module(struct module *owner);

/* interrupt.c */
void iotimer_wdm_free_interrupts(struct list_head *interrupts);

#endif /* IOTIMER_WDM_PRIVATE_H */
