// SPDX-License-Identifier: GPL-2.0
/*
 * IRQL: the complaints, and on PREEMPT_RT who is at DIRQL.
 */
#include <linux/export.h>
#include <linux/list.h>
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

#ifdef CONFIG_PREEMPT_RT
/*
 * ISRs and SynchCritSections are preemptible threads there, so that nothing of
 * the CPU's state tells. But who holds an interrupt's lock does not migrate: it
 * stays on the list of the CPU that it has entered on, which is short.
 */
static DEFINE_PER_CPU(struct list_head, sections);

void iotimer_wdm_irql_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		INIT_LIST_HEAD(per_cpu_ptr(&sections, cpu));
}

bool iotimer_wdm_in_section(void)
{
	struct iotimer_wdm_dirql *dirql;
	bool found = false;

	preempt_disable();
	list_for_each_entry(dirql, this_cpu_ptr(&sections), node)
		found = found || dirql->task == current;
	preempt_enable();
	return found;
}
EXPORT_SYMBOL_GPL(iotimer_wdm_in_section);

void iotimer_wdm_enter_section(struct iotimer_wdm_dirql *dirql)
{
	dirql->task = current;
	preempt_disable();
	list_add(&dirql->node, this_cpu_ptr(&sections));
	preempt_enable();
}

void iotimer_wdm_leave_section(struct iotimer_wdm_dirql *dirql)
{
	preempt_disable();
	list_del(&dirql->node);
	preempt_enable();
}
#endif
