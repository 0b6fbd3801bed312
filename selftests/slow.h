/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For C tests on slow machines: SLOW in the environment multiplies the time that
 * a test may take. Include this after the tests and before TEST_HARNESS_MAIN:
 * constructors run in the order of the file, and those of the tests register them.
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
