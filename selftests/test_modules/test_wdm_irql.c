// SPDX-License-Identifier: GPL-2.0
/*
 * The layer for ported sources: IRQL, spin locks, and what is asked of the IRQL
 */
#include "wdm_test.h"

#define STORM	2000

static KIRQL seen;

static void see(void)
{
	seen = KeGetCurrentIrql();
}

static int see_int(void *arg)
{
	return KeGetCurrentIrql();
}

TEST(W_irql_of_each_context)
{
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(test_in_softirq(see_int, NULL), DISPATCH_LEVEL);
	EXPECT_GT(test_in_hardirq(see_int, NULL), DISPATCH_LEVEL);

	local_bh_disable();
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	local_bh_enable();
	EXPECT_GT(test_with_irqs_off(see_int, NULL), DISPATCH_LEVEL);
	preempt_disable();
	see();
	preempt_enable();
	EXPECT_EQ(seen, IS_ENABLED(CONFIG_PREEMPT_COUNT) ? DISPATCH_LEVEL : PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(W_irql_where_drivers_are_called)
{
	if (wdm_begin()) {
		in_isr(see);
		EXPECT_GT(seen, DISPATCH_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		in_section(see);
		EXPECT_GT(seen, DISPATCH_LEVEL);
		EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
		in_dpc(see);
		EXPECT_EQ(seen, DISPATCH_LEVEL);
	}
	wdm_end();
}

TEST(W_raise_and_lower)
{
	KIRQL old, older;

	KeRaiseIrql(DISPATCH_LEVEL, &older);
	EXPECT_EQ(older, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT(in_softirq());
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(old, DISPATCH_LEVEL);
	KeLowerIrql(old);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(older);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT(!in_softirq());

	old = KeRaiseIrqlToDpcLevel();
	EXPECT_EQ(old, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
}

TEST(W_apc_level_is_passive_level)
{
	KIRQL old;

	KeRaiseIrql(APC_LEVEL, &old);
	EXPECT_EQ(old, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	PAGED_CODE();
	KeLowerIrql(old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* Spin locks */

static KSPIN_LOCK lock, lock2;

TEST(W_spin_lock_raises_and_restores)
{
	KIRQL old = 77, old2 = 77;

	KeInitializeSpinLock(&lock);
	KeInitializeSpinLock(&lock2);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	KeAcquireSpinLock(&lock, &old);
	EXPECT_EQ(old, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_EQ(KeTestSpinLock(&lock), FALSE);
	KeAcquireSpinLock(&lock2, &old2);
	EXPECT_EQ(old2, DISPATCH_LEVEL);
	KeReleaseSpinLock(&lock2, old2);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
}

/* Released in the order of acquisition, the old IRQLs the other way round. */
TEST(W_spin_locks_hand_over_hand)
{
	KIRQL old, old2;

	KeAcquireSpinLock(&lock, &old);
	KeAcquireSpinLock(&lock2, &old2);
	KeReleaseSpinLock(&lock, old2);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	EXPECT_EQ(KeTestSpinLock(&lock2), FALSE);
	KeReleaseSpinLock(&lock2, old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

TEST(W_mixed_acquire_and_release)
{
	KIRQL old;

	KeAcquireSpinLock(&lock, &old);
	KeReleaseSpinLockFromDpcLevel(&lock);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeLowerIrql(old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	KeAcquireSpinLockAtDpcLevel(&lock);
	EXPECT_EQ(KeTestSpinLock(&lock), FALSE);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);

	old = KeAcquireSpinLockRaiseToDpc(&lock);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

/* A lock of a ported source and the entry points in Linux names. */
TEST(W_spin_lock_is_a_spinlock)
{
	spin_lock_bh(&lock);
	EXPECT_EQ(KeTestSpinLock(&lock), FALSE);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseSpinLock(&lock, PASSIVE_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
}

static BOOLEAN try_and_release(void)
{
	if (KeTryToAcquireSpinLockAtDpcLevel(&lock) == FALSE)
		return FALSE;
	KeReleaseSpinLockFromDpcLevel(&lock);
	return TRUE;
}

TEST(W_try_to_acquire)
{
	KIRQL old;

	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(try_and_release(), TRUE);
	KeAcquireSpinLockAtDpcLevel(&lock);
	/* A kernel for one CPU takes that for a mistake, and lockdep is off afterwards. */
	if (IS_ENABLED(CONFIG_SMP))
		EXPECT_EQ(try_and_release(), FALSE);
	KeReleaseSpinLockFromDpcLevel(&lock);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	KeLowerIrql(old);
}

TEST(W_queued_spin_lock)
{
	KLOCK_QUEUE_HANDLE handle, inner;

	KeAcquireInStackQueuedSpinLock(&lock, &handle);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	EXPECT_EQ(KeTestSpinLock(&lock), FALSE);
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&lock2, &inner);
	EXPECT_EQ(KeTestSpinLock(&lock2), FALSE);
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&inner);
	EXPECT_EQ(KeTestSpinLock(&lock2), TRUE);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeReleaseInStackQueuedSpinLock(&handle);
	EXPECT_EQ(KeTestSpinLock(&lock), TRUE);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void lock_in_dpc(void)
{
	KIRQL old;

	KeAcquireSpinLock(&lock, &old);
	EXPECT_EQ(old, DISPATCH_LEVEL);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
	KeAcquireSpinLockAtDpcLevel(&lock);
	KeReleaseSpinLockFromDpcLevel(&lock);
	KeRaiseIrql(DISPATCH_LEVEL, &old);
	EXPECT_EQ(old, DISPATCH_LEVEL);
	KeLowerIrql(old);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
}

TEST(W_spin_lock_in_dpc)
{
	if (wdm_begin())
		in_dpc(lock_in_dpc);
	wdm_end();
}

/* Both CPUs, the ways to take a lock mixed. */
static unsigned long counter;
static atomic_t entered;

static void critical(void)
{
	unsigned long n = READ_ONCE(counter);

	udelay(1);
	WRITE_ONCE(counter, n + 1);
	atomic_inc(&entered);
}

static void storm(void *unused)
{
	KLOCK_QUEUE_HANDLE handle;
	KIRQL old;
	int i;

	for (i = 0; i < STORM; i++) {
		KeAcquireSpinLock(&lock, &old);
		critical();
		KeReleaseSpinLock(&lock, old);
		KeAcquireInStackQueuedSpinLock(&lock, &handle);
		critical();
		KeReleaseInStackQueuedSpinLock(&handle);
		KeRaiseIrql(DISPATCH_LEVEL, &old);
		while (KeTryToAcquireSpinLockAtDpcLevel(&lock) != TRUE)
			cpu_relax();
		critical();
		KeReleaseSpinLock(&lock, old);
		cond_resched();
	}
}

TEST(W_storm_on_a_spin_lock)
{
	KeInitializeSpinLock(&lock);
	counter = 0;
	atomic_set(&entered, 0);
	on_two_cpus(storm, storm, NULL);
	EXPECT_EQ(counter, atomic_read(&entered));
	EXPECT_EQ(counter, 6 * STORM);
}

/* Wrong IRQL: reported once for each place, with the name of the function */

/* Each with a lock of its own, for lockdep reports such locks, too. */
static DEFINE_SPINLOCK(passive_lock);
static DEFINE_SPINLOCK(isr_lock);
static DEFINE_SPINLOCK(lowered_lock);

static void take_at_passive(void)
{
	KeAcquireSpinLockAtDpcLevel(&passive_lock);
	spin_unlock(&passive_lock);
}

TEST(W_at_dpc_level_below_dispatch)
{
	expect_wrong_irql("take_at_passive", "KeAcquireSpinLockAtDpcLevel");
	take_at_passive();
	take_at_passive();
	expect_warning_end();
	EXPECT_EQ(KeTestSpinLock(&passive_lock), TRUE);
}

static void lock_in_isr(void)
{
	KIRQL old;

	KeAcquireSpinLock(&isr_lock, &old);
	EXPECT_GT(old, DISPATCH_LEVEL);
	KeReleaseSpinLock(&isr_lock, old);
	see();
}

TEST(W_executive_spin_lock_in_an_isr)
{
	if (wdm_begin()) {
		expect_wrong_irql("lock_in_isr", "KeAcquireSpinLock");
		in_isr(lock_in_isr);
		in_isr(lock_in_isr);
		expect_warning_end();
		EXPECT_GT(seen, DISPATCH_LEVEL);
		EXPECT_EQ(KeTestSpinLock(&isr_lock), TRUE);
	}
	wdm_end();
}

/* Its own, because lockdep does not let a lower IRQL take it. */
static DEFINE_SPINLOCK(dirql_lock);

static BOOLEAN try_at_dirql(void)
{
	if (KeTryToAcquireSpinLockAtDpcLevel(&dirql_lock) == FALSE)
		return FALSE;
	KeReleaseSpinLockFromDpcLevel(&dirql_lock);
	return TRUE;
}

static void lock_at_dirql(void)
{
	KLOCK_QUEUE_HANDLE handle;

	KeAcquireSpinLockAtDpcLevel(&dirql_lock);
	EXPECT_EQ(KeTestSpinLock(&dirql_lock), FALSE);
	KeReleaseSpinLockFromDpcLevel(&dirql_lock);
	EXPECT_EQ(try_at_dirql(), TRUE);
	KeAcquireInStackQueuedSpinLockAtDpcLevel(&dirql_lock, &handle);
	KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
	see();
}

/* Documented as allowed, and so not reported. */
TEST(W_at_dpc_level_at_dirql)
{
	if (wdm_begin()) {
		in_isr(lock_at_dirql);
		EXPECT_GT(seen, DISPATCH_LEVEL);
		in_section(lock_at_dirql);
		EXPECT_EQ(KeTestSpinLock(&dirql_lock), TRUE);
	}
	wdm_end();
}

static void paged(void)
{
	PAGED_CODE();
}

TEST(W_pageable_code)
{
	KIRQL old;

	paged();
	expect_trace_begin("iotimer: paged: pageable code at IRQL 2", "wdm/irql\\.c");
	KeAcquireSpinLock(&lock, &old);
	paged();
	paged();
	KeReleaseSpinLock(&lock, old);
	expect_warning_end();
	paged();
}

static void lower_in_dpc(void)
{
	KeLowerIrql(PASSIVE_LEVEL);
	see();
}

TEST(W_lower_in_a_dpc)
{
	if (wdm_begin()) {
		expect_wrong_irql("lower_in_dpc", "KeLowerIrql");
		in_dpc(lower_in_dpc);
		in_dpc(lower_in_dpc);
		expect_warning_end();
		EXPECT_EQ(seen, DISPATCH_LEVEL);
	}
	wdm_end();
}

static void raise_down(void)
{
	KIRQL old;

	KeRaiseIrql(PASSIVE_LEVEL, &old);
	EXPECT_EQ(old, DISPATCH_LEVEL);
	EXPECT_EQ(KeGetCurrentIrql(), DISPATCH_LEVEL);
}

TEST(W_raise_downwards)
{
	KIRQL old = KeRaiseIrqlToDpcLevel();

	expect_wrong_irql("raise_down", "KeRaiseIrql");
	raise_down();
	raise_down();
	expect_warning_end();
	KeLowerIrql(old);
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void release_twice_lowered(void)
{
	spin_lock(&lowered_lock);
	KeReleaseSpinLock(&lowered_lock, PASSIVE_LEVEL);
}

/* Bottom halves are on already: they are not switched on once more. */
TEST(W_release_that_lowers_too_far)
{
	expect_wrong_irql("release_twice_lowered", "KeReleaseSpinLock");
	release_twice_lowered();
	expect_warning_end();
	EXPECT_EQ(KeGetCurrentIrql(), PASSIVE_LEVEL);
	EXPECT_EQ(softirq_count(), 0);
}

/* Pool, which has rules about the IRQL as well */

#define TAG	'tseT'

static bool is_filled(const UCHAR *p, size_t n, UCHAR with)
{
	return p && !memchr_inv(p, with, n);
}

TEST(W_pool)
{
	PUCHAR p = ExAllocatePoolWithTag(NonPagedPool, 100, TAG);
	KIRQL old;

	if (EXPECT_PTR(p))
		RtlFillMemory(p, 100, 0xa5);
	EXPECT(is_filled(p, 100, 0xa5));
	ExFreePoolWithTag(p, TAG);
	p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 5000, TAG);
	EXPECT(is_filled(p, 5000, 0));
	ExFreePool(p);
	p = ExAllocatePool2(POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED, 50, TAG);
	EXPECT_PTR(p);
	ExFreePool(p);

	KeAcquireSpinLock(&lock, &old);
	p = ExAllocatePoolZero(NonPagedPoolNx, 5000, TAG);
	EXPECT(is_filled(p, 5000, 0));
	ExFreePoolWithTag(p, TAG);
	KeReleaseSpinLock(&lock, old);
	EXPECT_EQ(ExAllocatePoolWithTag(NonPagedPool, SIZE_MAX / 2, TAG) == NULL, TRUE);
}

/* Without a byte it is memory, too. Without a tag ExAllocatePool2 has none. */
TEST(W_pool_without_bytes_or_tag)
{
	PUCHAR a = ExAllocatePoolWithTag(NonPagedPool, 0, TAG);
	PUCHAR b = ExAllocatePoolZero(NonPagedPool, 0, 0);

	if (EXPECT_GE((ULONG_PTR)a >> PAGE_SHIFT, 1) && EXPECT_GE((ULONG_PTR)b >> PAGE_SHIFT, 1)) {
		EXPECT_NE(a, b);
		EXPECT_EQ(*b, 0);
		*a = 1;
	}
	ExFreePoolWithTag(a, TAG);
	ExFreePool(b);
	EXPECT_EQ(ExAllocatePool2(POOL_FLAG_NON_PAGED, 0, TAG) == NULL, TRUE);
	EXPECT_EQ(ExAllocatePool2(POOL_FLAG_NON_PAGED, 10, 0) == NULL, TRUE);
}

static PVOID got;

static void allocate(void)
{
	got = ExAllocatePoolWithTag(NonPagedPool, 10, TAG);
}

TEST(W_pool_in_an_isr)
{
	if (wdm_begin()) {
		got = &got;
		expect_wrong_irql("allocate", "ExAllocatePoolWithTag");
		in_isr(allocate);
		in_isr(allocate);
		expect_warning_end();
		EXPECT_EQ(got == NULL, TRUE);
	}
	wdm_end();
}

static const struct test_case cases[] = {
	CASE(W_irql_of_each_context),
	CASE(W_irql_where_drivers_are_called),
	CASE(W_raise_and_lower),
	CASE(W_apc_level_is_passive_level),
	CASE(W_spin_lock_raises_and_restores),
	CASE(W_spin_locks_hand_over_hand),
	CASE(W_mixed_acquire_and_release),
	CASE(W_spin_lock_is_a_spinlock),
	CASE(W_try_to_acquire),
	CASE(W_queued_spin_lock),
	CASE(W_spin_lock_in_dpc),
	CASE(W_storm_on_a_spin_lock),
	CASE(W_at_dpc_level_below_dispatch),
	CASE(W_executive_spin_lock_in_an_isr),
	CASE(W_at_dpc_level_at_dirql),
	CASE(W_pageable_code),
	CASE(W_lower_in_a_dpc),
	CASE(W_raise_downwards),
	CASE(W_release_that_lowers_too_far),
	CASE(W_pool),
	CASE(W_pool_without_bytes_or_tag),
	CASE(W_pool_in_an_isr),
};

TEST_MODULE(cases);
