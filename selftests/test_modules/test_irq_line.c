// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts on a real line, one that no hardware has: a test rings it: clauses I2, I4 and I5
 */
#include <linux/fs.h>
#include <linux/irq.h>

#include "irq_test.h"

static int ring(void *line)
{
	return generic_handle_irq((unsigned long)line);
}

static int ring_line(int line)
{
	return test_in_hardirq(ring, (void *)(unsigned long)line);
}

static int new_line(struct irq_chip *chip)
{
	int line = __irq_alloc_descs(-1, 1, 1, NUMA_NO_NODE, NULL, NULL);

	if (!EXPECT_GT(line, 0))
		return -1;
	irq_set_chip_and_handler(line, chip, handle_edge_irq);
	irq_clear_status_flags(line, IRQ_NOREQUEST | IRQ_NOAUTOEN);
	return line;
}

/* begin() with a real line in place of the virtual interrupt */
static int begin_line(struct irq_chip *chip)
{
	struct iotimer_irq_config config = virtual;

	memset(&s, 0, sizeof(s));
	config.irq = new_line(chip);
	s.dev = iotimer_device_create("test_irq", 0);
	if ((int)config.irq > 0 && EXPECT_PTR(s.dev) &&
	    EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.irq), 0))
		return config.irq;
	return -1;
}

static void end_line(int line)
{
	end();
	if (line > 0)
		irq_free_desc(line);
}

static void storm_line(void *line)
{
	int i;

	for (i = 0; i < STORM / 4; i++) {
		EXPECT_EQ(test_in_hardirq(ring, line), 0);
		iotimer_synchronize(s.irq, critical, NULL);
	}
}

TEST(I2_storm_on_a_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0) {
		on_two_cpus(storm_line, storm_line, (void *)(unsigned long)line);
		EXPECT(isrs_reach(1));
	}
	end_line(line);
}

static void ring_first(void *line)
{
	EXPECT_EQ(test_in_hardirq(ring, line), 0);
	EXPECT(isr_begins());
}

static void disconnect_s_irq(void *arg)
{
	disconnect_during_isr(s.irq);
}

TEST(I5_disconnect_of_a_line_waits_for_the_isr)
{
	int line;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	line = begin_line(&dummy_irq_chip);
	if (line > 0) {
		s.isr_ms = 50;
		on_two_cpus(ring_first, disconnect_s_irq, (void *)(unsigned long)line);
		ring_line(line);
		EXPECT_EQ(atomic_read(&s.isrs), 1);
	}
	end_line(line);
}

TEST(I5_delete_frees_the_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0) {
		EXPECT_EQ(iotimer_device_delete(s.dev), 0);
		s.dev = NULL;
		EXPECT(!irq_has_action(line));
		ring_line(line);
		EXPECT_EQ(atomic_read(&s.isrs), 0);
	}
	end_line(line);
}

/* A line that is pending when it is requested: it rings before connect returns. */
static int pending_line;

static void ring_pending(struct irq_work *work)
{
	generic_handle_irq(pending_line);
}

static struct irq_work ring_soon;

static void enable_pending(struct irq_data *data)
{
	pending_line = data->irq;
	irq_work_queue(&ring_soon);
}

static void no_op(struct irq_data *data)
{
}

TEST(I5_pointer_is_set_before_a_pending_line_rings)
{
	static struct irq_chip chip = {
		.name = "pending",
		.irq_enable = enable_pending,
		.irq_disable = no_op,
		.irq_mask = no_op,
		.irq_unmask = no_op,
		.irq_ack = no_op,
	};
	int line;

	ring_soon = IRQ_WORK_INIT_HARD(ring_pending);
	line = begin_line(&chip);
	if (line > 0) {
		irq_work_sync(&ring_soon);
		EXPECT(isrs_reach(1));
	}
	end_line(line);
}

/* While a line is requested, which may take long, another thread creates and deletes a device. */
static bool not_held_up;
static struct cpu_call beside_call;

static void create_beside(void *unused)
{
	struct iotimer_device *dev = test_device("beside");

	test_device_free(dev);
	WRITE_ONCE(not_held_up, !IS_ERR(dev));
}

static int take_long(struct irq_data *data)
{
	cpu_call_begin(&beside_call, second_cpu(), create_beside, NULL);
	wait_for(READ_ONCE(not_held_up), TEST_LIMIT_MS);
	return 0;
}

TEST(I5_connect_does_not_hold_up_other_devices)
{
	static struct irq_chip chip = {
		.name = "slow",
		.irq_enable = no_op,
		.irq_disable = no_op,
		.irq_mask = no_op,
		.irq_unmask = no_op,
		.irq_ack = no_op,
		.irq_request_resources = take_long,
	};
	bool in_time;
	int line;

	not_held_up = false;
	line = begin_line(&chip);
	in_time = READ_ONCE(not_held_up);
	if (line > 0) {
		cpu_call_end(&beside_call);
		EXPECT(in_time);
	}
	end_line(line);
}

static irqreturn_t foreign_handler(int line, void *dev_id)
{
	return IRQ_NONE;
}

TEST(I5_occupied_line)
{
	struct iotimer_irq_config config = virtual;
	int line = new_line(&dummy_irq_chip);

	if (line > 0 && begin() &&
	    EXPECT_EQ(request_irq(line, foreign_handler, 0, "test", &s), 0)) {
		config.irq = line;
		s.other = s.irq;
		/* With CONFIG_DEBUG_SHIRQ with a trace. */
		expect_warning_begin("genirq: Flags mismatch");
		EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), -EBUSY);
		expect_warning_end();
		EXPECT_EQ(s.other, NULL);
		free_irq(line, &s);
	}
	end_line(line);
}

TEST(I5_raise_on_a_line)
{
	int line = begin_line(&dummy_irq_chip);

	if (line > 0)
		EXPECT_EQ(iotimer_irq_raise(s.irq), -EINVAL);
	end_line(line);
}

/* In every configuration: PREEMPT_RT would enter the ISR in a hard interrupt. */
TEST(I4_flags_are_refused)
{
	static const unsigned long refused[] = {
		IRQF_NO_THREAD, IRQF_PERCPU, IRQF_ONESHOT, IRQF_TIMER, IRQF_SHARED | IRQF_ONESHOT,
	};
	struct iotimer_irq_config config = virtual;
	struct iotimer_irq *irq;
	int i, line = new_line(&dummy_irq_chip);

	config.irq = line;
	if (line > 0 && begin())
		for (i = 0; i < ARRAY_SIZE(refused); i++) {
			config.flags = refused[i];
			irq = s.irq;
			EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &irq), -EINVAL);
			EXPECT_EQ(irq, NULL);
			EXPECT(!irq_has_action(line));
		}
	end_line(line);
}

static unsigned int trigger;		/* as the chip was told */

static int set_type(struct irq_data *data, unsigned int type)
{
	trigger = type;
	return 0;
}

static struct irq_chip typed_chip = {
	.name		= "typed",
	.irq_enable	= no_op,
	.irq_disable	= no_op,
	.irq_mask	= no_op,
	.irq_unmask	= no_op,
	.irq_ack	= no_op,
	.irq_set_type	= set_type,
};

#define SHARED_RISING	(IRQF_SHARED | IRQF_TRIGGER_RISING)

static irqreturn_t answer;		/* of the ISR */

static irqreturn_t answering_isr(struct iotimer_irq *irq, void *context)
{
	atomic_inc(&s.isrs);
	return READ_ONCE(answer);
}

static bool begin_shared(int line)
{
	struct iotimer_irq_config config = virtual;

	memset(&s, 0, sizeof(s));
	config.irq = line;
	config.flags = SHARED_RISING;
	config.isr = answering_isr;
	s.dev = iotimer_device_create("test_irq", 0);
	return line > 0 && EXPECT_PTR(s.dev) &&
	       EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.irq), 0);
}

TEST(I4_flags_reach_the_line)
{
	int line = new_line(&typed_chip);

	trigger = 0;
	if (begin_shared(line)) {
		EXPECT_EQ(trigger, IRQ_TYPE_EDGE_RISING);
		if (EXPECT_EQ(request_irq(line, foreign_handler, SHARED_RISING, "test", &s), 0))
			free_irq(line, &s);
	}
	end_line(line);
}

/* The interrupts that the kernel counts as nobody's since the last that was somebody's. */
static int nr_unhandled(int line)
{
	unsigned int count, unhandled;
	char name[32], text[100] = "";
	struct file *file;
	loff_t pos = 0;

	snprintf(name, sizeof(name), "/proc/irq/%d/spurious", line);
	file = filp_open(name, O_RDONLY, 0);
	if (IS_ERR(file))
		return PTR_ERR(file);
	kernel_read(file, text, sizeof(text) - 1, &pos);
	filp_close(file, NULL);
	return sscanf(text, "count %u unhandled %u", &count, &unhandled) == 2 ? unhandled : -EIO;
}

static void ring_and_answer(int line, irqreturn_t with)
{
	int i, before;

	WRITE_ONCE(answer, with);
	for (i = 0; i < 5; i++) {
		before = atomic_read(&s.isrs);
		ring_line(line);
		EXPECT(isrs_reach(before + 1));
	}
}

/* A threaded handler's answer, that of PREEMPT_RT, counts at the next interrupt. */
TEST(I4_answer_reaches_the_kernel)
{
	int line = new_line(&typed_chip);

	if (begin_shared(line) &&
	    EXPECT_EQ(request_irq(line, foreign_handler, SHARED_RISING, "test", &s), 0)) {
		ring_and_answer(line, IRQ_HANDLED);
		EXPECT_EQ(nr_unhandled(line), 0);
		ring_and_answer(line, IRQ_NONE);
		EXPECT_GT(nr_unhandled(line), 0);
		free_irq(line, &s);
	}
	end_line(line);
}

static const struct test_case cases[] = {
	CASE(I2_storm_on_a_line),
	CASE(I5_pointer_is_set_before_a_pending_line_rings),
	CASE(I5_connect_does_not_hold_up_other_devices),
	CASE(I5_disconnect_of_a_line_waits_for_the_isr),
	CASE(I5_delete_frees_the_line),
	CASE(I5_occupied_line),
	CASE(I5_raise_on_a_line),
	CASE(I4_flags_are_refused),
	CASE(I4_flags_reach_the_line),
	CASE(I4_answer_reaches_the_kernel),
};

TEST_MODULE(cases);
