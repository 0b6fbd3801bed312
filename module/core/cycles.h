/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cycle counter as a clock for single calls, see cycles.c.
 */
#ifndef IOTIMER_CYCLES_H
#define IOTIMER_CYCLES_H

#include <linux/timex.h>

/* A rate is in ns per cycle, shifted by this. */
#define CYCLES_SHIFT	24

u32 iotimer_cycles_rate(u64 ns);
void iotimer_cycles_distrust(void);

/*
 * The time since *@last, in ns; *@last is set to now. The counter may step back by
 * a little. A time that overflows, of 18 minutes, no CPU spends in a softirq.
 */
static __always_inline u64 iotimer_cycles_since(u64 *last, u64 rate)
{
	u64 now = get_cycles();
	s64 since = now - *last;

	*last = now;
	return likely(since >= 0) ? since * rate >> CYCLES_SHIFT : 0;
}

#endif /* IOTIMER_CYCLES_H */
