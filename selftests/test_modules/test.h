/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A small framework for tests that run inside the kernel
 *
 *	TEST(T4_start_before_init)
 *	{
 *		struct iotimer_device *dev __free(test_device) = test_device("a");
 *
 *		if (!EXPECT_PTR(dev))
 *			return;
 *		EXPECT_EQ(iotimer_start(dev), -EINVAL);
 *	}
 *
 *	static const struct test_case cases[] = {
 *		CASE(T4_start_before_init),
 *	};
 *
 *	TEST_MODULE(cases);
 *
 * Loading the module runs the cases in process context and leaves one line for
 * each in the kernel log, which run_test_module in functions.sh reads. The module
 * parameter only=T4,T7 restricts the run to cases whose names begin so.
 *
 * An EXPECT that fails is recorded with its place and values and evaluates to
 * false; it may be used in any context. A test that provokes a warning encloses
 * that in expect_warning_begin() and expect_warning_end(): functions.sh requires
 * that the warning comes exactly once.
 *
 * Virtual machines may be slow and may stall at any time: wait for an event with
 * wait_for() and a generous limit, and never rely on an event being fast.
 */
#ifndef _IOTIMER_TEST_H
#define _IOTIMER_TEST_H

#include <linux/atomic.h>
#include <linux/cleanup.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/iotimer.h>
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/string.h>

/* For wait_for(): no event in these tests takes as long, even with stalls. */
#define TEST_LIMIT_MS	20000

/* Further failures of a test are only counted. */
#define TEST_MAX_LINES	5

struct test_case {
	const char	*name;
	void		(*run)(void);
};

#define TEST(NAME)	static void NAME(void)
#define CASE(NAME)	{ .name = #NAME, .run = NAME }

static char *only[8];
static int nr_only;
module_param_array(only, charp, &nr_only, 0444);
MODULE_PARM_DESC(only, "run only tests whose names begin with one of these");

/* The parameter of the loaded iotimer; run_test_module passes it on. */
static unsigned int period_ms = 1000;
module_param(period_ms, uint, 0444);
MODULE_PARM_DESC(period_ms, "the period_ms of the loaded iotimer");

static struct {
	atomic_t	failures;
	char		failure[200];	/* the first one */
	const char	*skipped;
} test_now;

static __printf(3, 4) __maybe_unused
void test_fail(const char *file, int line, const char *fmt, ...)
{
	int n = atomic_inc_return(&test_now.failures);
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	if (n > TEST_MAX_LINES)
		return;
	va_start(args, fmt);
	vaf.va = &args;
	if (n == 1)
		snprintf(test_now.failure, sizeof(test_now.failure),
			 "%s:%d %pV", kbasename(file), line, &vaf);
	else
		pr_info("iotimer-test: # %s:%d %pV\n", kbasename(file), line, &vaf);
	va_end(args);
}

#define EXPECT(COND) ({							\
	bool __holds = (COND);						\
									\
	if (!__holds)							\
		test_fail(__FILE__, __LINE__, "%s", #COND);		\
	__holds;							\
})

/* Compare values that fit into a long: numbers, error codes, pointers. */
#define EXPECT_OP(A, OP, B, TEXT) ({					\
	long __a = (long)(A);						\
	long __b = (long)(B);						\
	bool __holds = __a OP __b;					\
									\
	if (!__holds)							\
		test_fail(__FILE__, __LINE__, "%s: %ld and %ld",	\
			  TEXT, __a, __b);				\
	__holds;							\
})

#define EXPECT_EQ(A, B)	EXPECT_OP(A, ==, B, #A " == " #B)
#define EXPECT_NE(A, B)	EXPECT_OP(A, !=, B, #A " != " #B)
#define EXPECT_LT(A, B)	EXPECT_OP(A, <, B, #A " < " #B)
#define EXPECT_LE(A, B)	EXPECT_OP(A, <=, B, #A " <= " #B)
#define EXPECT_GT(A, B)	EXPECT_OP(A, >, B, #A " > " #B)
#define EXPECT_GE(A, B)	EXPECT_OP(A, >=, B, #A " >= " #B)

/* A pointer that is neither NULL nor an error. */
#define EXPECT_PTR(P) ({						\
	const void *__p = (P);						\
	bool __holds = !IS_ERR_OR_NULL(__p);				\
									\
	if (!__holds)							\
		test_fail(__FILE__, __LINE__, "%s: %ld", #P, PTR_ERR(__p));	\
	__holds;							\
})

/* if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs")) return; */
#define SKIP_IF(COND, REASON) ({					\
	bool __skip = (COND);						\
									\
	if (__skip)							\
		test_now.skipped = REASON;				\
	__skip;								\
})

/* True as soon as the condition is true; its last value after @MS milliseconds. */
#define wait_for(COND, MS) ({						\
	unsigned long __end = jiffies + msecs_to_jiffies(MS);		\
	bool __late, __true;						\
									\
	for (;;) {							\
		__late = time_after(jiffies, __end);			\
		__true = (COND);					\
		if (__true || __late)					\
			break;						\
		usleep_range(500, 1000);				\
	}								\
	__true;								\
})

#define expect_warning_begin(REGEX)	pr_info("iotimer-expect-begin: " REGEX "\n")
#define expect_warning_end()		pr_info("iotimer-expect-end\n")

/* The same for a WARN() in @PLACE, its function or file, whose message matches. */
#define expect_trace_begin(REGEX, PLACE)				\
	expect_warning_begin(REGEX "|WARNING: .*" PLACE)

/* Such a PLACE is one of the core, which may be built into the kernel. */
#define IN_THE_CORE	"(\\[iotimer\\]|drivers/iotimer/core/)"

#define test_device(NAME)	iotimer_device_create(NAME, 0)

static inline void test_device_free(struct iotimer_device *dev)
{
	if (!IS_ERR_OR_NULL(dev))
		iotimer_device_delete(dev);
}

/*
 * __free(test_device) deletes the device at the end of the variable's scope;
 * a test that deletes it earlier calls iotimer_device_delete(no_free_ptr(dev)).
 */
DEFINE_FREE(test_device, struct iotimer_device *, test_device_free(_T))

/* A call of a function in another context. */
struct test_call {
	struct irq_work		irq_work;
	struct tasklet_struct	tasklet;
	int			(*fn)(void *arg);
	void			*arg;
	int			ret;
};

static __maybe_unused void test_irq_work(struct irq_work *work)
{
	struct test_call *call = container_of(work, struct test_call, irq_work);

	call->ret = call->fn(call->arg);
}

static __maybe_unused void test_tasklet(struct tasklet_struct *tasklet)
{
	struct test_call *call = container_of(tasklet, struct test_call, tasklet);

	call->ret = call->fn(call->arg);
}

/* Call @fn in hard interrupt context, also on PREEMPT_RT and in a routine. */
static __maybe_unused int test_in_hardirq(int (*fn)(void *arg), void *arg)
{
	struct test_call call = { .fn = fn, .arg = arg, .ret = -ENXIO };

	call.irq_work = IRQ_WORK_INIT_HARD(test_irq_work);
	irq_work_queue(&call.irq_work);
	while (irq_work_is_busy(&call.irq_work))
		cpu_relax();
	return call.ret;
}

/* Call @fn with interrupts off, to test that it refuses. */
static __maybe_unused int test_with_irqs_off(int (*fn)(void *arg), void *arg)
{
	unsigned long flags;
	int ret;

	local_irq_save(flags);
	ret = fn(arg);
	local_irq_restore(flags);
	return ret;
}

/* Call @fn in a softirq other than that of the timers. */
static __maybe_unused int test_in_softirq(int (*fn)(void *arg), void *arg)
{
	struct test_call call = { .fn = fn, .arg = arg, .ret = -ENXIO };

	tasklet_setup(&call.tasklet, test_tasklet);
	tasklet_schedule(&call.tasklet);
	tasklet_kill(&call.tasklet);
	return call.ret;
}

/* Arguments for the functions above. */
static __maybe_unused int test_start(void *dev)
{
	return iotimer_start(dev);
}

static __maybe_unused int test_stop(void *dev)
{
	return iotimer_stop(dev);
}

static __maybe_unused int test_stop_sync(void *dev)
{
	return iotimer_stop_sync(dev);
}

/* A routine whose context is an atomic_t. */
static __maybe_unused void test_count(struct iotimer_device *dev, void *context)
{
	atomic_inc(context);
}

/* Wait for @more calls of test_count(). */
static __maybe_unused bool test_more_calls(atomic_t *calls, int more)
{
	int from = atomic_read(calls);

	return wait_for(atomic_read_acquire(calls) >= from + more, TEST_LIMIT_MS);
}

/* Expect no further call. */
static __maybe_unused void test_quiet(atomic_t *calls)
{
	int from = atomic_read(calls);

	msleep(4 * period_ms);
	EXPECT_EQ(atomic_read(calls), from);
}

static void test_run_one(const struct test_case *test)
{
	atomic_set(&test_now.failures, 0);
	test_now.skipped = NULL;

	test->run();

	if (atomic_read(&test_now.failures))
		pr_info("iotimer-test: not ok %s %s (failures: %d)\n", test->name,
			test_now.failure, atomic_read(&test_now.failures));
	else if (test_now.skipped)
		pr_info("iotimer-test: skip %s %s\n", test->name, test_now.skipped);
	else
		pr_info("iotimer-test: ok %s\n", test->name);
}

static bool test_wanted(const struct test_case *test)
{
	int i;

	for (i = 0; i < nr_only; i++)
		if (strstarts(test->name, only[i]))
			return true;
	return !nr_only;
}

/* A name in only= that no case begins with is a test that did not run. */
static int test_unknown(const struct test_case *tests, size_t count)
{
	int i, unknown = 0;
	size_t j;

	for (i = 0; i < nr_only; i++) {
		for (j = 0; j < count && !strstarts(tests[j].name, only[i]); j++)
			;
		if (j < count)
			continue;
		pr_info("iotimer-test: not ok %s is not the name of a test\n", only[i]);
		unknown++;
	}
	return unknown;
}

static __maybe_unused void test_run(const struct test_case *tests, size_t size)
{
	size_t i, count = size / sizeof(*tests);
	int ran = test_unknown(tests, count);

	for (i = 0; i < count; i++) {
		if (!test_wanted(&tests[i]))
			continue;
		test_run_one(&tests[i]);
		ran++;
	}
	pr_info("iotimer-test: done %d\n", ran);
}

#define TEST_MODULE(CASES)						\
static int __init test_##CASES##_init(void)				\
{									\
	test_run(CASES, sizeof(CASES));					\
	return 0;							\
}									\
module_init(test_##CASES##_init);					\
									\
static void __exit test_##CASES##_exit(void)				\
{									\
}									\
module_exit(test_##CASES##_exit);					\
									\
MODULE_DESCRIPTION("iotimer self-test");				\
MODULE_INFO(test, "Y");							\
MODULE_LICENSE("GPL")

#endif /* _IOTIMER_TEST_H */
