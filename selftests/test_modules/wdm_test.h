/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of the layer for ported sources: a device with an interrupt that is
 * raised by itself, and calls of a function where drivers are called.
 */
#ifndef _IOTIMER_WDM_TEST_H
#define _IOTIMER_WDM_TEST_H

#include "cpus.h"
#include "test.h"

#include <iotimer/wdm.h>

#define RT	IS_ENABLED(CONFIG_PREEMPT_RT)

typedef void (*wdm_fn)(void);

/* A routine to call, and the number of its calls. */
static struct {
	PDEVICE_OBJECT	device;
	PKINTERRUPT	interrupt;
	wdm_fn		fn;
	atomic_t	calls;
} w;

static __maybe_unused BOOLEAN wdm_service(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
	if (w.fn)
		w.fn();
	atomic_inc(&w.calls);
	return TRUE;
}

static __maybe_unused BOOLEAN wdm_section(PVOID SynchronizeContext)
{
	w.fn();
	atomic_inc(&w.calls);
	return TRUE;
}

static __maybe_unused VOID wdm_deferred(PKDPC Dpc, PVOID DeferredContext,
					PVOID SystemArgument1, PVOID SystemArgument2)
{
	w.fn();
	atomic_inc(&w.calls);
}

/* A device, named by itself. */
static __maybe_unused PDEVICE_OBJECT wdm_device(ULONG ext_size)
{
	PDEVICE_OBJECT device = NULL;
	NTSTATUS status;

	status = IoCreateDevice(NULL, ext_size, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
	EXPECT_EQ(status, STATUS_SUCCESS);
	return device;
}

static __maybe_unused NTSTATUS wdm_connect(PKINTERRUPT *interrupt,
					   PKSERVICE_ROUTINE service, PVOID context,
					   PKSPIN_LOCK lock)
{
	return IoConnectInterrupt(interrupt, service, context, lock, IOTIMER_IRQ_VIRTUAL,
				  IOTIMER_DIRQL, IOTIMER_DIRQL, Latched, FALSE, 1, FALSE);
}

/* A device with an interrupt in w, which wdm_end() deletes. */
static __maybe_unused bool wdm_begin(void)
{
	memset(&w, 0, sizeof(w));
	w.device = wdm_device(64);
	return w.device &&
	       EXPECT_EQ(wdm_connect(&w.interrupt, wdm_service, w.device, NULL),
			 STATUS_SUCCESS);
}

static __maybe_unused void wdm_end(void)
{
	if (w.device)
		IoDeleteDevice(w.device);
	w.device = NULL;
}

static __maybe_unused bool wdm_called(int calls)
{
	return wait_for(atomic_read(&w.calls) >= calls, TEST_LIMIT_MS);
}

/* Calls @fn in the ISR. */
static __maybe_unused void in_isr(wdm_fn fn)
{
	int calls = atomic_read(&w.calls);

	w.fn = fn;
	EXPECT_EQ(iotimer_wdm_raise_interrupt(w.interrupt), 0);
	EXPECT(wdm_called(calls + 1));
}

static __maybe_unused void in_section(wdm_fn fn)
{
	w.fn = fn;
	EXPECT_EQ(KeSynchronizeExecution(w.interrupt, wdm_section, NULL), TRUE);
}

/* Waits until it has run. */
static __maybe_unused void in_dpc(wdm_fn fn)
{
	int calls = atomic_read(&w.calls);
	KDPC dpc;

	w.fn = fn;
	KeInitializeDpc(&dpc, wdm_deferred, NULL);
	EXPECT_EQ(KeInsertQueueDpc(&dpc, NULL, NULL), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&w.calls), calls + 1);
}

/* Announces that @WHAT is reported, once, as called at a wrong IRQL by @CALLER. */
#define expect_wrong_irql(CALLER, WHAT)					\
	expect_trace_begin("iotimer: " CALLER ": " WHAT " at wrong IRQL", \
			   "iotimer_wdm_wrong_irql")

#endif /* _IOTIMER_WDM_TEST_H */
