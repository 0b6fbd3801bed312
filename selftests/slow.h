/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For C tests on machines that are so many times slower: SLOW in the
 * environment scales how long a test may take. Include this after the tests,
 * before TEST_HARNESS_MAIN: constructors run in the order of the file, and
 * those of the tests put them on the list.
 */
#ifndef _IOTIMER_SLOW_H
#define _IOTIMER_SLOW_H

static void __attribute__((constructor)) scale_timeouts(void)
{
	const char *slow = getenv("SLOW");
	struct __fixture_metadata *f;
	struct __test_metadata *t;

	if (!slow || atoi(slow) < 1)
		return;
	for (f = __fixture_list; f; f = f->next)
		for (t = f->tests; t; t = t->next)
			t->timeout *= atoi(slow);
}

#endif /* _IOTIMER_SLOW_H */
