/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of interrupts and SynchCritSections: a device with a virtual interrupt. Its ISR and the sections
 * share state that only the interrupt's lock keeps consistent.
 */
#ifndef _IOTIMER_IRQ_TEST_H
#define _IOTIMER_IRQ_TEST_H

#include "cpus.h"
#include "guarded.h"
#include "test.h"

#define RT		IS_ENABLED(CONFIG_PREEMPT_RT)
#define STORM		1000		/* per CPU */
#define MANY		100000		/* ISRs that raise themselves */

/* Shared by ISRs and SynchCritSections. */
static struct shared {
	struct iotimer_device	*dev;
	struct iotimer_irq	*irq;
	struct iotimer_irq	*other;		/* a second one, in some tests */
	struct guarded		guarded;
	atomic_t		isrs;		/* that have returned */
	atomic_t		ticket;
	int			seen;		/* the ticket that the ISR saw */
	unsigned int		isr_ms;		/* duration of an ISR */
	bool			in_isr;
	bool			raised;
	bool			wrong;		/* pointer, context or state in the ISR */
	bool			again;		/* the ISR raises itself */
	bool			in_use;		/* by a user that deletion has to wait for */
	bool			used;
} s;

/* Change the shared state in a way that needs the lock. */
static __maybe_unused int critical(void *context)
{
	iotimer_assert_isr_locked(s.irq);
	guarded_change(&s.guarded);
	return 0;
}

static __maybe_unused bool isr_context(void)
{
	if (RT)
		return !in_hardirq() && !irqs_disabled();
	return in_hardirq() && irqs_disabled();
}

static __maybe_unused irqreturn_t isr(struct iotimer_irq *irq, void *context)
{
	WRITE_ONCE(s.in_isr, true);
	if (context != &s || !isr_context())
		s.wrong = true;
	WRITE_ONCE(s.seen, atomic_read(&s.ticket));
	if (irq == READ_ONCE(s.irq) || irq == READ_ONCE(s.other))
		critical(context);
	else
		s.wrong = true;
	if (s.isr_ms)
		mdelay(s.isr_ms);
	if (s.again && atomic_read(&s.isrs) < MANY)
		iotimer_irq_raise(irq);
	WRITE_ONCE(s.in_isr, false);
	atomic_inc(&s.isrs);
	return IRQ_HANDLED;
}

static const struct iotimer_irq_config virtual = {
	.irq = IOTIMER_IRQ_VIRTUAL,
	.isr = isr,
	.context = &s,
};

/* Create a device with a virtual interrupt, and clear s. */
static __maybe_unused bool begin(void)
{
	memset(&s, 0, sizeof(s));
	s.dev = iotimer_device_create("test_irq", 0);
	return EXPECT_PTR(s.dev) &&
	       EXPECT_EQ(iotimer_irq_connect(s.dev, &virtual, &s.irq), 0) &&
	       EXPECT_PTR(s.irq);
}

/* Likewise, with a second interrupt that shares the lock of the first. */
static __maybe_unused bool begin_sharing(void)
{
	struct iotimer_irq_config config = virtual;

	if (!begin())
		return false;
	config.share_lock = s.irq;
	return EXPECT_EQ(iotimer_irq_connect(s.dev, &config, &s.other), 0);
}

static __maybe_unused void expect_consistent(void)
{
	expect_guarded(&s.guarded);
	EXPECT(!s.wrong);
}

/* Deletion of the device disconnects its interrupts. */
static __maybe_unused void end(void)
{
	if (IS_ERR_OR_NULL(s.dev))
		return;
	EXPECT_EQ(iotimer_device_delete(s.dev), 0);
	s.dev = NULL;
	expect_consistent();
}

static __maybe_unused bool isrs_reach(int n)
{
	return wait_for(atomic_read(&s.isrs) >= n, TEST_LIMIT_MS);
}

/* The ISR is running or has run. */
static __maybe_unused bool isr_begins(void)
{
	return spin_for(READ_ONCE(s.in_isr) || atomic_read(&s.isrs));
}

static __maybe_unused int give_back(void *context)
{
	return *(int *)context;
}

/* A section that ends some time after the other CPU has raised. */
static __maybe_unused int stay_until_raised(void *context)
{
	WRITE_ONCE(s.wrong, READ_ONCE(s.in_isr));
	atomic_inc(&s.guarded.inside);
	EXPECT(spin_for(READ_ONCE(s.raised)));
	mdelay(20);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 0);
	atomic_dec(&s.guarded.inside);
	return 0;
}

static __maybe_unused void hold_section(void *irq)
{
	EXPECT_EQ(iotimer_synchronize(irq, stay_until_raised, NULL), 0);
}

/* Returns when the ISR has begun. */
static __maybe_unused void raise_first(void *irq)
{
	EXPECT_EQ(iotimer_irq_raise(irq), 0);
	EXPECT(isr_begins());
}

/* For the other CPU in the meantime. */
static __maybe_unused void disconnect_during_isr(void *irq)
{
	EXPECT(isr_begins());
	EXPECT_EQ(iotimer_irq_disconnect(irq), 0);
	EXPECT(!READ_ONCE(s.in_isr));
	EXPECT_EQ(atomic_read(&s.isrs), 1);
}

#endif /* _IOTIMER_IRQ_TEST_H */
