/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What test_leak asks of test_keeper, a module that stays when test_leak goes
 */
#ifndef _IOTIMER_TEST_KEEPER_H
#define _IOTIMER_TEST_KEEPER_H

struct iotimer_controller;
struct iotimer_device;
struct iotimer_irq;

int test_keeper_use(struct iotimer_controller *ctl);
int test_keeper_delete(struct iotimer_device *dev, struct iotimer_irq *irq, bool *in_isr);

#endif /* _IOTIMER_TEST_KEEPER_H */
