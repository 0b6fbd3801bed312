// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: DPCs, and timers that have one
 */
#include "wdm_test.h"

#define ARG1	((PVOID)0x1111)
#define ARG2	((PVOID)0x2222)

static KTIMER timer;

static struct {
	KDPC		dpc;
	PVOID		context, arg1, arg2;
	KIRQL		irql;
	atomic_t	calls;
	atomic_t	inside;
	atomic_t	overlaps;
	int		stay_us;
	int		again;		/* how often it inserts itself */
	unsigned long	next[12];	/* when the timer is due, in each call */
	int		order[3];
	int		n;
} d;

static VOID deferred(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	if (atomic_inc_return(&d.inside) != 1)
		atomic_inc(&d.overlaps);
	d.context = DeferredContext;
	d.arg1 = SystemArgument1;
	d.arg2 = SystemArgument2;
	d.irql = KeGetCurrentIrql();
	if (atomic_read(&d.calls) < ARRAY_SIZE(d.next))
		d.next[atomic_read(&d.calls)] = READ_ONCE(timer.timer.expires);
	udelay(d.stay_us);
	if (d.again > 0) {
		d.again--;
		EXPECT_EQ(KeInsertQueueDpc(Dpc, ARG2, ARG1), TRUE);
	}
	atomic_dec(&d.inside);
	atomic_inc(&d.calls);
}

static void begin(void)
{
	memset(&d, 0, sizeof(d));
	KeInitializeDpc(&d.dpc, deferred, &d);
}

TEST(W_dpc_runs_once_with_its_arguments)
{
	begin();
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG1, ARG2), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 1);
	EXPECT_EQ(d.context, &d);
	EXPECT_EQ(d.arg1, ARG1);
	EXPECT_EQ(d.arg2, ARG2);
	EXPECT_EQ(d.irql, DISPATCH_LEVEL);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 1);
}

/* Bottom halves are off, so that none runs in between. */
TEST(W_dpc_queued_twice)
{
	KIRQL old;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG1, ARG2), TRUE);
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, NULL, NULL), FALSE);
	EXPECT_EQ(atomic_read(&d.calls), 0);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 1);
	EXPECT_EQ(d.arg1, ARG1);
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG2, ARG1), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 2);
	EXPECT_EQ(d.arg1, ARG2);
}

/* A DPC that is removed may be freed at once. */
TEST(W_dpc_removed_before_it_ran)
{
	PKDPC dpc = ExAllocatePoolZero(NonPagedPool, sizeof(*dpc), 'cpD ');
	KIRQL old;

	begin();
	if (!EXPECT_PTR(dpc))
		return;
	KeInitializeDpc(dpc, deferred, &d);
	EXPECT_EQ(KeRemoveQueueDpc(dpc), FALSE);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeInsertQueueDpc(dpc, NULL, NULL), TRUE);
	EXPECT_EQ(KeRemoveQueueDpc(dpc), TRUE);
	EXPECT_EQ(KeRemoveQueueDpc(dpc), FALSE);
	RtlFillMemory(dpc, sizeof(*dpc), 0x6b);
	ExFreePool(dpc);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 0);
}

static VOID free_itself(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			PVOID SystemArgument2)
{
	RtlFillMemory(Dpc, sizeof(*Dpc), 0x6b);
	ExFreePool(Dpc);
	atomic_inc(&d.calls);
}

TEST(W_dpc_frees_itself)
{
	PKDPC dpc = ExAllocatePoolZero(NonPagedPool, sizeof(*dpc), 'cpD ');

	begin();
	if (!EXPECT_PTR(dpc))
		return;
	KeInitializeDpc(dpc, free_itself, NULL);
	EXPECT_EQ(KeInsertQueueDpc(dpc, NULL, NULL), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 1);
}

TEST(W_dpc_inserts_itself)
{
	begin();
	d.again = 100;
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG1, ARG2), TRUE);
	EXPECT(wait_for(atomic_read(&d.calls) >= 101, TEST_LIMIT_MS));
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.calls), 101);
	EXPECT_EQ(d.arg1, ARG2);
}

/* K2: where and when a DPC runs */

TEST(W_K2_dpc_has_run_at_passive_level)
{
	int i;

	begin();
	if (SKIP_IF(RT, "a thread runs DPCs"))
		return;
	for (i = 1; i <= 1000; i++) {
		EXPECT_EQ(KeInsertQueueDpc(&d.dpc, NULL, NULL), TRUE);
		if (!EXPECT_EQ(atomic_read(&d.calls), i))
			break;
	}
}

static void insert(void)
{
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, NULL, NULL), TRUE);
	EXPECT_EQ(atomic_read(&d.inside), 0);
}

/* Queued at DIRQL, it has run when the IRQL is PASSIVE_LEVEL again. */
TEST(W_K2_dpc_of_a_section_has_run)
{
	KIRQL old;

	begin();
	if (SKIP_IF(RT, "a thread runs DPCs"))
		return;
	if (wdm_begin()) {
		in_section(insert);
		EXPECT_EQ(atomic_read(&d.calls), 1);
		old = KeAcquireInterruptSpinLock(w.interrupt);
		insert();
		EXPECT_EQ(atomic_read(&d.calls), 1);
		KeReleaseInterruptSpinLock(w.interrupt, old);
		EXPECT_EQ(atomic_read(&d.calls), 2);
		old = KeRaiseIrqlToDpcLevel();
		in_section(insert);
		EXPECT_EQ(atomic_read(&d.calls), 2);
		KeLowerIrql(old);
		EXPECT_EQ(atomic_read(&d.calls), 3);
	}
	wdm_end();
}

/* A DPC of each CPU, and one that both insert, so that either may run it. */
static struct cpu_dpc {
	KDPC		dpc;
	int		cpu;
	atomic_t	calls;
} own[2];

static VOID note_cpu(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	struct cpu_dpc *mine = DeferredContext;

	EXPECT_EQ(raw_smp_processor_id(), mine->cpu);
	atomic_inc(&mine->calls);
}

static void raise_and_insert(void *unused)
{
	struct cpu_dpc *mine = &own[raw_smp_processor_id() != first_cpu()];
	int i, calls;
	KIRQL old;

	for (i = 0; i < 2000; i++) {
		calls = atomic_read(&mine->calls);
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		KeInsertQueueDpc(&d.dpc, NULL, NULL);
		EXPECT_EQ(KeInsertQueueDpc(&mine->dpc, NULL, NULL), TRUE);
		udelay(i % 50);
		EXPECT_EQ(atomic_read(&mine->calls), calls);
		KeLowerIrql(old);
		if (RT)
			KeFlushQueuedDpcs();
		EXPECT_EQ(atomic_read(&mine->calls), calls + 1);
		cond_resched();
	}
}

TEST(W_K2_dpc_stays_on_its_cpu_and_waits_for_the_irql)
{
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	begin();
	d.stay_us = 20;
	for (i = 0; i < 2; i++) {
		KeInitializeDpc(&own[i].dpc, note_cpu, &own[i]);
		own[i].cpu = i ? second_cpu() : first_cpu();
		atomic_set(&own[i].calls, 0);
	}
	on_two_cpus(raise_and_insert, raise_and_insert, NULL);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.overlaps), 0);
}

/* On another CPU it does not wait for the IRQL of this one. */
static void insert_for_other_cpu(void *unused)
{
	int other = raw_smp_processor_id() == first_cpu() ? second_cpu() : first_cpu();
	struct cpu_dpc *there = &own[0];
	KIRQL old;

	KeInitializeDpc(&there->dpc, note_cpu, there);
	KeSetTargetProcessorDpc(&there->dpc, (CCHAR)other);
	there->cpu = other;
	atomic_set(&there->calls, 0);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeInsertQueueDpc(&there->dpc, NULL, NULL), TRUE);
	EXPECT(spin_for(atomic_read(&there->calls)));
	KeLowerIrql(old);
	/* no such CPU: this one */
	KeSetTargetProcessorDpc(&there->dpc, 127);
	there->cpu = raw_smp_processor_id();
	EXPECT_EQ(KeInsertQueueDpc(&there->dpc, NULL, NULL), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&there->calls), 2);
}

TEST(W_dpc_has_a_target_processor)
{
	struct cpu_call call;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	cpu_call_begin(&call, first_cpu(), insert_for_other_cpu, NULL);
	cpu_call_end(&call);
	cpu_call_begin(&call, second_cpu(), insert_for_other_cpu, NULL);
	cpu_call_end(&call);
}

/* As the documentation has it: medium importance, no target */
TEST(W_new_dpc)
{
	KDPC dpc;

	RtlFillMemory(&dpc, sizeof(dpc), 0x6b);
	KeInitializeDpc(&dpc, deferred, &d);
	EXPECT_EQ(dpc.importance, MediumImportance);
	EXPECT_EQ(dpc.target, 0);
	KeSetTargetProcessorDpc(&dpc, 0);
	EXPECT_EQ(dpc.target, 1);
	/* no such CPU */
	KeSetTargetProcessorDpc(&dpc, -1);
	EXPECT_EQ(dpc.target, 0);
	if (nr_cpu_ids < 128) {
		KeSetTargetProcessorDpc(&dpc, (CCHAR)nr_cpu_ids);
		EXPECT_EQ(dpc.target, 0);
	}
}

TEST(W_zeroed_dpc)
{
	KDPC dpc;

	memset(&dpc, 0, sizeof(dpc));
	EXPECT_EQ(KeRemoveQueueDpc(&dpc), FALSE);
	EXPECT_EQ(KeInsertQueueDpc(&dpc, NULL, NULL), FALSE);
	EXPECT_EQ(KeRemoveQueueDpc(&dpc), FALSE);
}

/* It is set up anew in its own routine, and inserted by the other CPU meanwhile. */
static bool is_set_up, is_inserted;

static VOID set_up_again(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
			 PVOID SystemArgument2)
{
	if (atomic_inc_return(&d.inside) != 1)
		atomic_inc(&d.overlaps);
	if (!READ_ONCE(is_set_up)) {
		KeInitializeDpc(Dpc, set_up_again, NULL);
		smp_store_release(&is_set_up, true);
		EXPECT(spin_for(READ_ONCE(is_inserted)));
		mdelay(5);
	}
	atomic_dec(&d.inside);
	atomic_inc(&d.calls);
}

static void insert_first(void *unused)
{
	KeInsertQueueDpc(&d.dpc, NULL, NULL);
}

static void insert_second(void *unused)
{
	EXPECT(spin_for(smp_load_acquire(&is_set_up)));
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, NULL, NULL), TRUE);
	WRITE_ONCE(is_inserted, true);
}

TEST(W_dpc_set_up_in_its_routine_is_serialised)
{
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	begin();
	is_set_up = false;
	is_inserted = false;
	KeInitializeDpc(&d.dpc, set_up_again, NULL);
	on_two_cpus(insert_first, insert_second, NULL);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.overlaps), 0);
	EXPECT_EQ(atomic_read(&d.calls), 2);
}

/* Inserted by both CPUs while it runs: never twice at once, and none gets lost. */
static atomic_t inserted;

static void insert_often(void *unused)
{
	int i;

	for (i = 0; i < 3000; i++) {
		if (KeInsertQueueDpc(&d.dpc, NULL, NULL) == TRUE)
			atomic_inc(&inserted);
		udelay(i % 50);
		cond_resched();
	}
}

TEST(W_dpc_is_serialised)
{
	begin();
	d.stay_us = 30;
	atomic_set(&inserted, 0);
	on_two_cpus(insert_often, insert_often, NULL);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&d.overlaps), 0);
	EXPECT_EQ(atomic_read(&d.calls), atomic_read(&inserted));
	EXPECT_GT(atomic_read(&inserted), 0);
}

static VOID note_order(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		       PVOID SystemArgument2)
{
	if (d.n < ARRAY_SIZE(d.order))
		d.order[d.n++] = (long)DeferredContext;
}

TEST(W_dpcs_first_in_first_out)
{
	KDPC dpcs[3];
	KIRQL old;
	long i;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	for (i = 0; i < 3; i++) {
		KeInitializeDpc(&dpcs[i], note_order, (PVOID)i);
		EXPECT_EQ(KeInsertQueueDpc(&dpcs[i], NULL, NULL), TRUE);
	}
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	for (i = 0; i < 3; i++)
		EXPECT_EQ(d.order[i], i);
}

TEST(W_important_dpcs_come_first)
{
	static const KDPC_IMPORTANCE importance[3] = {
		LowImportance, HighImportance, MediumHighImportance,
	};
	static const int order[3] = { 1, 0, 2 };
	KDPC dpcs[3];
	KIRQL old;
	long i;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	for (i = 0; i < 3; i++) {
		KeInitializeDpc(&dpcs[i], note_order, (PVOID)i);
		KeSetImportanceDpc(&dpcs[i], importance[i]);
		EXPECT_EQ(KeInsertQueueDpc(&dpcs[i], NULL, NULL), TRUE);
	}
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	for (i = 0; i < 3; i++)
		EXPECT_EQ(d.order[i], order[i]);
}

static void request(void)
{
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG1, ARG2), TRUE);
	EXPECT_EQ(KeInsertQueueDpc(&d.dpc, ARG2, ARG1), FALSE);
	/* not on top of the ISR */
	EXPECT_EQ(atomic_read(&d.inside), 0);
}

TEST(W_dpc_requested_by_an_isr)
{
	begin();
	if (wdm_begin()) {
		in_isr(request);
		EXPECT(wait_for(atomic_read(&d.calls), TEST_LIMIT_MS));
		KeFlushQueuedDpcs();
		EXPECT_EQ(atomic_read(&d.calls), 1);
		EXPECT_EQ(d.irql, DISPATCH_LEVEL);
		EXPECT_EQ(d.arg1, ARG1);
	}
	wdm_end();
}

static void flush(void)
{
	KeFlushQueuedDpcs();
}

TEST(W_flush_at_dispatch_level)
{
	KIRQL old = KeRaiseIrqlToDpcLevel();

	expect_wrong_irql("flush", "KeFlushQueuedDpcs");
	flush();
	flush();
	expect_warning_end();
	KeLowerIrql(old);
	flush();
}

/* Timers */

static NTSTATUS seen;

static LARGE_INTEGER ms(LONGLONG n)
{
	LARGE_INTEGER due;

	due.QuadPart = -n * 10000;
	return due;
}

/*
 * In 100 ns, as counted by jiffies, which timers go by: those of a machine that
 * was stalled are behind the clock for a moment.
 */
static LONGLONG by_ticks(void)
{
	LARGE_INTEGER ticks;

	KeQueryTickCount(&ticks);
	return ticks.QuadPart * KeQueryTimeIncrement();
}

static bool dpcs(int n)
{
	return wait_for(atomic_read(&d.calls) >= n, TEST_LIMIT_MS);
}

TEST(W_timer_expires_once_and_not_early)
{
	LONGLONG from;

	begin();
	KeInitializeTimer(&timer);
	EXPECT_EQ(KeCancelTimer(&timer), FALSE);
	from = by_ticks();
	EXPECT_EQ(KeSetTimer(&timer, ms(50), &d.dpc), FALSE);
	EXPECT(dpcs(1));
	EXPECT_GT(by_ticks() - from, 50 * 10000);
	EXPECT_EQ(d.irql, DISPATCH_LEVEL);
	EXPECT_EQ(d.context, &d);
	EXPECT_EQ(KeCancelTimer(&timer), FALSE);
	msleep(100);
	EXPECT_EQ(atomic_read(&d.calls), 1);
}

TEST(W_timer_due_at_once)
{
	LARGE_INTEGER due;

	begin();
	KeInitializeTimerEx(&timer, SynchronizationTimer);
	due.QuadPart = 0;
	EXPECT_EQ(KeSetTimer(&timer, due, &d.dpc), FALSE);
	EXPECT(dpcs(1));
}

/* A time of the clock; one that is over is due at once. */
TEST(W_timer_with_an_absolute_time)
{
	LARGE_INTEGER now, due;

	begin();
	KeInitializeTimer(&timer);
	KeQuerySystemTime(&now);
	due.QuadPart = now.QuadPart - 1;
	EXPECT_EQ(KeSetTimer(&timer, due, &d.dpc), FALSE);
	EXPECT(dpcs(1));
	due.QuadPart = now.QuadPart + 3600 * 10000000LL;
	EXPECT_EQ(KeSetTimer(&timer, due, &d.dpc), FALSE);
	msleep(50);
	EXPECT_EQ(atomic_read(&d.calls), 1);
	EXPECT_EQ(KeCancelTimer(&timer), TRUE);
}

TEST(W_timer_set_again_and_cancelled)
{
	begin();
	KeInitializeTimer(&timer);
	EXPECT_EQ(KeSetTimer(&timer, ms(3600000), &d.dpc), FALSE);
	EXPECT_EQ(KeSetTimer(&timer, ms(10), &d.dpc), TRUE);
	EXPECT(dpcs(1));
	EXPECT_EQ(KeSetTimer(&timer, ms(3600000), &d.dpc), FALSE);
	EXPECT_EQ(KeCancelTimer(&timer), TRUE);
	EXPECT_EQ(KeCancelTimer(&timer), FALSE);
	/* longer than timer_list reaches on any machine */
	EXPECT_EQ(KeSetTimer(&timer, ms(LLONG_MAX / 10000), &d.dpc), FALSE);
	msleep(50);
	EXPECT_EQ(KeCancelTimer(&timer), TRUE);
	EXPECT_EQ(atomic_read(&d.calls), 1);
}

/* Without a DPC it does nothing that could be seen. */
TEST(W_timer_without_dpc)
{
	KeInitializeTimer(&timer);
	EXPECT_EQ(KeSetTimer(&timer, ms(1), NULL), FALSE);
	EXPECT(wait_for(KeReadStateTimer(&timer), TEST_LIMIT_MS));
	EXPECT_EQ(KeCancelTimer(&timer), FALSE);
}

/* Of the times when it was due next: how many are whole periods from the start. */
static int on_the_grid(u64 start, LONGLONG period)
{
	LONGLONG since;
	int i, n = 0;

	for (i = 0; i < ARRAY_SIZE(d.next); i++) {
		since = (LONGLONG)(d.next[i] - start) * KeQueryTimeIncrement();
		n += since % period <= 2 * KeQueryTimeIncrement();
	}
	return n;
}

/*
 * On a busy machine calls are late and periods go by unseen. So it is the timer that
 * is asked when it is due: at whole periods, unless what rounding loses adds up. One
 * may be off: when the tick came in between two looks at jiffies.
 */
TEST(W_periodic_timer_does_not_drift)
{
	LONG period = jiffies_to_msecs(25) + 3;	/* mostly no multiple of a jiffy */
	LONGLONG from;
	u64 start;
	int calls;

	begin();
	KeInitializeTimer(&timer);
	from = by_ticks();
	EXPECT_EQ(KeSetTimerEx(&timer, ms(period), period, &d.dpc), FALSE);
	start = timer.start;
	EXPECT(dpcs(ARRAY_SIZE(d.next)));
	EXPECT_GT(by_ticks() - from, (LONG)ARRAY_SIZE(d.next) * period * 10000);
	EXPECT_EQ(KeCancelTimer(&timer), TRUE);
	KeFlushQueuedDpcs();
	calls = atomic_read(&d.calls);
	EXPECT_GE(on_the_grid(start, period * 10000), (int)ARRAY_SIZE(d.next) - 1);
	msleep(3 * period);
	EXPECT_EQ(atomic_read(&d.calls), calls);
}

static void set_timer(void)
{
	EXPECT_EQ(KeSetTimer(&timer, ms(1), &d.dpc), FALSE);
}

TEST(W_timer_set_in_an_isr)
{
	begin();
	KeInitializeTimer(&timer);
	if (wdm_begin()) {
		expect_wrong_irql("set_timer", "KeSetTimer");
		in_isr(set_timer);
		in_isr(set_timer);
		expect_warning_end();
		msleep(50);
		EXPECT_EQ(atomic_read(&d.calls), 0);
		in_dpc(set_timer);
		EXPECT(dpcs(1));
	}
	wdm_end();
}

/* Set and cancelled by both CPUs while it expires. */
static void set_and_cancel(void *unused)
{
	int i;

	for (i = 0; i < 1000; i++) {
		KeSetTimerEx(&timer, ms(i % 3), i % 2, &d.dpc);
		udelay(i % 100);
		if (i % 5 == 0)
			KeCancelTimer(&timer);
		cond_resched();
	}
}

TEST(W_timer_storm)
{
	int calls;

	begin();
	KeInitializeTimer(&timer);
	on_two_cpus(set_and_cancel, set_and_cancel, NULL);
	KeCancelTimer(&timer);
	KeFlushQueuedDpcs();
	calls = atomic_read(&d.calls);
	msleep(50);
	EXPECT_EQ(atomic_read(&d.calls), calls);
	EXPECT_EQ(atomic_read(&d.overlaps), 0);
}

TEST(W_clocks)
{
	ULONGLONG from = KeQueryInterruptTime();
	LONGLONG from_ticks = by_ticks();
	LARGE_INTEGER system;
	LONGLONG seconds;

	EXPECT_EQ(KeQueryTimeIncrement(), 10000000 / HZ);
	EXPECT_GE(from_ticks, 0);
	EXPECT(wait_for(KeQueryInterruptTime() - from > 100 * 10000, TEST_LIMIT_MS));
	EXPECT(wait_for(by_ticks() - from_ticks > 100 * 10000, TEST_LIMIT_MS));
	KeQuerySystemTime(&system);
	/* 369 years with 89 leap days before Linux's epoch */
	seconds = system.QuadPart / 10000000 - (369 * 365 + 89) * 86400LL;
	EXPECT_LE(abs(seconds - ktime_get_real_seconds()), 60);
}

/* A virtual machine's idea of a microsecond may be far off: against udelay()'s. */
TEST(W_stall)
{
	ULONGLONG from, least = ~0ULL, most = 0;
	int i;

	for (i = 0; i < 5; i++) {
		from = KeQueryInterruptTime();
		udelay(1000);
		least = min(least, KeQueryInterruptTime() - from);
		from = KeQueryInterruptTime();
		KeStallExecutionProcessor(2500);
		most = max(most, KeQueryInterruptTime() - from);
	}
	EXPECT_GE(most, least);
}

static void delay(void)
{
	LARGE_INTEGER interval = ms(30);

	seen = KeDelayExecutionThread(KernelMode, FALSE, &interval);
}

TEST(W_delay)
{
	LONGLONG from = by_ticks();
	KIRQL old;

	delay();
	EXPECT_EQ(seen, STATUS_SUCCESS);
	EXPECT_GT(by_ticks() - from, 30 * 10000);
	expect_wrong_irql("delay", "KeDelayExecutionThread");
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	delay();
	delay();
	KeLowerIrql(old);
	expect_warning_end();
	EXPECT_EQ(seen, STATUS_UNSUCCESSFUL);
}

/*
 * Those that are queued when the flush begins have run when it returns, on every CPU,
 * also behind one that takes its time, and one that queues itself again does not hold
 * it up.
 */
static struct {
	KDPC		slow, behind, again;
	atomic_t	slow_done, behind_done, again_runs;
	bool		stop;
} f;

static VOID SlowDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		    PVOID SystemArgument2)
{
	mdelay(50);
	atomic_inc(&f.slow_done);
}

static VOID BehindDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		      PVOID SystemArgument2)
{
	atomic_inc(&f.behind_done);
}

static VOID AgainDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	atomic_inc(&f.again_runs);
	if (!READ_ONCE(f.stop))
		KeInsertQueueDpc(Dpc, NULL, NULL);
}

TEST(W_flush_waits_for_what_is_queued)
{
	memset(&f, 0, sizeof(f));
	KeInitializeDpc(&f.slow, SlowDpc, NULL);
	KeInitializeDpc(&f.behind, BehindDpc, NULL);
	KeInitializeDpc(&f.again, AgainDpc, NULL);
	KeSetTargetProcessorDpc(&f.slow, (CCHAR)second_cpu());
	KeSetTargetProcessorDpc(&f.behind, (CCHAR)second_cpu());
	KeSetTargetProcessorDpc(&f.again, (CCHAR)second_cpu());
	EXPECT_EQ(KeInsertQueueDpc(&f.slow, NULL, NULL), TRUE);
	EXPECT_EQ(KeInsertQueueDpc(&f.again, NULL, NULL), TRUE);
	EXPECT_EQ(KeInsertQueueDpc(&f.behind, NULL, NULL), TRUE);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&f.slow_done), 1);
	EXPECT_EQ(atomic_read(&f.behind_done), 1);
	EXPECT_GE(atomic_read(&f.again_runs), 1);
	WRITE_ONCE(f.stop, true);
	KeFlushQueuedDpcs();
	KeFlushQueuedDpcs();
	EXPECT_EQ(KeRemoveQueueDpc(&f.again), FALSE);
}

/* Two flushes at once: each waits for what its own CPU has queued. */
static void insert_and_flush(void *unused)
{
	struct cpu_dpc *mine = &own[raw_smp_processor_id() != first_cpu()];
	int i;

	for (i = 1; i <= 1000; i++) {
		EXPECT_EQ(KeInsertQueueDpc(&mine->dpc, NULL, NULL), TRUE);
		KeFlushQueuedDpcs();
		if (!EXPECT_EQ(atomic_read(&mine->calls), i))
			break;
	}
}

TEST(W_flush_on_two_cpus)
{
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	/* for the other CPU to run, while this one flushes */
	for (i = 0; i < 2; i++) {
		own[i].cpu = i ? first_cpu() : second_cpu();
		KeInitializeDpc(&own[i].dpc, note_cpu, &own[i]);
		KeSetTargetProcessorDpc(&own[i].dpc, (CCHAR)own[i].cpu);
		atomic_set(&own[i].calls, 0);
	}
	on_two_cpus(insert_and_flush, insert_and_flush, NULL);
}

static const struct test_case cases[] = {
	CASE(W_dpc_runs_once_with_its_arguments),
	CASE(W_dpc_queued_twice),
	CASE(W_dpc_removed_before_it_ran),
	CASE(W_dpc_frees_itself),
	CASE(W_dpc_inserts_itself),
	CASE(W_K2_dpc_has_run_at_passive_level),
	CASE(W_K2_dpc_of_a_section_has_run),
	CASE(W_K2_dpc_stays_on_its_cpu_and_waits_for_the_irql),
	CASE(W_dpc_has_a_target_processor),
	CASE(W_new_dpc),
	CASE(W_zeroed_dpc),
	CASE(W_dpc_set_up_in_its_routine_is_serialised),
	CASE(W_dpc_is_serialised),
	CASE(W_dpcs_first_in_first_out),
	CASE(W_important_dpcs_come_first),
	CASE(W_dpc_requested_by_an_isr),
	CASE(W_flush_at_dispatch_level),
	CASE(W_timer_expires_once_and_not_early),
	CASE(W_timer_due_at_once),
	CASE(W_timer_with_an_absolute_time),
	CASE(W_timer_set_again_and_cancelled),
	CASE(W_timer_without_dpc),
	CASE(W_periodic_timer_does_not_drift),
	CASE(W_timer_set_in_an_isr),
	CASE(W_timer_storm),
	CASE(W_clocks),
	CASE(W_stall),
	CASE(W_delay),
	CASE(W_flush_waits_for_what_is_queued),
	CASE(W_flush_on_two_cpus),
};

TEST_MODULE(cases);
