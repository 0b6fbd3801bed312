/* SPDX-License-Identifier: GPL-2.0 */
/*
 * GUIDs. Nothing here looks at one.
 */
#ifndef _IOTIMER_WDM_GUID_H
#define _IOTIMER_WDM_GUID_H

#include <linux/string.h>

#include <iotimer/wdm/types.h>

typedef struct _GUID {
	ULONG	Data1;
	USHORT	Data2;
	USHORT	Data3;
	UCHAR	Data4[8];
} GUID, *PGUID;
typedef const GUID *LPCGUID;

#define DEFINE_GUID(NAME, L, W1, W2, B1, B2, B3, B4, B5, B6, B7, B8)	\
	static const GUID NAME __maybe_unused = {			\
		L, W1, W2, { B1, B2, B3, B4, B5, B6, B7, B8 },		\
	}

#define IsEqualGUID(A, B)	(!memcmp(A, B, sizeof(GUID)))

#endif /* _IOTIMER_WDM_GUID_H */
