/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Nonpaged pool: kmalloc(). Paged pool has no name here, and so does not compile.
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
	NonPagedPoolCacheAligned = 4,
	NonPagedPoolNx		= 512,
} POOL_TYPE;

typedef ULONG64 POOL_FLAGS;

#define POOL_FLAG_UNINITIALIZED	0x0000000000000002ULL
#define POOL_FLAG_NON_PAGED	0x0000000000000040ULL

/* Without CONFIG_PREEMPT_COUNT nobody knows who holds a Linux spinlock. */
static inline gfp_t iotimer_wdm_gfp(void)
{
	bool may_sleep = IS_ENABLED(CONFIG_PREEMPT_COUNT) && iotimer_wdm_may_sleep();

	return (may_sleep ? GFP_KERNEL : GFP_ATOMIC) | __GFP_NOWARN;
}

/* The kernel aligns powers of two by themselves. */
static inline SIZE_T iotimer_wdm_pool_size(POOL_TYPE type, SIZE_T size)
{
	if (type != NonPagedPoolCacheAligned || size > KMALLOC_MAX_SIZE)
		return size;
	return roundup_pow_of_two(max_t(SIZE_T, size, SMP_CACHE_BYTES));
}

/**
 * ExAllocatePoolWithTag() - allocate memory: kmalloc()
 * @PoolType: NonPagedPool, NonPagedPoolNx or NonPagedPoolExecute, which are one;
 *	NonPagedPoolCacheAligned, which is aligned to the cache's lines; paged
 *	pool does not compile, or gives NULL where the compiler does not know
 * @NumberOfBytes: up to KMALLOC_MAX_SIZE
 * @Tag: not kept
 *
 * Differs from Windows: aligned as kmalloc() aligns, never executable. From
 * PASSIVE_LEVEL it may sleep until there is memory.
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported.
 * Return: memory with what was in it before; NULL if there is none, and at DIRQL.
 */
static __always_inline PVOID
ExAllocatePoolWithTag(POOL_TYPE PoolType, SIZE_T NumberOfBytes, ULONG Tag)
{
	BUILD_BUG_ON_MSG(__builtin_constant_p(PoolType) && PoolType & 1,
			 "paged pool is not covered");
	NumberOfBytes = iotimer_wdm_pool_size(PoolType, NumberOfBytes);
	return PoolType & 1 ? NULL : kmalloc(NumberOfBytes, iotimer_wdm_gfp());
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
	BUILD_BUG_ON_MSG(__builtin_constant_p(PoolType) && PoolType & 1,
			 "paged pool is not covered");
	NumberOfBytes = iotimer_wdm_pool_size(PoolType, NumberOfBytes);
	return PoolType & 1 ? NULL : kzalloc(NumberOfBytes, iotimer_wdm_gfp());
}

/**
 * ExAllocatePool2() - allocate memory, zeroed unless told otherwise
 * @Flags: %POOL_FLAG_NON_PAGED, and %POOL_FLAG_UNINITIALIZED for kmalloc() instead of
 *	kzalloc(). Without %POOL_FLAG_NON_PAGED it does not compile, or gives NULL
 *	where the compiler does not know
 * @NumberOfBytes: as for ExAllocatePoolWithTag()
 * @Tag: likewise
 *
 * Context: as ExAllocatePoolWithTag().
 * Return: the same, zeroed or not.
 */
static __always_inline PVOID
ExAllocatePool2(POOL_FLAGS Flags, SIZE_T NumberOfBytes, ULONG Tag)
{
	BUILD_BUG_ON_MSG(__builtin_constant_p(Flags) && !(Flags & POOL_FLAG_NON_PAGED),
			 "paged pool is not covered");
	if (!(Flags & POOL_FLAG_NON_PAGED))
		return NULL;
	if (Flags & POOL_FLAG_UNINITIALIZED)
		return kmalloc(NumberOfBytes, iotimer_wdm_gfp());
	return kzalloc(NumberOfBytes, iotimer_wdm_gfp());
}

/**
 * ExFreePool() - free memory: kfree()
 * @P: as allocated; differs from Windows: may be NULL
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

#define ExAllocatePoolWithTag(TYPE, SIZE, TAG)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExAllocatePoolWithTag") ?	\
	 ExAllocatePoolWithTag(TYPE, SIZE, TAG) : NULL)
#define ExAllocatePool(TYPE, SIZE)	ExAllocatePoolWithTag(TYPE, SIZE, 0)
#define ExAllocatePoolZero(TYPE, SIZE, TAG)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExAllocatePoolZero") ?	\
	 ExAllocatePoolZero(TYPE, SIZE, TAG) : NULL)
#define ExAllocatePool2(FLAGS, SIZE, TAG)				\
	(IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExAllocatePool2") ?		\
	 ExAllocatePool2(FLAGS, SIZE, TAG) : NULL)
#define ExFreePool(P) do {						\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExFreePool");			\
	ExFreePool(P);							\
} while (0)
#define ExFreePoolWithTag(P, TAG) do {					\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "ExFreePoolWithTag");		\
	ExFreePoolWithTag(P, TAG);					\
} while (0)

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
