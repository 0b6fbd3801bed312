/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IoConnectInterruptEx: fully specified. A device with several messages connects one
 * interrupt object for each: its vector is pci_irq_vector(pdev, N).
 */
#ifndef _IOTIMER_WDM_INTERRUPTEX_H
#define _IOTIMER_WDM_INTERRUPTEX_H

#include <iotimer/wdm/interrupt.h>

#define CONNECT_FULLY_SPECIFIED		0x1
#define CONNECT_LINE_BASED		0x2
#define CONNECT_MESSAGE_BASED		0x3
#define CONNECT_FULLY_SPECIFIED_GROUP	0x4

/**
 * struct _IO_CONNECT_INTERRUPT_PARAMETERS - for IoConnectInterruptEx()
 * @Version: CONNECT_FULLY_SPECIFIED
 * @FullySpecified: as the arguments of IoConnectInterrupt()
 *
 * Differs from Windows: there is no other version: lines and messages are found
 * there by the PhysicalDeviceObject.
 */
typedef struct _IO_CONNECT_INTERRUPT_PARAMETERS {
	ULONG	Version;
	union {
		struct {
			PDEVICE_OBJECT		PhysicalDeviceObject;
			PKINTERRUPT		*InterruptObject;
			PKSERVICE_ROUTINE	ServiceRoutine;
			PVOID			ServiceContext;
			PKSPIN_LOCK		SpinLock;
			KIRQL			SynchronizeIrql;
			BOOLEAN			FloatingSave;
			BOOLEAN			ShareVector;
			ULONG			Vector;
			KIRQL			Irql;
			KINTERRUPT_MODE		InterruptMode;
			KAFFINITY		ProcessorEnableMask;
		} FullySpecified;
	};
} IO_CONNECT_INTERRUPT_PARAMETERS, *PIO_CONNECT_INTERRUPT_PARAMETERS;

/**
 * struct _IO_DISCONNECT_INTERRUPT_PARAMETERS - for IoDisconnectInterruptEx()
 * @Version: as it was connected with
 * @ConnectionContext: InterruptObject: what that has given
 */
typedef struct _IO_DISCONNECT_INTERRUPT_PARAMETERS {
	ULONG	Version;
	union {
		PVOID		Generic;
		PKINTERRUPT	InterruptObject;
	} ConnectionContext;
} IO_DISCONNECT_INTERRUPT_PARAMETERS, *PIO_DISCONNECT_INTERRUPT_PARAMETERS;

/**
 * IoConnectInterruptEx() - connect an ISR: IoConnectInterrupt()
 * @PARAMETERS: Version CONNECT_FULLY_SPECIFIED, and FullySpecified
 *
 * Context: as IoConnectInterrupt().
 * Return: the same; STATUS_NOT_SUPPORTED, and Version is CONNECT_FULLY_SPECIFIED, for
 * another version.
 */
#define IoConnectInterruptEx(PARAMETERS) ({				\
	PIO_CONNECT_INTERRUPT_PARAMETERS __p = (PARAMETERS);		\
	NTSTATUS __status = STATUS_NOT_SUPPORTED;			\
									\
	if (__p->Version == CONNECT_FULLY_SPECIFIED)			\
		__status = IoConnectInterrupt(__p->FullySpecified.InterruptObject, \
					      __p->FullySpecified.ServiceRoutine, \
					      __p->FullySpecified.ServiceContext, \
					      __p->FullySpecified.SpinLock, \
					      __p->FullySpecified.Vector, \
					      __p->FullySpecified.Irql,	\
					      __p->FullySpecified.SynchronizeIrql, \
					      __p->FullySpecified.InterruptMode, \
					      __p->FullySpecified.ShareVector, \
					      __p->FullySpecified.ProcessorEnableMask, \
					      __p->FullySpecified.FloatingSave); \
	else								\
		__p->Version = CONNECT_FULLY_SPECIFIED;			\
	__status;							\
})

/**
 * IoDisconnectInterruptEx() - disconnect an ISR: IoDisconnectInterrupt()
 * @PARAMETERS: with ConnectionContext.InterruptObject
 *
 * Context: as IoDisconnectInterrupt().
 */
#define IoDisconnectInterruptEx(PARAMETERS)				\
	IoDisconnectInterrupt((PARAMETERS)->ConnectionContext.InterruptObject)

#endif /* _IOTIMER_WDM_INTERRUPTEX_H */
