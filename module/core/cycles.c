// SPDX-License-Identifier: GPL-2.0
/*
 * The processor's cycle counter, in ns, for the walker that times each call.
 *
 * A reading of the timekeeper's clock takes 42 instructions on amd64, one of the
 * counter takes 4 and its conversion 3. But the counter's rate is known to the
 * architecture alone; on some processors it follows the frequency or stops while
 * they are idle, and a machine may have no counter at all. So the rate is
 * learned, on each CPU, from what the timekeeper's clock and the counter advance
 * by between two chunks that are CYCLES_LEARN_NS apart or more. A rate is
 * trusted when the measurement before it gave the same.
 *
 * While the walker uses the counter it compares both clocks after each
 * COMPARE_CALLS calls. If they have come apart, the CPU's rate is not trusted until
 * it has been learned again, and each call reads the timekeeper's clock.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/percpu.h>
#include <linux/string.h>

#include "core.h"
#include "cycles.h"

#define CYCLES_LEARN_NS		(100 * NSEC_PER_MSEC)
#define CYCLES_LEARN_MAX_NS	(60ULL * NSEC_PER_SEC)	/* (ns << CYCLES_SHIFT) fits */

/* A reading of both clocks may take one in so many parts of the time that is measured. */
#define CYCLES_PRECISE		32768

/* Two measurements that differ by less than one in so many parts agree. */
#define CYCLES_SAME		1024

/* W */
struct cycles_rate {
	u64			ns;		/* when the measurement began; 0: not at all */
	u64			cycles;
	u32			measured;	/* the latest rate, 0: none */
	u32			trusted;
};

static DEFINE_PER_CPU(struct cycles_rate, cycles_rates);

/* A counter of 32 bits may have wrapped around. */
static u32 cycles_measure(const struct cycles_rate *rate, u64 ns, u64 cycles)
{
	u64 took = ns - rate->ns, measured;

	if (!IS_ENABLED(CONFIG_64BIT) || !rate->ns || took > CYCLES_LEARN_MAX_NS ||
	    cycles <= rate->cycles)
		return 0;
	measured = div64_u64(took << CYCLES_SHIFT, cycles - rate->cycles);
	return measured > U32_MAX ? 0 : measured;
}

static void cycles_learn(struct cycles_rate *rate)
{
	u64 cycles = get_cycles();
	u64 ns = ktime_get_mono_fast_ns();
	u32 measured = cycles_measure(rate, ns, cycles);
	u32 apart = max(measured, rate->measured) - min(measured, rate->measured);

	/* An interrupt came between, or the hypervisor: once more, the next time. */
	if (measured && get_cycles() - cycles > (cycles - rate->cycles) / CYCLES_PRECISE)
		return;
	rate->trusted = apart <= measured / CYCLES_SAME ? measured : 0;
	rate->measured = measured;
	rate->ns = ns;
	rate->cycles = cycles;
}

/* At the begin of a chunk, at @ns. Returns the rate of this CPU, 0: none is trusted. */
u32 iotimer_cycles_rate(u64 ns)
{
	struct cycles_rate *rate = this_cpu_ptr(&cycles_rates);

	if (ns - rate->ns >= CYCLES_LEARN_NS)
		cycles_learn(rate);
	return rate->trusted;
}

void iotimer_cycles_distrust(void)
{
	memset(this_cpu_ptr(&cycles_rates), 0, sizeof(struct cycles_rate));
}
