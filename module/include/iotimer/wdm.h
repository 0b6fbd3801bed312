/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layer for ported sources: the names that a Windows driver's timer, ISR,
 * lock, DPC and controller code uses, with their documented signatures, on top of
 * <linux/iotimer.h> and of the kernel's own functions.
 *
 *	name in the driver		header
 *	types, LARGE_INTEGER, STATUS_*	wdm/types.h, wdm/status.h
 *	_In_, IN, UNREFERENCED_PARAMETER	wdm/sal.h
 *	IRQL, PAGED_CODE, ASSERT	wdm/irql.h
 *	KSPIN_LOCK			wdm/spinlock.h
 *	KDPC				wdm/dpc.h
 *	KTIMER, the time		wdm/timer.h
 *	DRIVER_OBJECT, IRP_MJ_*		wdm/driver.h
 *	DEVICE_OBJECT, IoTimer		wdm/device.h
 *	IoConnectInterruptEx		wdm/interruptex.h
 *	IRP, cancellation		wdm/irp.h, wdm/csq.h
 *	MDL				wdm/mdl.h
 *	StartIo, device queues		wdm/startio.h, wdm/queue.h
 *	KEVENT and its like, waits	wdm/wait.h, wdm/fastmutex.h
 *	work items, threads		wdm/work.h, wdm/thread.h
 *	remove locks, the error log	wdm/removelock.h, wdm/errorlog.h
 *	KINTERRUPT, SynchCritSection	wdm/interrupt.h
 *	CONTROLLER_OBJECT		wdm/controller.h
 *	pool, RtlZeroMemory		wdm/pool.h
 *	MmLockPagableCodeSection	wdm/paging.h
 *	LIST_ENTRY, Interlocked*	wdm/list.h, wdm/interlocked.h
 *	READ_REGISTER_*, READ_PORT_*	wdm/io.h
 *	MmMapIoSpace, buffers		wdm/iospace.h
 *	the performance counter		wdm/clock.h
 *	EX_SPIN_LOCK			wdm/rwspinlock.h
 *	C_ASSERT, wide strings		wdm/rtl.h, wdm/text.h
 *	HalMakeBeep			wdm/beep.h
 *	DEFINE_GUID, IoCreateDeviceSecure	wdm/guid.h, wdm/secure.h
 *	types of resources and power	wdm/resource.h
 *	DbgPrint			wdm/print.h
 *
 * A name that is not here does not compile: no name resolves to a dummy.
 * module/Documentation/porting.md lists for each name what it is built on and where it
 * differs from Windows. The code is in iotimer_wdm.ko.
 *
 * Most functions here have a macro of the same name in front of them. It checks the
 * IRQL and reports a wrong one, once for each place in the driver, with the name of
 * the function that the place is in. A call that could not be carried out safely is
 * left out, and returns FALSE, NULL or an error.
 */
#ifndef _IOTIMER_WDM_H
#define _IOTIMER_WDM_H

#include <iotimer/wdm/sal.h>
#include <iotimer/wdm/types.h>
#include <iotimer/wdm/status.h>
#include <iotimer/wdm/irql.h>
#include <iotimer/wdm/spinlock.h>
#include <iotimer/wdm/dpc.h>
#include <iotimer/wdm/timer.h>
#include <iotimer/wdm/device.h>
#include <iotimer/wdm/interrupt.h>
#include <iotimer/wdm/controller.h>
#include <iotimer/wdm/pool.h>
#include <iotimer/wdm/paging.h>
#include <iotimer/wdm/list.h>
#include <iotimer/wdm/interlocked.h>
#include <iotimer/wdm/queue.h>
#include <iotimer/wdm/driver.h>
#include <iotimer/wdm/irp.h>
#include <iotimer/wdm/startio.h>
#include <iotimer/wdm/removelock.h>
#include <iotimer/wdm/wait.h>
#include <iotimer/wdm/fastmutex.h>
#include <iotimer/wdm/work.h>
#include <iotimer/wdm/thread.h>
#include <iotimer/wdm/mdl.h>
#include <iotimer/wdm/csq.h>
#include <iotimer/wdm/errorlog.h>
#include <iotimer/wdm/io.h>
#include <iotimer/wdm/iospace.h>
#include <iotimer/wdm/interruptex.h>
#include <iotimer/wdm/clock.h>
#include <iotimer/wdm/rwspinlock.h>
#include <iotimer/wdm/rtl.h>
#include <iotimer/wdm/text.h>
#include <iotimer/wdm/beep.h>
#include <iotimer/wdm/resource.h>
#include <iotimer/wdm/guid.h>
#include <iotimer/wdm/print.h>

#endif /* _IOTIMER_WDM_H */
