// SPDX-License-Identifier: GPL-2.0
/*
 * The cost of one pass, a call of every device's routine
 *
 * All variants are measured alike, from outside, by probes on trace points:
 *
 *	irq:softirq_entry, irq:softirq_exit	the TIMER and HRTIMER softirqs
 *	sched:sched_switch			kernel workers, for delayed_work
 *
 * A window is opened in the middle between two passes and closed in the middle
 * between the next two. Counted is, from the clock at entry to that at exit, every
 * run from the one in which the first device is served to the one in which the
 * last one is called: what the variant does, what the kernel does to get there
 * from the entry of the softirq, and interrupts that come meanwhile. Not counted
 * are the interrupts that raise the softirq and, for delayed_work, the switch of
 * tasks.
 *
 * Looking at all devices after each run would take too long: a few stand for all.
 * bench_pass checks afterwards that all have been called once.
 *
 * There must be one CPU.
 */
#include <linux/interrupt.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "bench.h"

#define SENTINELS	16

struct sentinel {
	void		*device;
	unsigned long	calls;		/* when the window was opened */
	bool		due;
};

static struct {
	const struct bench_variant *variant;
	struct sentinel	sentinel[SENTINELS];
	unsigned int	nr;
	struct bench_pass pass;
	u64		softirq_entry;
	u64		worker_entry;	/* 0: the current task is no worker */
	enum {
		CLOSED,
		OPEN,			/* no device has been served yet */
		BEGUN,
		OVER,
	} state;
} window;

static unsigned long calls_of(void *device)
{
	return READ_ONCE(window.variant->context(device)->calls);
}

static bool is_due(void *device)
{
	return window.variant->due && window.variant->due(device);
}

static bool begun(void)
{
	struct sentinel *s;

	for (s = window.sentinel; s < window.sentinel + window.nr; s++)
		if (calls_of(s->device) != s->calls || is_due(s->device) != s->due)
			return true;
	return false;
}

static bool over(void)
{
	struct sentinel *s;

	for (s = window.sentinel; s < window.sentinel + window.nr; s++)
		if (calls_of(s->device) == s->calls)
			return false;
	return true;
}

/* A softirq or a worker ran for so long. True if that was a part of the pass. */
static bool ran(u64 time)
{
	if (window.state == OPEN && begun())
		window.state = BEGUN;
	if (window.state != BEGUN)
		return false;
	window.pass.total += time;
	window.pass.runs++;
	if (over())
		window.state = OVER;
	return true;
}

static bool is_timer(unsigned int softirq)
{
	return softirq == TIMER_SOFTIRQ || softirq == HRTIMER_SOFTIRQ;
}

static void softirq_entry(void *unused, unsigned int softirq)
{
	if (is_timer(softirq))
		window.softirq_entry = bench_clock();
}

/* One on top of a worker is a part of the worker's run. */
static void softirq_exit(void *unused, unsigned int softirq)
{
	u64 time = bench_clock() - window.softirq_entry;

	if (!is_timer(softirq) || window.state == CLOSED)
		return;
	if (window.worker_entry || ran(time))
		window.pass.longest = max(window.pass.longest, time);
}

static void sched_switch(void *unused, bool preempt, struct task_struct *prev,
			 struct task_struct *next, unsigned int prev_state)
{
	u64 now = bench_clock();

	if (window.worker_entry)
		ran(now - window.worker_entry);
	window.worker_entry = next->flags & PF_WQ_WORKER ? bench_clock() : 0;
}

static struct probe {
	const char	*name;
	void		*function;
	struct tracepoint *tracepoint;
} probes[] = {
	{ "softirq_entry", softirq_entry },
	{ "softirq_exit", softirq_exit },
	{ "sched_switch", sched_switch },
};

static void find(struct tracepoint *tracepoint, void *unused)
{
	struct probe *p;

	for (p = probes; p < probes + ARRAY_SIZE(probes); p++)
		if (!strcmp(tracepoint->name, p->name))
			p->tracepoint = tracepoint;
}

int bench_window_init(void)
{
	struct probe *p;
	int ret = 0;

	if (num_online_cpus() > 1)
		return -EINVAL;
	for_each_kernel_tracepoint(find, NULL);
	for (p = probes; p < probes + ARRAY_SIZE(probes) && !ret; p++)
		ret = p->tracepoint ?
		      tracepoint_probe_register(p->tracepoint, p->function, NULL) :
		      -ENOENT;
	if (ret)
		bench_window_exit();
	return ret;
}

void bench_window_exit(void)
{
	struct probe *p;

	for (p = probes; p < probes + ARRAY_SIZE(probes); p++)
		if (p->tracepoint)
			tracepoint_probe_unregister(p->tracepoint, p->function, NULL);
	tracepoint_synchronize_unregister();
}

/* Evenly among the devices, the first and the last one included. */
static void choose_sentinels(void **devices, unsigned int nr)
{
	struct sentinel *s;
	unsigned int i;

	window.nr = min_t(unsigned int, nr, SENTINELS);
	for (i = 0; i < window.nr; i++) {
		s = &window.sentinel[i];
		s->device = devices[i ? (u64)i * (nr - 1) / (window.nr - 1) : 0];
		s->calls = calls_of(s->device);
		s->due = is_due(s->device);
	}
}

void bench_window_open(const struct bench_variant *variant, void **devices,
		       unsigned int nr)
{
	local_bh_disable();
	window.variant = variant;
	choose_sentinels(devices, nr);
	memset(&window.pass, 0, sizeof(window.pass));
	window.state = OPEN;
	local_bh_enable();
}

int bench_window_close(struct bench_pass *pass)
{
	int ret = window.state == OVER ? 0 : -ETIMEDOUT;

	window.state = CLOSED;
	*pass = window.pass;
	return ret;
}
