/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls of a function in each of which another allocation fails; without
 * CONFIG_FAULT_INJECTION the cases of a test module that has no others.
 */
#ifndef _IOTIMER_TEST_FAULTS_H
#define _IOTIMER_TEST_FAULTS_H

#include "test.h"

#ifdef CONFIG_FAULT_INJECTION

#define MANY_ALLOCATIONS	200

/*
 * Calls @fn until it needs no allocation that fails; prints how many did. Each call
 * returns 0 or -ENOMEM. @begin makes beforehand all that it needs, and @end frees that;
 * each may be NULL.
 */
static inline void fail_each_of(int (*fn)(void), bool (*begin)(void), void (*end)(void))
{
	unsigned int n, left = 0, errors = 0;
	int ret;

	for (n = 1; n < MANY_ALLOCATIONS && !left; n++) {
		if (begin && !EXPECT(begin()))
			return;
		WRITE_ONCE(current->fail_nth, n);
		ret = fn();
		left = READ_ONCE(current->fail_nth);
		WRITE_ONCE(current->fail_nth, 0);
		if (end)
			end();
		if (ret)
			EXPECT_EQ(ret, -ENOMEM);
		if (ret && left)
			EXPECT_EQ(ret, 0);
		errors += !!ret;
	}
	EXPECT_NE(left, 0);
	/* The first allocation of each is one that it cannot do without. */
	EXPECT_GT(errors, 0);
	pr_info("iotimer-test: # %ps: %u allocations, %u errors\n", fn, n - 2, errors);
}

#else

TEST(faults)
{
	SKIP_IF(true, "needs CONFIG_FAULT_INJECTION");
}

static const struct test_case cases[] = {
	CASE(faults),
};

#endif /* CONFIG_FAULT_INJECTION */

#endif /* _IOTIMER_TEST_FAULTS_H */
