// SPDX-License-Identifier: GPL-2.0
/*
 * What drivers may hand in, and where from.
 */
#include <linux/ctype.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core.h"

/* Names stand in table columns, where a # begins a remark, and in debugfs. */
int iotimer_check_name(const char *name)
{
	const char *c;

	if (IS_ERR_OR_NULL(name) || !*name)
		return -EINVAL;
	if (strnlen(name, IOTIMER_NAME_LEN) == IOTIMER_NAME_LEN)
		return -ENAMETOOLONG;
	if (*name == '#' || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	for (c = name; *c; c++)
		if (*c == '/' || !isascii(*c) || !isgraph(*c))
			return -EINVAL;
	return 0;
}

/*
 * C4: what a routine is, or is handed, must be reachable from every context. An
 * error pointer and a user-space address can be told by their value; what only
 * looks like kernel memory cannot.
 */
int iotimer_check_address(const void *address)
{
	if (!address)
		return 0;
	if (IS_ERR(address))
		return -EFAULT;
	/* The kernel of user-mode Linux is a process, below that limit itself. */
	if (IS_ENABLED(CONFIG_ALTERNATE_USER_ADDRESS_SPACE) || IS_ENABLED(CONFIG_UML))
		return 0;
	return (unsigned long)address < TASK_SIZE_MAX ? -EFAULT : 0;
}

/* On PREEMPT_RT spinlocks leave the preempt count alone, but are RCU readers. */
static bool may_sleep(void)
{
	return !in_interrupt() && !preempt_count() && !irqs_disabled() &&
	       !rcu_preempt_depth();
}

/*
 * For what sleeps until driver code is over: would be for ever in that code
 * itself, and must not sleep in any other atomic context.
 */
bool iotimer_refuse_wait(const char *what, unsigned long caller)
{
	const void *running = iotimer_running();

	if (running)
		WARN_ONCE(1, "iotimer: %ps: %s() in routine %ps would wait for ever\n",
			  (void *)caller, what, running);
	else if (!may_sleep())
		WARN_ONCE(1, "iotimer: %ps: %s() in atomic context may wait for ever\n",
			  (void *)caller, what);
	else
		return false;
	return true;
}
