/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of test_keeper, a module that stays when test_leak goes
 */
#ifndef _IOTIMER_TEST_KEEPER_H
#define _IOTIMER_TEST_KEEPER_H

#include <linux/iotimer.h>

int test_keeper_use(struct iotimer_controller *ctl);

/* The device that is deleted, and its control routine, which deletion waits for. */
struct test_keeper_control {
	struct iotimer_device	*dev;
	iotimer_control_t	fn;
	bool			inside;
};

int test_keeper_delete(struct test_keeper_control *control);

#endif /* _IOTIMER_TEST_KEEPER_H */
