/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mappings of device memory, and transfers of several units to and from it.
 */
#ifndef _IOTIMER_WDM_IOSPACE_H
#define _IOTIMER_WDM_IOSPACE_H

#include <iotimer/wdm/io.h>
#include <iotimer/wdm/irql.h>

typedef enum _MEMORY_CACHING_TYPE {
	MmNonCached,
	MmCached,
	MmWriteCombined,
} MEMORY_CACHING_TYPE;

/**
 * MmMapIoSpace() - map device memory: ioremap()
 * @PhysicalAddress: where it is, as from pci_resource_start()
 * @NumberOfBytes: how long it is
 * @CacheType: MmWriteCombined: ioremap_wc(); MmNonCached, and MmCached as well: the
 *	kernel does not cache device memory
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported.
 * Return: the mapping, for READ_REGISTER_ULONG() and its like; NULL if there is none,
 * and where it must not be called.
 */
static inline PVOID MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
				 MEMORY_CACHING_TYPE CacheType)
{
	phys_addr_t address = PhysicalAddress.QuadPart;

	if (CacheType == MmWriteCombined)
		return iotimer_wdm_registers(ioremap_wc(address, NumberOfBytes));
	return iotimer_wdm_registers(ioremap(address, NumberOfBytes));
}

/**
 * MmUnmapIoSpace() - end a mapping: iounmap()
 * @BaseAddress: from MmMapIoSpace()
 * @NumberOfBytes: without effect
 *
 * Context: PASSIVE_LEVEL. Elsewhere it is reported and has no effect.
 */
static inline VOID MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
	iounmap((void __force __iomem *)BaseAddress);
}

#define MmMapIoSpace(ADDRESS, SIZE, TYPE)				\
	(IOTIMER_WDM_MAY_SLEEP("MmMapIoSpace") ? MmMapIoSpace(ADDRESS, SIZE, TYPE) : NULL)
#define MmUnmapIoSpace(BASE, SIZE) ({					\
	if (IOTIMER_WDM_MAY_SLEEP("MmUnmapIoSpace"))			\
		MmUnmapIoSpace(BASE, SIZE);				\
})

/* @Count registers, one behind the other. */
#define IOTIMER_WDM_REGISTER_BUFFER(NAME)				\
static inline VOID READ_REGISTER_BUFFER_##NAME(NAME volatile *Register,	\
					       P##NAME Buffer, ULONG Count) \
{									\
	while (Count--)							\
		*Buffer++ = READ_REGISTER_##NAME(Register++);		\
}									\
									\
static inline VOID WRITE_REGISTER_BUFFER_##NAME(NAME volatile *Register, \
						P##NAME Buffer, ULONG Count) \
{									\
	while (Count--)							\
		WRITE_REGISTER_##NAME(Register++, *Buffer++);		\
}

IOTIMER_WDM_REGISTER_BUFFER(UCHAR)
IOTIMER_WDM_REGISTER_BUFFER(USHORT)
IOTIMER_WDM_REGISTER_BUFFER(ULONG)

#ifdef CONFIG_HAS_IOPORT_MAP
/* One port, @Count times. */
#define IOTIMER_WDM_PORT_BUFFER(NAME)					\
static inline VOID READ_PORT_BUFFER_##NAME(P##NAME Port, P##NAME Buffer, ULONG Count) \
{									\
	while (Count--)							\
		*Buffer++ = READ_PORT_##NAME(Port);			\
}									\
									\
static inline VOID WRITE_PORT_BUFFER_##NAME(P##NAME Port, P##NAME Buffer, ULONG Count) \
{									\
	while (Count--)							\
		WRITE_PORT_##NAME(Port, *Buffer++);			\
}

IOTIMER_WDM_PORT_BUFFER(UCHAR)
IOTIMER_WDM_PORT_BUFFER(USHORT)
IOTIMER_WDM_PORT_BUFFER(ULONG)
#endif

#endif /* _IOTIMER_WDM_IOSPACE_H */
