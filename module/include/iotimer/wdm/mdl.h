/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MDLs, for memory of the kernel: a request's buffer, nonpaged pool. They have no list
 * of pages, and pages of a process cannot be locked.
 */
#ifndef _IOTIMER_WDM_MDL_H
#define _IOTIMER_WDM_MDL_H

#include <iotimer/wdm/irp.h>
#include <iotimer/wdm/pool.h>

/**
 * struct _MDL - a piece of memory: MDL
 * @Next: the next one of the same request, or NULL
 * @MdlFlags: without effect
 * @MappedSystemVa: where it begins
 * @ByteCount: how long it is
 *
 * Differs from Windows: there are no other fields, and no array of pages behind.
 */
typedef struct _MDL {
	struct _MDL	*Next;
	CSHORT		MdlFlags;
	PVOID		MappedSystemVa;
	ULONG		ByteCount;
} MDL, *PMDL;

typedef enum _MM_PAGE_PRIORITY {
	LowPagePriority		= 0,
	NormalPagePriority	= 16,
	HighPagePriority	= 32,
} MM_PAGE_PRIORITY;

#define MdlMappingNoWrite	0x80000000
#define MdlMappingNoExecute	0x40000000

/**
 * IoAllocateMdl() - describe a piece of the kernel's memory: kzalloc()
 * @VirtualAddress: where it begins; it must not be freed before the MDL
 * @Length: how long it is
 * @SecondaryBuffer: TRUE: the last of @Irp's MDLs; FALSE: its first
 * @ChargeQuota: without effect
 * @Irp: whose MdlAddress it becomes; or NULL
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 * Return: the MDL, which IoFreeMdl() frees; NULL without memory.
 */
static inline PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer,
				 BOOLEAN ChargeQuota, PIRP Irp)
{
	PMDL mdl = kzalloc(sizeof(*mdl), iotimer_wdm_gfp());
	PMDL *link;

	if (!mdl)
		return NULL;
	mdl->MappedSystemVa = VirtualAddress;
	mdl->ByteCount = Length;
	if (!Irp)
		return mdl;
	for (link = &Irp->MdlAddress; SecondaryBuffer && *link; link = &(*link)->Next)
		;
	*link = mdl;
	return mdl;
}

/**
 * IoFreeMdl() - free an MDL, not the memory that it describes: kfree()
 * @Mdl: from IoAllocateMdl(); no request's any more
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
static inline VOID IoFreeMdl(PMDL Mdl)
{
	kfree(Mdl);
}

/**
 * MmBuildMdlForNonPagedPool() - state that an MDL is for nonpaged memory
 * @MemoryDescriptorList: the MDL, which is never for any other
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
static inline VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
}

/* Where an MDL's memory begins, and how long it is */
#define MmGetSystemAddressForMdl(M)		((M)->MappedSystemVa)
#define MmGetSystemAddressForMdlSafe(M, PRIORITY)	((void)(PRIORITY), (M)->MappedSystemVa)
#define MmGetMdlVirtualAddress(M)		((M)->MappedSystemVa)
#define MmGetMdlByteCount(M)			((M)->ByteCount)
#define MmGetMdlByteOffset(M)			((ULONG)offset_in_page((M)->MappedSystemVa))

#endif /* _IOTIMER_WDM_MDL_H */
