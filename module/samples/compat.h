/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between the supported kernels. Each is detected by a probe and not
 * by the kernel's version, because distributions backport changes.
 */
#ifndef IOTIMER_COMPAT_H
#define IOTIMER_COMPAT_H

#include <linux/pci.h>

/* 2026-11: 6.12 renamed PCI_IRQ_LEGACY. */
#ifndef PCI_IRQ_INTX
#define PCI_IRQ_INTX PCI_IRQ_LEGACY
#endif

#endif /* IOTIMER_COMPAT_H */
