/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Types that a driver's own header has for resources, power and the registry, so that
 * the files which include it compile. Their functions are not covered: see
 * module/Documentation/porting.md.
 *
 * The structures with a name only, such as KEY_BASIC_INFORMATION, are for prototypes:
 * a file that uses a member of one does not compile.
 */
#ifndef _IOTIMER_WDM_RESOURCE_H
#define _IOTIMER_WDM_RESOURCE_H

#include <iotimer/wdm/types.h>

typedef enum _INTERFACE_TYPE {
	InterfaceTypeUndefined = -1,
	Internal,
	Isa,
	Eisa,
	MicroChannel,
	TurboChannel,
	PCIBus,
	VMEBus,
	NuBus,
	PCMCIABus,
	CBus,
	MPIBus,
	MPSABus,
	ProcessorInternal,
	InternalPowerBus,
	PNPISABus,
	PNPBus,
	Vmcs,
	ACPIBus,
	MaximumInterfaceType,
} INTERFACE_TYPE, *PINTERFACE_TYPE;

#define CmResourceTypeNull			0
#define CmResourceTypePort			1
#define CmResourceTypeInterrupt			2
#define CmResourceTypeMemory			3
#define CmResourceTypeDma			4
#define CmResourceTypeDeviceSpecific		5
#define CmResourceTypeBusNumber			6
#define CmResourceTypeDevicePrivate		129

typedef enum _CM_SHARE_DISPOSITION {
	CmResourceShareUndetermined,
	CmResourceShareDeviceExclusive,
	CmResourceShareDriverExclusive,
	CmResourceShareShared,
} CM_SHARE_DISPOSITION;

#define CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE	0x0000
#define CM_RESOURCE_INTERRUPT_LATCHED		0x0001
#define CM_RESOURCE_INTERRUPT_MESSAGE		0x0002
#define CM_RESOURCE_MEMORY_READ_WRITE		0x0000
#define CM_RESOURCE_PORT_MEMORY			0x0000
#define CM_RESOURCE_PORT_IO			0x0001

/**
 * struct _CM_PARTIAL_RESOURCE_DESCRIPTOR - CM_PARTIAL_RESOURCE_DESCRIPTOR
 * @Type: CmResourceType*
 * @ShareDisposition: CM_SHARE_DISPOSITION
 * @Flags: CM_RESOURCE_*
 * @u: by @Type
 *
 * Differs from Windows: nobody but the driver fills in one: the front end passes the
 * registers and the vector as arguments.
 */
typedef struct _CM_PARTIAL_RESOURCE_DESCRIPTOR {
	UCHAR	Type;
	UCHAR	ShareDisposition;
	USHORT	Flags;
	union {
		struct {
			PHYSICAL_ADDRESS	Start;
			ULONG			Length;
		} Generic, Port, Memory;
		struct {
			ULONG			Level;
			ULONG			Vector;
			KAFFINITY		Affinity;
		} Interrupt;
		struct {
			ULONG			Channel;
			ULONG			Port;
			ULONG			Reserved1;
		} Dma;
		struct {
			ULONG			Start;
			ULONG			Length;
			ULONG			Reserved;
		} BusNumber;
		struct {
			ULONG			DataSize;
			ULONG			Reserved1;
			ULONG			Reserved2;
		} DeviceSpecificData;
		struct {
			ULONG			Data[3];
		} DevicePrivate;
	} u;
} CM_PARTIAL_RESOURCE_DESCRIPTOR, *PCM_PARTIAL_RESOURCE_DESCRIPTOR;

typedef struct _CM_PARTIAL_RESOURCE_LIST {
	USHORT				Version;
	USHORT				Revision;
	ULONG				Count;
	CM_PARTIAL_RESOURCE_DESCRIPTOR	PartialDescriptors[1];
} CM_PARTIAL_RESOURCE_LIST, *PCM_PARTIAL_RESOURCE_LIST;

typedef struct _CM_FULL_RESOURCE_DESCRIPTOR {
	INTERFACE_TYPE			InterfaceType;
	ULONG				BusNumber;
	CM_PARTIAL_RESOURCE_LIST	PartialResourceList;
} CM_FULL_RESOURCE_DESCRIPTOR, *PCM_FULL_RESOURCE_DESCRIPTOR;

typedef struct _CM_RESOURCE_LIST {
	ULONG				Count;
	CM_FULL_RESOURCE_DESCRIPTOR	List[1];
} CM_RESOURCE_LIST, *PCM_RESOURCE_LIST;

typedef struct _IO_RESOURCE_DESCRIPTOR IO_RESOURCE_DESCRIPTOR, *PIO_RESOURCE_DESCRIPTOR;
typedef struct _IO_RESOURCE_LIST IO_RESOURCE_LIST, *PIO_RESOURCE_LIST;
typedef struct _IO_RESOURCE_REQUIREMENTS_LIST
	IO_RESOURCE_REQUIREMENTS_LIST, *PIO_RESOURCE_REQUIREMENTS_LIST;
typedef struct _DEVICE_CAPABILITIES DEVICE_CAPABILITIES, *PDEVICE_CAPABILITIES;
typedef struct _DEVICE_RELATIONS DEVICE_RELATIONS, *PDEVICE_RELATIONS;

typedef ULONG PNP_DEVICE_STATE, *PPNP_DEVICE_STATE;

#define PNP_DEVICE_DISABLED			0x00000001
#define PNP_DEVICE_DONT_DISPLAY_IN_UI		0x00000002
#define PNP_DEVICE_FAILED			0x00000004
#define PNP_DEVICE_REMOVED			0x00000008
#define PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED 0x00000010
#define PNP_DEVICE_NOT_DISABLEABLE		0x00000020

typedef enum _DEVICE_RELATION_TYPE {
	BusRelations,
	EjectionRelations,
	PowerRelations,
	RemovalRelations,
	TargetDeviceRelation,
	SingleBusRelations,
} DEVICE_RELATION_TYPE, *PDEVICE_RELATION_TYPE;

typedef enum _SYSTEM_POWER_STATE {
	PowerSystemUnspecified,
	PowerSystemWorking,
	PowerSystemSleeping1,
	PowerSystemSleeping2,
	PowerSystemSleeping3,
	PowerSystemHibernate,
	PowerSystemShutdown,
	PowerSystemMaximum,
} SYSTEM_POWER_STATE, *PSYSTEM_POWER_STATE;

typedef enum _DEVICE_POWER_STATE {
	PowerDeviceUnspecified,
	PowerDeviceD0,
	PowerDeviceD1,
	PowerDeviceD2,
	PowerDeviceD3,
	PowerDeviceMaximum,
} DEVICE_POWER_STATE, *PDEVICE_POWER_STATE;

typedef union _POWER_STATE {
	SYSTEM_POWER_STATE	SystemState;
	DEVICE_POWER_STATE	DeviceState;
} POWER_STATE, *PPOWER_STATE;

typedef enum _POWER_STATE_TYPE {
	SystemPowerState,
	DevicePowerState,
} POWER_STATE_TYPE, *PPOWER_STATE_TYPE;

typedef enum _POWER_ACTION {
	PowerActionNone,
	PowerActionReserved,
	PowerActionSleep,
	PowerActionHibernate,
	PowerActionShutdown,
	PowerActionShutdownReset,
	PowerActionShutdownOff,
	PowerActionWarmEject,
} POWER_ACTION, *PPOWER_ACTION;

typedef struct _HWPROFILE_CHANGE_NOTIFICATION
	HWPROFILE_CHANGE_NOTIFICATION, *PHWPROFILE_CHANGE_NOTIFICATION;
typedef enum _CONFIGURATION_TYPE CONFIGURATION_TYPE, *PCONFIGURATION_TYPE;
typedef struct _KEY_BASIC_INFORMATION KEY_BASIC_INFORMATION, *PKEY_BASIC_INFORMATION;
typedef struct _KEY_VALUE_FULL_INFORMATION
	KEY_VALUE_FULL_INFORMATION, *PKEY_VALUE_FULL_INFORMATION;
typedef struct _KEY_VALUE_PARTIAL_INFORMATION
	KEY_VALUE_PARTIAL_INFORMATION, *PKEY_VALUE_PARTIAL_INFORMATION;
typedef struct _RTL_QUERY_REGISTRY_TABLE
	RTL_QUERY_REGISTRY_TABLE, *PRTL_QUERY_REGISTRY_TABLE;

#endif /* _IOTIMER_WDM_RESOURCE_H */
