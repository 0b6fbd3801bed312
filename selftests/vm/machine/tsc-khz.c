// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the frequency of this machine's TSC in kHz, which emulated machines
 * share. They find it out themselves by a few milliseconds of a timer, and on a
 * busy host are wrong about it now and then, by any factor.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

/* Both at once: of several tries the one that nothing came between. */
static void now(uint64_t *ns, uint64_t *ticks)
{
	uint64_t before, after, least = ~0ULL;
	struct timespec t;
	int i;

	for (i = 0; i < 50; i++) {
		before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC, &t);
		after = __rdtsc();
		if (after - before >= least)
			continue;
		least = after - before;
		*ns = t.tv_sec * 1000000000ULL + t.tv_nsec;
		*ticks = before + least / 2;
	}
}

int main(void)
{
	struct timespec t = { .tv_nsec = 200000000 };
	uint64_t ns0, ns1, ticks0, ticks1;

	now(&ns0, &ticks0);
	nanosleep(&t, NULL);
	now(&ns1, &ticks1);
	printf("%.0f\n", (ticks1 - ticks0) * 1e6 / (ns1 - ns0));
	return 0;
}
