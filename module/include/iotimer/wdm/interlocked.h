/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interlocked*: full barriers all of them, as the kernel's operations that
 * return a value are. Increment, Decrement and Add return the new value, all
 * others the old one.
 */
#ifndef _IOTIMER_WDM_INTERLOCKED_H
#define _IOTIMER_WDM_INTERLOCKED_H

#include <linux/atomic.h>

#include <iotimer/wdm/types.h>

static_assert(sizeof(atomic_t) == sizeof(LONG));
static_assert(sizeof(atomic64_t) == sizeof(LONG64));

#define IOTIMER_WDM_ATOMIC(NAME, TYPE, OP)				\
static inline TYPE NAME(TYPE volatile *Target, TYPE Value)		\
{									\
	return OP(Value, (void *)Target);				\
}

IOTIMER_WDM_ATOMIC(InterlockedAdd, LONG, atomic_add_return)
IOTIMER_WDM_ATOMIC(InterlockedExchangeAdd, LONG, atomic_fetch_add)
IOTIMER_WDM_ATOMIC(InterlockedAnd, LONG, atomic_fetch_and)
IOTIMER_WDM_ATOMIC(InterlockedOr, LONG, atomic_fetch_or)
IOTIMER_WDM_ATOMIC(InterlockedXor, LONG, atomic_fetch_xor)
IOTIMER_WDM_ATOMIC(InterlockedAdd64, LONG64, atomic64_add_return)
IOTIMER_WDM_ATOMIC(InterlockedExchangeAdd64, LONG64, atomic64_fetch_add)
IOTIMER_WDM_ATOMIC(InterlockedAnd64, LONG64, atomic64_fetch_and)
IOTIMER_WDM_ATOMIC(InterlockedOr64, LONG64, atomic64_fetch_or)
IOTIMER_WDM_ATOMIC(InterlockedXor64, LONG64, atomic64_fetch_xor)

static inline LONG InterlockedIncrement(LONG volatile *Addend)
{
	return InterlockedAdd(Addend, 1);
}

static inline LONG InterlockedDecrement(LONG volatile *Addend)
{
	return InterlockedAdd(Addend, -1);
}

static inline LONG64 InterlockedIncrement64(LONG64 volatile *Addend)
{
	return InterlockedAdd64(Addend, 1);
}

static inline LONG64 InterlockedDecrement64(LONG64 volatile *Addend)
{
	return InterlockedAdd64(Addend, -1);
}

static inline LONG InterlockedExchange(LONG volatile *Target, LONG Value)
{
	return xchg(Target, Value);
}

static inline LONG64 InterlockedExchange64(LONG64 volatile *Target, LONG64 Value)
{
	return atomic64_xchg((atomic64_t *)Target, Value);
}

static inline PVOID InterlockedExchangePointer(PVOID volatile *Target, PVOID Value)
{
	return xchg(Target, Value);
}

static inline LONG InterlockedCompareExchange(LONG volatile *Destination,
					      LONG Exchange, LONG Comparand)
{
	return cmpxchg(Destination, Comparand, Exchange);
}

static inline LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination,
						  LONG64 Exchange, LONG64 Comparand)
{
	return cmpxchg64(Destination, Comparand, Exchange);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination,
						      PVOID Exchange, PVOID Comparand)
{
	return cmpxchg(Destination, Comparand, Exchange);
}

/**
 * InterlockedBitTestAndSet() - set a bit
 * @Base: where
 * @Bit: which one, 0 to 31
 *
 * Context: Any IRQL.
 * Return: TRUE if it was set before, otherwise FALSE.
 */
static inline BOOLEAN InterlockedBitTestAndSet(LONG volatile *Base, LONG Bit)
{
	LONG mask = 1U << Bit;

	return !!(InterlockedOr(Base, mask) & mask);
}

/**
 * InterlockedBitTestAndReset() - clear a bit
 * @Base: where
 * @Bit: which one, 0 to 31
 *
 * Context: Any IRQL.
 * Return: TRUE if it was set before, otherwise FALSE.
 */
static inline BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
	LONG mask = 1U << Bit;

	return !!(InterlockedAnd(Base, ~mask) & mask);
}

#endif /* _IOTIMER_WDM_INTERLOCKED_H */
