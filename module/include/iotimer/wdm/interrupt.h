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

typedef BOOLEAN KSERVICE_ROUTINE(PKINTERRUPT Interrupt, PVOID ServiceContext);
typedef KSERVICE_ROUTINE *PKSERVICE_ROUTINE;

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
	unsigned long		flags;		/* whoever has the irq's lock */
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

/* Inlined, so that a complaint of iotimer_synchronize() names the driver. */
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

static __always_inline KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
	return iotimer_wdm_lock_interrupt(Interrupt);
}

static __always_inline
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
	iotimer_wdm_unlock_interrupt(Interrupt, OldIrql);
}

/* For drivers of a line that they raise themselves: see iotimer_irq_raise(). */
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
