// SPDX-License-Identifier: GPL-2.0
/*
 * Whether CPUs that start and stop different devices get in each other's way
 *
 * The same number of calls per CPU, first by one CPU alone, then by two at once.
 * The control is a loop with as many atomic operations on memory of the CPU's own:
 * two CPUs of a machine that is not busy get twice as much of it done.
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "bench.h"

/* As many as a page has: CPUs whose devices do not lie between one another share no page. */
static unsigned int devices = 286;
module_param(devices, uint, 0444);
MODULE_PARM_DESC(devices, "how many each CPU has");

static unsigned int rounds = 3000;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often each device is started and stopped");

static bool interleaved;
module_param(interleaved, bool, 0444);
MODULE_PARM_DESC(interleaved, "whether the CPUs' devices lie between one another");

static bool control;
module_param(control, bool, 0444);
MODULE_PARM_DESC(control, "whether nothing is shared, and no device started");

#define CPUS	2

/* A start is a barrier, a cmpxchg() and an atomic_inc(); a stop likewise. */
struct unshared {
	atomic_t	nr_started;
	unsigned long	state[];
};

static struct iotimer_device **list;
static struct unshared *unshared[CPUS];
static DECLARE_COMPLETION(ready);
static DECLARE_COMPLETION(go);
static DECLARE_COMPLETION(over);

static struct iotimer_device *device(unsigned int cpu, unsigned int i)
{
	return list[interleaved ? i * CPUS + cpu : cpu * devices + i];
}

static void start_and_stop(unsigned int cpu)
{
	unsigned int i;

	for (i = 0; i < devices; i++)
		iotimer_start(device(cpu, i));
	for (i = 0; i < devices; i++)
		iotimer_stop(device(cpu, i));
}

static void change(struct unshared *own, unsigned long from, unsigned long to, int by)
{
	unsigned int i;

	for (i = 0; i < devices; i++) {
		smp_mb();	/* as in start and stop */
		atomic_add(by, &own->nr_started);
		cmpxchg(&own->state[i], from, to);
	}
}

static int worker(void *number)
{
	unsigned int cpu = (unsigned long)number, round;

	complete(&ready);
	wait_for_completion(&go);
	for (round = 0; round < rounds; round++) {
		if (control) {
			change(unshared[cpu], 0, 1, 1);
			change(unshared[cpu], 1, 0, -1);
		} else {
			start_and_stop(cpu);
		}
		cond_resched();
	}
	complete(&over);
	return 0;
}

static void routine(struct iotimer_device *dev, void *context)
{
}

/* Returns ns, 0 when there are not as many threads. */
static u64 race(unsigned int cpus)
{
	struct task_struct *task;
	unsigned int cpu;
	u64 start;

	for (cpu = 0; cpu < cpus; cpu++) {
		task = kthread_create_on_cpu(worker, (void *)(unsigned long)cpu,
					     cpu, "bench/%u");
		if (IS_ERR(task))
			break;
		wake_up_process(task);
		wait_for_completion(&ready);
	}
	start = ktime_get_ns();
	complete_all(&go);
	for (cpus = cpu; cpu; cpu--)
		wait_for_completion(&over);
	start = ktime_get_ns() - start;
	reinit_completion(&go);
	return start;
}

static int create_unshared(void)
{
	unsigned int cpu;

	for (cpu = 0; cpu < CPUS; cpu++) {
		unshared[cpu] = kzalloc(struct_size(unshared[cpu], state, devices), GFP_KERNEL);
		if (!unshared[cpu])
			return -ENOMEM;
	}
	return 0;
}

static int create(void)
{
	char name[IOTIMER_NAME_LEN];
	unsigned int i;
	int ret = create_unshared();

	for (i = 0; i < CPUS * devices && !ret; i++) {
		snprintf(name, sizeof(name), "bench%u", i);
		list[i] = iotimer_device_create(name, 0);
		if (IS_ERR(list[i]))
			return PTR_ERR(list[i]);
		ret = iotimer_init(list[i], routine, NULL);
	}
	return ret;
}

static void delete(void)
{
	unsigned int i;

	for (i = 0; i < CPUS; i++)
		kfree(unshared[i]);
	for (i = 0; i < CPUS * devices && !IS_ERR_OR_NULL(list[i]); i++)
		iotimer_device_delete(list[i]);
}

static int __init bench_contention_init(void)
{
	const char *order = control ? "control" : interleaved ? "interleaved" : "ordered";
	int ret = -ENOMEM;

	if (num_online_cpus() < CPUS)
		return -EINVAL;
	list = kcalloc(CPUS * devices, sizeof(*list), GFP_KERNEL);
	if (list)
		ret = create();
	if (!ret) {
		bench_result("iotimer", order, devices, "one_cpu_ns", race(1));
		bench_result("iotimer", order, devices, "two_cpus_ns", race(2));
	}
	if (list)
		delete();
	kfree(list);
	return ret;
}
module_init(bench_contention_init);

static void __exit bench_contention_exit(void)
{
}
module_exit(bench_contention_exit);

MODULE_DESCRIPTION("iotimer benchmark: contention");
MODULE_LICENSE("GPL");
