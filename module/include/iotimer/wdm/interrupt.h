/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interrupt objects and SynchCritSections.
 *
 * The Vector of IoConnectInterrupt() is a Linux interrupt number, such as
 * pci_irq_vector() returns, or IOTIMER_IRQ_VIRTUAL for an interrupt that the driver
 * raises itself with iotimer_wdm_raise_interrupt().
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
 * Return: TRUE if the device has raised the interrupt, FALSE if another device has.
 */
typedef BOOLEAN KSERVICE_ROUTINE(PKINTERRUPT Interrupt, PVOID ServiceContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;

/**
 * typedef KSYNCHRONIZE_ROUTINE - a SynchCritSection
 * @SynchronizeContext: as given to KeSynchronizeExecution()
 *
 * Context: DIRQL, with the interrupt's lock held (I2). Must not sleep.
 * Return: the value that KeSynchronizeExecution() returns.
 */
typedef BOOLEAN KSYNCHRONIZE_ROUTINE(PVOID SynchronizeContext);
typedef KSYNCHRONIZE_ROUTINE *PKSYNCHRONIZE_ROUTINE;

struct _KINTERRUPT {
	/* private: */
	struct iotimer_irq	*irq;
	PKSERVICE_ROUTINE	service;
	PVOID			context;
	PKSPIN_LOCK		spin_lock;	/* only compared (I4) */
	PDEVICE_OBJECT		device;
	bool			own_device;	/* created for this interrupt */
	bool			silent;		/* the ISR is not called any more */
	struct list_head	node;		/* in device->interrupts */
	struct iotimer_wdm_dirql dirql;		/* of the holder of the irq's lock */
};

/* private: the context of iotimer_synchronize() */
struct iotimer_wdm_section {
	PKINTERRUPT		interrupt;
	PKSYNCHRONIZE_ROUTINE	routine;
	PVOID			context;
};

int iotimer_wdm_run_section(void *section);
NTSTATUS iotimer_wdm_connect(struct module *owner, PKINTERRUPT *interrupt,
			     PKSERVICE_ROUTINE service, PVOID context,
			     PKSPIN_LOCK spin_lock, ULONG vector, bool share,
			     struct lock_class_key *key);
KIRQL iotimer_wdm_lock_interrupt(PKINTERRUPT interrupt);
void iotimer_wdm_unlock_interrupt(PKINTERRUPT interrupt, KIRQL irql);

/* private: the checks of IoConnectInterrupt() */
static inline
NTSTATUS iotimer_wdm_connect_checked(PKINTERRUPT *object, PKSERVICE_ROUTINE routine,
				     PVOID context, PKSPIN_LOCK lock, ULONG vector,
				     KIRQL irql, KIRQL synchronize_irql,
				     KINTERRUPT_MODE mode, BOOLEAN share, KAFFINITY mask,
				     BOOLEAN floating_save, struct lock_class_key *key)
{
	*object = NULL;
	if (!routine || synchronize_irql < irql || !mask || floating_save || mode > Latched)
		return STATUS_INVALID_PARAMETER;
	return iotimer_wdm_connect(THIS_MODULE, object, routine, context, lock, vector,
				   share, key);
}

/**
 * IoConnectInterrupt() - connect an ISR: iotimer_irq_connect()
 * @InterruptObject: set to the interrupt object before the ISR can be entered, which
 *	may be before this returns (I5); set to NULL on failure
 * @ServiceRoutine: the ISR
 * @ServiceContext: passed to it. The interrupt belongs to the device in whose object
 *	or extension this lies. For any other context, such as a controller's
 *	extension, the layer creates a device for this interrupt alone
 * @SpinLock: interrupts of a driver that are connected with the same KSPIN_LOCK
 *	share a lock (I4), and the KSPIN_LOCK itself stays unused; NULL for a
 *	lock of its own
 * @Vector: a Linux interrupt number, such as pci_irq_vector() or platform_get_irq()
 *	returns, or %IOTIMER_IRQ_VIRTUAL for an interrupt that the driver raises
 *	with iotimer_wdm_raise_interrupt()
 * @Irql: not above @SynchronizeIrql; otherwise without effect, because all interrupts
 *	have one level
 * @SynchronizeIrql: likewise
 * @InterruptMode: LevelSensitive or Latched, without effect: the bus has set up the
 *	trigger
 * @ShareVector: TRUE: the line is shared with other drivers, IRQF_SHARED
 * @ProcessorEnableMask: not 0, otherwise without effect: see
 *	/proc/irq/N/smp_affinity
 * @FloatingSave: FALSE: no floating point in an ISR
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported, and *@InterruptObject stays.
 * Return: STATUS_SUCCESS; STATUS_INVALID_PARAMETER for an argument that is not as
 * above, or a line that does not exist; STATUS_DEVICE_BUSY for a line that another
 * driver does not share; STATUS_DELETE_PENDING once deletion of the device began;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL for any other error of
 * request_irq(), and where it must not be called.
 */
static inline
NTSTATUS IoConnectInterrupt(PKINTERRUPT *InterruptObject,
			    PKSERVICE_ROUTINE ServiceRoutine, PVOID ServiceContext,
			    PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql,
			    KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
			    BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
			    BOOLEAN FloatingSave)
{
	static struct lock_class_key key;

	return iotimer_wdm_connect_checked(InterruptObject, ServiceRoutine, ServiceContext,
					   SpinLock, Vector, Irql, SynchronizeIrql,
					   InterruptMode, ShareVector, ProcessorEnableMask,
					   FloatingSave, &key);
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
 * as before when this returns (I1). A DPC that @SynchronizeRoutine queues at
 * PASSIVE_LEVEL has run by then (K2).
 *
 * Differs from Windows: if the caller holds the lock already, in the ISR or in another
 * SynchCritSection, Windows hangs; here the call is reported, and @SynchronizeRoutine
 * is not called. On PREEMPT_RT the lock sleeps, interrupts stay on, and a DPC runs
 * later.
 *
 * Context: Up to DIRQL, but not in the ISR; on PREEMPT_RT not with interrupts off.
 * Inlined, so that a report names the driver's function.
 * Return: the value that @SynchronizeRoutine returns, verbatim (I7); FALSE if it was
 * not called.
 */
static __always_inline
BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt,
			       PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
			       PVOID SynchronizeContext)
{
	struct iotimer_wdm_section section = {
		Interrupt, SynchronizeRoutine, SynchronizeContext,
	};
	KIRQL irql = iotimer_wdm_hold_back_dpcs();
	int ret = iotimer_synchronize(Interrupt->irq, iotimer_wdm_run_section, &section);

	iotimer_wdm_lower(irql);
	/* A routine's BOOLEAN is not negative, an error is: it has not run. */
	return ret < 0 ? FALSE : ret;
}

/**
 * KeAcquireInterruptSpinLock() - take an interrupt's lock
 * @Interrupt: the interrupt, whose ISR does not run until the lock is released
 *
 * Differs from Windows: if the caller holds the lock already, it is reported where
 * Windows hangs, and the matching release has no effect.
 *
 * Context: As KeSynchronizeExecution(). Raises to DIRQL.
 * Return: the previous IRQL, for KeReleaseInterruptSpinLock().
 */
static __always_inline KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
	return iotimer_wdm_lock_interrupt(Interrupt);
}

/**
 * KeReleaseInterruptSpinLock() - release an interrupt's lock
 * @Interrupt: as for KeAcquireInterruptSpinLock()
 * @OldIrql: the value that it has returned
 *
 * Differs from Windows: a lock that the caller does not hold is reported and stays as
 * it is.
 *
 * Context: DIRQL.
 */
static __always_inline
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
	iotimer_wdm_unlock_interrupt(Interrupt, OldIrql);
	IOTIMER_WDM_NO_TAIL_CALL();
}

/**
 * iotimer_wdm_raise_interrupt() - raise a virtual interrupt: iotimer_irq_raise()
 * @Interrupt: connected with the vector %IOTIMER_IRQ_VIRTUAL
 *
 * For devices without an interrupt line, and for tests. Windows has no such function.
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
({									\
	static struct lock_class_key __key;	/* of this place's interrupts */ \
									\
	IOTIMER_WDM_MAY_SLEEP("IoConnectInterrupt") ?			\
		iotimer_wdm_connect_checked(OBJECT, ROUTINE, CONTEXT, LOCK, VECTOR, \
					    IRQL, SYNC_IRQL, MODE, SHARE, MASK,	\
					    FLOAT, &__key) :		\
		STATUS_UNSUCCESSFUL;					\
})

#define IoDisconnectInterrupt(OBJECT) ({				\
	if (IOTIMER_WDM_MAY_SLEEP("IoDisconnectInterrupt"))		\
		IoDisconnectInterrupt(OBJECT);				\
})

#endif /* _IOTIMER_WDM_INTERRUPT_H */
