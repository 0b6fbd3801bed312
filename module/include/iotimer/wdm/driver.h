/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Driver objects and the entry points of a driver. A driver object without the
 * front end is memory of the driver's own, which it passes to IoCreateDevice();
 * with the front end (wdm/front.h), DriverEntry is given one.
 */
#ifndef _IOTIMER_WDM_DRIVER_H
#define _IOTIMER_WDM_DRIVER_H

#include <iotimer/wdm/types.h>

typedef struct _DEVICE_OBJECT DEVICE_OBJECT, *PDEVICE_OBJECT;

/* The Type that driver, device, file objects and IRPs begin with. */
#define IO_TYPE_DEVICE		0x00000003
#define IO_TYPE_DRIVER		0x00000004
#define IO_TYPE_FILE		0x00000005
#define IO_TYPE_IRP		0x00000006

#define IRP_MJ_CREATE			0x00
#define IRP_MJ_CREATE_NAMED_PIPE	0x01
#define IRP_MJ_CLOSE			0x02
#define IRP_MJ_READ			0x03
#define IRP_MJ_WRITE			0x04
#define IRP_MJ_QUERY_INFORMATION	0x05
#define IRP_MJ_SET_INFORMATION		0x06
#define IRP_MJ_QUERY_EA			0x07
#define IRP_MJ_SET_EA			0x08
#define IRP_MJ_FLUSH_BUFFERS		0x09
#define IRP_MJ_QUERY_VOLUME_INFORMATION	0x0a
#define IRP_MJ_SET_VOLUME_INFORMATION	0x0b
#define IRP_MJ_DIRECTORY_CONTROL	0x0c
#define IRP_MJ_FILE_SYSTEM_CONTROL	0x0d
#define IRP_MJ_DEVICE_CONTROL		0x0e
#define IRP_MJ_INTERNAL_DEVICE_CONTROL	0x0f
#define IRP_MJ_SCSI			0x0f
#define IRP_MJ_SHUTDOWN			0x10
#define IRP_MJ_LOCK_CONTROL		0x11
#define IRP_MJ_CLEANUP			0x12
#define IRP_MJ_CREATE_MAILSLOT		0x13
#define IRP_MJ_QUERY_SECURITY		0x14
#define IRP_MJ_SET_SECURITY		0x15
#define IRP_MJ_POWER			0x16
#define IRP_MJ_SYSTEM_CONTROL		0x17
#define IRP_MJ_DEVICE_CHANGE		0x18
#define IRP_MJ_QUERY_QUOTA		0x19
#define IRP_MJ_SET_QUOTA		0x1a
#define IRP_MJ_PNP			0x1b
#define IRP_MJ_MAXIMUM_FUNCTION		0x1b

/**
 * typedef DRIVER_INITIALIZE - DriverEntry
 * @DriverObject: the driver's
 * @RegistryPath: empty: there is no registry
 *
 * Context: PASSIVE_LEVEL.
 * Return: STATUS_SUCCESS, or what the driver is refused with.
 */
typedef NTSTATUS DRIVER_INITIALIZE(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath);
typedef DRIVER_INITIALIZE *PDRIVER_INITIALIZE;

/**
 * typedef DRIVER_ADD_DEVICE - AddDevice
 * @DriverObject: the driver's
 * @PhysicalDeviceObject: NULL: there are no device stacks
 *
 * Context: PASSIVE_LEVEL.
 * Return: a status.
 */
typedef NTSTATUS DRIVER_ADD_DEVICE(PDRIVER_OBJECT DriverObject,
				   PDEVICE_OBJECT PhysicalDeviceObject);
typedef DRIVER_ADD_DEVICE *PDRIVER_ADD_DEVICE;

/**
 * typedef DRIVER_DISPATCH - a dispatch routine
 * @DeviceObject: the device
 * @Irp: the request
 *
 * Context: PASSIVE_LEVEL, in the caller's thread.
 * Return: what the request was completed with, or STATUS_PENDING.
 */
typedef NTSTATUS DRIVER_DISPATCH(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef DRIVER_DISPATCH *PDRIVER_DISPATCH;
typedef DRIVER_DISPATCH DRIVER_DISPATCH_PAGED, DRIVER_DISPATCH_RAISED;

/**
 * typedef DRIVER_STARTIO - StartIo
 * @DeviceObject: the device, whose CurrentIrp is @Irp
 * @Irp: the request to begin with
 *
 * Context: DISPATCH_LEVEL, never on two CPUs at once for one device (R2).
 */
typedef VOID DRIVER_STARTIO(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef DRIVER_STARTIO *PDRIVER_STARTIO;

/**
 * typedef DRIVER_CANCEL - a Cancel routine
 * @DeviceObject: the device whose request it is
 * @Irp: the request, which has no Cancel routine any more
 *
 * Context: DISPATCH_LEVEL, with the cancel spin lock held, which the routine
 * releases: IoReleaseCancelSpinLock(Irp->CancelIrql).
 */
typedef VOID DRIVER_CANCEL(PDEVICE_OBJECT DeviceObject, PIRP Irp);
typedef DRIVER_CANCEL *PDRIVER_CANCEL;

/**
 * typedef DRIVER_UNLOAD - DriverUnload
 * @DriverObject: the driver's
 *
 * Context: PASSIVE_LEVEL.
 */
typedef VOID DRIVER_UNLOAD(PDRIVER_OBJECT DriverObject);
typedef DRIVER_UNLOAD *PDRIVER_UNLOAD;

/**
 * typedef IO_COMPLETION_ROUTINE - a completion routine
 * @DeviceObject: of the driver that has set it; NULL for a request of its own
 * @Irp: the request
 * @Context: as given to IoSetCompletionRoutine()
 *
 * Context: IRQL <= DISPATCH_LEVEL, in IoCompleteRequest().
 * Return: STATUS_MORE_PROCESSING_REQUIRED if the request is the routine's from
 * here on, and may be gone; anything else to go on.
 */
typedef NTSTATUS IO_COMPLETION_ROUTINE(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				       PVOID Context);
typedef IO_COMPLETION_ROUTINE *PIO_COMPLETION_ROUTINE;

/**
 * struct _DRIVER_EXTENSION - DRIVER_EXTENSION
 * @DriverObject: whose it is
 * @AddDevice: the driver's to set; called by the front end's bus glue
 */
typedef struct _DRIVER_EXTENSION {
	PDRIVER_OBJECT		DriverObject;
	PDRIVER_ADD_DEVICE	AddDevice;
} DRIVER_EXTENSION, *PDRIVER_EXTENSION;

/**
 * struct _DRIVER_OBJECT - a driver object: DRIVER_OBJECT
 * @Type: IO_TYPE_DRIVER
 * @Size: without effect
 * @DeviceObject: the newest device that was created with it; the next is its
 *	NextDevice
 * @Flags: without effect
 * @DriverExtension: of the front end; NULL without one
 * @DriverName: \Driver\MODULE; empty without the front end
 * @DriverStartIo: called by IoStartPacket() and IoStartNextPacket()
 * @DriverUnload: called by the front end
 * @MajorFunction: the dispatch routines
 *
 * Differs from Windows: there are no other fields.
 */
struct _DRIVER_OBJECT {
	CSHORT			Type;
	CSHORT			Size;
	PDEVICE_OBJECT		DeviceObject;
	ULONG			Flags;
	PDRIVER_EXTENSION	DriverExtension;
	UNICODE_STRING		DriverName;
	PDRIVER_STARTIO		DriverStartIo;
	PDRIVER_UNLOAD		DriverUnload;
	PDRIVER_DISPATCH	MajorFunction[IRP_MJ_MAXIMUM_FUNCTION + 1];
};

NTSTATUS iotimer_wdm_allocate_extension(struct module *owner, PDRIVER_OBJECT driver,
					PVOID id, ULONG size, PVOID *data);
PVOID IoGetDriverObjectExtension(PDRIVER_OBJECT DriverObject,
				 PVOID ClientIdentificationAddress);

/**
 * IoAllocateDriverObjectExtension() - allocate memory that belongs to a driver object: kzalloc()
 * @DriverObject: the driver object
 * @ClientIdentificationAddress: an address of the driver's own, by which it is found
 * @DriverObjectExtensionSize: how many bytes
 * @DriverObjectExtension: set to the zeroed memory; to NULL on failure
 *
 * Freed after the driver's module was unloaded.
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 * Return: STATUS_SUCCESS; STATUS_OBJECT_NAME_COLLISION if there is one with this address;
 * STATUS_INSUFFICIENT_RESOURCES; STATUS_UNSUCCESSFUL where it must not be called.
 */
static inline
NTSTATUS IoAllocateDriverObjectExtension(PDRIVER_OBJECT DriverObject,
					 PVOID ClientIdentificationAddress,
					 ULONG DriverObjectExtensionSize,
					 PVOID *DriverObjectExtension)
{
	return iotimer_wdm_allocate_extension(THIS_MODULE, DriverObject,
					      ClientIdentificationAddress,
					      DriverObjectExtensionSize,
					      DriverObjectExtension);
}

#define IoAllocateDriverObjectExtension(DRIVER, ID, SIZE, EXTENSION)	\
	(IOTIMER_WDM_MAY_SLEEP("IoAllocateDriverObjectExtension") ?	\
	 IoAllocateDriverObjectExtension(DRIVER, ID, SIZE, EXTENSION) :	\
	 STATUS_UNSUCCESSFUL)

#endif /* _IOTIMER_WDM_DRIVER_H */
