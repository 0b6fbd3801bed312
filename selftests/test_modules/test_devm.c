// SPDX-License-Identifier: GPL-2.0
/*
 * Managed devices and interrupts: what devres releases when a driver is unbound,
 * in which order, and what remains if devres itself fails
 */
#include <linux/irq.h>
#include <linux/kprobes.h>
#include <linux/platform_device.h>

#include "irq_test.h"

#define DRIVER_NAME	"iotimer_test_devm"

/* The probe function of a test, with its argument. */
static int (*devm_probe)(struct device *parent);
static int devm_probe_ret;

static int devm_call_probe(struct platform_device *pdev)
{
	devm_probe_ret = devm_probe(&pdev->dev);
	return devm_probe_ret;
}

static struct platform_driver devm_driver = {
	.driver.name	= DRIVER_NAME,
	.probe		= devm_call_probe,
};

/* Bind the driver with @probe, and unbind it. Return the result of @probe. */
static int devm_bind_and_unbind(int (*probe)(struct device *parent))
{
	struct platform_device *pdev;

	devm_probe = probe;
	devm_probe_ret = -ENXIO;
	if (!EXPECT_EQ(platform_driver_register(&devm_driver), 0))
		return -ENXIO;
	pdev = platform_device_register_simple(DRIVER_NAME, -1, NULL, 0);
	if (EXPECT_PTR(pdev))
		platform_device_unregister(pdev);
	platform_driver_unregister(&devm_driver);
	return devm_probe_ret;
}

/* True if no device has this name, that is, if another one may have it. */
static bool devm_name_is_free(const char *name)
{
	struct iotimer_device *dev = test_device(name);

	test_device_free(dev);
	return !IS_ERR(dev);
}

/* Devices */

static struct iotimer_device *devm_dev;
static atomic_t devm_calls;
static bool devm_alive_before, devm_deleted_after;

/* The action registered last is the first one to run. */
static void devm_before_delete(void *context)
{
	devm_alive_before = iotimer_is_started(devm_dev) && !devm_name_is_free("devm");
}

static void devm_after_delete(void *context)
{
	devm_deleted_after = devm_name_is_free("devm");
}

static int devm_start_device(struct device *parent)
{
	struct iotimer_device *dev;
	int ret = devm_add_action_or_reset(parent, devm_after_delete, NULL);

	if (ret)
		return ret;
	dev = devm_iotimer_device_create(parent, "devm", sizeof(long));
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	devm_dev = dev;
	EXPECT_EQ(*(long *)iotimer_device_ext(dev), 0);
	ret = iotimer_init(dev, test_count, &devm_calls) ?:
	      devm_add_action_or_reset(parent, devm_before_delete, NULL) ?:
	      iotimer_start(dev);
	EXPECT(test_more_calls(&devm_calls, 1));
	return ret;
}

static void devm_expect_deleted(void)
{
	EXPECT(devm_alive_before);
	EXPECT(devm_deleted_after);
	test_quiet(&devm_calls);
	devm_alive_before = false;
	devm_deleted_after = false;
}

TEST(devm_device_goes_with_its_parent)
{
	EXPECT_EQ(devm_bind_and_unbind(devm_start_device), 0);
	devm_expect_deleted();
}

static int devm_start_and_fail(struct device *parent)
{
	return devm_start_device(parent) ?: -ENODEV;
}

TEST(devm_device_goes_when_probe_fails)
{
	EXPECT_EQ(devm_bind_and_unbind(devm_start_and_fail), -ENODEV);
	devm_expect_deleted();
}

static int devm_create_badly(struct device *parent)
{
	struct iotimer_device *dev;

	dev = devm_iotimer_device_create(NULL, "devm", 0);
	EXPECT_EQ(PTR_ERR(dev), -EINVAL);
	dev = devm_iotimer_device_create((struct device *)ERR_PTR(-ENODEV), "devm", 0);
	EXPECT_EQ(PTR_ERR(dev), -EINVAL);
	dev = devm_iotimer_device_create(parent, "d e v m", 0);
	EXPECT_EQ(PTR_ERR(dev), -EINVAL);
	dev = devm_iotimer_device_create(parent, "devm", KMALLOC_MAX_SIZE);
	EXPECT_EQ(PTR_ERR(dev), -E2BIG);
	EXPECT(devm_name_is_free("devm"));
	EXPECT_PTR(devm_iotimer_device_create(parent, "devm", 0));
	dev = devm_iotimer_device_create(parent, "devm", 0);
	EXPECT_EQ(PTR_ERR(dev), -EEXIST);
	/* The second one did not harm the first. */
	EXPECT(!devm_name_is_free("devm"));
	return 0;
}

TEST(devm_device_bad_input)
{
	EXPECT_EQ(devm_bind_and_unbind(devm_create_badly), 0);
	EXPECT(devm_name_is_free("devm"));
}

/* Interrupts, on a line without hardware: it can be rung after the disconnect */

static int devm_line;
static int devm_isrs_before, devm_isrs_after;

static int devm_ring(void *context)
{
	return generic_handle_irq(devm_line);
}

static int devm_count_isrs(void)
{
	test_in_hardirq(devm_ring, NULL);
	synchronize_irq(devm_line);
	return atomic_read(&s.isrs);
}

static void devm_before_disconnect(void *context)
{
	devm_isrs_before = devm_count_isrs();
}

static void devm_after_disconnect(void *context)
{
	devm_isrs_after = devm_count_isrs();
	EXPECT(!irq_has_action(devm_line));
}

static int devm_new_line(void)
{
	int line = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);

	if (!EXPECT_GT(line, 0))
		return line;
	irq_set_chip_and_handler(line, &dummy_irq_chip, handle_edge_irq);
	irq_clear_status_flags(line, IRQ_NOREQUEST | IRQ_NOAUTOEN);
	return line;
}

static int devm_connect_line(struct device *parent)
{
	struct iotimer_irq_config config = virtual;
	int ret = devm_add_action_or_reset(parent, devm_after_disconnect, NULL);

	config.irq = devm_line;
	return ret ?: devm_iotimer_irq_connect(parent, s.dev, &config, &s.irq) ?:
	       devm_add_action_or_reset(parent, devm_before_disconnect, NULL);
}

static int devm_connect_and_fail(struct device *parent)
{
	return devm_connect_line(parent) ?: -ENODEV;
}

static void devm_test_line(int (*probe)(struct device *parent), int ret)
{
	memset(&s, 0, sizeof(s));
	s.dev = test_device("devm");
	devm_line = devm_new_line();
	if (devm_line > 0 && EXPECT_PTR(s.dev)) {
		EXPECT_EQ(devm_bind_and_unbind(probe), ret);
		EXPECT_EQ(devm_isrs_before, 1);
		EXPECT_EQ(devm_isrs_after, 1);
	}
	s.irq = NULL;
	end();
	if (devm_line > 0)
		irq_free_desc(devm_line);
}

TEST(devm_irq_goes_with_its_parent)
{
	devm_test_line(devm_connect_line, 0);
}

TEST(devm_irq_goes_when_probe_fails)
{
	devm_test_line(devm_connect_and_fail, -ENODEV);
}

/* An interrupt that was connected after its device goes before it. */
static int devm_create_and_connect(struct device *parent)
{
	s.dev = devm_iotimer_device_create(parent, "devm", 0);
	if (IS_ERR(s.dev))
		return PTR_ERR(s.dev);
	return devm_iotimer_irq_connect(parent, s.dev, &virtual, &s.irq) ?:
	       iotimer_irq_raise(s.irq);
}

TEST(devm_irq_and_device_go_in_order)
{
	memset(&s, 0, sizeof(s));
	EXPECT_EQ(devm_bind_and_unbind(devm_create_and_connect), 0);
	EXPECT(isrs_reach(1));
	EXPECT(devm_name_is_free("devm"));
}

static int devm_connect_badly(struct device *parent)
{
	struct device *bad = ERR_PTR(-ENODEV);
	struct iotimer_irq_config config = virtual;
	struct iotimer_irq *irq = NULL;

	EXPECT_EQ(devm_iotimer_irq_connect(NULL, s.dev, &virtual, &irq), -EINVAL);
	EXPECT_EQ(devm_iotimer_irq_connect(bad, s.dev, &virtual, &irq), -EINVAL);
	EXPECT_EQ(devm_iotimer_irq_connect(parent, NULL, &virtual, &irq), -EINVAL);
	EXPECT_EQ(devm_iotimer_irq_connect(parent, s.dev, NULL, &irq), -EINVAL);
	EXPECT_EQ(devm_iotimer_irq_connect(parent, s.dev, &virtual, NULL), -EINVAL);
	config.isr = NULL;
	EXPECT_EQ(devm_iotimer_irq_connect(parent, s.dev, &config, &irq), -EINVAL);
	EXPECT_EQ(irq, NULL);
	return 0;
}

TEST(devm_irq_bad_input)
{
	if (begin())
		EXPECT_EQ(devm_bind_and_unbind(devm_connect_badly), 0);
	end();
}

/* devres itself fails: a probe lets devm_add_action() return -ENOMEM, to this task */

#ifdef CONFIG_KPROBES

static struct task_struct *devm_failing;

static notrace noinline void devm_just_return(void)
{
}

static int devm_fail_action(struct kprobe *probe, struct pt_regs *regs)
{
	if (current != devm_failing)
		return 0;
	regs_set_return_value(regs, -ENOMEM);
	instruction_pointer_set(regs, (unsigned long)devm_just_return);
	return 1;
}
NOKPROBE_SYMBOL(devm_fail_action);

/* With a post_handler the kernel keeps the probe from being optimized into a jump. */
static void devm_post_handler(struct kprobe *probe, struct pt_regs *regs, unsigned long flags)
{
}

static int devm_register_probe(struct kprobe *probe)
{
	/* 2026-11: renamed when it got the name of the action. */
	static const char * const names[] = { "__devm_add_action", "devm_add_action" };
	int i, ret = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(names) && ret; i++) {
		memset(probe, 0, sizeof(*probe));
		probe->symbol_name = names[i];
		probe->pre_handler = devm_fail_action;
		probe->post_handler = devm_post_handler;
		ret = register_kprobe(probe);
	}
	return ret;
}

static int devm_create_in_vain(struct device *parent)
{
	struct iotimer_device *dev;

	WRITE_ONCE(devm_failing, current);
	dev = devm_iotimer_device_create(parent, "devm", 0);
	WRITE_ONCE(devm_failing, NULL);
	EXPECT_EQ(PTR_ERR(dev), -ENOMEM);
	EXPECT(devm_name_is_free("devm"));
	return 0;
}

static int devm_connect_in_vain(struct device *parent)
{
	struct iotimer_irq_config config = virtual;
	int ret;

	config.irq = devm_line;
	WRITE_ONCE(devm_failing, current);
	ret = devm_iotimer_irq_connect(parent, s.dev, &config, &s.irq);
	WRITE_ONCE(devm_failing, NULL);
	EXPECT_EQ(ret, -ENOMEM);
	EXPECT_EQ(s.irq, NULL);
	EXPECT(!irq_has_action(devm_line));
	return 0;
}

static void devm_test_in_vain(void)
{
	EXPECT_EQ(devm_bind_and_unbind(devm_create_in_vain), 0);
	memset(&s, 0, sizeof(s));
	s.dev = test_device("devm");
	devm_line = devm_new_line();
	if (devm_line > 0 && EXPECT_PTR(s.dev)) {
		EXPECT_EQ(devm_bind_and_unbind(devm_connect_in_vain), 0);
		EXPECT_EQ(devm_count_isrs(), 0);
	}
	end();
	if (devm_line > 0)
		irq_free_desc(devm_line);
}

TEST(devm_failure_leaves_nothing)
{
	struct kprobe probe;

	if (SKIP_IF(devm_register_probe(&probe), "the kernel refuses the probe"))
		return;
	devm_test_in_vain();
	unregister_kprobe(&probe);
}

#else

TEST(devm_failure_leaves_nothing)
{
	SKIP_IF(true, "needs CONFIG_KPROBES");
}

#endif

static const struct test_case cases[] = {
	CASE(devm_device_goes_with_its_parent),
	CASE(devm_device_goes_when_probe_fails),
	CASE(devm_device_bad_input),
	CASE(devm_irq_goes_with_its_parent),
	CASE(devm_irq_goes_when_probe_fails),
	CASE(devm_irq_and_device_go_in_order),
	CASE(devm_irq_bad_input),
	CASE(devm_failure_leaves_nothing),
};

TEST_MODULE(cases);
