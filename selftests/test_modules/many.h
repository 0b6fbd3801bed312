/* SPDX-License-Identifier: GPL-2.0 */
/* Many devices with the same routine; the context of each is its struct one */
#ifndef _IOTIMER_TEST_MANY_H
#define _IOTIMER_TEST_MANY_H

#include "test.h"

struct one {
	struct iotimer_device	*dev;
	atomic_t		calls;
	atomic_t		inside;		/* the routine */
	bool			mixed_up;	/* called for another device */
};

static bool create_many(struct one *many, int count, iotimer_routine_t routine)
{
	char name[IOTIMER_NAME_LEN];
	struct one *one;

	for (one = many; one < many + count; one++) {
		snprintf(name, sizeof(name), "many%d", (int)(one - many));
		one->dev = test_device(name);
		if (!EXPECT_PTR(one->dev))
			return false;
		if (!EXPECT_EQ(iotimer_init(one->dev, routine, one), 0))
			return false;
	}
	return true;
}

static void delete_many(struct one *many, int count)
{
	struct one *one;

	for (one = many; one < many + count; one++)
		test_device_free(one->dev);
}

#endif /* _IOTIMER_TEST_MANY_H */
