/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IRQL: the context of the caller, as the kernel knows it.
 *
 *	PASSIVE_LEVEL	process context with preemption, bottom halves and
 *			interrupts enabled
 *	DISPATCH_LEVEL	softirqs, or bottom halves or preemption disabled
 *	IOTIMER_DIRQL	hard interrupts, or interrupts disabled; ISRs and
 *			SynchCritSections also on PREEMPT_RT, where they are
 *			threads with interrupts enabled
 *
 * All devices have one level. KeGetCurrentIrql() never returns APC_LEVEL, because
 * there are no APCs; raising to APC_LEVEL has no effect.
 *
 * Raising to DISPATCH_LEVEL disables bottom halves unless they are disabled already.
 * So a driver may mix acquiring, raising, releasing and lowering as on Windows, in any
 * order that the returned IRQLs allow.
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

/* For #if DBG: without the flag, a free build. */
#ifndef DBG
#define DBG			0
#endif

typedef UCHAR KIRQL, *PKIRQL;

#define PASSIVE_LEVEL		0
#define LOW_LEVEL		0
#define APC_LEVEL		1
#define DISPATCH_LEVEL		2
#define IOTIMER_DIRQL		3	/* of every interrupt */
#define HIGH_LEVEL		15	/* never reached */

void iotimer_wdm_wrong_irql(const char *caller, const char *what);
void iotimer_wdm_not_pageable(const char *caller);
bool iotimer_wdm_first_report(unsigned long place);

/* Report that @OK is false, once for each place that this is expanded in. */
#define IOTIMER_WDM_CHECK(OK, WHAT) ({					\
	static bool __reported;						\
	bool __ok = (OK);						\
									\
	if (unlikely(!__ok) && !__reported) {				\
		__reported = true;					\
		iotimer_wdm_wrong_irql(__func__, WHAT);			\
	}								\
	__ok;								\
})

/*
 * After a call that reports misuse by the caller's address: a tail call would have the
 * address of another place, in another function.
 */
#define IOTIMER_WDM_NO_TAIL_CALL()	barrier()

#define IOTIMER_WDM_MAX(IRQL, WHAT)					\
	IOTIMER_WDM_CHECK(KeGetCurrentIrql() <= (IRQL), WHAT)
/* Windows documents the AtDpcLevel forms for DISPATCH_LEVEL and above. */
#define IOTIMER_WDM_AT_DISPATCH(WHAT)					\
	IOTIMER_WDM_CHECK(softirq_count() || iotimer_wdm_at_dirql(), WHAT)
#define IOTIMER_WDM_MAY_SLEEP(WHAT)					\
	IOTIMER_WDM_CHECK(iotimer_wdm_may_sleep(), WHAT)

#ifdef CONFIG_PREEMPT_RT
/* private: a thread in an ISR or a SynchCritSection, on a list of its CPU */
struct iotimer_wdm_dirql {
	struct list_head	node;
	struct task_struct	*task;
};

bool iotimer_wdm_in_section(void);
void iotimer_wdm_enter_section(struct iotimer_wdm_dirql *dirql);
void iotimer_wdm_leave_section(struct iotimer_wdm_dirql *dirql);
#else
struct iotimer_wdm_dirql { };

/* Interrupts are disabled in it. */
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
 * KeGetCurrentIrql() - get the IRQL of the caller
 *
 * Differs from Windows: one DIRQL for all interrupts, and never APC_LEVEL. Without
 * CONFIG_PREEMPT_COUNT the kernel does not know that preemption is disabled, as under
 * a spin_lock() of entry points, and this returns PASSIVE_LEVEL.
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

/* Raise to DISPATCH_LEVEL: disable bottom halves unless they are disabled. */
static inline KIRQL iotimer_wdm_raise(void)
{
	if (iotimer_wdm_at_dirql())
		return IOTIMER_DIRQL;
	if (softirq_count())
		return DISPATCH_LEVEL;
	local_bh_disable();
	return PASSIVE_LEVEL;
}

/* False in a softirq, and where bottom halves are enabled already. */
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

/*
 * Without PREEMPT_RT, enabling bottom halves at PASSIVE_LEVEL runs the DPCs that were
 * queued meanwhile (K2). The counterpart is iotimer_wdm_lower().
 */
static inline KIRQL iotimer_wdm_hold_back_dpcs(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || KeGetCurrentIrql() != PASSIVE_LEVEL)
		return DISPATCH_LEVEL;
	return iotimer_wdm_raise();
}

/**
 * KeRaiseIrql() - raise the IRQL: local_bh_disable()
 * @NewIrql: PASSIVE_LEVEL, APC_LEVEL or DISPATCH_LEVEL, not below the present one
 * @OldIrql: set to the present one, for KeLowerIrql()
 *
 * Differs from Windows: DISPATCH_LEVEL is the highest level that a driver can raise
 * to; SynchCritSections are for DIRQL. A higher level is reported, and DISPATCH_LEVEL
 * is set; a level below the present one is reported and has no effect. Raising to
 * APC_LEVEL has no effect. On PREEMPT_RT other threads may run on this CPU at
 * DISPATCH_LEVEL.
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
 * Return: the previous IRQL, for KeLowerIrql().
 */
static inline KIRQL KeRaiseIrqlToDpcLevel(void)
{
	return iotimer_wdm_raise();
}

/**
 * KeLowerIrql() - lower the IRQL: local_bh_enable()
 * @NewIrql: the previous IRQL, as returned when it was raised
 *
 * DPCs that are queued on this CPU run before this returns (K2).
 *
 * Differs from Windows: lowering an IRQL that was not raised, as in a DPC, is reported
 * and has no effect.
 *
 * Context: DISPATCH_LEVEL; where the IRQL was not raised: any.
 */
static inline VOID KeLowerIrql(KIRQL NewIrql)
{
	iotimer_wdm_lower(NewIrql);
}

#define KeRaiseIrql(NEW, OLD) ({					\
	KIRQL __new = (NEW);						\
									\
	IOTIMER_WDM_CHECK(__new <= DISPATCH_LEVEL &&			\
			  __new >= KeGetCurrentIrql(), "KeRaiseIrql");	\
	KeRaiseIrql(__new, OLD);					\
})

#define KeRaiseIrqlToDpcLevel() ({					\
	IOTIMER_WDM_MAX(DISPATCH_LEVEL, "KeRaiseIrqlToDpcLevel");	\
	KeRaiseIrqlToDpcLevel();					\
})

#define KeLowerIrql(NEW) ({						\
	KIRQL __new = (NEW);						\
									\
	IOTIMER_WDM_CHECK(__new <= KeGetCurrentIrql() &&		\
			  (__new == KeGetCurrentIrql() ||		\
			   iotimer_wdm_can_lower(__new)), "KeLowerIrql"); \
	KeLowerIrql(__new);						\
})

/**
 * PAGED_CODE() - report a caller that must not sleep
 *
 * Differs from Windows: it reports in production builds too. Linux does not page
 * kernel code, but code that may be paged on Windows may sleep.
 *
 * Context: Any IRQL; above APC_LEVEL it is reported, once for each place.
 */
#define PAGED_CODE() ({							\
	static bool __reported;						\
									\
	if (unlikely(!iotimer_wdm_may_sleep()) && !__reported) {	\
		__reported = true;					\
		iotimer_wdm_not_pageable(__func__);			\
	}								\
})

/*
 * In checked builds (-DDBG=1) only, like the originals. Differs from Windows: they
 * warn, once for each place, where the originals stop in the debugger.
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
