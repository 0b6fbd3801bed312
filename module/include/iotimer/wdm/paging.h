/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Locking of pageable code and data, which has nothing to do: the kernel does not page
 * its modules.
 */
#ifndef _IOTIMER_WDM_PAGING_H
#define _IOTIMER_WDM_PAGING_H

#include <linux/mm.h>

#include <iotimer/wdm/types.h>

/**
 * MmLockPagableDataSection() - keep a section in memory
 * @AddressWithinSection: an address in it
 *
 * Context: Any IRQL.
 * Return: a handle for MmUnlockPagableImageSection(), which is never NULL.
 */
static inline PVOID MmLockPagableDataSection(const VOID *AddressWithinSection)
{
	return (PVOID)AddressWithinSection;
}

#define MmLockPagableCodeSection(ADDRESS)	MmLockPagableDataSection((const VOID *)(ADDRESS))
#define MmLockPagableSectionByHandle(SECTION)	((void)(SECTION))
#define MmUnlockPagableImageSection(SECTION)	((void)(SECTION))
#define MmPageEntireDriver(ADDRESS)		((PVOID)(ADDRESS))
#define MmResetDriverPaging(ADDRESS)		((void)(ADDRESS))

typedef enum _MM_SYSTEM_SIZE {
	MmSmallSystem,
	MmMediumSystem,
	MmLargeSystem,
} MM_SYSTEMSIZE;

/**
 * MmQuerySystemSize() - how much memory the machine has
 *
 * Context: Any IRQL.
 * Return: MmSmallSystem below 512 MiB, MmMediumSystem below 2 GiB, MmLargeSystem.
 */
static inline MM_SYSTEMSIZE MmQuerySystemSize(void)
{
	unsigned long mib = totalram_pages() >> (20 - PAGE_SHIFT);

	if (mib < 512)
		return MmSmallSystem;
	return mib < 2048 ? MmMediumSystem : MmLargeSystem;
}

#endif /* _IOTIMER_WDM_PAGING_H */
