/* SPDX-License-Identifier: GPL-2.0 */
/*
 * WMI types that a driver's device extension has. The functions of WMI are not covered.
 */
#ifndef _IOTIMER_WDM_WMI_H
#define _IOTIMER_WDM_WMI_H

#include <iotimer/wdm/guid.h>
#include <iotimer/wdm/irp.h>

typedef struct _WMIGUIDREGINFO {
	const GUID	*Guid;
	ULONG		InstanceCount;
	ULONG		Flags;
} WMIGUIDREGINFO, *PWMIGUIDREGINFO;

typedef enum _WMIENABLEDISABLECONTROL {
	WmiEventControl,
	WmiDataBlockControl,
} WMIENABLEDISABLECONTROL;

typedef NTSTATUS (*PWMI_QUERY_REGINFO)(PDEVICE_OBJECT DeviceObject, PULONG RegFlags,
				       PUNICODE_STRING InstanceName,
				       PUNICODE_STRING *RegistryPath,
				       PUNICODE_STRING MofResourceName,
				       PDEVICE_OBJECT *Pdo);
typedef NTSTATUS (*PWMI_QUERY_DATABLOCK)(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					 ULONG GuidIndex, ULONG InstanceIndex,
					 ULONG InstanceCount, PULONG InstanceLengthArray,
					 ULONG BufferAvail, PUCHAR Buffer);
typedef NTSTATUS (*PWMI_SET_DATABLOCK)(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				       ULONG GuidIndex, ULONG InstanceIndex,
				       ULONG BufferSize, PUCHAR Buffer);
typedef NTSTATUS (*PWMI_SET_DATAITEM)(PDEVICE_OBJECT DeviceObject, PIRP Irp,
				      ULONG GuidIndex, ULONG InstanceIndex,
				      ULONG DataItemId, ULONG BufferSize, PUCHAR Buffer);
typedef NTSTATUS (*PWMI_EXECUTE_METHOD)(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					ULONG GuidIndex, ULONG InstanceIndex,
					ULONG MethodId, ULONG InBufferSize,
					ULONG OutBufferSize, PUCHAR Buffer);
typedef NTSTATUS (*PWMI_FUNCTION_CONTROL)(PDEVICE_OBJECT DeviceObject, PIRP Irp,
					  ULONG GuidIndex, WMIENABLEDISABLECONTROL Function,
					  BOOLEAN Enable);

typedef struct _WMILIB_CONTEXT {
	ULONG			GuidCount;
	PWMIGUIDREGINFO		GuidList;
	PWMI_QUERY_REGINFO	QueryWmiRegInfo;
	PWMI_QUERY_DATABLOCK	QueryWmiDataBlock;
	PWMI_SET_DATABLOCK	SetWmiDataBlock;
	PWMI_SET_DATAITEM	SetWmiDataItem;
	PWMI_EXECUTE_METHOD	ExecuteWmiMethod;
	PWMI_FUNCTION_CONTROL	WmiFunctionControl;
} WMILIB_CONTEXT, *PWMILIB_CONTEXT;

/* The data blocks of serial ports */
#define SERIAL_WMI_PARITY_NONE		0
#define SERIAL_WMI_PARITY_ODD		1
#define SERIAL_WMI_PARITY_EVEN		2
#define SERIAL_WMI_PARITY_SPACE		3
#define SERIAL_WMI_PARITY_MARK		4
#define SERIAL_WMI_STOP_1		0
#define SERIAL_WMI_STOP_1_5		1
#define SERIAL_WMI_STOP_2		2
#define SERIAL_WMI_INTTYPE_LATCHED	0
#define SERIAL_WMI_INTTYPE_LEVEL	1

typedef struct _SERIAL_WMI_COMM_DATA {
	ULONG	BaudRate;
	ULONG	BitsPerByte;
	ULONG	Parity;
	BOOLEAN	ParityCheckEnable;
	ULONG	StopBits;
	ULONG	XoffCharacter;
	ULONG	XoffXmitThreshold;
	ULONG	XonCharacter;
	ULONG	XonXmitThreshold;
	ULONG	MaximumBaudRate;
	ULONG	MaximumOutputBufferSize;
	ULONG	MaximumInputBufferSize;
	BOOLEAN	Support16BitMode;
	BOOLEAN	SupportDTRDSR;
	BOOLEAN	SupportIntervalTimeouts;
	BOOLEAN	SupportParityCheck;
	BOOLEAN	SupportRTSCTS;
	BOOLEAN	SupportXonXoff;
	BOOLEAN	SettableBaudRate;
	BOOLEAN	SettableDataBits;
	BOOLEAN	SettableFlowControl;
	BOOLEAN	SettableParity;
	BOOLEAN	SettableParityCheck;
	BOOLEAN	SettableStopBits;
	BOOLEAN	IsBusy;
} SERIAL_WMI_COMM_DATA, *PSERIAL_WMI_COMM_DATA;

typedef struct _SERIAL_WMI_HW_DATA {
	ULONG		IrqNumber;
	ULONG		IrqVector;
	ULONG		IrqLevel;
	ULONGLONG	IrqAffinityMask;
	ULONG		InterruptType;
	ULONGLONG	BaseIOAddress;
} SERIAL_WMI_HW_DATA, *PSERIAL_WMI_HW_DATA;

typedef struct _SERIAL_WMI_PERF_DATA {
	ULONG	ReceivedCount;
	ULONG	TransmittedCount;
	ULONG	FrameErrorCount;
	ULONG	SerialOverrunErrorCount;
	ULONG	BufferOverrunErrorCount;
	ULONG	ParityErrorCount;
} SERIAL_WMI_PERF_DATA, *PSERIAL_WMI_PERF_DATA;

#endif /* _IOTIMER_WDM_WMI_H */
