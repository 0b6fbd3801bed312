// SPDX-License-Identifier: GPL-2.0
/*
 * Controllers: clauses O1 to O5
 */
#include "cpus.h"
#include "test.h"

#define QUEUE		50
#define LONG_QUEUE	10000
#define STORM		300		/* of each CPU */

static struct iotimer_controller *ctl;
static struct iotimer_device *devices[LONG_QUEUE];
static int nr_devices;

/* A record of the calls of control routines. */
static struct {
	int			calls;
	struct iotimer_device	*dev;		/* of the last call */
	struct iotimer_controller *ctl;
	void			*context;
	int			out_of_order;
	unsigned long		stack_low;
	unsigned long		stack_high;
	int			context_errors;
	int			ret;		/* of what the routine called */
	atomic_t		inside;
	atomic_t		left;
} seen;

static void note(struct iotimer_device *dev, struct iotimer_controller *ctl, void *context)
{
	unsigned long stack = (unsigned long)__builtin_frame_address(0);

	if (!in_softirq() || in_hardirq() || irqs_disabled())
		seen.context_errors++;
	seen.stack_low = seen.calls ? min(seen.stack_low, stack) : stack;
	seen.stack_high = max(seen.stack_high, stack);
	seen.calls++;
	seen.dev = dev;
	seen.ctl = ctl;
	seen.context = context;
}

static enum iotimer_action keep(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	note(dev, ctl, context);
	return IOTIMER_KEEP;
}

static enum iotimer_action deallocate(struct iotimer_device *dev,
				      struct iotimer_controller *ctl, void *context)
{
	note(dev, ctl, context);
	return IOTIMER_DEALLOCATE;
}

/* The context says when it is its device's turn. */
static enum iotimer_action keep_in_order(struct iotimer_device *dev,
					 struct iotimer_controller *ctl, void *context)
{
	if ((unsigned long)context != seen.calls || dev != devices[seen.calls])
		seen.out_of_order++;
	return keep(dev, ctl, context);
}

static enum iotimer_action deallocate_in_order(struct iotimer_device *dev,
					       struct iotimer_controller *ctl,
					       void *context)
{
	keep_in_order(dev, ctl, context);
	return IOTIMER_DEALLOCATE;
}

static enum iotimer_action free_in_order(struct iotimer_device *dev,
					 struct iotimer_controller *ctl, void *context)
{
	keep_in_order(dev, ctl, context);
	if (iotimer_controller_free(ctl))
		seen.context_errors++;
	return IOTIMER_KEEP;
}

/* A controller, @nr devices, and nothing seen. */
static bool begin(int nr)
{
	struct iotimer_device *dev;
	char name[IOTIMER_NAME_LEN];

	memset(&seen, 0, sizeof(seen));
	nr_devices = 0;
	ctl = iotimer_controller_create("test_ctl", 0);
	if (!EXPECT_PTR(ctl))
		return false;
	while (nr_devices < nr) {
		snprintf(name, sizeof(name), "test_ctl%d", nr_devices);
		dev = iotimer_device_create(name, 0);
		if (!EXPECT_PTR(dev))
			return false;
		devices[nr_devices++] = dev;
	}
	return true;
}

static void end(void)
{
	int i;

	for (i = 0; i < nr_devices; i++)
		if (devices[i])
			EXPECT_EQ(iotimer_device_delete(devices[i]), 0);
	if (!IS_ERR_OR_NULL(ctl))
		EXPECT_EQ(iotimer_controller_delete(ctl), 0);
	EXPECT_EQ(seen.context_errors, 0);
}

static void delete_device(int i)
{
	EXPECT_EQ(iotimer_device_delete(devices[i]), 0);
	devices[i] = NULL;
}

static int allocate(int i, iotimer_control_t control)
{
	return iotimer_controller_allocate(ctl, devices[i], control,
					   (void *)(unsigned long)i);
}

/* O1 */

TEST(O1_create_and_delete)
{
	if (begin(0))
		EXPECT(iotimer_controller_ext(ctl));
	end();
}

TEST(O1_delete_with_a_holder)
{
	if (begin(1)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
	}
	end();
}

TEST(O1_delete_with_waiters)
{
	if (begin(2)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, keep), 0);
		EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
	}
	end();
}

static int create_error(const char *name, size_t ext_size)
{
	struct iotimer_controller *bad = iotimer_controller_create(name, ext_size);

	if (IS_ERR_OR_NULL(bad))
		return PTR_ERR(bad);
	iotimer_controller_delete(bad);
	return 0;
}

TEST(O1_names)
{
	EXPECT_EQ(create_error(NULL, 0), -EINVAL);
	EXPECT_EQ(create_error(ERR_PTR(-ENOMEM), 0), -EINVAL);
	EXPECT_EQ(create_error("", 0), -EINVAL);
	EXPECT_EQ(create_error(".", 0), -EINVAL);
	EXPECT_EQ(create_error("..", 0), -EINVAL);
	EXPECT_EQ(create_error("a/b", 0), -EINVAL);
	EXPECT_EQ(create_error("#a", 0), -EINVAL);
	EXPECT_EQ(create_error("a b", 0), -EINVAL);
	EXPECT_EQ(create_error("a\n", 0), -EINVAL);
	EXPECT_EQ(create_error("a\x7f", 0), -EINVAL);
	EXPECT_EQ(create_error("a\xe4", 0), -EINVAL);
	EXPECT_EQ(create_error("0123456789012345678901234567890", 0), 0);
	EXPECT_EQ(create_error("01234567890123456789012345678901", 0), -ENAMETOOLONG);
}

TEST(O1_names_are_unique_among_controllers)
{
	struct iotimer_device *dev;

	if (begin(0)) {
		EXPECT_EQ(create_error("test_ctl", 0), -EEXIST);
		dev = iotimer_device_create("test_ctl", 0);
		if (EXPECT_PTR(dev))
			iotimer_device_delete(dev);
	}
	end();
	EXPECT_EQ(create_error("test_ctl", 0), 0);
}

TEST(O1_extension_is_too_large)
{
	EXPECT_EQ(create_error("test_ctl", KMALLOC_MAX_SIZE), -E2BIG);
	EXPECT_EQ(create_error("test_ctl", SIZE_MAX), -E2BIG);
}

/* C2, whichever piece of memory the allocator gives. */
TEST(O1_extension_is_zeroed_and_aligned)
{
	static const size_t sizes[] = { 1, 8, 100, 500, 4000, 100000 };
	struct iotimer_controller *created;
	void *ext;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		created = iotimer_controller_create("test_ctl", sizes[i]);
		if (!EXPECT_PTR(created))
			return;
		ext = iotimer_controller_ext(created);
		EXPECT(IS_ALIGNED((unsigned long)ext, ARCH_KMALLOC_MINALIGN));
		EXPECT_EQ(memchr_inv(ext, 0, sizes[i]), NULL);
		memset(ext, 0xa5, sizes[i]);
		EXPECT_EQ(iotimer_controller_delete(created), 0);
	}
}

TEST(O1_bad_input)
{
	EXPECT_EQ(iotimer_controller_ext(NULL), NULL);
	EXPECT_EQ(iotimer_controller_ext(ERR_PTR(-ENOMEM)), NULL);
	EXPECT_EQ(iotimer_controller_delete(NULL), -EINVAL);
	EXPECT_EQ(iotimer_controller_delete(ERR_PTR(-ENOMEM)), -EINVAL);
	EXPECT_EQ(iotimer_controller_free(NULL), -EINVAL);
	EXPECT_EQ(iotimer_controller_free(ERR_PTR(-ENOMEM)), -EINVAL);
}

/* O2 */

TEST(O2_runs_at_once_if_free)
{
	if (begin(1)) {
		EXPECT_EQ(iotimer_controller_allocate(ctl, devices[0], keep, &seen), 0);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(seen.dev, devices[0]);
		EXPECT_EQ(seen.ctl, ctl);
		EXPECT_EQ(seen.context, &seen);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 1);
	}
	end();
}

TEST(O2_waits_if_held)
{
	if (begin(2)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, keep), 0);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(seen.dev, devices[1]);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
	}
	end();
}

TEST(O2_first_in_first_out)
{
	int i;

	if (begin(QUEUE)) {
		for (i = 0; i < QUEUE; i++)
			EXPECT_EQ(allocate(i, keep_in_order), 0);
		for (i = 1; i <= QUEUE; i++) {
			EXPECT_EQ(seen.calls, i);
			EXPECT_EQ(iotimer_controller_free(ctl), 0);
		}
		EXPECT_EQ(seen.calls, QUEUE);
		EXPECT_EQ(seen.out_of_order, 0);
	}
	end();
}

static int allocate_and_free(void *dev)
{
	int ret = iotimer_controller_allocate(ctl, dev, keep, NULL);

	if (seen.calls != 1)
		seen.context_errors++;
	return ret ?: iotimer_controller_free(ctl);
}

TEST(O2_in_softirq)
{
	if (begin(1))
		EXPECT_EQ(test_in_softirq(allocate_and_free, devices[0]), 0);
	end();
}

static void allocating_routine(struct iotimer_device *dev, void *context)
{
	seen.ret = allocate_and_free(dev);
	iotimer_stop(dev);
	atomic_set_release(&seen.left, 1);
}

TEST(O2_in_a_routine)
{
	if (begin(1) && EXPECT_EQ(iotimer_init(devices[0], allocating_routine, NULL), 0)) {
		EXPECT_EQ(iotimer_start(devices[0]), 0);
		EXPECT(wait_for(atomic_read_acquire(&seen.left), TEST_LIMIT_MS));
		EXPECT_EQ(seen.ret, 0);
	}
	end();
}

TEST(O2_several_controllers_at_once)
{
	struct iotimer_controller *second = iotimer_controller_create("test_ctl2", 0);

	if (EXPECT_PTR(second) && begin(1)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(iotimer_controller_allocate(second, devices[0], keep, NULL), 0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(seen.ctl, second);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_delete(second), -EBUSY);
		EXPECT_EQ(iotimer_controller_free(second), 0);
	}
	end();
	EXPECT_EQ(iotimer_controller_delete(second), 0);
}

TEST(O2_allocate_bad_input)
{
	iotimer_control_t user = (iotimer_control_t)PAGE_SIZE;

	if (begin(1)) {
		EXPECT_EQ(iotimer_controller_allocate(NULL, devices[0], keep, NULL), -EINVAL);
		EXPECT_EQ(iotimer_controller_allocate(ERR_PTR(-ENOMEM), devices[0], keep, NULL),
			  -EINVAL);
		EXPECT_EQ(iotimer_controller_allocate(ctl, NULL, keep, NULL), -EINVAL);
		EXPECT_EQ(iotimer_controller_allocate(ctl, ERR_PTR(-ENOMEM), keep, NULL), -EINVAL);
		EXPECT_EQ(allocate(0, NULL), -EINVAL);
		/* Kernel memory lies at the same addresses in user-mode Linux. */
		if (!IS_ENABLED(CONFIG_UML))
			EXPECT_EQ(allocate(0, user), -EFAULT);
		EXPECT_EQ(allocate(0, ERR_PTR(-ENOMEM)), -EFAULT);
		EXPECT_EQ(seen.calls, 0);
	}
	end();
}

/* O3 */

TEST(O3_deallocate_frees)
{
	if (begin(2)) {
		EXPECT_EQ(allocate(0, deallocate), 0);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
		EXPECT_EQ(allocate(1, deallocate), 0);
		EXPECT_EQ(seen.calls, 2);
	}
	end();
}

TEST(O3_free_what_nobody_holds)
{
	if (begin(1)) {
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
}

/* The caller that frees runs the whole queue: without a stack frame per device. */
static bool queue_runs_in_a_loop(int nr, iotimer_control_t control)
{
	unsigned long depth;
	int i;

	if (begin(nr)) {
		for (i = 0; i < nr; i++)
			EXPECT_EQ(allocate(i, i ? control : keep_in_order), 0);
		EXPECT_EQ(seen.calls, 1);
		/* the first one was called by allocate, at another depth */
		seen.stack_low = ULONG_MAX;
		seen.stack_high = 0;
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, nr);
		EXPECT_EQ(seen.out_of_order, 0);
	}
	depth = seen.stack_high - seen.stack_low;
	end();
	return EXPECT_LE(depth, 256);
}

TEST(O3_ten_thousand_deallocate)
{
	if (queue_runs_in_a_loop(20, deallocate_in_order))
		queue_runs_in_a_loop(LONG_QUEUE, deallocate_in_order);
}

TEST(O3_ten_thousand_free_in_the_control_routine)
{
	if (queue_runs_in_a_loop(20, free_in_order))
		queue_runs_in_a_loop(LONG_QUEUE, free_in_order);
}

static enum iotimer_action free_and_deallocate(struct iotimer_device *dev,
					       struct iotimer_controller *ctl,
					       void *context)
{
	note(dev, ctl, context);
	seen.ret = iotimer_controller_free(ctl);
	return IOTIMER_DEALLOCATE;
}

/* Freed once, not from under the next one. */
TEST(O3_free_and_deallocate)
{
	if (begin(3)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, free_and_deallocate), 0);
		EXPECT_EQ(allocate(2, keep), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.ret, 0);
		EXPECT_EQ(seen.calls, 3);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
}

/* A device queues up anew while it has the controller, a thousand times. */
static enum iotimer_action once_more(struct iotimer_device *dev,
				     struct iotimer_controller *ctl, void *context)
{
	note(dev, ctl, context);
	if (seen.calls < 1000)
		seen.ret = iotimer_controller_allocate(ctl, dev, once_more, context);
	return IOTIMER_DEALLOCATE;
}

TEST(O3_allocate_in_the_control_routine)
{
	if (begin(1)) {
		EXPECT_EQ(allocate(0, once_more), 0);
		EXPECT_EQ(seen.ret, 0);
		EXPECT_EQ(seen.calls, 1000);
		EXPECT_LE(seen.stack_high - seen.stack_low, 256);
	}
	end();
}

/* Long enough that a queue of them is longer than any budget. */
static enum iotimer_action slowly(struct iotimer_device *dev,
				  struct iotimer_controller *ctl, void *context)
{
	note(dev, ctl, context);
	mdelay(1);
	return IOTIMER_DEALLOCATE;
}

static int calls_inside;	/* of control routines, while free ran */

static int free_there(void *unused)
{
	int ret = iotimer_controller_free(ctl);

	calls_inside = seen.calls;
	return ret;
}

/* Half a second of control routines is not run in one piece. */
static void queue_is_bounded(int (*call)(int (*fn)(void *arg), void *arg))
{
	int i;

	if (begin(500)) {
		EXPECT_EQ(allocate(0, keep), 0);
		for (i = 1; i < 500; i++)
			EXPECT_EQ(allocate(i, slowly), 0);
		EXPECT_EQ(call(free_there, NULL), 0);
		EXPECT_GT(calls_inside, 1);
		EXPECT_LT(calls_inside, 400);
		EXPECT(wait_for(READ_ONCE(seen.calls) == 500, TEST_LIMIT_MS));
	}
	/* The worker has the controller for another moment. */
	EXPECT(wait_for(iotimer_controller_delete(ctl) != -EBUSY, TEST_LIMIT_MS));
	ctl = NULL;
	end();
}

static int in_a_routine_ret;
static atomic_t in_a_routine_calls;

static void freeing_routine(struct iotimer_device *dev, void *context)
{
	int (*fn)(void *arg) = context;

	in_a_routine_ret = fn(NULL);
	iotimer_stop(dev);
	atomic_inc_return_release(&in_a_routine_calls);
}

static int test_in_routine(int (*fn)(void *arg), void *arg)
{
	struct iotimer_device *dev __free(test_device) = test_device("in_routine");

	if (!EXPECT_PTR(dev))
		return -ENOMEM;
	EXPECT_EQ(iotimer_init(dev, freeing_routine, fn), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	EXPECT(test_more_calls(&in_a_routine_calls, 1));
	return in_a_routine_ret;
}

static int test_with_bh_off(int (*fn)(void *arg), void *arg)
{
	int ret;

	local_bh_disable();
	ret = fn(arg);
	local_bh_enable();
	return ret;
}

TEST(O3_queue_is_bounded_in_softirq)
{
	queue_is_bounded(test_in_softirq);
}

TEST(O3_queue_is_bounded_in_a_routine)
{
	queue_is_bounded(test_in_routine);
}

TEST(O3_queue_is_bounded_with_bh_off)
{
	queue_is_bounded(test_with_bh_off);
}

/* A tasklet that is scheduled in the first control routine runs before the last. */
static int calls_before_tasklet;

static void note_calls(struct tasklet_struct *tasklet)
{
	calls_before_tasklet = seen.calls;
}

static DECLARE_TASKLET(note_tasklet, note_calls);

static enum iotimer_action schedule_once(struct iotimer_device *dev,
					 struct iotimer_controller *ctl, void *context)
{
	note(dev, ctl, context);
	if (seen.calls == 2)
		tasklet_schedule(&note_tasklet);
	return IOTIMER_DEALLOCATE;
}

TEST(O3_bottom_halves_run_between_two)
{
	int i;

	calls_before_tasklet = 0;
	if (begin(100)) {
		EXPECT_EQ(allocate(0, keep), 0);
		for (i = 1; i < 100; i++)
			EXPECT_EQ(allocate(i, schedule_once), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 100);
		tasklet_kill(&note_tasklet);
		EXPECT_GT(calls_before_tasklet, 0);
		EXPECT_LT(calls_before_tasklet, 100);
	}
	end();
}

/* O4 */

TEST(O4_waits_once)
{
	struct iotimer_controller *second = iotimer_controller_create("test_ctl2", 0);

	if (EXPECT_PTR(second) && begin(2)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, keep), 0);
		EXPECT_EQ(allocate(1, deallocate), -EBUSY);
		EXPECT_EQ(iotimer_controller_allocate(second, devices[1], deallocate, NULL),
			  -EBUSY);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(seen.context, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
	EXPECT_EQ(iotimer_controller_delete(second), 0);
}

TEST(O4_holder_may_wait_again)
{
	if (begin(1)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(0, keep), -EBUSY);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
	}
	end();
}

/* O5 */

TEST(O5_deleted_while_waiting)
{
	int i;

	if (begin(4)) {
		for (i = 0; i < 4; i++)
			EXPECT_EQ(allocate(i, keep), 0);
		delete_device(2);
		EXPECT_EQ(seen.calls, 1);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.dev, devices[1]);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.dev, devices[3]);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 3);
	}
	end();
}

TEST(O5_deleted_while_holding)
{
	if (begin(2)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, keep), 0);
		delete_device(0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(seen.dev, devices[1]);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
}

TEST(O5_deleted_while_holding_several)
{
	struct iotimer_controller *held[3] = { };
	char name[IOTIMER_NAME_LEN];
	int i;

	if (begin(1)) {
		for (i = 0; i < ARRAY_SIZE(held); i++) {
			snprintf(name, sizeof(name), "test_held%d", i);
			held[i] = iotimer_controller_create(name, 0);
			if (EXPECT_PTR(held[i]))
				EXPECT_EQ(iotimer_controller_allocate(held[i], devices[0],
								      keep, NULL), 0);
		}
		delete_device(0);
		for (i = 0; i < ARRAY_SIZE(held); i++) {
			EXPECT_EQ(iotimer_controller_free(held[i]), -EINVAL);
			EXPECT_EQ(iotimer_controller_delete(held[i]), 0);
		}
	}
	end();
}

TEST(O5_deleted_while_holding_and_waiting)
{
	if (begin(2)) {
		EXPECT_EQ(allocate(0, keep), 0);
		EXPECT_EQ(allocate(1, keep), 0);
		EXPECT_EQ(allocate(0, keep), 0);
		delete_device(0);
		EXPECT_EQ(seen.calls, 2);
		EXPECT_EQ(seen.dev, devices[1]);
		EXPECT_EQ(iotimer_controller_free(ctl), 0);
		EXPECT_EQ(seen.calls, 2);
	}
	end();
}

/*
 * From the moment that deletion has begun, a free does not run the control routine
 * of the device, which still waits for its own timer's routine.
 */
static int deleting_on;		/* the CPU of the thread that deletes */

static void free_when_deleting(struct iotimer_device *dev, void *context)
{
	int i;

	if (raw_smp_processor_id() == READ_ONCE(deleting_on))
		return;
	atomic_set_release(&seen.inside, 1);
	for (i = 0; i < 400000 && iotimer_start(dev) != -ESHUTDOWN; i++)
		udelay(5);
	if (iotimer_start(dev) != -ESHUTDOWN)
		return;
	seen.ret = iotimer_controller_free(ctl);
	atomic_set_release(&seen.left, 1);
}

/* The tick stays on the CPU that starts the timer; the deletion is on the other. */
static void start_and_delete(int start_on, int delete_on)
{
	WRITE_ONCE(deleting_on, delete_on);
	EXPECT_EQ(iotimer_init(devices[1], free_when_deleting, NULL), 0);
	set_cpus_allowed_ptr(current, cpumask_of(start_on));
	EXPECT_EQ(iotimer_start(devices[1]), 0);
	set_cpus_allowed_ptr(current, cpumask_of(delete_on));
	wait_for(atomic_read_acquire(&seen.inside), 10 * period_ms);
	delete_device(1);
}

TEST(O5_no_control_routine_after_delete_began)
{
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	for (i = 0; i < 20 && !atomic_read(&seen.left); i++) {
		if (begin(2)) {
			EXPECT_EQ(allocate(0, keep), 0);
			EXPECT_EQ(allocate(1, deallocate), 0);
			if (i % 2)
				start_and_delete(first_cpu(), second_cpu());
			else
				start_and_delete(second_cpu(), first_cpu());
			EXPECT_EQ(seen.calls, 1);
		}
		end();
	}
	set_cpus_allowed_ptr(current, cpu_possible_mask);
	EXPECT(atomic_read(&seen.left));
}

static enum iotimer_action stay(struct iotimer_device *dev,
				struct iotimer_controller *ctl, void *context)
{
	atomic_set_release(&seen.inside, 1);
	mdelay(50);
	atomic_set_release(&seen.left, 1);
	return IOTIMER_KEEP;
}

static void run_stay(void *arg)
{
	EXPECT_EQ(allocate(0, stay), 0);
}

static void delete_meanwhile(void *arg)
{
	EXPECT(spin_for(atomic_read_acquire(&seen.inside)));
	delete_device(0);
	EXPECT(atomic_read_acquire(&seen.left));
}

TEST(O5_delete_waits_for_the_control_routine)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin(1)) {
		on_two_cpus(run_stay, delete_meanwhile, NULL);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
}

/* Another one's routine begins and ends while the first one's runs. */
static enum iotimer_action stay_after_another(struct iotimer_device *dev,
					      struct iotimer_controller *ctl, void *second)
{
	seen.ret = iotimer_controller_allocate(second, dev, deallocate, NULL);
	return stay(dev, ctl, NULL);
}

static void run_stay_after_another(void *second)
{
	EXPECT_EQ(iotimer_controller_allocate(ctl, devices[0], stay_after_another, second), 0);
	EXPECT_EQ(seen.ret, 0);
}

TEST(O5_delete_waits_for_the_outer_control_routine)
{
	struct iotimer_controller *second;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	second = iotimer_controller_create("test_ctl2", 0);
	if (EXPECT_PTR(second) && begin(1))
		on_two_cpus(run_stay_after_another, delete_meanwhile, second);
	end();
	EXPECT_EQ(iotimer_controller_delete(second), 0);
}

/* A control routine that runs while its device is deleted, which waits for it. */
static enum iotimer_action late_control(struct iotimer_device *dev,
					struct iotimer_controller *ctl, void *context)
{
	atomic_set_release(&seen.inside, 1);
	EXPECT(spin_for(iotimer_start(dev) == -ESHUTDOWN));
	seen.ret = iotimer_controller_allocate(ctl, dev, keep, NULL);
	atomic_set_release(&seen.left, 1);
	return IOTIMER_DEALLOCATE;
}

static void run_late_control(void *arg)
{
	EXPECT_EQ(allocate(0, late_control), 0);
}

static void do_nothing(struct iotimer_device *dev, void *context)
{
}

TEST(O5_allocate_after_delete_began)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin(1) && EXPECT_EQ(iotimer_init(devices[0], do_nothing, NULL), 0)) {
		on_two_cpus(run_late_control, delete_meanwhile, NULL);
		EXPECT_EQ(seen.ret, -ESHUTDOWN);
		EXPECT_EQ(seen.calls, 0);
	}
	end();
}

/* Both CPUs allocate, free and delete; one device at a time has the controller. */
struct customer {
	struct iotimer_device	*dev;
	bool			has_it;
	atomic_t		gives_up;	/* and may have it until it is gone */
	atomic_t		calls;
};

static struct customer customers[2];
static struct customer *owner;
static atomic_t overlaps;

static enum iotimer_action serve(struct iotimer_device *dev,
				 struct iotimer_controller *ctl, void *context)
{
	struct customer *customer = context;
	struct customer *before = READ_ONCE(owner);

	if (before && before != customer && !atomic_read_acquire(&before->gives_up) &&
	    READ_ONCE(before->has_it))
		atomic_inc(&overlaps);
	WRITE_ONCE(customer->has_it, true);
	WRITE_ONCE(owner, customer);
	atomic_inc(&customer->calls);
	return IOTIMER_KEEP;
}

static bool go_shopping(struct customer *customer, int i)
{
	char name[IOTIMER_NAME_LEN];

	snprintf(name, sizeof(name), "customer%d", (int)(customer - customers));
	customer->dev = iotimer_device_create(name, 0);
	if (!EXPECT_PTR(customer->dev))
		return false;
	atomic_set(&customer->calls, 0);
	/* has_it is false since the last time. */
	atomic_set_release(&customer->gives_up, 0);
	EXPECT_EQ(iotimer_controller_allocate(ctl, customer->dev, serve, customer), 0);
	if (i % 3) {
		if (EXPECT(spin_for(READ_ONCE(customer->has_it)))) {
			WRITE_ONCE(customer->has_it, false);
			EXPECT_EQ(iotimer_controller_free(ctl), 0);
		}
	}
	atomic_set(&customer->gives_up, 1);
	EXPECT_EQ(iotimer_device_delete(customer->dev), 0);
	WRITE_ONCE(customer->has_it, false);
	return EXPECT_LE(atomic_read(&customer->calls), 1);
}

static void go_shopping_often(void *arg)
{
	struct customer *customer = &customers[raw_smp_processor_id() == first_cpu()];
	int i;

	for (i = 0; i < STORM; i++) {
		if (!go_shopping(customer, i))
			break;
		cond_resched();
	}
}

TEST(O5_storm_of_both_cpus)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	if (begin(0)) {
		memset(customers, 0, sizeof(customers));
		atomic_set(&overlaps, 0);
		owner = NULL;
		on_two_cpus(go_shopping_often, go_shopping_often, NULL);
		EXPECT_EQ(atomic_read(&overlaps), 0);
		EXPECT_EQ(iotimer_controller_free(ctl), -EINVAL);
	}
	end();
}

static const struct test_case cases[] = {
	CASE(O1_create_and_delete),
	CASE(O1_delete_with_a_holder),
	CASE(O1_delete_with_waiters),
	CASE(O1_names),
	CASE(O1_names_are_unique_among_controllers),
	CASE(O1_extension_is_too_large),
	CASE(O1_extension_is_zeroed_and_aligned),
	CASE(O1_bad_input),
	CASE(O2_runs_at_once_if_free),
	CASE(O2_waits_if_held),
	CASE(O2_first_in_first_out),
	CASE(O2_in_softirq),
	CASE(O2_in_a_routine),
	CASE(O2_several_controllers_at_once),
	CASE(O2_allocate_bad_input),
	CASE(O3_deallocate_frees),
	CASE(O3_free_what_nobody_holds),
	CASE(O3_ten_thousand_deallocate),
	CASE(O3_ten_thousand_free_in_the_control_routine),
	CASE(O3_free_and_deallocate),
	CASE(O3_allocate_in_the_control_routine),
	CASE(O3_queue_is_bounded_in_softirq),
	CASE(O3_queue_is_bounded_in_a_routine),
	CASE(O3_queue_is_bounded_with_bh_off),
	CASE(O3_bottom_halves_run_between_two),
	CASE(O4_waits_once),
	CASE(O4_holder_may_wait_again),
	CASE(O5_deleted_while_waiting),
	CASE(O5_deleted_while_holding),
	CASE(O5_deleted_while_holding_several),
	CASE(O5_deleted_while_holding_and_waiting),
	CASE(O5_no_control_routine_after_delete_began),
	CASE(O5_delete_waits_for_the_control_routine),
	CASE(O5_delete_waits_for_the_outer_control_routine),
	CASE(O5_allocate_after_delete_began),
	CASE(O5_storm_of_both_cpus),
};

TEST_MODULE(cases);
