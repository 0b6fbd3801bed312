// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of names, addresses and contexts that drivers pass in.
 */
#include <linux/ctype.h>
#include <linux/preempt.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "core.h"

/* A name is a column of a table, where # begins a remark, and a directory's name. */
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
 * C4: a routine and its context must be reachable in every context. An error
 * pointer and a user-space address, among them any small number, are recognised by
 * their value. Without an MMU, and in user-mode Linux, kernel memory lies at the
 * same addresses.
 */
int iotimer_check_address(const void *address)
{
	if (!address)
		return 0;
	if (IS_ERR(address))
		return -EFAULT;
	if (!IS_ENABLED(CONFIG_MMU) || IS_ENABLED(CONFIG_UML) ||
	    IS_ENABLED(CONFIG_ALTERNATE_USER_ADDRESS_SPACE))
		return 0;
	return (unsigned long)address < TASK_SIZE_MAX ? -EFAULT : 0;
}

/* The holder of a spinlock is an RCU reader on PREEMPT_RT, with a preempt count of 0. */
static bool check_may_sleep(void)
{
	return !in_interrupt() && !preempt_count() && !irqs_disabled() &&
	       !rcu_preempt_depth();
}

/*
 * In hard interrupts and with interrupts off, in an ISR and in a function that
 * iotimer_synchronize() runs, on PREEMPT_RT, too.
 */
bool iotimer_in_interrupt(void)
{
	return in_hardirq() || irqs_disabled() || iotimer_in_section();
}

/*
 * Is a mistake to be reported? One that the same caller repeats with the same
 * object is reported once; others are reported ten times in five seconds at most.
 */
bool iotimer_reportable(const void *object, unsigned long caller)
{
	static DEFINE_RATELIMIT_STATE(limit, 5 * HZ, 10);
	static unsigned long last_caller;
	static const void *last_object;

	if (READ_ONCE(last_caller) == caller && READ_ONCE(last_object) == object)
		return false;
	WRITE_ONCE(last_caller, caller);
	WRITE_ONCE(last_object, object);
	return __ratelimit(&limit);
}

/*
 * Refuse to wait for driver code from within that code, which would deadlock, and
 * to sleep in any other atomic context.
 */
bool iotimer_refuse_wait(const char *what, unsigned long caller)
{
	const void *running = iotimer_running();

	if (!running && check_may_sleep())
		return false;
	if (!iotimer_reportable(NULL, caller))
		return true;
	if (running)
		WARN(1, "iotimer: %ps: %s() sleeps and must not be called in routine %ps\n",
		     (void *)caller, what, running);
	else
		WARN(1, "iotimer: %ps: %s() sleeps and must not be called in atomic context\n",
		     (void *)caller, what);
	return true;
}

/* The timer of @dev is stopped, but its routine cannot be waited for. */
int iotimer_refuse_stop_sync(struct iotimer_device *dev, bool own, unsigned long caller)
{
	if (!iotimer_reportable(dev, caller))
		return -EDEADLK;
	if (own)
		WARN(1, "iotimer: %ps: iotimer_stop_sync() of %s in its own routine %ps, which it cannot wait for\n",
		     (void *)caller, dev->name, iotimer_routine(dev));
	else
		WARN(1, "iotimer: %ps: iotimer_stop_sync() of %s, whose routine is %ps, cannot wait in an ISR, in a section or with interrupts off\n",
		     (void *)caller, dev->name, iotimer_routine(dev));
	return -EDEADLK;
}
