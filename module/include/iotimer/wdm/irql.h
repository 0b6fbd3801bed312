/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IRQL: what the kernel knows of the context it is in, in the words of Windows.
 *
 *	PASSIVE_LEVEL	process context in which nothing is switched off
 *	DISPATCH_LEVEL	softirqs, or bottom halves or preemption switched off
 *	IOTIMER_DIRQL	hard interrupts, or interrupts switched off; ISRs and
 *			SynchCritSections also on PREEMPT_RT, where they are
 *			threads with interrupts on
 *
 * One level for all devices. APC_LEVEL is never reported, because there are no
 * APCs; to raise to it is to stay.
 *
 * To raise to DISPATCH_LEVEL is to switch bottom halves off, and that is done
 * only when they are on: so acquiring, raising, releasing and lowering may be
 * mixed as on Windows, in any order that the old IRQLs handed back allow.
 */
#ifndef _IOTIMER_WDM_IRQL_H
#define _IOTIMER_WDM_IRQL_H

#include <linux/bottom_half.h>
#include <linux/bug.h>
#include <linux/cache.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

#include <iotimer/wdm/types.h>

/* #if DBG is to work without a flag: as in a free build. */
#ifndef DBG
#define DBG			0
#endif

typedef UCHAR KIRQL, *PKIRQL;

#define PASSIVE_LEVEL		0
#define LOW_LEVEL		0
#define APC_LEVEL		1
#define DISPATCH_LEVEL		2
#define IOTIMER_DIRQL		3	/* of every interrupt */
#define HIGH_LEVEL		15	/* no code runs at it */

void iotimer_wdm_wrong_irql(const char *caller, const char *what);
void iotimer_wdm_not_pageable(const char *caller);

/* Is @OK? If not, says so once for each place that this is expanded in. */
#define IOTIMER_WDM_CHECK(OK, WHAT) ({					\
	static bool __said;						\
	bool __ok = (OK);						\
									\
	if (unlikely(!__ok) && !__said) {				\
		__said = true;						\
		iotimer_wdm_wrong_irql(__func__, WHAT);			\
	}								\
	__ok;								\
})

#define IOTIMER_WDM_MAX(IRQL, WHAT)					\
	IOTIMER_WDM_CHECK(KeGetCurrentIrql() <= (IRQL), WHAT)
#define IOTIMER_WDM_AT_DISPATCH(WHAT)					\
	IOTIMER_WDM_CHECK(softirq_count() && !iotimer_wdm_at_dirql(), WHAT)
#define IOTIMER_WDM_MAY_SLEEP(WHAT)					\
	IOTIMER_WDM_CHECK(iotimer_wdm_may_sleep(), WHAT)

#ifdef CONFIG_PREEMPT_RT
/* private: who is in an ISR or a SynchCritSection, on a list of its CPU */
struct iotimer_wdm_dirql {
	struct list_head	node;
	struct task_struct	*task;
};

bool iotimer_wdm_in_section(void);
void iotimer_wdm_enter_section(struct iotimer_wdm_dirql *dirql);
void iotimer_wdm_leave_section(struct iotimer_wdm_dirql *dirql);
#else
struct iotimer_wdm_dirql { };

/* Interrupts are off there, which says it all. */
static inline bool iotimer_wdm_in_section(void)
{
	return false;
}

static inline void iotimer_wdm_enter_section(struct iotimer_wdm_dirql *dirql)
{
}

static inline void iotimer_wdm_leave_section(struct iotimer_wdm_dirql *dirql)
{
}
#endif

static inline bool iotimer_wdm_at_dirql(void)
{
	return irqs_disabled() || in_hardirq() || iotimer_wdm_in_section();
}

/* On PREEMPT_RT spinlocks leave the preempt count alone, but are RCU readers. */
static inline bool iotimer_wdm_may_sleep(void)
{
	return !in_interrupt() && !preempt_count() && !irqs_disabled() &&
	       !rcu_preempt_depth();
}

/**
 * KeGetCurrentIrql() - what may be done here
 *
 * Differs from Windows: one DIRQL for all interrupts, and never APC_LEVEL. Without
 * CONFIG_PREEMPT_COUNT the kernel does not know of preemption that is off, as under
 * a spin_lock() of entry points: PASSIVE_LEVEL.
 *
 * Context: Any IRQL.
 * Return: PASSIVE_LEVEL, DISPATCH_LEVEL or IOTIMER_DIRQL: see above.
 */
static inline KIRQL KeGetCurrentIrql(void)
{
	if (iotimer_wdm_at_dirql())
		return IOTIMER_DIRQL;
	return softirq_count() || preempt_count() ? DISPATCH_LEVEL : PASSIVE_LEVEL;
}

/* To DISPATCH_LEVEL, for which bottom halves have to be off. */
static inline KIRQL iotimer_wdm_raise(void)
{
	if (iotimer_wdm_at_dirql())
		return IOTIMER_DIRQL;
	if (softirq_count())
		return DISPATCH_LEVEL;
	local_bh_disable();
	return PASSIVE_LEVEL;
}

/* Not in a softirq, and not where bottom halves are on. */
static inline bool iotimer_wdm_can_lower(KIRQL irql)
{
	if (irql >= DISPATCH_LEVEL)
		return true;
	return softirq_count() & ~SOFTIRQ_OFFSET && !irqs_disabled() && !in_hardirq();
}

static inline void iotimer_wdm_lower(KIRQL irql)
{
	if (irql < DISPATCH_LEVEL && iotimer_wdm_can_lower(irql))
		local_bh_enable();
}

/**
 * KeRaiseIrql() - raise the IRQL: local_bh_disable()
 * @NewIrql: PASSIVE_LEVEL, APC_LEVEL or DISPATCH_LEVEL, not below the present one
 * @OldIrql: where to put that, for KeLowerIrql()
 *
 * Differs from Windows: not beyond DISPATCH_LEVEL, where SynchCritSections are;
 * that, and downwards, is reported, and the IRQL is DISPATCH_LEVEL at most, or
 * stays. APC_LEVEL is PASSIVE_LEVEL. On PREEMPT_RT other threads may run on this
 * CPU at DISPATCH_LEVEL.
 *
 * Context: IRQL <= DISPATCH_LEVEL.
 */
static inline VOID KeRaiseIrql(KIRQL NewIrql, PKIRQL OldIrql)
{
	*OldIrql = NewIrql < DISPATCH_LEVEL ? KeGetCurrentIrql() : iotimer_wdm_raise();
}

/**
 * KeRaiseIrqlToDpcLevel() - raise the IRQL to DISPATCH_LEVEL
 *
 * Context: IRQL <= DISPATCH_LEVEL. At DIRQL it is reported and has no effect.
 * Return: the IRQL before, for KeLowerIrql().
 */
static inline KIRQL KeRaiseIrqlToDpcLevel(void)
{
	return iotimer_wdm_raise();
}

/**
 * KeLowerIrql() - lower the IRQL: local_bh_enable()
 * @NewIrql: as handed back by what raised it
 *
 * What is queued for softirqs, as DPCs, runs before this returns.
 *
 * Differs from Windows: to lower what was not raised, as in a DPC, is reported and
 * has no effect.
 *
 * Context: DISPATCH_LEVEL; where the IRQL was not raised: any.
 */
static inline VOID KeLowerIrql(KIRQL NewIrql)
{
	iotimer_wdm_lower(NewIrql);
}

/* Up, and not beyond DISPATCH_LEVEL: there only ISRs and SynchCritSections are. */
#define KeRaiseIrql(NEW, OLD) do {					\
	KIRQL __new = (NEW);						\
									\
	IOTIMER_WDM_CHECK(__new <= DISPATCH_LEVEL &&			\
			  __new >= KeGetCurrentIrql(), "KeRaiseIrql");	\
	KeRaiseIrql(__new, OLD);					\
} while (0)

#define KeRaiseIrqlToDpcLevel() ({					\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeRaiseIrqlToDpcLevel");	\
	KeRaiseIrqlToDpcLevel();					\
})

#define KeLowerIrql(NEW) do {						\
	KIRQL __new = (NEW);						\
									\
	IOTIMER_WDM_CHECK(__new <= KeGetCurrentIrql() &&		\
			  (__new == KeGetCurrentIrql() ||		\
			   iotimer_wdm_can_lower(__new)), "KeLowerIrql"); \
	KeLowerIrql(__new);						\
} while (0)

/**
 * PAGED_CODE() - report where the caller must not sleep
 *
 * Differs from Windows: also in production builds. Nothing is paged here: the point
 * of it is what may sleep.
 *
 * Context: Any IRQL; above APC_LEVEL it is reported, once for each place.
 */
#define PAGED_CODE() do {						\
	static bool __said;			\
									\
	if (unlikely(!iotimer_wdm_may_sleep()) && !__said) {		\
		__said = true;						\
		iotimer_wdm_not_pageable(__func__);			\
	}								\
} while (0)

/*
 * Like the originals only in checked builds: -DDBG=1. Differs from Windows: there
 * they stop in the debugger, here they warn, once for each place.
 */
#if defined(DBG) && DBG
#define ASSERT(X)		WARN_ON_ONCE(!(X))
#define ASSERTMSG(TEXT, X)	WARN_ONCE(!(X), "%s\n", TEXT)
#else
#define ASSERT(X)		((void)0)
#define ASSERTMSG(TEXT, X)	((void)0)
#endif
#define NT_ASSERT(X)		ASSERT(X)

/* Differs from Windows: nothing stops, it is reported. */
#define DbgBreakPoint()		WARN_ON_ONCE(1)
#define KdBreakPoint()		ASSERT(0)

#endif /* _IOTIMER_WDM_IRQL_H */
