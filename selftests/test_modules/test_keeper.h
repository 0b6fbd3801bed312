/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Functions of test_keeper, a module that stays when test_leak goes
 */
#ifndef _IOTIMER_TEST_KEEPER_H
#define _IOTIMER_TEST_KEEPER_H

struct iotimer_controller;
struct iotimer_device;
struct iotimer_irq;

int test_keeper_use(struct iotimer_controller *ctl);
/* For an ISR of the device that is deleted. */
struct test_keeper_isr {
	struct iotimer_irq	*irq;
	bool			inside;
	bool			may_end;	/* deletion waits for it */
};

int test_keeper_delete(struct iotimer_device *dev, struct test_keeper_isr *isr);

#endif /* _IOTIMER_TEST_KEEPER_H */
