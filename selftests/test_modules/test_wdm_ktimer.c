// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: KTIMERs whose memory goes, that are cancelled with a
 * DPC queued, and that are set for a long time
 */
#include <linux/kthread.h>

#include "wdm_test.h"

#define TAG	'mitK'
#define HOUR_MS	3600000

static struct {
	KTIMER		timer;
	KDPC		dpc;
	atomic_t	calls;
} k;

static VOID count(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		  PVOID SystemArgument2)
{
	atomic_inc(&k.calls);
}

static void begin(void)
{
	atomic_set(&k.calls, 0);
	KeInitializeTimer(&k.timer);
	KeInitializeDpc(&k.dpc, count, NULL);
}

static LARGE_INTEGER ms(LONGLONG n)
{
	LARGE_INTEGER due;

	due.QuadPart = -n * 10000;
	return due;
}

/* A timer that is set for an hour expires now, with the caller as its softirq. */
static void expire(PKTIMER timer)
{
	timer->start -= HOUR_MS / 1000 * HZ + 10;
	iotimer_wdm_timer_expired(&timer->timer);
}

/* Memory */

struct one_shot {
	KTIMER	timer;
	KDPC	dpc;
};

static VOID free_all(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		     PVOID SystemArgument2)
{
	RtlFillMemory(DeferredContext, sizeof(struct one_shot), 0x6b);
	ExFreePoolWithTag(DeferredContext, TAG);
	atomic_inc(&k.calls);
}

static struct one_shot *one_shot(LONGLONG due)
{
	struct one_shot *shot = ExAllocatePoolZero(NonPagedPoolNx, sizeof(*shot), TAG);

	if (!EXPECT_PTR(shot))
		return NULL;
	KeInitializeTimer(&shot->timer);
	KeInitializeDpc(&shot->dpc, free_all, shot);
	EXPECT_EQ(KeSetTimer(&shot->timer, ms(due), &shot->dpc), FALSE);
	return shot;
}

/* The DPC runs before KeInsertQueueDpc() returns to the code that expires the timer. */
TEST(W_K1_timer_is_freed_by_its_dpc)
{
	struct one_shot *shot;
	int i;

	begin();
	for (i = 0; i < 20; i++) {
		shot = one_shot(HOUR_MS);
		if (shot)
			expire(&shot->timer);
	}
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&k.calls), 20);
	for (i = 0; i < 200; i++)
		one_shot(i % 5);
	EXPECT(wait_for(atomic_read(&k.calls) == 220, TEST_LIMIT_MS));
	KeFlushQueuedDpcs();
}

struct extension {
	KTIMER	timers[2];
	KDPC	dpc;
};

static void set_timers(struct extension *extension)
{
	int i;

	KeInitializeDpc(&extension->dpc, count, NULL);
	for (i = 0; i < 2; i++) {
		KeInitializeTimer(&extension->timers[i]);
		EXPECT_EQ(KeSetTimerEx(&extension->timers[i], ms(30), 10 * i, &extension->dpc),
			  FALSE);
	}
}

/* Both are cancelled, and that is reported once. */
TEST(W_K1_timers_in_the_extension_of_a_deleted_device)
{
	PDEVICE_OBJECT device = wdm_device(sizeof(struct extension));

	begin();
	if (!device)
		return;
	KeInitializeTimer(&k.timer);
	EXPECT_EQ(KeSetTimer(&k.timer, ms(HOUR_MS), &k.dpc), FALSE);
	set_timers(device->DeviceExtension);
	expect_warning_begin("iotimer: test_wdm_ktimer.* is deleted with . timers in it that are set");
	IoDeleteDevice(device);
	expect_warning_end();
	atomic_set(&k.calls, 0);
	msleep(100);
	EXPECT_EQ(atomic_read(&k.calls), 0);
	/* one that is elsewhere stays */
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
}

TEST(W_K1_timers_in_the_extension_of_a_deleted_controller)
{
	PCONTROLLER_OBJECT controller = IoCreateController(sizeof(struct extension));

	begin();
	if (!EXPECT_PTR(controller))
		return;
	set_timers(controller->ControllerExtension);
	expect_warning_begin("iotimer: test_wdm_ktimer.* is deleted with . timers in it that are set");
	IoDeleteController(controller);
	expect_warning_end();
	atomic_set(&k.calls, 0);
	msleep(100);
	EXPECT_EQ(atomic_read(&k.calls), 0);
}

/* A DPC in an extension waits for the other CPU's IRQL when the device is deleted. */
static bool is_raised, is_deleted;

static void stay_raised(void *unused)
{
	unsigned long end = jiffies + HZ;
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	WRITE_ONCE(is_raised, true);
	while (!READ_ONCE(is_deleted) && time_before(jiffies, end))
		cpu_relax();
	KeLowerIrql(old);
}

static void delete_with_dpc(void *unused)
{
	PDEVICE_OBJECT device = wdm_device(sizeof(struct extension));
	struct extension *extension = device ? device->DeviceExtension : NULL;

	if (device && EXPECT(spin_for(READ_ONCE(is_raised)))) {
		KeInitializeDpc(&extension->dpc, count, NULL);
		KeSetTargetProcessorDpc(&extension->dpc, (CCHAR)second_cpu());
		EXPECT_EQ(KeInsertQueueDpc(&extension->dpc, NULL, NULL), TRUE);
		IoDeleteDevice(device);
	}
	WRITE_ONCE(is_deleted, true);
}

TEST(W_K1_dpc_in_the_extension_of_a_deleted_device)
{
	begin();
	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	is_raised = false;
	is_deleted = false;
	on_two_cpus(delete_with_dpc, stay_raised, NULL);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&k.calls), 0);
}

/* Cancelling, with the DPC in its queue: at DISPATCH_LEVEL it does not run. */

/* The timer is always set, and its DPC is cancelled with it. */
TEST(W_cancelled_periodic_timer_takes_its_dpc_back)
{
	KIRQL old;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeSetTimerEx(&k.timer, ms(HOUR_MS), HOUR_MS, &k.dpc), FALSE);
	expire(&k.timer);
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
	EXPECT_EQ(KeRemoveQueueDpc(&k.dpc), FALSE);
	/* as if it were cancelled: TRUE again, and the DPC of before is gone */
	EXPECT_EQ(KeSetTimerEx(&k.timer, ms(HOUR_MS), HOUR_MS, &k.dpc), FALSE);
	expire(&k.timer);
	EXPECT_EQ(KeSetTimer(&k.timer, ms(HOUR_MS), &k.dpc), TRUE);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&k.calls), 0);
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
}

/* It has left the queue of timers: there is nothing to cancel. */
TEST(W_expired_timer_leaves_its_dpc)
{
	KIRQL old;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeSetTimer(&k.timer, ms(HOUR_MS), &k.dpc), FALSE);
	expire(&k.timer);
	EXPECT_EQ(KeCancelTimer(&k.timer), FALSE);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&k.calls), 1);
}

/* As a long timer does step by step, or one that was set again when it was about to expire. */
TEST(W_timer_that_has_some_way_to_go)
{
	begin();
	KeSetTimer(&k.timer, ms(HOUR_MS), &k.dpc);
	iotimer_wdm_timer_expired(&k.timer.timer);
	KeFlushQueuedDpcs();
	EXPECT_EQ(KeReadStateTimer(&k.timer), FALSE);
	EXPECT_EQ(atomic_read(&k.calls), 0);
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
	iotimer_wdm_timer_expired(&k.timer.timer);
	KeFlushQueuedDpcs();
	EXPECT_EQ(KeReadStateTimer(&k.timer), FALSE);
	EXPECT_EQ(atomic_read(&k.calls), 0);
}

TEST(W_cancelled_timer_leaves_a_dpc_that_the_driver_queued)
{
	KIRQL old;

	begin();
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(KeSetTimerEx(&k.timer, ms(HOUR_MS), HOUR_MS, &k.dpc), FALSE);
	EXPECT_EQ(KeInsertQueueDpc(&k.dpc, NULL, NULL), TRUE);
	expire(&k.timer);
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
	KeLowerIrql(old);
	KeFlushQueuedDpcs();
	EXPECT_EQ(atomic_read(&k.calls), 1);
}

/* Zeroed memory, as of a device that was never started. */
TEST(W_cancel_before_it_is_set_up)
{
	static KTIMER zeroed;

	EXPECT_EQ(KeCancelTimer(&zeroed), FALSE);
}

/*
 * Set and cancelled under the lock that the device's routine takes, while the timers
 * and the tick expire together: on PREEMPT_RT, a canceller that waits for the timer
 * softirq waits for the routine.
 */
static KSPIN_LOCK routine_lock;
static KTIMER many[64];
static atomic_t routine_calls;
static int cancelled;

static VOID locking_routine(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	KeAcquireSpinLockAtDpcLevel(&routine_lock);
	atomic_inc(&routine_calls);
	KeReleaseSpinLockFromDpcLevel(&routine_lock);
}

static void set_all(void)
{
	KIRQL old;
	int i;

	KeAcquireSpinLock(&routine_lock, &old);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		KeSetTimerEx(&many[i], ms(1), 1, &k.dpc);
	KeReleaseSpinLock(&routine_lock, old);
}

static void cancel_all(void)
{
	KIRQL old;
	int i;

	KeAcquireSpinLock(&routine_lock, &old);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		cancelled += KeCancelTimer(&many[i]);
	KeReleaseSpinLock(&routine_lock, old);
}

/* One CPU sets them, so that they expire there, and the other cancels them. */
static atomic_t turn;

static void set_for_a_while(void *unused)
{
	unsigned long end = jiffies + 3 * HZ;

	while (time_before(jiffies, end)) {
		set_all();
		atomic_set(&turn, 1);
		wait_for(!atomic_read(&turn), TEST_LIMIT_MS);
	}
	atomic_set(&turn, 2);
}

static void cancel_for_a_while(void *unused)
{
	unsigned long seen;

	while (atomic_read(&turn) != 2) {
		if (!atomic_read(&turn)) {
			cond_resched();
			continue;
		}
		for (seen = jiffies; seen == jiffies;)
			cpu_relax();
		udelay(cancelled / ARRAY_SIZE(many) % 60);
		cancel_all();
		atomic_cmpxchg(&turn, 1, 0);
	}
}

TEST(W_cancel_under_the_lock_of_the_routine)
{
	PDEVICE_OBJECT device;
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	begin();
	device = wdm_device(0);
	if (!device)
		return;
	KeInitializeSpinLock(&routine_lock);
	for (i = 0; i < ARRAY_SIZE(many); i++)
		KeInitializeTimer(&many[i]);
	atomic_set(&turn, 0);
	atomic_set(&routine_calls, 0);
	cancelled = 0;
	EXPECT_EQ(IoInitializeTimer(device, locking_routine, NULL), STATUS_SUCCESS);
	IoStartTimer(device);
	on_two_cpus(set_for_a_while, cancel_for_a_while, NULL);
	cancel_all();
	KeFlushQueuedDpcs();
	EXPECT_GT(cancelled, 0);
	EXPECT_GT(atomic_read(&routine_calls), 0);
	EXPECT_EQ(cancelled % ARRAY_SIZE(many), 0);	/* periodic ones are always set */
	IoDeleteDevice(device);
}

/* Long times */

#define LONG_TIMERS	8

static struct {
	KTIMER	timer;
	KDPC	dpc;
	u64	due;		/* jiffies */
	u64	came;
} late[LONG_TIMERS];

static VOID note_time(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
		      PVOID SystemArgument2)
{
	late[(long)DeferredContext].came = get_jiffies_64();
	atomic_inc(&k.calls);
}

/*
 * Spread over an eighth of their time, which is how late a timer_list may be. A
 * machine that was stalled is late too, but not with most of them.
 */
TEST(W_long_timer_is_not_late)
{
	int jiffies_ms = jiffies_to_msecs(1), n = 0;
	long i, due;

	begin();
	for (i = 0; i < LONG_TIMERS; i++) {
		due = (600 + 8 * i) * jiffies_ms;
		KeInitializeTimer(&late[i].timer);
		KeInitializeDpc(&late[i].dpc, note_time, (PVOID)i);
		late[i].due = get_jiffies_64() + 600 + 8 * i;
		EXPECT_EQ(KeSetTimer(&late[i].timer, ms(due), &late[i].dpc), FALSE);
	}
	EXPECT(wait_for(atomic_read(&k.calls) == LONG_TIMERS, TEST_LIMIT_MS));
	for (i = 0; i < LONG_TIMERS; i++) {
		EXPECT_GE(late[i].came, late[i].due);
		n += late[i].came <= late[i].due + 4;
	}
	EXPECT_GE(n, LONG_TIMERS / 2 + 1);
}

/* The jiffies from the start to what the timer_list is set to, for a time in 100 ns */
static long first_step(LONGLONG due, LONG period)
{
	LARGE_INTEGER time = { .QuadPart = -due };
	long step;
	u64 now;

	do {
		now = get_jiffies_64();
		KeSetTimerEx(&k.timer, time, period, NULL);
		step = k.timer.timer.expires - (unsigned long)k.timer.start;
	} while (now != get_jiffies_64());
	KeCancelTimer(&k.timer);
	return step;
}

/*
 * Exact up to 63 jiffies, which is as far as a timer_list is, and 7/8 of the time from
 * there on. Part of a jiffy is a whole one.
 */
TEST(W_steps_of_a_timer)
{
	static const struct {
		int jiffies, more, step;
	} cases[] = {
		{ 1, 0, 1 }, { 1, 1, 2 }, { 10, 0, 10 }, { 61, 1, 62 }, { 62, 0, 62 }, { 62, 1, 55 },
		{ 63, 0, 55 }, { 799, 0, 699 },
	};
	LONGLONG jiffy = KeQueryTimeIncrement();
	int i;

	begin();
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		EXPECT_EQ(first_step(cases[i].jiffies * jiffy + cases[i].more, 0), cases[i].step);
	EXPECT_EQ(first_step(2 * jiffy, 1000), 2);
}

/* The next time a periodic timer is due, after it has expired @late 100 ns late. */
static LONGLONG next_due(LONG period_ms, LONGLONG late)
{
	LARGE_INTEGER due = ms(period_ms);
	LONGLONG jiffy = KeQueryTimeIncrement();
	LONGLONG next;

	KeSetTimerEx(&k.timer, due, period_ms, NULL);
	k.timer.start -= (-due.QuadPart + late) / jiffy + 1;
	iotimer_wdm_timer_expired(&k.timer.timer);
	next = k.timer.due;
	EXPECT_EQ(KeCancelTimer(&k.timer), TRUE);
	return next;
}

/* Periods that have passed are left out; one that ends now has passed. */
TEST(W_periodic_timer_leaves_out_what_has_passed)
{
	LONGLONG period = 1000 * 10000;

	begin();
	EXPECT_EQ(next_due(1000, 0), 2 * period);
	EXPECT_EQ(next_due(1000, period / 2), 2 * period);
	EXPECT_EQ(next_due(1000, period), 3 * period);
	EXPECT_EQ(next_due(1000, 7 * period), 9 * period);
}

TEST(W_negative_period_is_none)
{
	begin();
	EXPECT_EQ(KeSetTimerEx(&k.timer, ms(1), -1, &k.dpc), FALSE);
	EXPECT(wait_for(atomic_read(&k.calls), TEST_LIMIT_MS));
	EXPECT_EQ(KeCancelTimer(&k.timer), FALSE);
}

/* A sleeper that khungtaskd leaves alone, and that ends in time. */
static int sleeper(void *unused)
{
	LARGE_INTEGER interval = ms(2500);
	u64 from = get_jiffies_64();

	EXPECT_EQ(KeDelayExecutionThread(KernelMode, FALSE, &interval), STATUS_SUCCESS);
	EXPECT_GE(get_jiffies_64() - from, msecs_to_jiffies(2500));
	atomic_inc(&k.calls);
	return 0;
}

TEST(W_long_delay_does_not_look_hung)
{
	struct task_struct *task;

	begin();
	task = kthread_run(sleeper, NULL, "wdm_sleeper");
	if (!EXPECT_PTR(task))
		return;
	get_task_struct(task);
	EXPECT(wait_for(READ_ONCE(task->__state) & TASK_NOLOAD, 2000));
	EXPECT(wait_for(atomic_read(&k.calls), TEST_LIMIT_MS));
	put_task_struct(task);
}

static const struct test_case cases[] = {
	CASE(W_K1_timer_is_freed_by_its_dpc),
	CASE(W_K1_timers_in_the_extension_of_a_deleted_device),
	CASE(W_K1_timers_in_the_extension_of_a_deleted_controller),
	CASE(W_K1_dpc_in_the_extension_of_a_deleted_device),
	CASE(W_cancelled_periodic_timer_takes_its_dpc_back),
	CASE(W_expired_timer_leaves_its_dpc),
	CASE(W_timer_that_has_some_way_to_go),
	CASE(W_cancelled_timer_leaves_a_dpc_that_the_driver_queued),
	CASE(W_cancel_before_it_is_set_up),
	CASE(W_cancel_under_the_lock_of_the_routine),
	CASE(W_long_timer_is_not_late),
	CASE(W_steps_of_a_timer),
	CASE(W_periodic_timer_leaves_out_what_has_passed),
	CASE(W_negative_period_is_none),
	CASE(W_long_delay_does_not_look_hung),
};

TEST_MODULE(cases);
