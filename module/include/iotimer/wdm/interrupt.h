/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt objects and SynchCritSections.
 *
 * The Vector of IoConnectInterrupt is a Linux interrupt number, as from
 * pci_irq_vector(), or IOTIMER_IRQ_VIRTUAL for a line that the driver raises
 * itself, with iotimer_wdm_raise_interrupt().
 */
#ifndef _IOTIMER_WDM_INTERRUPT_H
#define _IOTIMER_WDM_INTERRUPT_H

#include <iotimer/wdm/device.h>
#include <iotimer/wdm/spinlock.h>

typedef enum _KINTERRUPT_MODE {
	LevelSensitive,
	Latched,
} KINTERRUPT_MODE;

typedef struct _KINTERRUPT KINTERRUPT, *PKINTERRUPT;

/**
 * typedef KSERVICE_ROUTINE - an interrupt service routine
 * @Interrupt: valid even before IoConnectInterrupt() has returned (I5)
 * @ServiceContext: as given to IoConnectInterrupt()
 *
 * Context: DIRQL, with the interrupt's lock held (I2). Differs from Windows: on
 * PREEMPT_RT a thread.
 * Return: TRUE if the device has interrupted, FALSE if it was another.
 */
typedef BOOLEAN KSERVICE_ROUTINE(PKINTERRUPT Interrupt, PVOID ServiceContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;

/**
 * typedef KSYNCHRONIZE_ROUTINE - a SynchCritSection
 * @SynchronizeContext: as given to KeSynchronizeExecution()
 *
 * Context: DIRQL, with the interrupt's lock held (I2). Must not sleep.
 * Return: what KeSynchronizeExecution() is to return.
 */
typedef BOOLEAN KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);
typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

struct _KINTERRUPT {
	/* private: */
	struct iotimer_irq	*irq;
	PKSERVICE_ROUTINE	service;
	PVOID			context;
	PKSPIN_LOCK		spin_lock;	/* which of them have one lock */
	PDEVICE_OBJECT		device;
	bool			own_device;	/* made for it alone */
	struct list_head	node;		/* in device->interrupts */
	struct iotimer_wdm_dirql dirql;		/* the same */
};

/* private: what iotimer_synchronize() is given */
struct iotimer_wdm_section {
	PKINTERRUPT		interrupt;
	PKSYNCHRONIZE_ROUTINE	routine;
	PVOID			context;
};

int iotimer_wdm_run_section(void *section);
NTSTATUS iotimer_wdm_connect(struct module *owner, PKINTERRUPT *interrupt,
			     PKSERVICE_ROUTINE service, PVOID context,
			     PKSPIN_LOCK spin_lock, ULONG vector, bool share);
KIRQL iotimer_wdm_lock_interrupt(PKINTERRUPT interrupt);
void iotimer_wdm_unlock_interrupt(PKINTERRUPT interrupt, KIRQL irql);

/**
 * IoConnectInterrupt() - connect an ISR: iotimer_irq_connect()
 * @InterruptObject: where to put the interrupt object; set before the ISR can be
 *	entered, which may be before this returns (I5); NULL on failure
 * @ServiceRoutine: the ISR
 * @ServiceContext: passed to it. The device in whose object or extension it lies
 *	is the one that the interrupt belongs to; without one, as for a
 *	controller's extension, it is one made for this interrupt alone
 * @SpinLock: interrupts of the driver's that are connected with the same one have
 *	one lock (I4), and the KSPIN_LOCK itself stays unused; NULL for a lock
 *	of its own
 * @Vector: a Linux interrupt number, as from pci_irq_vector() or
 *	platform_get_irq(), or %IOTIMER_IRQ_VIRTUAL for a line that the driver
 *	raises with iotimer_wdm_raise_interrupt()
 * @Irql: no more than @SynchronizeIrql: there is one level for all interrupts
 * @SynchronizeIrql: likewise
 * @InterruptMode: LevelSensitive or Latched, without effect: the trigger is as the
 *	bus has set it up
 * @ShareVector: TRUE: the line is shared with other drivers, IRQF_SHARED
 * @ProcessorEnableMask: not 0, otherwise without effect: see
 *	/proc/irq/N/smp_affinity
 * @FloatingSave: FALSE: no floating point in an ISR
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported, and *@InterruptObject stays.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for an argument that is not as
 * above, a line that does not exist among them; STATUS_DEVICE_BUSY for a line that
 * somebody else does not share; STATUS_DELETE_PENDING once deletion of the device
 * began; STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL for what else
 * request_irq() returns, and where it must not be called.
 */
static inline
NTSTATUS IoConnectInterrupt(PKINTERRUPT *InterruptObject,
			    PKSERVICE_ROUTINE ServiceRoutine, PVOID ServiceContext,
			    PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql,
			    KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
			    BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
			    BOOLEAN FloatingSave)
{
	*InterruptObject = NULL;
	if (!ServiceRoutine || SynchronizeIrql < Irql || !ProcessorEnableMask ||
	    FloatingSave || InterruptMode > Latched)
		return STATUS_INVALID_PARAMETER;
	return iotimer_wdm_connect(THIS_MODULE, InterruptObject, ServiceRoutine,
				   ServiceContext, SpinLock, Vector, ShareVector);
}

VOID IoDisconnectInterrupt(PKINTERRUPT InterruptObject);

/**
 * KeSynchronizeExecution() - run a SynchCritSection: iotimer_synchronize()
 * @Interrupt: the interrupt whose ISR shares the state that @SynchronizeRoutine
 *	touches
 * @SynchronizeRoutine: called with the interrupt's lock held, on this CPU
 * @SynchronizeContext: passed to it
 *
 * The ISR does not run, on any CPU, while @SynchronizeRoutine does (I2); the IRQL is
 * as before when this returns (I1).
 *
 * Differs from Windows: where the caller has the lock already, in the ISR or in
 * another SynchCritSection, it hangs there; here it is reported, and
 * @SynchronizeRoutine is not called. On PREEMPT_RT the lock sleeps, and interrupts
 * stay on.
 *
 * Context: Up to DIRQL, but not in the ISR; on PREEMPT_RT not with interrupts off.
 * Inlined, so that what is reported names the driver's function.
 * Return: what @SynchronizeRoutine returns, verbatim (I7); FALSE where it was not
 * called.
 */
static __always_inline
BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
			       PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
			       PVOID SynchronizeContext)
{
	struct iotimer_wdm_section section = {
		Interrupt, SynchronizeRoutine, SynchronizeContext,
	};
	int ret = iotimer_synchronize(Interrupt->irq, iotimer_wdm_run_section, &section);

	/* A routine's BOOLEAN is not negative, an error is: it has not run. */
	return ret < 0 ? FALSE : ret;
}

/**
 * KeAcquireInterruptSpinLock() - take an interrupt's lock
 * @Interrupt: the interrupt, whose ISR does not run until the lock is released
 *
 * Differs from Windows: where the caller has the lock already it is reported
 * instead of hanging, and the release that belongs to it has no effect.
 *
 * Context: As KeSynchronizeExecution(). Raises to DIRQL.
 * Return: the IRQL before, for KeReleaseInterruptSpinLock().
 */
static __always_inline KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
	return iotimer_wdm_lock_interrupt(Interrupt);
}

/**
 * KeReleaseInterruptSpinLock() - release an interrupt's lock
 * @Interrupt: as for KeAcquireInterruptSpinLock()
 * @OldIrql: what that returned
 *
 * Differs from Windows: a lock that the caller has not got is reported, and stays.
 *
 * Context: DIRQL.
 */
static __always_inline
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
	iotimer_wdm_unlock_interrupt(Interrupt, OldIrql);
}

/**
 * iotimer_wdm_raise_interrupt() - raise a virtual interrupt: iotimer_irq_raise()
 * @Interrupt: connected with the vector %IOTIMER_IRQ_VIRTUAL
 *
 * For devices without a line, and for tests. No name of Windows.
 *
 * Context: Any IRQL.
 * Return: as iotimer_irq_raise().
 */
static inline int iotimer_wdm_raise_interrupt(PKINTERRUPT Interrupt)
{
	return iotimer_irq_raise(Interrupt->irq);
}

#define IoConnectInterrupt(OBJECT, ROUTINE, CONTEXT, LOCK, VECTOR, IRQL, SYNC_IRQL, \
			   MODE, SHARE, MASK, FLOAT)			\
	(IOTIMER_WDM_MAY_SLEEP("IoConnectInterrupt") ?			\
	 IoConnectInterrupt(OBJECT, ROUTINE, CONTEXT, LOCK, VECTOR, IRQL, \
			    SYNC_IRQL, MODE, SHARE, MASK, FLOAT) :	\
	 STATUS_UNSUCCESSFUL)

#define IoDisconnectInterrupt(OBJECT) do {				\
	if (IOTIMER_WDM_MAY_SLEEP("IoDisconnectInterrupt"))		\
		IoDisconnectInterrupt(OBJECT);				\
} while (0)

#endif /* _IOTIMER_WDM_INTERRUPT_H */
