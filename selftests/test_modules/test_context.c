// SPDX-License-Identifier: GPL-2.0
/*
 * Contexts, extensions and names: clauses C1 to C6
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "test.h"

/* The arguments of the last call, and the number of calls. */
static struct {
	void		*context;
	atomic_t	calls;
} seen;

static void see(struct iotimer_device *dev, void *context)
{
	seen.context = context;
	atomic_inc_return_release(&seen.calls);
}

/* The pointer reaches several calls. */
static void reaches_calls(struct iotimer_device *dev, void *context)
{
	int i;

	EXPECT_EQ(iotimer_init(dev, see, context), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	for (i = 0; i < 2; i++) {
		seen.context = &seen;
		EXPECT(test_more_calls(&seen.calls, 1));
		EXPECT_EQ(iotimer_stop_sync(dev), 0);
		EXPECT_EQ(seen.context, context);
		EXPECT_EQ(iotimer_start(dev), 0);
	}
}

static void new_device_with_context(void *context)
{
	struct iotimer_device *dev __free(test_device) = test_device("c");

	if (EXPECT_PTR(dev))
		reaches_calls(dev, context);
}

/* Zeroed, writable to the last byte, aligned and one with the device. */
static void check_extension(size_t size)
{
	struct iotimer_device *dev __free(test_device) = iotimer_device_create("c1", size);
	u8 *ext;

	if (!EXPECT_PTR(dev))
		return;
	ext = iotimer_device_ext(dev);
	EXPECT(IS_ALIGNED((unsigned long)ext, ARCH_KMALLOC_MINALIGN));
	EXPECT(IS_ALIGNED((unsigned long)ext, __alignof__(u64)));
	EXPECT_EQ(memchr_inv(ext, 0, size), NULL);
	EXPECT_GT(ext, dev);
	memset(ext, 0xa5, size);
	EXPECT_EQ(memchr_inv(ext, 0xa5, size), NULL);
	EXPECT_EQ(strcmp(dev->name, "c1"), 0);
}

/* Twice: what the first one has written must not be seen in the second. */
TEST(C1_extension)
{
	static const size_t sizes[] = { 0, 1, 8, 63, 4096, 100000 };
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		check_extension(sizes[i]);
		check_extension(sizes[i]);
	}
}

TEST(C1_extension_is_a_context)
{
	struct iotimer_device *dev __free(test_device) = iotimer_device_create("c1", 8);

	if (EXPECT_PTR(dev))
		reaches_calls(dev, iotimer_device_ext(dev));
}

TEST(C1_extension_too_big)
{
	static const size_t sizes[] = {
		KMALLOC_MAX_SIZE, KMALLOC_MAX_SIZE - sizeof(struct iotimer_device) + 1,
		SIZE_MAX - sizeof(struct iotimer_device), SIZE_MAX / 2, SIZE_MAX,
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		EXPECT_EQ(PTR_ERR(iotimer_device_create("c1", sizes[i])), -E2BIG);
}

TEST(C2_controller_extension)
{
	struct iotimer_device *a __free(test_device) = test_device("a");
	struct iotimer_device *b __free(test_device) = test_device("b");
	struct iotimer_controller *ctl = iotimer_controller_create("c2", 1000);
	u8 *ext;

	if (!EXPECT_PTR(a) || !EXPECT_PTR(b) || !EXPECT_PTR(ctl))
		return;
	ext = iotimer_controller_ext(ctl);
	EXPECT(IS_ALIGNED((unsigned long)ext, ARCH_KMALLOC_MINALIGN));
	EXPECT_EQ(memchr_inv(ext, 0, 1000), NULL);
	memset(ext, 0xa5, 1000);
	reaches_calls(a, ext);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	reaches_calls(b, ext);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(iotimer_stop_sync(a), 0);
	EXPECT_EQ(iotimer_stop_sync(b), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(a)), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(memchr_inv(ext, 0xa5, 1000), NULL);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(b)), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

/* A context somewhere in it counts as well. */
TEST(C2_inside_a_controller_extension)
{
	struct iotimer_device *dev __free(test_device) = test_device("c2");
	struct iotimer_controller *ctl = iotimer_controller_create("c2", 1000);

	if (!EXPECT_PTR(dev) || !EXPECT_PTR(ctl))
		return;
	reaches_calls(dev, iotimer_controller_ext(ctl) + 999);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(dev)), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

static irqreturn_t no_isr(struct iotimer_irq *irq, void *context)
{
	return IRQ_HANDLED;
}

/* A controller stays while its extension is the context of an ISR. */
TEST(C2_context_of_an_isr)
{
	struct iotimer_controller *ctl = iotimer_controller_create("c2", 100);
	struct iotimer_device *dev = test_device("c2");
	struct iotimer_irq_config config = {
		.irq = IOTIMER_IRQ_VIRTUAL,
		.isr = no_isr,
	};
	struct iotimer_irq *irq;

	if (!EXPECT_PTR(ctl) || !EXPECT_PTR(dev))
		return;
	config.context = iotimer_controller_ext(ctl) + 10;
	EXPECT_EQ(iotimer_irq_connect(dev, &config, &irq), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(iotimer_irq_disconnect(irq), 0);
	EXPECT_EQ(iotimer_irq_connect(dev, &config, &irq), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), -EBUSY);
	EXPECT_EQ(iotimer_device_delete(dev), 0);
	EXPECT_EQ(iotimer_controller_delete(ctl), 0);
}

TEST(C3_kmalloced_context)
{
	void *context = kmalloc(1, GFP_KERNEL);

	if (!EXPECT_PTR(context))
		return;
	new_device_with_context(context);
	kfree(context);
}

TEST(C3_vmalloced_context)
{
	void *context = vmalloc(PAGE_SIZE);

	if (!EXPECT_PTR(context))
		return;
	new_device_with_context(context);
	vfree(context);
}

TEST(C3_static_context)
{
	static u8 context;

	new_device_with_context(&context);
}

/* Neither a context nor a routine is taken, and the device is as before. */
static void refused(void *address)
{
	struct iotimer_device *dev __free(test_device) = test_device("c4");
	iotimer_routine_t routine = address;

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(iotimer_init(dev, see, address), -EFAULT);
	EXPECT_EQ(iotimer_init(dev, routine, &seen), -EFAULT);
	EXPECT_EQ(iotimer_start(dev), -EINVAL);
	reaches_calls(dev, &seen);
}

TEST(C4_error_pointer)
{
	refused(ERR_PTR(-ENOMEM));
	refused(ERR_PTR(-MAX_ERRNO));
	refused(ERR_PTR(-1));
}

TEST(C4_user_space_address)
{
	if (SKIP_IF(IS_ENABLED(CONFIG_UML) || IS_ENABLED(CONFIG_ALTERNATE_USER_ADDRESS_SPACE),
		    "the kernel's addresses are in user space as well"))
		return;
	refused((void *)1);
	refused((void *)PAGE_SIZE);
	refused((void *)TASK_SIZE_MAX - 1);
}

/* The device is not started, or the routine would use what is freed. */
TEST(C4_freed_context_is_reported)
{
	struct iotimer_device *dev __free(test_device) = test_device("c4");
	void *context = kmalloc(100, GFP_KERNEL);

	if (SKIP_IF(!IS_ENABLED(CONFIG_DEBUG_OBJECTS_FREE), "needs CONFIG_DEBUG_OBJECTS_FREE"))
		goto free;
	if (!EXPECT_PTR(dev) || !EXPECT_PTR(context))
		goto free;
	EXPECT_EQ(iotimer_init(dev, see, context), 0);
	expect_trace_begin("ODEBUG: free active.* iotimer_context", "debug_print_object");
	kfree(context);
	expect_warning_end();
	return;
free:
	kfree(context);
}

/* The driver's own, which need not be a pointer to anything in particular. */
/* Contexts whose first member is an object that the kernel watches itself. */
struct first_members {
	union {
		struct work_struct	work;
		struct timer_list	timer;
	};
	char				more[100];
};

static void no_work(struct work_struct *work)
{
}

static void no_timer(struct timer_list *timer)
{
}

static void use_work(struct first_members *context)
{
	INIT_WORK(&context->work, no_work);
	schedule_work(&context->work);
	flush_work(&context->work);
}

static void use_timer(struct first_members *context)
{
	timer_setup(&context->timer, no_timer, 0);
	mod_timer(&context->timer, jiffies + 1);
	msleep(50);
	timer_delete_sync(&context->timer);
}

/* Only the kfree() is reported, as that of iotimer's. */
static void context_with_first_member(void (*use)(struct first_members *context))
{
	struct iotimer_device *dev __free(test_device) = test_device("c4");
	struct first_members *context = kzalloc(sizeof(*context), GFP_KERNEL);

	if (!EXPECT_PTR(dev) || !EXPECT_PTR(context))
		return;
	use(context);
	EXPECT_EQ(iotimer_init(dev, see, context), 0);
	EXPECT_EQ(iotimer_start(dev), 0);
	use(context);
	EXPECT_EQ(iotimer_stop_sync(dev), 0);
	expect_trace_begin("ODEBUG: free active.* iotimer_context", "debug_print_object");
	kfree(context);
	expect_warning_end();
}

TEST(C4_context_begins_with_a_kernel_object)
{
	if (SKIP_IF(!IS_ENABLED(CONFIG_DEBUG_OBJECTS_FREE) ||
		    !IS_ENABLED(CONFIG_DEBUG_OBJECTS_WORK) ||
		    !IS_ENABLED(CONFIG_DEBUG_OBJECTS_TIMERS), "needs CONFIG_DEBUG_OBJECTS_*"))
		return;
	context_with_first_member(use_work);
	context_with_first_member(use_timer);
}

TEST(C5_context_is_unchanged)
{
	static u8 memory[16] __aligned(16);

	new_device_with_context(NULL);
	new_device_with_context(memory + 1);
	new_device_with_context(memory + 7);
	new_device_with_context((void *)(ULONG_MAX - MAX_ERRNO));
}

/* Frees what it was in, or a hundred of these would need this much. */
TEST(C6_extension_goes_with_the_device)
{
	struct iotimer_device *dev;
	long before, lost;
	int i;

	before = si_mem_available();
	for (i = 0; i < 100; i++) {
		dev = iotimer_device_create("c6", SZ_256K);
		if (!EXPECT_PTR(dev))
			return;
		EXPECT_EQ(iotimer_init(dev, see, iotimer_device_ext(dev)), 0);
		EXPECT_EQ(iotimer_device_delete(dev), 0);
	}
	lost = before - si_mem_available();
	EXPECT_LT(lost, 50 * SZ_256K / PAGE_SIZE);
}

TEST(C6_own_memory_stays)
{
	u8 *context = kmalloc(1000, GFP_KERNEL);

	if (!EXPECT_PTR(context))
		return;
	memset(context, 0xa5, 1000);
	new_device_with_context(context);
	EXPECT_EQ(memchr_inv(context, 0xa5, 1000), NULL);
	kfree(context);
}

static long create(const char *name)
{
	struct iotimer_device *dev __free(test_device) = test_device(name);

	return PTR_ERR_OR_ZERO(dev);
}

TEST(name_is_bad)
{
	static const char * const bad[] = {
		NULL, "", ".", "..", "/", "a/b", " ", "a b", " a", "a ", "a\tb", "a\n",
		"\x01", "\x7f", "\xc3\xa4", "#", "#a",
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		if (!EXPECT_EQ(create(bad[i]), -EINVAL))
			pr_info("iotimer-test: # name %d is not refused\n", i);
}

TEST(name_is_good)
{
	static const char * const good[] = { "a", "...", ".a", "A-1_b:c", "~!@#$%^&*()", "%s" };
	int i;

	for (i = 0; i < ARRAY_SIZE(good); i++)
		EXPECT_EQ(create(good[i]), 0);
}

TEST(name_length)
{
	EXPECT_EQ(create("abcdefghijklmnopqrstuvwxyz01234"), 0);
	EXPECT_EQ(create("abcdefghijklmnopqrstuvwxyz012345"), -ENAMETOOLONG);
	EXPECT_EQ(create("abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl"), -ENAMETOOLONG);
}

TEST(name_is_unique)
{
	struct iotimer_device *dev __free(test_device) = test_device("twice");

	if (!EXPECT_PTR(dev))
		return;
	EXPECT_EQ(create("twice"), -EEXIST);
	EXPECT_EQ(create("twic"), 0);
	EXPECT_EQ(create("twice1"), 0);
	EXPECT_EQ(create("twice"), -EEXIST);
	EXPECT_EQ(iotimer_device_delete(no_free_ptr(dev)), 0);
	EXPECT_EQ(create("twice"), 0);
}

TEST(name_is_copied)
{
	char name[] = "before";
	struct iotimer_device *dev __free(test_device) = test_device(name);

	if (!EXPECT_PTR(dev))
		return;
	memcpy(name, "after!", sizeof(name));
	EXPECT_EQ(strcmp(dev->name, "before"), 0);
	EXPECT_EQ(create("before"), -EEXIST);
	EXPECT_EQ(create("after!"), 0);
}

static const struct test_case cases[] = {
	CASE(C1_extension),
	CASE(C1_extension_is_a_context),
	CASE(C1_extension_too_big),
	CASE(C2_controller_extension),
	CASE(C2_inside_a_controller_extension),
	CASE(C2_context_of_an_isr),
	CASE(C3_kmalloced_context),
	CASE(C3_vmalloced_context),
	CASE(C3_static_context),
	CASE(C4_error_pointer),
	CASE(C4_user_space_address),
	CASE(C4_freed_context_is_reported),
	CASE(C4_context_begins_with_a_kernel_object),
	CASE(C5_context_is_unchanged),
	CASE(C6_extension_goes_with_the_device),
	CASE(C6_own_memory_stays),
	CASE(name_is_bad),
	CASE(name_is_good),
	CASE(name_length),
	CASE(name_is_unique),
	CASE(name_is_copied),
};

TEST_MODULE(cases);
