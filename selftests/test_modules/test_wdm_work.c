// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: work items (K3). Unloading waits
 * for the items that it leaves queued; wdm.sh looks at that.
 */
#include "wdm_test.h"

static struct {
	PIO_WORKITEM	item;
	WORK_QUEUE_ITEM	plain;
	PDEVICE_OBJECT	device;
	PVOID		context;
	KIRQL		irql;
	int		nice;
	atomic_t	calls;
	int		again;
	bool		go;
} k;

static VOID Work(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	k.device = DeviceObject;
	k.context = Context;
	k.irql = KeGetCurrentIrql();
	k.nice = task_nice(current);
	might_sleep();
	if (k.again-- > 0)
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, Context);
	atomic_inc(&k.calls);
}

/* Stays until it is told to go. */
static VOID Slow(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	while (!READ_ONCE(k.go))
		msleep(1);
	msleep(50);
	atomic_inc(&k.calls);
}

static bool begin(void)
{
	memset(&k, 0, sizeof(k));
	if (!wdm_begin())
		return false;
	k.item = IoAllocateWorkItem(w.device);
	return EXPECT_PTR(k.item);
}

static void end(void)
{
	if (k.item)
		IoFreeWorkItem(k.item);
	wdm_end();
}

static bool called(int n)
{
	return wait_for(atomic_read(&k.calls) >= n, TEST_LIMIT_MS);
}

TEST(K3_runs_at_passive_level)
{
	static WORK_QUEUE_TYPE types[] = {
		CriticalWorkQueue, DelayedWorkQueue, HyperCriticalWorkQueue,
	};
	int i;

	if (begin())
		for (i = 0; i < ARRAY_SIZE(types); i++) {
			IoQueueWorkItem(k.item, Work, types[i], &types[i]);
			EXPECT(called(i + 1));
			EXPECT_EQ(k.device, w.device);
			EXPECT_EQ(k.context, &types[i]);
			EXPECT_EQ(k.irql, PASSIVE_LEVEL);
			EXPECT_EQ(k.nice, types[i] == DelayedWorkQueue ? 0 : MIN_NICE);
		}
	end();
}

static void queue_there(void)
{
	IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
}

TEST(K3_queued_in_a_dpc)
{
	if (begin()) {
		in_dpc(queue_there);
		EXPECT(called(1));
	}
	end();
}

TEST(K3_queued_at_dirql)
{
	if (begin()) {
		expect_wrong_irql("queue_there", "IoQueueWorkItem");
		in_isr(queue_there);
		expect_warning_end();
		msleep(20);
		EXPECT_EQ(atomic_read(&k.calls), 0);
	}
	end();
}

TEST(K3_queues_itself)
{
	if (begin()) {
		k.again = 5;
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
		EXPECT(called(6));
	}
	end();
}

static VOID FreesItself(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoFreeWorkItem(Context);
	atomic_inc(&k.calls);
}

TEST(K3_frees_itself)
{
	if (begin()) {
		IoQueueWorkItem(k.item, FreesItself, DelayedWorkQueue, k.item);
		k.item = NULL;
		EXPECT(called(1));
	}
	end();
}

TEST(K3_queued_twice)
{
	PIO_WORKITEM blocker;
	int i;

	if (begin()) {
		blocker = IoAllocateWorkItem(w.device);
		IoQueueWorkItem(k.item, Slow, DelayedWorkQueue, NULL);
		/* while it runs it may be queued, once */
		EXPECT(wait_for(!READ_ONCE(k.item->work.queued), TEST_LIMIT_MS));
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, &k);
		expect_trace_begin("iotimer: K3_queued_twice.*: IoQueueWorkItem.. of a work item that is queued already",
				   "queued_twice");
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
		expect_warning_end();
		expect_trace_begin("iotimer: K3_queued_twice.*: IoQueueWorkItem.. of a work item that is queued already",
				   "queued_twice");
		for (i = 0; i < 2; i++)
			IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
		expect_warning_end();
		WRITE_ONCE(k.go, true);
		EXPECT(called(2));
		EXPECT_EQ(k.context, &k);
		IoFreeWorkItem(blocker);
	}
	end();
}

TEST(K3_freed_while_queued)
{
	if (begin()) {
		IoQueueWorkItem(k.item, Slow, DelayedWorkQueue, NULL);
		EXPECT(wait_for(!READ_ONCE(k.item->work.queued), TEST_LIMIT_MS));
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, &k);
		expect_trace_begin("iotimer: K3_freed_while_queued.*: IoFreeWorkItem.. of a work item that is queued",
				   "wdm/work\\.c");
		IoFreeWorkItem(k.item);
		expect_warning_end();
		k.item = NULL;
		WRITE_ONCE(k.go, true);
		EXPECT(called(2));
		EXPECT_EQ(k.context, &k);
	}
	end();
}

/* One that runs, and one behind it. */
TEST(K3_delete_waits_for_work_items)
{
	PIO_WORKITEM second;

	if (begin()) {
		second = IoAllocateWorkItem(w.device);
		IoQueueWorkItem(k.item, Slow, DelayedWorkQueue, NULL);
		IoQueueWorkItem(second, Slow, CriticalWorkQueue, NULL);
		WRITE_ONCE(k.go, true);
		IoDeleteDevice(w.device);
		w.device = NULL;
		EXPECT_EQ(atomic_read(&k.calls), 2);
		IoFreeWorkItem(second);
	}
	end();
}

static VOID Requeue(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
}

static VOID QueueFromTimer(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	if (!READ_ONCE(k.item->work.queued))
		IoQueueWorkItem(k.item, Work, DelayedWorkQueue, NULL);
}

/* The timer queues it as long as it runs, and the work item another one. */
TEST(K3_delete_stops_what_queues_first)
{
	int round, calls;

	for (round = 0; round < 5; round++) {
		if (begin()) {
			EXPECT_EQ(IoInitializeTimer(w.device, QueueFromTimer, NULL),
				  STATUS_SUCCESS);
			IoStartTimer(w.device);
			EXPECT(called(2));
			IoDeleteDevice(w.device);
			w.device = NULL;
			calls = atomic_read(&k.calls);
			msleep(3 * period_ms);
			EXPECT_EQ(atomic_read(&k.calls), calls);
		}
		end();
	}
	if (begin()) {
		IoQueueWorkItem(k.item, Requeue, DelayedWorkQueue, NULL);
		IoDeleteDevice(w.device);
		w.device = NULL;
		EXPECT_EQ(atomic_read(&k.calls), 1);
	}
	end();
}

static VOID DeletesDevice(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoDeleteDevice(DeviceObject);
	atomic_inc(&k.calls);
}

TEST(K3_deletes_its_device)
{
	if (begin()) {
		IoQueueWorkItem(k.item, DeletesDevice, DelayedWorkQueue, NULL);
		w.device = NULL;
		EXPECT(called(1));
	}
	end();
}

/* Work items without a device */

static VOID Plain(PVOID Parameter)
{
	k.context = Parameter;
	k.irql = KeGetCurrentIrql();
	atomic_inc(&k.calls);
}

static void queue_plain(void)
{
	ExQueueWorkItem(&k.plain, CriticalWorkQueue);
}

TEST(K3_work_item_without_a_device)
{
	if (begin()) {
		ExInitializeWorkItem(&k.plain, Plain, &k);
		ExQueueWorkItem(&k.plain, DelayedWorkQueue);
		EXPECT(called(1));
		EXPECT_EQ(k.context, &k);
		EXPECT_EQ(k.irql, PASSIVE_LEVEL);
		in_dpc(queue_plain);
		EXPECT(called(2));
	}
	end();
}

static VOID PlainFrees(PVOID Parameter)
{
	ExFreePool(Parameter);
	atomic_inc(&k.calls);
}

TEST(K3_work_item_frees_its_memory)
{
	PWORK_QUEUE_ITEM item = ExAllocatePoolWithTag(NonPagedPool, sizeof(*item), 'tset');

	memset(&k, 0, sizeof(k));
	if (EXPECT_PTR(item)) {
		ExInitializeWorkItem(item, PlainFrees, item);
		ExQueueWorkItem(item, DelayedWorkQueue);
		EXPECT(called(1));
	}
}

static VOID SlowPlain(PVOID Parameter)
{
	Slow(NULL, NULL);
}

TEST(K3_work_item_without_a_device_queued_twice)
{
	if (begin()) {
		ExInitializeWorkItem(&k.plain, SlowPlain, NULL);
		ExQueueWorkItem(&k.plain, DelayedWorkQueue);
		EXPECT(wait_for(!READ_ONCE(k.plain.work.queued), TEST_LIMIT_MS));
		ExQueueWorkItem(&k.plain, DelayedWorkQueue);
		expect_trace_begin("iotimer: K3_work_item_without.*: ExQueueWorkItem.. of a work item that is queued already",
				   "queued_twice");
		ExQueueWorkItem(&k.plain, DelayedWorkQueue);
		expect_warning_end();
		WRITE_ONCE(k.go, true);
		EXPECT(called(2));
	}
	end();
}

/* A device waits for its own work items only. */
TEST(K3_delete_does_not_wait_for_another_device)
{
	PDEVICE_OBJECT other;

	if (begin()) {
		IoQueueWorkItem(k.item, Slow, DelayedWorkQueue, NULL);
		other = wdm_device(0);
		if (other)
			IoDeleteDevice(other);
		EXPECT_EQ(atomic_read(&k.calls), 0);
		WRITE_ONCE(k.go, true);
		EXPECT(called(1));
	}
	end();
}

static VOID LetGo(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	WRITE_ONCE(k.go, true);
	atomic_inc(&k.calls);
}

/* The first one waits for the second one, in each queue and across them. */
TEST(K3_one_that_waits_holds_up_no_other)
{
	static const struct {
		WORK_QUEUE_TYPE	first, second;
	} cases[] = {
		{ DelayedWorkQueue, DelayedWorkQueue },
		{ CriticalWorkQueue, CriticalWorkQueue },
		{ DelayedWorkQueue, CriticalWorkQueue },
		{ CriticalWorkQueue, DelayedWorkQueue },
	};
	PIO_WORKITEM second;
	int i;

	if (begin()) {
		second = IoAllocateWorkItem(w.device);
		for (i = 0; i < ARRAY_SIZE(cases) && EXPECT_PTR(second); i++) {
			k.go = false;
			IoQueueWorkItem(k.item, Slow, cases[i].first, NULL);
			EXPECT(wait_for(!READ_ONCE(k.item->work.queued), TEST_LIMIT_MS));
			IoQueueWorkItem(second, LetGo, cases[i].second, NULL);
			EXPECT(called(2 * i + 2));
			WRITE_ONCE(k.go, true);
		}
		if (second)
			IoFreeWorkItem(second);
	}
	end();
}

/* Left to be waited for. */
static VOID Late(PVOID Parameter)
{
	msleep(500);
	pr_info("wdm-work: late work is done\n");
}

TEST(K3_left_queued)
{
	ExInitializeWorkItem(&k.plain, Late, NULL);
	ExQueueWorkItem(&k.plain, DelayedWorkQueue);
}

/* One whose device goes is still the module's. */
static VOID LateWithoutDevice(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
	IoFreeWorkItem(Context);
	IoDeleteDevice(DeviceObject);
	msleep(700);
	pr_info("wdm-work: late work without its device is done\n");
}

TEST(K3_left_running)
{
	PDEVICE_OBJECT device = wdm_device(0);
	PIO_WORKITEM item = device ? IoAllocateWorkItem(device) : NULL;

	if (EXPECT_PTR(item))
		IoQueueWorkItem(item, LateWithoutDevice, DelayedWorkQueue, item);
}

static const struct test_case cases[] = {
	CASE(K3_runs_at_passive_level),
	CASE(K3_queued_in_a_dpc),
	CASE(K3_queued_at_dirql),
	CASE(K3_queues_itself),
	CASE(K3_frees_itself),
	CASE(K3_queued_twice),
	CASE(K3_freed_while_queued),
	CASE(K3_delete_waits_for_work_items),
	CASE(K3_delete_stops_what_queues_first),
	CASE(K3_deletes_its_device),
	CASE(K3_work_item_without_a_device),
	CASE(K3_work_item_frees_its_memory),
	CASE(K3_work_item_without_a_device_queued_twice),
	CASE(K3_delete_does_not_wait_for_another_device),
	CASE(K3_one_that_waits_holds_up_no_other),
	CASE(K3_left_queued),
	CASE(K3_left_running),
};

TEST_MODULE(cases);
