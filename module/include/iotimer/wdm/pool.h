/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pool: kmalloc(). Kernel memory is never paged, so paged pool is the same, but for the
 * IRQL at which it may be allocated and freed.
 */
#ifndef _IOTIMER_WDM_POOL_H
#define _IOTIMER_WDM_POOL_H

#include <linux/cache.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <iotimer/wdm/irql.h>

/* Pool tags are constants of four characters. */
#pragma GCC diagnostic ignored "-Wmultichar"

typedef enum _POOL_TYPE {
	NonPagedPool		= 0,
	NonPagedPoolExecute	= 0,
	PagedPool		= 1,
	NonPagedPoolCacheAligned = 4,
	PagedPoolCacheAligned	= 5,
	NonPagedPoolNx		= 512,
} POOL_TYPE;

typedef ULONG64 POOL_FLAGS;

#define POOL_FLAG_UNINITIALIZED	0x0000000000000002ULL
#define POOL_FLAG_NON_PAGED	0x0000000000000040ULL
#define POOL_FLAG_PAGED		0x0000000000000100ULL

/* Without CONFIG_PREEMPT_COUNT a spin_lock() of entry points cannot be seen. */
static inline gfp_t iotimer_wdm_gfp(void)
{
	bool may_sleep = IS_ENABLED(CONFIG_PREEMPT_COUNT) && iotimer_wdm_may_sleep();

	return (may_sleep ? GFP_KERNEL : GFP_ATOMIC) | __GFP_NOWARN;
}

/* kmalloc() aligns powers of two to their size. */
static inline SIZE_T iotimer_wdm_pool_size(POOL_TYPE type, SIZE_T size)
{
	if (!(type & NonPagedPoolCacheAligned) || size > KMALLOC_MAX_SIZE)
		return size;
	return roundup_pow_of_two(max_t(SIZE_T, size, SMP_CACHE_BYTES));
}

/*
 * An allocation of no bytes is memory on Windows: at least one byte, and not the address
 * 16 that kmalloc() returns.
 */
static inline PVOID iotimer_wdm_allocate(POOL_TYPE type, SIZE_T size, gfp_t zero)
{
	size = max_t(SIZE_T, iotimer_wdm_pool_size(type, size), 1);
	return kmalloc(size, iotimer_wdm_gfp() | zero);
}

/**
 * ExAllocatePoolWithTag() - allocate memory: kmalloc()
 * @PoolType: NonPagedPool, NonPagedPoolNx, NonPagedPoolExecute or PagedPool, which are
 *	the same; NonPagedPoolCacheAligned or PagedPoolCacheAligned, which is aligned
 *	to cache lines
 * @NumberOfBytes: up to KMALLOC_MAX_SIZE; 0 gets the smallest piece of memory
 * @Tag: not kept; 0 is as good as any
 *
 * Differs from Windows: aligned as kmalloc() aligns, never executable. At
 * PASSIVE_LEVEL it may sleep until memory is available.
 *
 * Context: IRQL <= DISPATCH_LEVEL; for paged pool <= APC_LEVEL. Above that it is reported.
 * Return: memory with undefined contents; NULL if none is available, and above that.
 */
static __always_inline PVOID
ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return iotimer_wdm_allocate(PoolType, NumberOfBytes, 0);
}

/**
 * ExAllocatePoolZero() - allocate zeroed memory: kzalloc()
 * @PoolType: as for ExAllocatePoolWithTag()
 * @NumberOfBytes: likewise
 * @Tag: likewise
 *
 * Context: as ExAllocatePoolWithTag().
 * Return: the same, zeroed.
 */
static __always_inline PVOID
ExAllocatePoolZero(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	return iotimer_wdm_allocate(PoolType, NumberOfBytes, __GFP_ZERO);
}

/**
 * ExAllocatePool2() - allocate memory, zeroed by default
 * @Flags: %POOL_FLAG_NON_PAGED or %POOL_FLAG_PAGED, and %POOL_FLAG_UNINITIALIZED for
 *	kmalloc() instead of kzalloc(). Without one of the first two: NULL
 * @NumberOfBytes: up to KMALLOC_MAX_SIZE; 0 gets NULL
 * @Tag: not kept; 0 gets NULL, as documented
 *
 * Context: as ExAllocatePoolWithTag().
 * Return: the same, zeroed or not.
 */
static __always_inline PVOID
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	if (!(Flags & (POOL_FLAG_NON_PAGED | POOL_FLAG_PAGED)) || !NumberOfBytes || !Tag)
		return NULL;
	return iotimer_wdm_allocate(NonPagedPool, NumberOfBytes,
				    Flags & POOL_FLAG_UNINITIALIZED ? 0 : __GFP_ZERO);
}

/**
 * ExFreePool() - free memory: kfree()
 * @P: memory of one of these functions; differs from Windows: may be NULL
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported, and freed.
 */
static inline VOID ExFreePool(PVOID P)
{
	kfree(P);
}

/**
 * ExFreePoolWithTag() - free memory: kfree()
 * @P: as for ExFreePool()
 * @Tag: not compared with that of the allocation
 *
 * Context: as ExFreePool().
 */
static inline VOID ExFreePoolWithTag(PVOID P, ULONG Tag)
{
	kfree(P);
}

/* private: the highest IRQL for a POOL_TYPE */
#define IOTIMER_WDM_POOL_IRQL(TYPE)	((TYPE) & PagedPool ? APC_LEVEL : DISPATCH_LEVEL)

#define ExAllocatePoolWithTag(TYPE, SIZE, TAG)				\
	(IOTIMER_WDM_MAX(IOTIMER_WDM_POOL_IRQL(TYPE), "ExAllocatePoolWithTag") ? \
	 ExAllocatePoolWithTag(TYPE, SIZE, TAG) : NULL)
#define ExAllocatePool(TYPE, SIZE)	ExAllocatePoolWithTag(TYPE, SIZE, 0)
#define ExAllocatePoolZero(TYPE, SIZE, TAG)				\
	(IOTIMER_WDM_MAX(IOTIMER_WDM_POOL_IRQL(TYPE), "ExAllocatePoolZero") ? \
	 ExAllocatePoolZero(TYPE, SIZE, TAG) : NULL)
#define ExAllocatePool2(FLAGS, SIZE, TAG)				\
	(IOTIMER_WDM_MAX((FLAGS) & POOL_FLAG_PAGED ? APC_LEVEL : DISPATCH_LEVEL, \
			 "ExAllocatePool2") ?				\
	 ExAllocatePool2(FLAGS, SIZE, TAG) : NULL)
#define ExFreePool(P) ({						\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExFreePool");			\
	ExFreePool(P);							\
})
#define ExFreePoolWithTag(P, TAG) ({					\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExFreePoolWithTag");		\
	ExFreePoolWithTag(P, TAG);					\
})

/* Quotas are not charged, and nothing is raised: without memory they return NULL. */
#define POOL_QUOTA_FAIL_INSTEAD_OF_RAISE	8
#define ExAllocatePoolWithQuotaTag(TYPE, SIZE, TAG)			\
	ExAllocatePoolWithTag((POOL_TYPE)((TYPE) & ~POOL_QUOTA_FAIL_INSTEAD_OF_RAISE), SIZE, TAG)
#define ExAllocatePoolWithQuota(TYPE, SIZE)	ExAllocatePoolWithQuotaTag(TYPE, SIZE, 0)
#define ExAllocatePoolQuotaZero(TYPE, SIZE, TAG)			\
	ExAllocatePoolZero((POOL_TYPE)((TYPE) & ~POOL_QUOTA_FAIL_INSTEAD_OF_RAISE), SIZE, TAG)

/* All pool is not executable. */
#define DrvRtPoolNxOptIn			0x00000001
#define ExInitializeDriverRuntime(FLAGS)	((void)(FLAGS))

#define RtlZeroMemory(DESTINATION, LENGTH)	memset(DESTINATION, 0, LENGTH)
#define RtlFillMemory(DESTINATION, LENGTH, FILL) memset(DESTINATION, FILL, LENGTH)
#define RtlCopyMemory(DESTINATION, SOURCE, LENGTH) memcpy(DESTINATION, SOURCE, LENGTH)
#define RtlMoveMemory(DESTINATION, SOURCE, LENGTH) memmove(DESTINATION, SOURCE, LENGTH)
#define RtlCopyBytes(DESTINATION, SOURCE, LENGTH) memcpy(DESTINATION, SOURCE, LENGTH)
#define RtlZeroBytes(DESTINATION, LENGTH)	memset(DESTINATION, 0, LENGTH)
#define RtlEqualMemory(A, B, LENGTH)		(!memcmp(A, B, LENGTH))

#endif /* _IOTIMER_WDM_POOL_H */
