/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The error log: an entry is printed into the kernel log when it is written.
 */
#ifndef _IOTIMER_WDM_ERRORLOG_H
#define _IOTIMER_WDM_ERRORLOG_H

#include <iotimer/wdm/device.h>

/**
 * struct _IO_ERROR_LOG_PACKET - an entry: IO_ERROR_LOG_PACKET
 * @MajorFunctionCode: of the request that failed
 * @RetryCount: how often it was tried
 * @DumpDataSize: bytes of @DumpData
 * @NumberOfStrings: without effect
 * @StringOffset: likewise
 * @EventCategory: likewise
 * @ErrorCode: which message; printed as a number
 * @UniqueErrorValue: where in the driver
 * @FinalStatus: of the request
 * @SequenceNumber: of the request
 * @IoControlCode: of the request
 * @DeviceOffset: where on the device
 * @DumpData: the driver's, as far as the size of the entry reaches
 */
typedef struct _IO_ERROR_LOG_PACKET {
	UCHAR		MajorFunctionCode;
	UCHAR		RetryCount;
	USHORT		DumpDataSize;
	USHORT		NumberOfStrings;
	USHORT		StringOffset;
	USHORT		EventCategory;
	NTSTATUS	ErrorCode;
	ULONG		UniqueErrorValue;
	NTSTATUS	FinalStatus;
	ULONG		SequenceNumber;
	ULONG		IoControlCode;
	LARGE_INTEGER	DeviceOffset;
	ULONG		DumpData[1];
} IO_ERROR_LOG_PACKET, *PIO_ERROR_LOG_PACKET;

#define ERROR_LOG_MAXIMUM_SIZE		240

PVOID IoAllocateErrorLogEntry(PVOID Object, UCHAR EntrySize);
VOID IoWriteErrorLogEntry(PVOID ElEntry);
VOID IoFreeErrorLogEntry(PVOID ElEntry);

#define IoAllocateErrorLogEntry(OBJECT, SIZE)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "IoAllocateErrorLogEntry") ?	\
	 IoAllocateErrorLogEntry(OBJECT, SIZE) : NULL)

#endif /* _IOTIMER_WDM_ERRORLOG_H */
