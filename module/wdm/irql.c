// SPDX-License-Identifier: GPL-2.0
/*
 * IRQL: reports of misuse, and the threads at DIRQL on PREEMPT_RT.
 */
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/percpu.h>

#include "wdm.h"

void iotimer_wdm_wrong_irql(const char *caller, const char *what)
{
	WARN(1, "iotimer: %s: %s at wrong IRQL %u\n", caller, what, KeGetCurrentIrql());
}
EXPORT_SYMBOL_GPL(iotimer_wdm_wrong_irql);

void iotimer_wdm_not_pageable(const char *caller)
{
	WARN(1, "iotimer: %s: pageable code at IRQL %u\n", caller, KeGetCurrentIrql());
}
EXPORT_SYMBOL_GPL(iotimer_wdm_not_pageable);

/*
 * The places in drivers from which misuse has been reported, by address. An address is
 * stored in a free entry, so two CPUs may report a place twice at the same moment. The
 * table is large enough for drivers that anybody wants to use; once it is full, further
 * places are not reported.
 */
static unsigned long wdm_reported[64];

/* Is @place to be reported? True once. In any context. */
bool iotimer_wdm_first_report(unsigned long place)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(wdm_reported); i++)
		if (READ_ONCE(wdm_reported[i]) == place)
			return false;
	for (i = 0; i < ARRAY_SIZE(wdm_reported); i++)
		if (!cmpxchg(&wdm_reported[i], 0, place))
			return true;
	return false;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_first_report);

/* The module goes, and another one may be loaded to its address. */
void iotimer_wdm_forget_reports(struct module *owner)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(wdm_reported); i++)
		if (within_module(READ_ONCE(wdm_reported[i]), owner))
			WRITE_ONCE(wdm_reported[i], 0);
}

#ifdef CONFIG_PREEMPT_RT
/*
 * ISRs and SynchCritSections are preemptible threads there, so the state of the CPU
 * does not show them. But a thread that holds an interrupt's lock does not migrate: it
 * stays in the list of the CPU on which it has entered, which is short.
 */
static DEFINE_PER_CPU(struct list_head, wdm_sections);

void iotimer_wdm_irql_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(per_cpu_ptr(&wdm_sections, cpu));
}

bool iotimer_wdm_in_section(void)
{
	struct iotimer_wdm_dirql *dirql;
	bool found = false;

	preempt_disable();
	list_for_each_entry(dirql, this_cpu_ptr(&wdm_sections), node)
		found = found || dirql->task == current;
	preempt_enable();
	return found;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_in_section);

void iotimer_wdm_enter_section(struct iotimer_wdm_dirql *dirql)
{
	dirql->task = current;
	preempt_disable();
	list_add(&dirql->node, this_cpu_ptr(&wdm_sections));
	preempt_enable();
}

void iotimer_wdm_leave_section(struct iotimer_wdm_dirql *dirql)
{
	preempt_disable();
	list_del(&dirql->node);
	preempt_enable();
}
#endif
