/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interlocked*: all of them are full barriers, like the kernel's operations that return
 * a value. Increment, Decrement and Add return the new value, all others the old one.
 *
 * The kernel's cmpxchg() orders nothing if the comparison fails, and Windows drivers
 * rely on a full barrier then too, so the compare-exchange forms bring their own.
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

/*
 * private: a full barrier, whether the comparison fails or not. The barriers are
 * smp_mb() on all machines but those whose atomic instructions order everything anyway.
 * See selftests/litmus/interlocked-fails.litmus.
 */
#define IOTIMER_WDM_CMPXCHG(OP, TARGET, OLD, NEW) ({			\
	typeof(OLD) __old;						\
									\
	smp_mb__before_atomic(); /* earlier accesses */			\
	__old = OP(TARGET, OLD, NEW);					\
	smp_mb__after_atomic();	/* later accesses */			\
	__old;								\
})

static inline LONG InterlockedCompareExchange(LONG volatile *Destination,
					      LONG Exchange, LONG Comparand)
{
	return IOTIMER_WDM_CMPXCHG(cmpxchg_relaxed, Destination, Comparand, Exchange);
}

static inline LONG64 InterlockedCompareExchange64(LONG64 volatile *Destination,
						  LONG64 Exchange, LONG64 Comparand)
{
	return IOTIMER_WDM_CMPXCHG(atomic64_cmpxchg_relaxed, (atomic64_t *)Destination,
				   Comparand, Exchange);
}

static inline PVOID InterlockedCompareExchangePointer(PVOID volatile *Destination,
						      PVOID Exchange, PVOID Comparand)
{
	return IOTIMER_WDM_CMPXCHG(cmpxchg_relaxed, Destination, Comparand, Exchange);
}

/**
 * InterlockedBitTestAndSet() - set a bit
 * @Base: the LONG that the bit is in
 * @Bit: the number of the bit, 0 to 31
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
 * @Base: the LONG that the bit is in
 * @Bit: the number of the bit, 0 to 31
 *
 * Context: Any IRQL.
 * Return: TRUE if it was set before, otherwise FALSE.
 */
static inline BOOLEAN InterlockedBitTestAndReset(LONG volatile *Base, LONG Bit)
{
	LONG mask = 1U << Bit;

	return !!(InterlockedAnd(Base, ~mask) & mask);
}

/* The originals cast, so a pointer to a pointer of any type can be given. */
#define InterlockedExchangePointer(TARGET, VALUE)			\
	InterlockedExchangePointer((PVOID volatile *)(TARGET), VALUE)
#define InterlockedCompareExchangePointer(TARGET, EXCHANGE, COMPARAND)	\
	InterlockedCompareExchangePointer((PVOID volatile *)(TARGET), EXCHANGE, COMPARAND)

#endif /* _IOTIMER_WDM_INTERLOCKED_H */
