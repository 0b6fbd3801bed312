/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Declarations that only the files of iotimer_wdm.ko share.
 *
 * Locks, outermost first:
 *
 *	iotimer_wdm_objects	mutex: the layer's devices, their interrupts
 *	iotimer_mutex		the core's
 *	cancel spin lock (_bh)	cancellation, CurrentIrp
 *	KDEVICE_QUEUE.Lock (_bh), start_lock (_bh)
 *	wdm_dpc_flush_mutex	one flush at a time
 *	wdm_timer_lock		raw, interrupts off: the KTIMERs that are set
 *	wdm_dpc_lock		raw, interrupts off: all DPC queues
 *	dispatcher lock		raw, interrupts off: the objects that can be waited for
 *
 * The last three are never nested.
 */
#ifndef IOTIMER_WDM_PRIVATE_H
#define IOTIMER_WDM_PRIVATE_H

#include <linux/mutex.h>

#include <iotimer/wdm.h>

/*
 * The macros check the IRQL of a driver's call and then call the function of the same
 * name, which is defined here.
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
#undef IoFreeWorkItem
#undef IoInitializeDpcRequest
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
#undef PsTerminateSystemThread

/* irql.c */
#ifdef CONFIG_PREEMPT_RT
void iotimer_wdm_irql_init(void);
#else
static inline void iotimer_wdm_irql_init(void) { }
#endif

void iotimer_wdm_forget_reports(struct module *owner);

/* Warn, with a trace, once for each place @CALLER that the mistake is made in. */
#define iotimer_wdm_report(CALLER, FORMAT, ...)				\
	WARN(iotimer_wdm_first_report(CALLER), "iotimer: %ps: " FORMAT,	\
	     (void *)(CALLER), ##__VA_ARGS__)

/* A module that is being unloaded, while the layer cleans up after it */
struct iotimer_wdm_owner {
	struct module		*module;
	struct list_head	node;		/* timer.c */
};

/* dpc.c */
void iotimer_wdm_dpc_init(void);
void iotimer_wdm_dpc_exit(void);
bool iotimer_wdm_insert_dpc(PKDPC dpc, PVOID argument1, PVOID argument2, const void *source);
void iotimer_wdm_remove_dpc_of(PKDPC dpc, const void *source);
void iotimer_wdm_remove_dpcs_in(const void *memory, size_t size);
void iotimer_wdm_close_dpc(PKDPC dpc);
bool iotimer_wdm_has_dpcs(struct module *owner);

/* timer.c */
void iotimer_wdm_release_memory(const void *memory, size_t size, const char *name);
void iotimer_wdm_cancel_timers_of(struct iotimer_wdm_owner *owner);
void iotimer_wdm_timers_gone(struct iotimer_wdm_owner *owner);

/* device.c */
extern struct mutex iotimer_wdm_objects;
extern struct list_head iotimer_wdm_devices;

static inline struct list_head *iotimer_wdm_all_devices(void)
{
	lockdep_assert_held(&iotimer_wdm_objects);
	return &iotimer_wdm_devices;
}

void iotimer_wdm_device_init(void);
void iotimer_wdm_device_exit(void);
PDEVICE_OBJECT iotimer_wdm_device_at(struct module *owner, const void *address);
bool iotimer_wdm_has_devices(struct module *owner);
void iotimer_wdm_stop_devices(struct module *owner);
void iotimer_wdm_silence_devices(struct module *owner);
void iotimer_wdm_delete_devices(struct module *owner);

/* irp.c */
void iotimer_wdm_call_cancel(PDRIVER_CANCEL routine, PDEVICE_OBJECT device, PIRP irp,
			     KIRQL irql);

/* work.c */
int iotimer_wdm_work_init(void);
void iotimer_wdm_work_exit(void);
void iotimer_wdm_wait_for_device(PDEVICE_OBJECT device);
void iotimer_wdm_wait_for_module(struct module *owner);

/* thread.c */
void iotimer_wdm_wait_for_threads(struct module *owner);
void iotimer_wdm_thread_exit(void);

/* driverext.c */
void iotimer_wdm_free_extensions_of(struct module *owner);

/* interrupt.c */
void iotimer_wdm_silence_interrupts(struct list_head *interrupts);
void iotimer_wdm_free_interrupts(struct list_head *interrupts);

#endif /* IOTIMER_WDM_PRIVATE_H */
