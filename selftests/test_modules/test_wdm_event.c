// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: events, timers, semaphores and mutexes that are waited
 * for, as the public documentation of Windows states them (E1, E2).
 */
#include <linux/jiffies.h>
#include <linux/kthread.h>

#include "wdm_test.h"

#define MS(N)		{ .QuadPart = -10000LL * (N) }

static LARGE_INTEGER at_once;

/* Long enough, and a waiter that nothing wakes ends the test rather than hang it. */
static LARGE_INTEGER limit = MS(2 * TEST_LIMIT_MS);

static NTSTATUS wait_ms(PVOID object, LONG ms)
{
	LARGE_INTEGER timeout = MS(ms);

	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &timeout);
}

static NTSTATUS wait_no(PVOID object)
{
	return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &at_once);
}

/* Threads that wait for an object, and count. */
static struct {
	PVOID		object;
	atomic_t	waiting, released;
	NTSTATUS	status;
} e;

static int waiter(void *arg)
{
	atomic_inc(&e.waiting);
	if (KeWaitForSingleObject(e.object, Executive, KernelMode, FALSE, arg) == STATUS_SUCCESS)
		atomic_inc(&e.released);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static bool start_waiters(struct task_struct **threads, int n, PVOID object,
			  PLARGE_INTEGER timeout)
{
	int i;

	memset(&e, 0, sizeof(e));
	e.object = object;
	for (i = 0; i < n; i++) {
		threads[i] = kthread_run(waiter, timeout, "wdm-waiter");
		if (!EXPECT_PTR(threads[i]))
			return false;
	}
	/* and sleep: none of them runs any more */
	for (i = 0; i < n; i++)
		EXPECT(wait_for(atomic_read(&e.waiting) == n &&
				READ_ONCE(threads[i]->__state) == TASK_IDLE, TEST_LIMIT_MS));
	return true;
}

static void stop_waiters(struct task_struct **threads, int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (!IS_ERR_OR_NULL(threads[i]))
			kthread_stop(threads[i]);
}

static bool released(int n)
{
	return wait_for(atomic_read(&e.released) >= n, TEST_LIMIT_MS);
}

TEST(E1_event_states)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	EXPECT_EQ(KeReadStateEvent(&event), 0);
	EXPECT_EQ(KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_NE(KeReadStateEvent(&event), 0);
	EXPECT_NE(KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
	EXPECT_NE(KeResetEvent(&event), 0);
	EXPECT_EQ(KeResetEvent(&event), 0);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeClearEvent(&event);
	EXPECT_EQ(KeReadStateEvent(&event), 0);
	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	EXPECT_NE(KeReadStateEvent(&event), 0);
}

TEST(E1_notification_event_stays_signalled)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, TRUE);
	EXPECT_EQ(wait_no(&event), STATUS_SUCCESS);
	EXPECT_EQ(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL),
		  STATUS_SUCCESS);
	KeClearEvent(&event);
	EXPECT_EQ(wait_no(&event), STATUS_TIMEOUT);
}

TEST(E1_synchronization_event_is_taken_by_one_wait)
{
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	EXPECT_EQ(wait_no(&event), STATUS_SUCCESS);
	EXPECT_EQ(wait_no(&event), STATUS_TIMEOUT);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	EXPECT_EQ(wait_ms(&event, 1), STATUS_SUCCESS);
	EXPECT_EQ(wait_ms(&event, 1), STATUS_TIMEOUT);
}

/* Although it is reset before any of them can run. */
TEST(E1_notification_event_releases_all)
{
	struct task_struct *threads[5] = { };
	KEVENT event;
	int i;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	if (start_waiters(threads, 5, &event, NULL)) {
		EXPECT_EQ(atomic_read(&e.released), 0);
		preempt_disable();
		EXPECT_EQ(KeSetEvent(&event, IO_NO_INCREMENT, FALSE), 0);
		KeClearEvent(&event);
		preempt_enable();
		EXPECT(released(5));
	}
	for (i = 0; i < 5; i++)
		KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	stop_waiters(threads, 5);
}

TEST(E1_synchronization_event_releases_one)
{
	struct task_struct *threads[3] = { };
	KEVENT event;
	int i;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	if (start_waiters(threads, 3, &event, &limit))
		for (i = 1; i <= 3; i++) {
			KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
			EXPECT(released(i));
			EXPECT_EQ(KeReadStateEvent(&event), 0);
			msleep(20);
			EXPECT_EQ(atomic_read(&e.released), i);
		}
	for (i = 0; i < 3; i++)
		KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	stop_waiters(threads, 3);
}

/* A wait that only the time-out should end; a timer ends it if that does not come. */
static NTSTATUS wait_for_timeout(PLARGE_INTEGER timeout)
{
	static KTIMER rescue;
	NTSTATUS status;
	KEVENT event;
	PVOID objects[] = { &event, &rescue };

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	KeInitializeTimer(&rescue);
	KeSetTimer(&rescue, limit, NULL);
	status = KeWaitForMultipleObjects(2, objects, WaitAny, Executive, KernelMode, FALSE,
					  timeout, NULL);
	KeCancelTimer(&rescue);
	return status;
}

/* Time-outs, by the clock of the layer, which is late where a CPU was taken away from the machine */

TEST(E1_relative_timeout_is_not_short)
{
	LARGE_INTEGER timeout = MS(55);
	u64 start = get_jiffies_64();
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	EXPECT_EQ(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout),
		  STATUS_TIMEOUT);
	EXPECT_GE(get_jiffies_64() - start, msecs_to_jiffies(55));
	EXPECT_EQ(timeout.QuadPart, -550000);
	EXPECT_EQ(READ_ONCE(current->__state), TASK_RUNNING);
	/* the wait is over: nothing of it is left in the event */
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
}

/* The shortest ones, many times: a machine that is slow hides one that is short. */
TEST(E1_shortest_timeout_is_not_short)
{
	LARGE_INTEGER timeout = MS(1);
	KEVENT event;
	u64 start;
	int i;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	for (i = 0; i < 50; i++) {
		start = get_jiffies_64();
		EXPECT_EQ(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, &timeout),
			  STATUS_TIMEOUT);
		EXPECT_GE(get_jiffies_64() - start, msecs_to_jiffies(1));
	}
}

/*
 * A jiffy that has begun, one for each that was asked for, and the step of the wheel. A
 * machine that is busy makes a wait longer, but not each of them.
 */
static u64 shortest_wait(LONGLONG due, bool to_a_time)
{
	LARGE_INTEGER timeout;
	u64 start;

	start = get_jiffies_64();
	if (to_a_time)
		KeQuerySystemTime(&timeout);
	else
		timeout.QuadPart = 0;
	timeout.QuadPart += to_a_time ? due : -due;
	EXPECT_EQ(wait_for_timeout(&timeout), STATUS_TIMEOUT);
	return get_jiffies_64() - start;
}

TEST(E1_timeouts_are_not_long)
{
	LONGLONG jiffy = KeQueryTimeIncrement();

	EXPECT(wait_for(shortest_wait(1, false) <= 3, TEST_LIMIT_MS));
	EXPECT(wait_for(shortest_wait(2 * jiffy, false) <= 4, TEST_LIMIT_MS));
	EXPECT(wait_for(shortest_wait(2 * jiffy, true) <= 4, TEST_LIMIT_MS));
}

TEST(E1_absolute_timeout)
{
	u64 start = get_jiffies_64();
	LARGE_INTEGER timeout;

	KeQuerySystemTime(&timeout);
	timeout.QuadPart += 550000;
	EXPECT_EQ(wait_for_timeout(&timeout), STATUS_TIMEOUT);
	EXPECT_GE(get_jiffies_64() - start, msecs_to_jiffies(50));
	/* one that is over */
	EXPECT_EQ(wait_for_timeout(&timeout), STATUS_TIMEOUT);
}

TEST(E1_signalled_before_the_timeout)
{
	struct task_struct *threads[1] = { };
	LARGE_INTEGER hour = MS(3600000);
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, FALSE);
	if (start_waiters(threads, 1, &event, &hour)) {
		KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
		EXPECT(released(1));
	}
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	stop_waiters(threads, 1);
}

/* Timers as dispatcher objects */

TEST(E1_wait_for_a_timer)
{
	LARGE_INTEGER due = MS(30);
	u64 start = get_jiffies_64();
	static KTIMER timer;

	KeInitializeTimer(&timer);
	EXPECT_EQ(KeReadStateTimer(&timer), FALSE);
	KeSetTimer(&timer, due, NULL);
	EXPECT_EQ(wait_ms(&timer, TEST_LIMIT_MS), STATUS_SUCCESS);
	EXPECT_GE(get_jiffies_64() - start, msecs_to_jiffies(30));
	EXPECT_EQ(KeReadStateTimer(&timer), TRUE);
	EXPECT_EQ(timer.Header.SignalState, 1);
	EXPECT_EQ(wait_no(&timer), STATUS_SUCCESS);
	due.QuadPart = -36000000000LL;
	KeSetTimer(&timer, due, NULL);
	EXPECT_EQ(KeReadStateTimer(&timer), FALSE);
	EXPECT_EQ(wait_ms(&timer, 20), STATUS_TIMEOUT);
	EXPECT_EQ(KeCancelTimer(&timer), TRUE);
	EXPECT_EQ(KeReadStateTimer(&timer), FALSE);
}

TEST(E1_synchronization_timer_is_taken_by_one_wait)
{
	LARGE_INTEGER due = MS(10);
	static KTIMER timer;
	int i;

	KeInitializeTimerEx(&timer, SynchronizationTimer);
	KeSetTimerEx(&timer, due, 10, NULL);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(wait_ms(&timer, TEST_LIMIT_MS), STATUS_SUCCESS);
	KeCancelTimer(&timer);
	wait_no(&timer);
	EXPECT_EQ(KeReadStateTimer(&timer), FALSE);
	EXPECT_EQ(wait_no(&timer), STATUS_TIMEOUT);
}

/* IRQL */

static NTSTATUS status_there;
static PKEVENT event_there;

static void wait_there(void)
{
	status_there = KeWaitForSingleObject(event_there, Executive, KernelMode, FALSE, NULL);
}

static void poll_there(void)
{
	status_there = wait_no(event_there);
}

static void set_there(void)
{
	KeSetEvent(event_there, IO_NO_INCREMENT, FALSE);
}

TEST(E2_dispatch_level_only_with_a_zero_timeout)
{
	KEVENT event;

	KeInitializeEvent(&event, SynchronizationEvent, TRUE);
	event_there = &event;
	in_dpc(poll_there);
	EXPECT_EQ(status_there, STATUS_SUCCESS);
	in_dpc(poll_there);
	EXPECT_EQ(status_there, STATUS_TIMEOUT);
	in_dpc(set_there);
	EXPECT_NE(KeReadStateEvent(&event), 0);
	expect_wrong_irql("wait_there", "KeWaitForSingleObject");
	in_dpc(wait_there);
	expect_warning_end();
	EXPECT_EQ(status_there, STATUS_UNSUCCESSFUL);
	EXPECT_NE(KeReadStateEvent(&event), 0);
}

TEST(E1_set_in_a_dpc_ends_a_wait)
{
	struct task_struct *threads[2] = { };
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	event_there = &event;
	if (start_waiters(threads, 2, &event, &limit)) {
		in_dpc(set_there);
		EXPECT(released(2));
	}
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	KeSetEvent(&event, IO_NO_INCREMENT, FALSE);
	stop_waiters(threads, 2);
}

/* An event on the stack goes the moment that its wait is over. */
static struct {
	PKEVENT	event;
	bool	stop;
} pingpong;

static void pong(void *arg)
{
	PKEVENT event;

	while (!READ_ONCE(pingpong.stop)) {
		event = xchg(&pingpong.event, NULL);
		if (event)
			KeSetEvent(event, IO_NO_INCREMENT, FALSE);
		cond_resched();
	}
}

static noinline void ping(void)
{
	KEVENT event;

	KeInitializeEvent(&event, NotificationEvent, FALSE);
	smp_store_release(&pingpong.event, &event);
	EXPECT_EQ(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL),
		  STATUS_SUCCESS);
	memset(&event, 0x55, sizeof(event));
}

TEST(E1_event_on_the_stack)
{
	struct cpu_call call;
	int i;

	if (SKIP_IF(num_online_cpus() < 2, "needs two CPUs"))
		return;
	pingpong.stop = false;
	set_cpus_allowed_ptr(current, cpumask_of(first_cpu()));
	cpu_call_begin(&call, second_cpu(), pong, NULL);
	for (i = 0; i < 20000; i++)
		ping();
	WRITE_ONCE(pingpong.stop, true);
	cpu_call_end(&call);
	set_cpus_allowed_ptr(current, cpu_possible_mask);
}

/* Several objects */

static NTSTATUS wait_several(ULONG count, PVOID *objects, WAIT_TYPE type, LONG ms)
{
	LARGE_INTEGER timeout = MS(ms);

	return KeWaitForMultipleObjects(count, objects, type, Executive, KernelMode, FALSE,
					&timeout, NULL);
}

TEST(E1_wait_for_any)
{
	KEVENT a, b, c;
	PVOID objects[] = { &a, &b, &c };

	KeInitializeEvent(&a, SynchronizationEvent, FALSE);
	KeInitializeEvent(&b, SynchronizationEvent, TRUE);
	KeInitializeEvent(&c, SynchronizationEvent, TRUE);
	EXPECT_EQ(wait_several(3, objects, WaitAny, 0), STATUS_WAIT_1);
	EXPECT_EQ(KeReadStateEvent(&b), 0);
	EXPECT_NE(KeReadStateEvent(&c), 0);
	EXPECT_EQ(wait_several(3, objects, WaitAny, 0), STATUS_WAIT_2);
	EXPECT_EQ(wait_several(3, objects, WaitAny, 20), STATUS_TIMEOUT);
	EXPECT_EQ(wait_several(0, objects, WaitAny, 0), STATUS_INVALID_PARAMETER);
	EXPECT_EQ(wait_several(4, objects, WaitAny, 0), STATUS_INVALID_PARAMETER);
}

/* Whichever of them is not set, none is taken. */
TEST(E1_wait_for_all_but_one)
{
	KEVENT events[3];
	PVOID objects[] = { &events[0], &events[1], &events[2] };
	int missing, i;

	for (missing = 0; missing < 3; missing++) {
		for (i = 0; i < 3; i++)
			KeInitializeEvent(&events[i], SynchronizationEvent, i != missing);
		EXPECT_EQ(wait_several(3, objects, WaitAll, 0), STATUS_TIMEOUT);
		for (i = 0; i < 3; i++)
			EXPECT_EQ(!!KeReadStateEvent(&events[i]), i != missing);
	}
}

TEST(E1_wait_for_all)
{
	KEVENT a, b;
	static KTIMER timer;
	LARGE_INTEGER due = MS(30);
	PVOID objects[] = { &a, &timer, &b };

	KeInitializeEvent(&a, SynchronizationEvent, TRUE);
	KeInitializeEvent(&b, SynchronizationEvent, TRUE);
	KeInitializeTimer(&timer);
	EXPECT_EQ(wait_several(3, objects, WaitAll, 20), STATUS_TIMEOUT);
	/* none of them was taken */
	EXPECT_NE(KeReadStateEvent(&a), 0);
	EXPECT_NE(KeReadStateEvent(&b), 0);
	KeSetTimer(&timer, due, NULL);
	EXPECT_EQ(wait_several(3, objects, WaitAll, TEST_LIMIT_MS), STATUS_SUCCESS);
	EXPECT_EQ(KeReadStateEvent(&a), 0);
	EXPECT_EQ(KeReadStateEvent(&b), 0);
	EXPECT_EQ(KeReadStateTimer(&timer), TRUE);
}

#define MANY	MAXIMUM_WAIT_OBJECTS

static struct {
	KEVENT		events[MANY];
	PVOID		objects[MANY];
	KWAIT_BLOCK	blocks[MANY];
} many;

TEST(E1_wait_with_many_blocks)
{
	int i;

	for (i = 0; i < MANY; i++) {
		KeInitializeEvent(&many.events[i], SynchronizationEvent, i == MANY - 1);
		many.objects[i] = &many.events[i];
	}
	EXPECT_EQ(KeWaitForMultipleObjects(MANY, many.objects, WaitAny, Executive, KernelMode,
					   FALSE, &at_once, many.blocks),
		  STATUS_WAIT_0 + MANY - 1);
	EXPECT_EQ(KeWaitForMultipleObjects(MANY + 1, many.objects, WaitAny, Executive,
					   KernelMode, FALSE, &at_once, many.blocks),
		  STATUS_INVALID_PARAMETER);
}

/* Semaphores and mutexes */

TEST(E1_semaphore)
{
	struct task_struct *threads[3] = { };
	KSEMAPHORE semaphore;
	int i;

	KeInitializeSemaphore(&semaphore, 1, 4);
	EXPECT_EQ(wait_no(&semaphore), STATUS_SUCCESS);
	EXPECT_EQ(wait_no(&semaphore), STATUS_TIMEOUT);
	if (start_waiters(threads, 3, &semaphore, &limit)) {
		EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE), 0);
		EXPECT(released(2));
		EXPECT_EQ(KeReadStateSemaphore(&semaphore), 0);
		EXPECT_EQ(atomic_read(&e.released), 2);
		EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 4, FALSE), 0);
		EXPECT(released(3));
		EXPECT_EQ(KeReadStateSemaphore(&semaphore), 3);
	}
	expect_trace_begin("iotimer: .*: KeReleaseSemaphore.. beyond its limit",
			   "KeReleaseSemaphore");
	EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 2, FALSE), 3);
	expect_warning_end();
	/* each place once */
	expect_trace_begin("iotimer: .*: KeReleaseSemaphore.. beyond its limit",
			   "KeReleaseSemaphore");
	for (i = 0; i < 2; i++)
		EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, -i, FALSE), 3);
	expect_warning_end();
	EXPECT_EQ(KeReadStateSemaphore(&semaphore), 3);
	EXPECT_EQ(KeReleaseSemaphore(&semaphore, IO_NO_INCREMENT, 1, FALSE), 3);
	EXPECT_EQ(KeReadStateSemaphore(&semaphore), 4);
	stop_waiters(threads, 3);
}

static KMUTEX mutex;

static int other_thread(void *arg)
{
	e.status = wait_no(&mutex);
	if (arg) {
		KeReleaseMutex(&mutex, FALSE);
		KeWaitForSingleObject(&mutex, Executive, KernelMode, FALSE, &limit);
		KeReleaseMutex(&mutex, FALSE);
		atomic_inc(&e.released);
	}
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

TEST(E1_mutex_is_its_owners)
{
	struct task_struct *thread;

	memset(&e, 0, sizeof(e));
	KeInitializeMutex(&mutex, 0);
	EXPECT_EQ(KeReadStateMutex(&mutex), 1);
	EXPECT_EQ(wait_no(&mutex), STATUS_SUCCESS);
	/* once more, and as often released */
	EXPECT_EQ(wait_no(&mutex), STATUS_SUCCESS);
	EXPECT_EQ(KeReadStateMutex(&mutex), -1);
	expect_trace_begin("iotimer: other_thread.*: KeReleaseMutex.. of a mutex that the caller has not got",
			   "KeReleaseMutex");
	thread = kthread_run(other_thread, &mutex, "wdm-mutex");
	if (EXPECT_PTR(thread)) {
		EXPECT(wait_for(READ_ONCE(thread->__state) == TASK_IDLE, TEST_LIMIT_MS));
		EXPECT_EQ(e.status, STATUS_TIMEOUT);
		EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), -1);
		msleep(20);
		EXPECT_EQ(atomic_read(&e.released), 0);
		EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 0);
		EXPECT(released(1));
		kthread_stop(thread);
	}
	expect_warning_end();
	EXPECT_EQ(KeReadStateMutex(&mutex), 1);
	expect_trace_begin("iotimer: E1_mutex_is_its_owners.*: KeReleaseMutex.. of a mutex that the caller has not got",
			   "KeReleaseMutex");
	EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 1);
	expect_warning_end();
	/* the owner of before is none */
	EXPECT_EQ(wait_no(&mutex), STATUS_SUCCESS);
	EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 0);
	expect_trace_begin("iotimer: E1_mutex_is_its_owners.*: KeReleaseMutex.. of a mutex that the caller has not got",
			   "KeReleaseMutex");
	EXPECT_EQ(KeReleaseMutex(&mutex, FALSE), 1);
	expect_warning_end();
	EXPECT_EQ(KeReadStateMutex(&mutex), 1);
}

static FAST_MUTEX fast;

static int try_fast(void *arg)
{
	e.status = ExTryToAcquireFastMutex(&fast);
	while (!kthread_should_stop())
		msleep(1);
	return 0;
}

static void acquire_fast(void)
{
	ExAcquireFastMutex(&fast);
}

TEST(W_fast_mutex)
{
	struct task_struct *thread;

	ExInitializeFastMutex(&fast);
	ExAcquireFastMutex(&fast);
	e.status = -1;
	thread = kthread_run(try_fast, NULL, "wdm-fast");
	if (EXPECT_PTR(thread)) {
		EXPECT(wait_for(READ_ONCE(e.status) != -1, TEST_LIMIT_MS));
		EXPECT_EQ(e.status, FALSE);
		kthread_stop(thread);
	}
	ExReleaseFastMutex(&fast);
	EXPECT_EQ(ExTryToAcquireFastMutex(&fast), TRUE);
	ExReleaseFastMutex(&fast);
	expect_wrong_irql("acquire_fast", "ExAcquireFastMutex");
	in_dpc(acquire_fast);
	expect_warning_end();
	EXPECT_EQ(ExTryToAcquireFastMutex(&fast), TRUE);
	ExReleaseFastMutex(&fast);
}

static const struct test_case cases[] = {
	CASE(E1_event_states),
	CASE(E1_notification_event_stays_signalled),
	CASE(E1_synchronization_event_is_taken_by_one_wait),
	CASE(E1_notification_event_releases_all),
	CASE(E1_synchronization_event_releases_one),
	CASE(E1_relative_timeout_is_not_short),
	CASE(E1_shortest_timeout_is_not_short),
	CASE(E1_timeouts_are_not_long),
	CASE(E1_absolute_timeout),
	CASE(E1_signalled_before_the_timeout),
	CASE(E1_wait_for_a_timer),
	CASE(E1_synchronization_timer_is_taken_by_one_wait),
	CASE(E2_dispatch_level_only_with_a_zero_timeout),
	CASE(E1_set_in_a_dpc_ends_a_wait),
	CASE(E1_event_on_the_stack),
	CASE(E1_wait_for_any),
	CASE(E1_wait_for_all_but_one),
	CASE(E1_wait_for_all),
	CASE(E1_wait_with_many_blocks),
	CASE(E1_semaphore),
	CASE(E1_mutex_is_its_owners),
	CASE(W_fast_mutex),
};

TEST_MODULE(cases);
